// The gate explorer: one unit of an LSTM whose gates are set by sliders.
// `run`, `texts` and `shapes` say the same as their namesakes in interactive.py, which drew the
// picture that stands here before this script runs; a test holds the two together.
function run({ f, i, o, candidate, pattern }) {
  const c = [0], h = [0];
  for (const input of pattern) {
    c.push(f * c[c.length - 1] + i * (candidate * input));
    h.push(o * Math.tanh(c[c.length - 1]));
  }
  return { c, h };
}

// A true minus sign, and no minus before a zero.
function fixed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? "\u2212" + text : text;
}

// A number as it stands behind a multiplication sign.
function factor(value, digits) {
  const text = fixed(value, digits);
  return text.startsWith("\u2212") ? `(${text})` : text;
}

function scaleOf(c, scales) {
  const largest = Math.max(...c.map(Math.abs));
  return scales.find((scale) => largest <= scale);
}

function texts(settings, { scales }) {
  const { f, i, o, candidate, pattern, t } = settings;
  const { c, h } = run(settings);
  const scale = scaleOf(c, scales);
  return {
    f: fixed(f, 2), i: fixed(i, 2), o: fixed(o, 2), candidate: fixed(candidate, 2),
    t: String(t), before: String(t - 1), input: factor(candidate * pattern[t - 1], 2),
    c_prev: factor(c[t - 1], 4), c: fixed(c[t], 4), h: fixed(h[t], 4),
    c_end: fixed(c[c.length - 1], 2), h_end: fixed(h[h.length - 1], 2),
    top: String(scale), bottom: "\u2212" + scale,
  };
}

function shapes(settings, { scales, left, width, panels }) {
  const { candidate, pattern, t } = settings;
  const { c, h } = run(settings);
  const scale = scaleOf(c, scales);
  const x = (step) => (left + (width * step) / pattern.length).toFixed(1);
  const y = (panel, share) => (panels[panel][0] - panels[panel][1] * share).toFixed(1);
  const line = (panel, values, top) =>
    values.map((value, step) => x(step) + "," + y(panel, value / top)).join(" ");
  const bars = pattern.map((input, step) =>
    "M" + x(step + 1) + " " + y("input", 0) + "V" + y("input", candidate * input));
  return {
    bars: { d: bars.join("") },
    c: { points: line("c", c, scale) },
    h: { points: line("h", h, 1) },
    cursor: { transform: `translate(${x(t)} 0)` },
    dot_c: { cx: x(t), cy: y("c", c[t] / scale) },
    dot_h: { cx: x(t), cy: y("h", h[t]) },
  };
}

function connect(root) {
  const setup = JSON.parse(root.dataset.setup);
  const control = (name) => root.querySelector(`[data-in="${name}"]`);

  function update() {
    const settings = { pattern: setup.patterns[control("pattern").value] };
    for (const name of ["f", "i", "o", "candidate", "t"]) {
      settings[name] = Number(control(name).value);
    }
    for (const [name, text] of Object.entries(texts(settings, setup))) {
      for (const place of root.querySelectorAll(`[data-text="${name}"]`)) place.textContent = text;
    }
    for (const [name, attributes] of Object.entries(shapes(settings, setup))) {
      const shape = root.querySelector(`[data-shape="${name}"]`);
      for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    }
  }

  root.addEventListener("input", update);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-preset]");
    if (!button) return;
    for (const [name, value] of Object.entries(setup.presets[button.dataset.preset])) {
      control(name).value = value;
    }
    update();
  });
  update();
}

if (typeof module === "object") module.exports = { run, texts, shapes };
else start(".lstm-explorer", connect);
