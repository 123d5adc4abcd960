// Compile Python with Pyodide's own compiler: node compile_in_pyodide.mjs < job.json
//
// The job is {core, script, packages, imports, archives}, files by their paths: `core` is the folder of Pyodide, `script`
// is compiled.py, `packages` are zips that are unpacked first, `imports` is Python that imports what shall be compiled,
// `archives` are {made, parts, folder, keep}: arguments of the script's function `compiled`, and what is made of them,
// `made` and, not compressed, `made`.stored.

import { readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { core, script, packages, imports, archives } = JSON.parse(await text(process.stdin));
const read = async (path) => new Uint8Array(await readFile(path));
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`));
// The order of a set is written into the bytecode: it shall be the same each time.
const pyodide = await loadPyodide({ indexURL: core, env: { PYTHONHASHSEED: "0", MPLBACKEND: "svg" } });
const extractDir = pyodide.runPython("import site; site.getsitepackages()[0]");
for (const path of packages) pyodide.unpackArchive(await read(path), "zip", { extractDir });
pyodide.runPython(`import importlib; importlib.invalidate_caches()\n${imports}`);
pyodide.runPython(await readFile(script, "utf8"));
for (const { made, parts, folder, keep } of archives) {
  const contents = pyodide.toPy(await Promise.all(parts.map(read)));
  const [zip, stored] = pyodide.globals.get("compiled")(contents, folder, keep).toJs();
  await writeFile(`${made}.stored`, stored);
  await writeFile(made, zip);
}
