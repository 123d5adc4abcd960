// A reader's answers as files of their own.

import { element } from "./outputs.js";
import { say } from "./words.js";

/** What sets the language of a command, on a page that is not English. */
const language = document.documentElement.lang.startsWith("zh") ? "LSTM_BOOK_LANG=zh_CN " : "";

function download(name, type, text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Save the answers as a file that `python -m lstm_lib.exercises check` takes. */
export function savePython(cells) {
  const chapter = Number(/(\d+)_\w+(?:\.html)?$/.exec(location.pathname)?.[1]);
  const file = `chapter${chapter}.py`;
  const head = `"""${say("file_title", { chapter })}\n\n    ${language}python -m lstm_lib.exercises check ${file}\n"""\n`;
  const parts = cells.filter((cell) => cell.index === 0 || cell.role === "blank").map((cell) => cell.text);
  download(file, "text/x-python", `${head}\n${parts.join("\n\n\n")}\n`);
}

/** Save the page's notebook with the answers in it. */
export async function saveNotebook(cells) {
  const { href } = document.querySelector(".run-page__download");
  const notebook = await (await fetch(href)).json();
  for (const cell of notebook.cells) {
    const shown = cells.find((each) => each.id === cell.id);
    if (shown?.role === "blank") cell.source = shown.text;
    // What a check said was about the blank.
    if (shown?.role === "check" || shown?.id === "progress") Object.assign(cell, { outputs: [], execution_count: null });
  }
  download(href.replace(/.*\//, ""), "application/x-ipynb+json", `${JSON.stringify(notebook, null, 1)}\n`);
}
