// What the buttons of a page do; ../in_page.js loads it.

import { showNews } from "./bench.js";
import { openCell } from "./chapter.js";
import { makePython } from "./engine.js";
import { openExercise, showKept } from "./exercise.js";
import { chapterRunner, exerciseRunner, readCells } from "./notebook.js";
import { element } from "./outputs.js";
import { saveNotebook, savePython } from "./saving.js";
import { makeStore } from "./store.js";
import { loadWords, say } from "./words.js";

const { python: folder, page, lost } = document.querySelector("script[data-python]").dataset;
const language = document.documentElement.lang.replace("-", "_");

const styles = element("link", { rel: "stylesheet", href: new URL("in_page.css", import.meta.url) });
const styled = new Promise((resolve) => {
  styles.onload = styles.onerror = resolve;
});
document.head.append(styles);

const cells = readCells();
const blanks = cells.filter((cell) => cell.role === "blank");
const store = makeStore(page);
const python = makePython(new URL(folder, location.href), language, showNews);
const exercises = exerciseRunner(python, cells);
const chapter = chapterRunner(python, cells);
const panel = document.querySelector(".in-page-answers");
const benches = new Map();
const ready = Promise.all([loadWords(), styled]).then(restore);

function restore() {
  for (const cell of blanks) {
    const answer = store.answers[cell.id];
    if (answer) showKept(cell, answer);
  }
  count();
}

/* How many questions are done, on the panel of an exercise page. */
function count() {
  const answers = Object.values(store.answers);
  const right = answers.filter((answer) => answer.done).length;
  const status = panel?.querySelector("[role=status]");
  const words = answers.length ? say("count", { right, count: blanks.length }) : "";
  if (status && status.textContent !== words) status.textContent = words;
}

async function open(button) {
  const cell = cells.find((each) => each.box.contains(button));
  if (benches.has(cell)) return;
  benches.set(cell, null);
  const isExercise = cell.role === "blank";
  const shared = { cells, python, store, changed: count };
  const runner = isExercise ? exercises : blanks.length ? besideExercises : chapter;
  benches.set(cell, await (isExercise ? openExercise : openCell)(cell, { ...shared, runner }));
}

/* Any other cell of an exercise page: an example, a hint, the progress, which is that of the kept answers. */
const besideExercises = {
  run(cell, { before, ...options }) {
    before();
    const answered = cells.filter((each) => blanks.some((blank) => blank.question === each.question && blank.text !== blank.source));
    const checked = answered.filter((each) => each.role === "blank" || each.role === "check");
    const first = /\bprogress\(/.test(cell.text) ? checked : [];
    return exercises.run([...first, cell], { ...options, show: [cell.id] });
  },
  forget() {},
};

function clear() {
  const before = store.answers;
  store.replace({});
  const opened = blanks.filter((cell) => cell.text !== cell.source);
  const texts = opened.map((cell) => cell.text);
  const fill = (text, cell) => {
    cell.text = text;
    if (benches.get(cell)) benches.get(cell).reset(text);
    else {
      cell.box.querySelector(".cell_input pre").textContent = `${text}\n`;
      cell.box.querySelector(".in-page-kept")?.remove();
    }
  };
  opened.forEach((cell) => fill(cell.source, cell));
  count();
  const undo = element("button", { type: "button", className: "in-page-button" }, say("bring_back"));
  undo.addEventListener("click", () => {
    opened.forEach((cell, k) => fill(texts[k], cell));
    store.replace(before);
    undo.remove();
    count();
  });
  panel.querySelector("[data-do=clear]").after(undo);
  panel.querySelector("[role=status]").textContent = say("cleared");
}

const actions = {
  clear,
  notebook: () => saveNotebook(cells),
  python: () => savePython(cells),
};

document.addEventListener("in-page", async ({ detail: button }) => {
  try {
    // Python comes while the editor does.
    if (!button.dataset.do) python.start();
    await ready;
    await (button.dataset.do ? actions[button.dataset.do]() : open(button));
  } catch (error) {
    button.after(element("p", { className: "in-page-note", role: "alert" }, lost));
    throw error;
  } finally {
    button.removeAttribute("aria-busy");
  }
});
