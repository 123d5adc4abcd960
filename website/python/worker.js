// Python for a page, in a worker that the page may end at any time.

import { startPython } from "./python.js";

const folder = new URL("./", import.meta.url).href;
const tell = (message) => self.postMessage(message);

// Progress: of which part a file is, and how much of each part is here.
const PARTS = {
  "pyodide.asm.wasm": "python",
  "python_stdlib.zip": "python",
  "numpy.zip": "numpy",
  "lstm_lib.zip": "library",
  "matplotlib.zip": "matplotlib",
  "results.zip": "results",
};
let files = {}; // size, sha256, and of a file with a brotli form: its size, and that of what it holds, {brotli, unpacked}
const loaded = {};
const total = {};

function report(part, bytes) {
  loaded[part] = Math.min((loaded[part] ?? 0) + bytes, total[part]);
  tell({ type: "progress", part, loaded: loaded[part], total: total[part] });
}

/* A reader who waits wants to know what comes over the line: brotli's bytes, where the server sends those. */
async function count(response, name) {
  const part = PARTS[name];
  const { size, brotli, unpacked } = files[name];
  const packed = response.headers.get("Content-Encoding") === "br";
  if (packed) total[part] += brotli - size;
  report(part, 0);
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    report(part, piece.value.byteLength * (packed ? brotli / unpacked : 1));
  }
}

// What Pyodide asks for by itself. What else is needed comes after it: meanwhile these start.
const core = Object.keys(PARTS).filter((name) => PARTS[name] === "python");
const missing = new Set(core);
let coreIsHere;
let coreIsLost;
const coreComes = new Promise((resolve, reject) => {
  coreIsHere = resolve;
  coreIsLost = reject;
});
coreComes.catch(() => {});

async function watch(response, name) {
  try {
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    // A copy is counted: the response itself stays one whose compiled form the browser keeps.
    await count(response.clone(), name);
    missing.delete(name);
    if (!missing.size) coreIsHere();
  } catch (error) {
    if (missing.has(name)) coreIsLost(error);
  }
}

// Pyodide fetches its files by itself, by their plain names. With its SHA-256 in the address, a browser keeps a file.
const address = (name) => `${folder}${name}?${files[name].sha256.slice(0, 8)}`;
const fetchAsIs = self.fetch.bind(self);
self.fetch = async (resource, options) => {
  const { href } = new URL(resource.url ?? resource, folder);
  const name = href.startsWith(folder) ? href.slice(folder.length) : "";
  if (!(name in files)) return fetchAsIs(resource, options);
  try {
    const response = await fetchAsIs(address(name), options);
    if (name in PARTS) watch(response, name);
    return response;
  } catch (error) {
    if (missing.has(name)) coreIsLost(error);
    throw error;
  }
};

async function read(name) {
  await coreComes;
  const response = await self.fetch(folder + name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.arrayBuffer();
}

async function start(language) {
  const answer = await fetchAsIs(`${folder}files.json`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`files.json: ${answer.status}`);
  files = await answer.json();
  for (const [name, part] of Object.entries(PARTS)) total[part] = (total[part] ?? 0) + files[name].size;
  for (const part of ["python", "numpy", "library"]) report(part, 0);
  // Pyodide waits forever for a file that does not come.
  return Promise.race([startPython({ folder, language, read }), coreComes.then(() => new Promise(() => {}))]);
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
