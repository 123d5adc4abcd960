// Python: a worker that may be ended at any time, and one run after the other in it.

/**
 * Make the one Python of a page. `tell(news)` hears of its state: {state: "loading", loaded, total}, in bytes,
 * {state: "ready"} or {state: "failed", message}.
 *
 * A run ends as "done"; as "error", if a cell raised; as "stopped" by the reader; as "late", after its time; as "lost",
 * if Python itself ended; or as "missing", if Python cannot start here.
 */
export function makePython(folder, language, tell) {
  let worker = null;
  let begun = null;
  let settle = null;
  let current = null;
  let count = 0;
  let line = Promise.resolve();
  // Whoever remembers what ran in it asks by this number whether it is still the same Python.
  const python = { life: 0 };

  function end(outcome) {
    worker?.terminate();
    settle?.(outcome);
    worker = begun = settle = null;
    python.life += 1;
    current?.finish(outcome);
  }

  function fail(message) {
    end("missing");
    tell({ state: "failed", message });
  }

  function listen(own, begins) {
    const parts = {};
    let ready = false;
    own.onmessage = ({ data: message }) => {
      if (own !== worker) return;
      if (message.type === "failed") fail(message.message);
      else if (message.type === "ready") {
        ready = true;
        tell({ state: "ready" });
        begins("ready");
      } else if (message.type === "progress") {
        parts[message.part] = message;
        const sum = (key) => Object.values(parts).reduce((total, part) => total + part[key], 0);
        const [loaded, total] = [sum("loaded"), sum("total")];
        // After the start it is what a cell asked for, and ready as soon as it is there.
        tell(ready && loaded >= total ? { state: "ready" } : { state: "loading", loaded, total });
      } else if (message.run === current?.number) {
        if (message.type === "output") current.output(message);
        if (message.type === "done") current.finish(message.ok ? "done" : "error");
      }
    };
    own.onerror = (event) => {
      event.preventDefault();
      if (own !== worker) return;
      if (ready) end("lost");
      else fail(event.message ?? "");
    };
  }

  /** Begin to load Python if need be; resolves to "ready", "missing" or "stopped". */
  python.start = () => {
    if (begun) return begun;
    tell({ state: "loading", loaded: 0, total: 0 });
    try {
      worker = new Worker(new URL("worker.js", folder), { type: "module" });
    } catch (error) {
      fail(error.message);
      return Promise.resolve("missing");
    }
    begun = new Promise((resolve) => {
      settle = resolve;
    });
    listen(worker, settle);
    worker.postMessage({ type: "start", language });
    return begun;
  };

  /** End what runs and what waits to run, and start anew. */
  python.stop = (outcome = "stopped") => {
    end(outcome);
    python.start();
  };

  function send(cells, { show, fresh, limit, output }) {
    return new Promise((resolve) => {
      const timer = limit && setTimeout(() => python.stop("late"), limit * 1000);
      count += 1;
      current = {
        number: count,
        output,
        finish(outcome) {
          clearTimeout(timer);
          current = null;
          resolve(outcome);
        },
      };
      worker.postMessage({ type: "run", run: count, cells, show, fresh });
    });
  }

  /**
   * Run cells, after whatever was asked for before; resolves to how it ended.
   *
   * `cells` are {id, source}, `show` the ids of those whose output is wanted, `fresh` forgets the names of earlier
   * runs, `limit` is a number of seconds. `output(message)` gets what is shown, in order.
   */
  python.run = (cells, { show = [], fresh = false, limit = 0, output = () => {} } = {}) => {
    const { life } = python;
    const result = line.then(async () => {
      const state = life === python.life ? await python.start() : "stopped";
      return state === "ready" ? send(cells, { show, fresh, limit, output }) : state;
    });
    line = result;
    return result;
  };

  return python;
}
