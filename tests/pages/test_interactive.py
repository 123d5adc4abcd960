"""The interactive figures: right before their script runs, and the script computes the same."""

import gzip
import json
import random
import re
import subprocess

import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lstm_lib import interactive
from lstm_lib import numpy_backend as L
from lstm_lib.printing import fixed
from tools.notebook_files import ROOT
from tools.notebook_format import normalise
from tools.notebook_lint import problems

MOST_BYTES = 14_000  # of one figure with its script, as it is stored in a notebook
MOST_BYTES_SENT = 4_500  # compressed

MAKERS = (interactive.gate_explorer, interactive.walk_through)

# Runs the script of a figure as a module and applies one of its functions to each line of input.
HARNESS = """
const [file, name] = process.argv.slice(1);
const script = require("fs").readFileSync(file, "utf8");
const module_ = {};
new Function("module", script)(module_);
const setup = JSON.parse(process.env.SETUP);
require("readline").createInterface({input: process.stdin}).on("line", (line) => {
  const settings = JSON.parse(line);
  settings.pattern = setup.patterns[settings.pattern];
  process.stdout.write(JSON.stringify(module_.exports[name](settings, setup)) + "\\n");
});
"""


def parsed(figure):
    return BeautifulSoup(figure.html, "html.parser")


def script_of(figure):
    (script,) = parsed(figure).find_all("script")
    return script.string


def controls_of(figure):
    """The controls, which the script puts into their place."""
    code = re.search(r'"\.lstm-controls"\)\.innerHTML = (".*");', script_of(figure))[1]
    return BeautifulSoup(json.loads(code), "html.parser")


def setup_of(figure):
    return json.loads(parsed(figure).select_one(".lstm-explorer")["data-setup"])


@pytest.fixture(scope="module")
def node():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "website"))
        from lstm_book.equations import node_binary

    return node_binary()


@pytest.fixture
def apply(node, tmp_path):
    def apply(name, settings, script):
        path = tmp_path / "explorer.js"
        path.write_text(script, encoding="utf-8")
        answer = subprocess.run(
            [node, "-e", HARNESS, str(path), name],
            input="\n".join(json.dumps(each) for each in settings),
            env={"SETUP": json.dumps(setup_of(interactive.gate_explorer()))},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return [json.loads(line) for line in answer.stdout.splitlines()]

    return apply


def random_settings(number):
    """Values that the sliders have; the corners of the range come often."""
    chance = random.Random(5)

    def value(low):
        return chance.choice([float(low), 0.0, 1.0, *[chance.randint(100 * low, 100) / 100] * 5])

    return [
        {
            **{name: value(0) for name in "fio"},
            "candidate": value(-1),
            "pattern": chance.choice(list(interactive.PATTERNS)),
            "t": chance.randint(1, interactive.STEPS),
        }
        for _ in range(number)
    ]


# What both have in common ----------------------------------------------------------------------


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.__name__)
def figure(request):
    return request.param()


def test_the_same_every_time(figure):
    maker = next(make for make in MAKERS if make().label == figure.label)
    assert maker() == figure
    assert figure._repr_html_() == figure.html
    assert repr(figure) == f"Interactive figure: {figure.label}"


def test_several_fit_on_one_page(figure):
    assert not parsed(figure).find_all(id=True)
    assert script_of(figure).strip().startswith("(function () {")


def test_loads_nothing_and_is_light(figure):
    assert not re.search(r"://|src=|href=|@import|url\(|\bimport\b|fetch|XMLHttp", figure.html)
    assert len(figure.html.encode()) < MOST_BYTES
    assert len(gzip.compress(figure.html.encode())) < MOST_BYTES_SENT


def test_everything_has_a_name(figure):
    html = parsed(figure)
    assert html.div["role"] == "group"
    assert html.div["aria-label"]
    (drawing,) = html.find_all("svg")
    assert drawing["role"] == "img"
    assert len(drawing["aria-label"]) > 60
    for control in controls_of(figure).find_all(["input", "select"]):
        assert control.find_parent("label").span.get_text(strip=True)
    for button in controls_of(figure).find_all("button"):
        assert button["type"] == "button"
        assert button.get_text(strip=True)
    assert html.select('[aria-live="polite"]')


def test_without_the_script_there_is_no_dead_control(figure):
    html = parsed(figure)
    assert not html.find_all(["button", "input", "select", "output"])
    assert html.select_one(".lstm-controls").get_text() == ""
    assert controls_of(figure).find_all("button")


