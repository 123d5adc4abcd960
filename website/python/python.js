// Python with NumPy and the book's library, from the files of one folder: in a worker of a page, and in the tests.

const OWN = ["stand_ins.py", "runtime.py", "figures.py"];
// What a cell may need besides NumPy and the library, and by what its source tells.
const MATPLOTLIB = /\b(matplotlib|pyplot|pylab|plotting)\b/;
const RESULTS = /\b(experiments|benchmarks)\b/;

/**
 * Start Python.
 *
 * `folder` is the address of the files, with a slash at the end, `language` what the library speaks ("en" or "zh_CN").
 * `read(name)` resolves to the content of one of the files, an ArrayBuffer; Pyodide reads its own.
 */
export async function startPython({ folder, language, read }) {
  const parts = Promise.all(["numpy.zip", "lstm_lib.zip", ...OWN].map(read));
  parts.catch(() => {}); // Whoever waits for it below hears of it.
  const { loadPyodide } = await import(`${folder}pyodide.mjs`);
  const pyodide = await loadPyodide({
    indexURL: folder,
    env: { HOME: "/home/pyodide", LSTM_BOOK_LANG: language, MPLBACKEND: "module://in_page.figures" },
  });
  const packages = pyodide.runPython("import site; site.getsitepackages()[0]");
  function unpack(archive, extractDir = packages) {
    pyodide.unpackArchive(archive, "zip", { extractDir });
    pyodide.runPython("import importlib; importlib.invalidate_caches()");
  }
  const [numpy, library, ...sources] = await parts;
  pyodide.FS.mkdir(`${packages}/in_page`);
  OWN.forEach((name, k) => pyodide.FS.writeFile(`${packages}/in_page/${name}`, new Uint8Array(sources[k])));
  unpack(numpy);
  unpack(library);
  const runtime = pyodide.pyimport("in_page.runtime");

  const loading = {};
  /** Load once what these sources need. */
  async function load(source) {
    if (MATPLOTLIB.test(source)) loading.matplotlib ??= loadMatplotlib();
    if (RESULTS.test(source)) loading.results ??= loadResults();
    await Promise.all(Object.values(loading));
  }

  async function loadMatplotlib() {
    unpack(await read("matplotlib.zip"));
  }

  async function loadResults() {
    unpack(await read("results.zip"), "/book");
  }

  /**
   * Run cells, {id, source}, in order, up to the first that raises; resolves to whether none did.
   *
   * `output(id, form, data, text)` hears what they show: `form` is "stream/stdout", "stream/stderr", "error" or a MIME
   * type, `text` the plain text of a value.
   */
  async function run(cells, { fresh = false, output }) {
    await load(cells.map((cell) => cell.source).join("\n"));
    if (fresh) runtime.forget();
    return cells.every(({ id, source }) => runtime.run_cell(id, source, (...shown) => output(id, ...shown)));
  }

  return { pyodide, run };
}
