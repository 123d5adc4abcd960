// The page as a notebook: its cells, and which of them run before another.

// Running a page from its top again is worth this many seconds.
const CHEAP = 2;

/** The cells of the page in their order. `text` is what stands in a cell now, `source` what the book has there. */
export function readCells() {
  return [...document.querySelectorAll("[data-cell]")].map((box, index) => {
    const source = box.querySelector(".cell_input pre").textContent.replace(/\n$/, "");
    const { cell: id, role, question } = box.dataset;
    return { index, id, role, question, tensorflow: "tensorflow" in box.dataset, box, source, text: source };
  });
}

const sent = ({ id, text }) => ({ id, source: text });
const uses = (text, name) => new RegExp(`\\b${name}\\b`).test(text);

/** The earlier blanks whose answers a cell uses, itself or through another of them, in their order. */
export function earlierAnswers(cells, cell) {
  const needed = [];
  let texts = cell.text;
  for (const each of cells.slice(0, cell.index).reverse()) {
    if (each.role === "blank" && uses(texts, each.question)) {
      needed.unshift(each);
      texts += `\n${each.text}`;
    }
  }
  return needed;
}

/**
 * The way to run cells of an exercise page: `run(cells, options)` runs the imports, the earlier answers that these
 * cells use, and then the cells.
 */
export function exerciseRunner(python, cells) {
  const imports = cells.filter((cell) => cell.index === 0 && !cell.role).map(sent);
  const warmUp = { id: "in-page-warm-up", source: 'exec("import lstm_lib.exercises", {})' };

  /** Load what every check needs, so that the first one is as quick as the next. */
  const prepare = () => python.run([...imports, warmUp]);

  /** `begins()` is called when the texts are sent as they are then. */
  async function run(wanted, { begins = () => {}, ...options }) {
    const prepared = await prepare();
    if (prepared !== "done") return prepared;
    begins();
    const earlier = wanted.flatMap((cell) => [...earlierAnswers(cells, cell), cell]);
    return python.run([...new Set(earlier)].map(sent), { show: wanted.map((cell) => cell.id), ...options });
  }

  return { prepare, run };
}

/**
 * The way to run a cell of a chapter: as if the page were run from its top to this cell, each cell as it stands now.
 *
 * Nothing is run twice for that while the reader goes down the page. A cell that is run again starts at the top if
 * that is quick; else only what has changed is run, as in Jupyter.
 */
export function chapterRunner(python, cells) {
  let life = python.life;
  let ran = []; // [cell, text] in the order of running, since the names were forgotten
  let spent = 0;

  async function timed(some, options) {
    const start = performance.now();
    const outcome = await python.run(some.map(sent), options);
    spent += (performance.now() - start) / 1000;
    ran.push(...some.map((cell) => [cell, cell.text]));
    return outcome;
  }

  async function run(cell, { before, ...options }) {
    await python.start(); // Loading is not counted as running.
    if (life !== python.life) {
      life = python.life;
      ran = [];
      spent = 0;
    }
    const above = cells.slice(0, cell.index).filter((each) => !each.tensorflow);
    const isCurrent = ([each, text], k) => each === above[k] && text === each.text;
    let fresh = false;
    let missing;
    if (ran.every(isCurrent)) missing = above.slice(ran.length);
    else if (spent <= CHEAP) fresh = true;
    else {
      const known = new Map(ran);
      const from = above.findIndex((each) => known.get(each) !== each.text);
      missing = from < 0 ? [] : above.slice(from);
      // What stands below has seen other numbers than it would now.
      ran = ran.filter(([each]) => each.index < (missing[0] ?? cell).index);
    }
    if (fresh) {
      missing = above;
      ran = [];
      spent = 0;
    }
    if (missing.length) {
      before();
      const outcome = await timed(missing, { fresh, output: options.output });
      if (outcome !== "done") {
        spent = 0; // So the next run starts at the top.
        return outcome;
      }
      fresh = false;
    }
    return timed([cell], { ...options, fresh, show: [cell.id] });
  }

  const forget = () => {
    spent = 0;
  };
  return { run, forget };
}
