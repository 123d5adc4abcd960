// A blank: the reader's answer, its check, and what is kept of them.

import { openBench } from "./bench.js";
import { addOutput, element } from "./outputs.js";
import { say } from "./words.js";

// A check takes milliseconds, and the library ends loops of Python by itself. What is not back after so many seconds is
// a call that never returns.
const LONGEST_CHECK = 12;

// Which questions are done, asked of the library in names of its own.
const PROGRESS = {
  index: 0,
  id: "in-page-progress",
  text: `exec("""import json
from lstm_lib.exercises import progress
print(json.dumps({name: done for chapter in progress().chapters.values() for name, done in chapter.items()}))""", {})`,
};

/** Show a kept answer in the place of the blank, before anything is opened. */
export function showKept(cell, answer) {
  cell.text = answer.code;
  cell.box.querySelector(".cell_input pre").textContent = `${answer.code}\n`;
  const words = say(answer.done ? "kept_correct" : "kept_answer");
  cell.box.querySelector(".in-page-bar").append(element("span", { className: "in-page-kept" }, words));
}

/** A box as those of the library's checks, for what the page itself has to say. */
function verdict(sentence) {
  const box = element("div", { style: "border-left: .3em solid #c8553d; padding: .2em .8em" }, sentence);
  return element("div", { className: "output text_html" }, box);
}

/** The place of a cell's outputs, which is read out when it changes. */
function placeOf(cell) {
  let place = cell.box.querySelector(".cell_output");
  if (!place) {
    place = element("div", { className: "cell_output docutils container" });
    place.hidden = true;
    cell.box.append(place);
  }
  place.setAttribute("role", "status");
  return place;
}

/** Open the editor of a blank; `changed()` is called when what is kept has changed. Returns {reset(text)}. */
export async function openExercise(cell, { cells, python, runner, store, changed }) {
  const checkCell = cells.find((each) => each.role === "check" && each.question === cell.question);
  const below = placeOf(cell);
  const result = placeOf(checkCell);
  const stored = [...result.childNodes];
  let next = null;
  let isRunning = false;

  function keep(text) {
    cell.text = text;
    if (text === cell.source) store.remove(cell.id);
    else store.set(cell.id, { code: text, done: false });
    if (!store.kept) bench.say(say("note_not_kept"));
    changed();
  }

  const explain = {
    late: () => say("late", { seconds: LONGEST_CHECK }),
    lost: () => say("lost"),
    missing: () => say("not_run"),
    stopped: () => say("stopped"),
    error: () => say("not_checked_error"),
  };

  /* Errors of an earlier answer are told apart from those of this one. */
  function sort(message, kept) {
    if (message.cell === PROGRESS.id) kept.progress += message.data;
    else if (message.cell === checkCell.id) addOutput(result, message, say("figure"));
    else if (message.cell === cell.id) {
      below.hidden = false;
      addOutput(below, message, say("figure"));
    } else {
      const earlier = cells.find((each) => each.id === message.cell);
      const name = earlier?.question ?? message.cell;
      kept.sentence = say("earlier_fails", { name, error: message.data });
    }
  }

  async function once(isCheck) {
    const kept = { progress: "" };
    let { text } = cell;
    below.replaceChildren();
    below.hidden = true;
    bench.say("");
    if (isCheck) {
      // As high as it was, so that nothing jumps twice.
      result.style.minHeight = `${result.offsetHeight}px`;
      result.replaceChildren(element("p", { className: "in-page-pending" }, say("checking")));
    } else bench.say(say("running"));
    const output = (message) => {
      if (isCheck && result.querySelector(".in-page-pending")) result.replaceChildren();
      sort(message, kept);
    };
    const wanted = isCheck ? [cell, checkCell, PROGRESS] : [cell];
    const outcome = await runner.run(wanted, {
      begins: () => ({ text } = cell),
      output,
      limit: isCheck ? LONGEST_CHECK : 0,
    });
    const sentence = kept.sentence ?? explain[outcome]?.();
    if (isCheck) {
      result.style.minHeight = "";
      result.querySelector(".in-page-pending")?.remove();
      if (sentence) result.replaceChildren(verdict(sentence));
      result.scrollIntoView({ block: "nearest" });
    } else if (outcome === "done") bench.say(say("ran"));
    else bench.say(outcome === "error" && !kept.sentence ? say("ran_error") : sentence);
    if (kept.progress && cell.text === text && text !== cell.source) {
      store.set(cell.id, { code: text, done: JSON.parse(kept.progress)[cell.question] });
      changed();
    }
  }

  /* Asked while something runs, it runs once more afterwards, with what is written by then. */
  async function ask(isCheck) {
    next = isCheck;
    if (isRunning) return;
    isRunning = true;
    bench.busy(true);
    try {
      while (next !== null) {
        const wanted = next;
        next = null;
        await once(wanted);
      }
    } finally {
      isRunning = false;
      bench.busy(false);
    }
  }

  /* Put a text into the editor, and the outputs back to those of the page. */
  function reset(text) {
    bench.replace(text);
    below.replaceChildren();
    below.hidden = true;
    result.replaceChildren(...stored);
    bench.say("");
  }

  function startAgain() {
    reset(cell.source);
    bench.say(say("blank_back"));
    bench.focus();
  }

  const bench = await openBench(cell, {
    label: say("answer_to", { name: cell.question }),
    note: say(store.kept ? "note_exercise" : "note_not_kept"),
    changed: keep,
    doing: {
      check: () => ask(true),
      run: () => ask(false),
      again: startAgain,
      stop: () => {
        next = null;
        python.stop();
      },
    },
  });
  bench.focus();
  runner.prepare();
  return { reset };
}
