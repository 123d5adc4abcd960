// Run cells under Node as the page's worker runs them: node run_cells.mjs FOLDER LANGUAGE < cells.json > outputs.json
//
// FOLDER holds the Python files of the site. Each cell is run, also after one that raised.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [folder, language] = process.argv.slice(2);
const base = `${resolve(folder)}/`;
const { startPython } = await import(pathToFileURL(`${base}python.js`));
const read = async (name) => new Uint8Array(await readFile(base + name)).buffer;
const python = await startPython({ folder: base, language, read });

const outputs = {};
for (const cell of JSON.parse(await text(process.stdin))) {
  const shown = (outputs[cell.id] = []);
  await python.run([cell], { output: (id, ...output) => shown.push(output) });
}
process.stdout.write(JSON.stringify(outputs));