def test_script_is_sound(figure, node, tmp_path):
    path = tmp_path / "script.js"
    path.write_text(script_of(figure), encoding="utf-8")
    run = subprocess.run([node, "--check", str(path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert not re.search(r"figures\.css|controls\.html", script_of(figure))
    assert ":focus-visible" in script_of(figure)


def test_a_notebook_may_store_it(figure):
    data = {"text/html": figure.html, "text/plain": repr(figure)}
    output = new_output("execute_result", data, execution_count=1)
    page = {"myst": {"html_meta": {"description": "A page that serves to test a figure."}}}
    cell = new_code_cell("figure", outputs=[output], execution_count=1)
    assert problems(normalise(new_notebook(cells=[cell], metadata=page))) == []


# The gate explorer -----------------------------------------------------------------------------


def text_of(figure, selector):
    return parsed(figure).select_one(selector).get_text()


def points_of(figure, name):
    points = parsed(figure).select_one(f'[data-shape="{name}"]')["points"]
    return np.array([pair.split(",") for pair in points.split()], dtype=float)


def test_first_picture_is_that_of_a_leaking_unit():
    figure = interactive.gate_explorer(f=0.9, step=5)
    formula = text_of(figure, ".lstm-formula")
    assert "c5 = f · c4 + i · c\u03035 = 0.90 · 0.9000 + 1.00 · 0.00 = 0.8100" in formula
    assert f"tanh(0.8100) = {np.tanh(0.81):.4f}" in formula
    end = 0.9**27
    summary = text_of(figure, ".lstm-summary")
    assert summary == f"c after 30 steps: {end:.2f}; h: {np.tanh(end):.2f}."

    c = points_of(figure, "c")
    share = (c[0, 1] - c[:, 1]) / (c[0, 1] - c[3, 1])  # 1 at the pulse, which comes at step 3
    expected = [0.9 ** (t - 3) if t >= 3 else 0 for t in range(31)]
    np.testing.assert_allclose(share, expected, atol=2e-3)
    assert (np.diff(c[:, 0]) > 0).all()


def test_it_counts():
    settings = interactive.PRESETS["count"]
    figure = interactive.gate_explorer(**settings)
    assert "c after 30 steps: 6.00" in text_of(figure, ".lstm-summary")
    assert text_of(figure, '[data-text="top"]') == "10"


def test_negative_numbers_are_written_with_a_minus_sign():
    figure = interactive.gate_explorer(f=1, candidate=-0.5, pattern="steps", step=10)
    assert "= 1.00 · (−4.5000) + 1.00 · (−0.50) = −5.0000" in text_of(figure, ".lstm-formula")
    assert text_of(figure, '[data-text="bottom"]') == "−5"
    assert "-" not in text_of(figure, ".lstm-formula")


@pytest.mark.parametrize("preset", interactive.PRESETS)
def test_presets_are_settings_of_the_controls(preset):
    figure = interactive.gate_explorer(**interactive.PRESETS[preset])
    html = controls_of(figure)
    for name, value in interactive.PRESETS[preset].items():
        control = html.select_one(f'[data-in="{name}"]')
        if name == "pattern":
            assert control.select_one("option[selected]").get_text() == value
        else:
            assert float(control["value"]) == value
    assert html.select_one(f'[data-preset="{preset}"]')


def test_the_script_has_the_patterns_and_presets():
    setup = setup_of(interactive.gate_explorer())
    assert setup["presets"] == interactive.PRESETS
    assert setup["patterns"] == {
        name: list(values) for name, values in interactive.PATTERNS.items()
    }
    assert {len(values) for values in interactive.PATTERNS.values()} == {interactive.STEPS}


def test_script_computes_what_the_library_computes(apply):
    settings = random_settings(400)
    answers = apply("run", settings, script_of(interactive.gate_explorer()))
    for each, answer in zip(settings, answers, strict=True):
        c, h = [np.zeros((1, 1))], [np.zeros((1, 1))]
        f, i, o = (np.full((1, 1), float(each[name])) for name in "fio")
        for value in interactive.PATTERNS[each["pattern"]]:
            candidate = np.full((1, 1), float(each["candidate"] * value))
            c.append(L.update_cell(f, c[-1], i, candidate))
            h.append(L.update_hidden(o, c[-1]))
        np.testing.assert_allclose(answer["c"], np.ravel(c), rtol=0, atol=1e-12)
        np.testing.assert_allclose(answer["h"], np.ravel(h), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["texts", "shapes"])
def test_script_writes_and_draws_what_python_did(apply, name):
    settings = random_settings(200)
    expected = [getattr(interactive, f"_{name}")(each) for each in settings]
    assert apply(name, settings, script_of(interactive.gate_explorer())) == expected


def test_another_equation_in_the_script_would_be_seen(apply):
    script = script_of(interactive.gate_explorer())
    changed = script.replace("f * c[", "i * c[")
    assert changed != script
    settings = random_settings(20)
    assert apply("run", settings, changed) != apply("run", settings, script)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"f": 1.5}, ValueError, "f: expected 0 to 1, given 1.5"),
        ({"i": -0.1}, ValueError, "i: expected 0 to 1, given -0.1"),
        ({"o": float("nan")}, ValueError, "o: expected a finite number"),
        ({"o": "1"}, TypeError, "o: expected a number, given '1'"),
        ({"candidate": -1.01}, ValueError, "candidate: expected -1 to 1, given -1.01"),
        ({"f": 0.995}, ValueError, "f: expected hundredths, as the slider has, given 0.995"),
        ({"pattern": "noise"}, ValueError, "pattern: expected one of one pulse, .*given 'noise'"),
        ({"pattern": ["steps"]}, ValueError, "pattern: expected one of"),
        ({"step": 0}, ValueError, "step: expected a positive integer, given 0"),
        ({"step": 31}, ValueError, "step: expected 1 to 30, given 31"),
        ({"step": 2.0}, TypeError, "step: expected a positive integer"),
    ],
)
def test_what_no_slider_has_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        interactive.gate_explorer(**given)


