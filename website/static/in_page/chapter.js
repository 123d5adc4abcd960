// A cell of a chapter: changed and run, with a way back to what the book has there.

import { openBench } from "./bench.js";
import { addOutput, element } from "./outputs.js";
import { say } from "./words.js";

/** Open the editor of a cell and run it. */
export async function openCell(cell, { cells, python, runner }) {
  let place = cell.box.querySelector(".cell_output");
  if (!place) {
    place = element("div", { className: "cell_output docutils container" });
    place.hidden = true;
    cell.box.append(place);
  }
  const wasHidden = place.hidden;
  const stored = [...place.childNodes];
  const alt = place.querySelector("img")?.alt;
  let isRunning = false;
  let again = false;

  const explain = {
    lost: () => say("lost"),
    stopped: () => say("stopped"),
    missing: () => say("not_run"),
    error: () => say("ran_error"),
    done: () => say("ran_cell"),
  };

  async function once() {
    let isFirst = true;
    let above = null;
    const clear = () => {
      if (isFirst) place.replaceChildren();
      isFirst = false;
    };
    const output = (message) => {
      if (message.cell !== cell.id) {
        above = say("above_fails", { error: message.data });
        return;
      }
      clear();
      place.hidden = false;
      addOutput(place, message, cell.text === cell.source && alt ? alt : say("figure"));
    };
    bench.say(say("running"));
    // What was there stays until there is something new, so that nothing jumps twice.
    const outcome = await runner.run(cell, { output, before: () => bench.say(say("before")) });
    if (outcome === "done" && isFirst) {
      clear();
      place.hidden = true;
    }
    bench.say(above ?? explain[outcome]());
  }

  async function ask() {
    again = true;
    if (isRunning) return;
    isRunning = true;
    bench.busy(true);
    try {
      while (again) {
        again = false;
        await once();
      }
    } finally {
      isRunning = false;
      bench.busy(false);
    }
  }

  function startAgain() {
    bench.replace(cell.source);
    place.replaceChildren(...stored);
    place.hidden = wasHidden;
    runner.forget();
    bench.say(say("stored_back"));
    bench.focus();
  }

  const bench = await openBench(cell, {
    label: say("code_of_cell"),
    note: say("note_cell"),
    changed: (text) => {
      cell.text = text;
    },
    doing: {
      run: ask,
      again: startAgain,
      stop: () => {
        again = false;
        python.stop();
      },
    },
  });
  bench.focus();
  ask();
  return bench;
}
