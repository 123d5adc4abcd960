// Python for a page, in a worker that the page may end at any time.

import { startPython } from "./python.js";

const folder = new URL("./", import.meta.url).href;
const tell = (message) => self.postMessage(message);

// Progress: of which part a file is, and how much of each part is here.
const PARTS = [
  [/^numpy-/, "numpy"],
  [/^lstm_lib\.zip$/, "library"],
  [/^results\.zip$/, "results"],
  [/\.whl$/, "matplotlib"],
  [/^(pyodide\.asm\.wasm|python_stdlib\.zip)$/, "python"],
];
const partOf = (name) => PARTS.find(([pattern]) => pattern.test(name))?.[1];
const loaded = {};
const total = {};

function report(part, bytes) {
  loaded[part] = Math.min((loaded[part] ?? 0) + bytes, total[part]);
  tell({ type: "progress", part, loaded: loaded[part], total: total[part] });
}

async function count(response, part) {
  report(part, 0);
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    report(part, piece.value.byteLength);
  }
}

// Pyodide fetches its files by itself. A copy is counted: the response itself stays one whose compiled form the
// browser keeps.
const fetchAsIs = self.fetch.bind(self);
self.fetch = async (...request) => {
  const response = await fetchAsIs(...request);
  const part = partOf(new URL(response.url).pathname.split("/").pop());
  if (part && response.ok && response.body) count(response.clone(), part).catch(() => {});
  return response;
};

async function start(language) {
  const answer = await fetchAsIs(`${folder}files.json`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`files.json: ${answer.status}`);
  const files = await answer.json();
  for (const [name, { size }] of Object.entries(files)) {
    const part = partOf(name);
    if (part) total[part] = (total[part] ?? 0) + size;
  }
  for (const part of ["python", "numpy", "library"]) report(part, 0);

  // The book's own files change with the book; those of Pyodide have their version in their names or never change.
  async function read(name) {
    const response = await self.fetch(`${folder}${name}?${files[name].sha256.slice(0, 8)}`);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return response.arrayBuffer();
  }
  return startPython({ folder, language, read });
}

let python;
// One run after the other.
let line = Promise.resolve();

async function run({ run: number, cells, show = [], fresh = false }) {
  const output = (cell, mime, data) => {
    if (show.includes(cell) || mime === "error") tell({ type: "output", run: number, cell, mime, data });
  };
  try {
    tell({ type: "done", run: number, ok: await (await python).run(cells, { fresh, output }) });
  } catch (error) {
    // Python itself has ended: the page hears of it as of any error of its worker.
    setTimeout(() => {
      throw error;
    });
  }
}

self.onmessage = ({ data: message }) => {
  if (message.type === "run") line = line.then(() => run(message));
  if (message.type === "start") {
    python = start(message.language);
    python.then(
      () => tell({ type: "ready" }),
      (error) => tell({ type: "failed", message: String(error?.message ?? error) }),
    );
  }
};
