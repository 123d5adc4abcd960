// What stands below a cell that is being edited: the editor, its buttons, and a line that says what goes on.

import { makeEditor } from "./editor.js";
import { element } from "./outputs.js";
import { say } from "./words.js";

const MEGABYTE = 1e6;
const benches = new Set();
let news = { state: "ready" };

/** Show on every bench how far Python is; `latest` is news of engine.js. */
export function showNews(latest) {
  news = latest;
  for (const bench of benches) bench.show();
}

/**
 * Put an editor in the place of a cell's code, and its buttons below.
 *
 * `options` are label, note, changed(text), and doing: what each button does, by its name, {check, run, again, stop}.
 * The bench is the editor with say(sentence), busy(true or false) and show(), which says how far Python is.
 */
export async function openBench(cell, { label, note, changed, doing }) {
  const bar = cell.box.querySelector(".in-page-bar");
  const keysId = `in-page-keys-${cell.index}`;
  const keys = { "Ctrl-Enter": doing.check ?? doing.run, "Shift-Enter": doing.run };
  const editor = await makeEditor({ text: cell.text, label, describedBy: keysId, changed, keys });
  const buttons = Object.entries(doing).map(([name, act], k) => {
    const className = `in-page-button${k ? "" : " in-page-first"}`;
    const button = element("button", { type: "button", className }, say(name));
    button.addEventListener("click", act);
    return [name, button];
  });
  const { stop } = Object.fromEntries(buttons);
  stop.hidden = true;
  const status = element("span", { role: "status" });
  const amount = element("span", { "aria-hidden": "true" });
  const meter = element("progress", { "aria-label": say("loading") });
  meter.hidden = true;
  // Whatever is said stands in the place of the note, so that nothing moves.
  const line = element("p", { className: "in-page-status" }, status, amount, meter);
  const keysNote = element("p", { className: "in-page-keys", id: keysId }, note);

  cell.box.querySelector(".cell_input").hidden = true;
  cell.box.classList.add("in-page-open-cell");
  bar.before(element("div", { className: "in-page-editor highlight" }, editor.element));
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", label);
  bar.replaceChildren(
    ...buttons.map(([, button]) => button),
    element("div", { className: "in-page-line" }, line, keysNote),
  );

  let sentence = "";
  function show() {
    const { state, loaded, total, message } = news;
    const about = { loading: () => say("loading"), failed: () => say("failed", { message }), ready: () => "" }[state]();
    const words = [sentence, about].filter(Boolean).join(" ");
    // Said anew, it would be read out anew.
    if (status.textContent !== words) status.textContent = words;
    keysNote.classList.toggle("in-page-covered", Boolean(words));
    meter.hidden = state !== "loading";
    meter.removeAttribute("value");
    amount.textContent = "";
    if (state === "loading" && total) {
      const [done, all] = [loaded, total].map((bytes) => (bytes / MEGABYTE).toFixed(1));
      Object.assign(meter, { max: total, value: loaded });
      amount.textContent = say("amount", { done, all });
    }
  }

  const bench = {
    ...editor,
    show,
    say(words) {
      sentence = words;
      show();
    },
    busy(isBusy) {
      if (!isBusy && document.activeElement === stop) buttons[0][1].focus();
      stop.hidden = !isBusy;
      cell.box.toggleAttribute("data-busy", isBusy);
    },
  };
  benches.add(bench);
  show();
  return bench;
}