# The walk --------------------------------------------------------------------------------------


def small_cell(units=2, dtype="float64"):
    return L.BasicLSTMCell(units, dtype=dtype, seed=4)


def minus(text):
    return text.replace("-", "−").replace(" ", "\u00a0")


def test_walk_has_every_stop_in_order():
    html = parsed(interactive.walk_through())
    parts = ["join", "forget", "input", "update", "output"]
    stops = [(item["data-time"], item["data-part"]) for item in html.select("ol > li")]
    assert stops == [(str(t), part) for t in (1, 2, 3) for part in parts]
    assert {each["data-part"] for each in html.select("svg [data-part]")} == set(parts)
    assert [each["data-time"] for each in html.select("svg [data-time]")] == ["1", "2", "3"]
    assert not html.select("li[hidden]"), "without the script, all of it is read"


def test_walk_shows_the_numbers_of_the_gates_one_by_one():
    rng = np.random.default_rng(2)
    cell = small_cell()
    cell.build(1)
    inputs = rng.normal(size=(1, 2, 1))
    state = L.LSTMStateTuple(*rng.normal(size=(2, 1, 2)))
    items = parsed(interactive.walk_through(cell, inputs, state)).select("ol > li")

    # The cell's kernel has the rows [x; h] and the blocks i, j, f, o.
    rows = np.concatenate([cell.kernel[1:], cell.kernel[:1]])
    W_i, W_c, W_f, W_o = np.split(rows, 4, axis=1)
    zero = np.zeros(2)
    c, h = state.c, state.h
    for t in range(2):
        x = inputs[:, t]
        f = L.forget_gate(h, x, W_f, zero + cell.forget_bias)
        i = L.input_gate(h, x, W_i, zero)
        candidate = L.candidate(h, x, W_c, zero)
        o = L.output_gate(h, x, W_o, zero)
        before = (np.concatenate([h, x], axis=1), c)
        c = L.update_cell(f, c, i, candidate)
        h = L.update_hidden(o, c)
        shown = [[before[0]], [f], [i, candidate], [f, before[1], i, candidate, c], [o, h]]
        for item, values in zip(items[5 * t : 5 * t + 5], shown, strict=True):
            numbers = re.findall(r"\[[−\d.\u00a0]+\]", item.get_text())
            assert numbers == [minus(fixed(value[0])) for value in values]


def test_walk_of_one_unit_has_no_brackets():
    html = parsed(interactive.walk_through(small_cell(1), np.ones((1, 1, 1))))
    assert len(html.select("ol > li")) == 5
    assert re.search(r"= 0\.\d{4}\. It says", html.get_text())


def test_walk_leaves_its_arguments_alone():
    cell, inputs = small_cell(), np.ones((1, 2, 1))
    state = L.LSTMStateTuple(np.ones((1, 2)), np.ones((1, 2)))
    interactive.walk_through(cell, inputs, state)
    assert (inputs == 1).all()
    assert (state.c == 1).all()
    assert (state.h == 1).all()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"cell": "cell"}, TypeError, "cell: expected a BasicLSTMCell of numpy_backend, given str"),
        ({"cell": small_cell(dtype="float32")}, ValueError, "expected dtype float64.*float32"),
        ({"cell": small_cell(5)}, ValueError, "cell: expected at most 4 units, given 5"),
        ({"inputs": np.ones((2, 3, 1))}, ValueError, r"a batch of 1.*given shape \(2, 3, 1\)"),
        ({"inputs": np.ones((1, 7, 1))}, ValueError, "1 to 6 time steps"),
        ({"inputs": np.ones((1, 0, 1))}, ValueError, "1 to 6 time steps"),
        ({"inputs": np.ones((1, 2, 5))}, ValueError, "1 to 4 inputs"),
        ({"inputs": np.ones((2, 1))}, ValueError, "inputs: expected rank 3"),
        ({"inputs": [[[1.0]]]}, TypeError, "inputs: expected an array"),
        ({"inputs": np.ones((1, 2, 1), "float32")}, TypeError, "inputs: expected dtype float64"),
        ({"state": (np.ones((1, 2)), np.ones((1, 2)))}, TypeError, "state: expected LSTMState"),
    ],
)
def test_what_no_walk_can_show_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        interactive.walk_through(**given)
