"""Two figures to play with: plain SVG and a small script, without a dependency.

Each is right before its script runs, or where none does: Python draws the first
picture with the equations of ``numpy_backend``, and a list says in words what
the drawing shows. They work offline, by keyboard, in light and dark, on a
page of the book and in a running notebook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html import escape
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from lstm_lib import diagrams
from lstm_lib import numpy_backend as L
from lstm_lib.checks import check_sequence, finite_float, positive_int
from lstm_lib.language import gap, html_attribute, mark, words
from lstm_lib.printing import fixed

__all__ = ["PATTERNS", "PRESETS", "Interactive", "gate_explorer", "walk_through"]

Array = np.ndarray


class Interactive(NamedTuple):
    """A figure that a notebook shows and a reader can change.

    Attributes
    ----------
    html : str
        The figure with its script.
    label : str
        What is to be seen at first, in words.
    """

    html: str
    label: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return words("Interactive figure: {label}", label=self.label)


# The gate explorer -----------------------------------------------------------------------------

STEPS = 30

# What comes in at steps 1, 2, ..., to be multiplied by the candidate's slider.
PATTERNS: dict[str, tuple[int, ...]] = {
    "one pulse": tuple(int(t == 3) for t in range(1, STEPS + 1)),
    "a pulse every five steps": tuple(int(t % 5 == 0) for t in range(1, STEPS + 1)),
    "steps": (1,) * 10 + (-1,) * 10 + (0,) * 10,
    "alternating": (1, -1) * 15,
}

# What the buttons set.
PRESETS: dict[str, dict[str, Any]] = {
    "keep": {"f": 1.0, "i": 1.0, "o": 1.0, "candidate": 1.0, "pattern": "one pulse"},
    "forget": {"f": 0.0, "i": 1.0, "o": 1.0, "candidate": 1.0, "pattern": "one pulse"},
    "count": {
        "f": 1.0,
        "i": 1.0,
        "o": 1.0,
        "candidate": 1.0,
        "pattern": "a pulse every five steps",
    },
    "leak": {"f": 0.9, "i": 1.0, "o": 1.0, "candidate": 1.0, "pattern": "one pulse"},
}

# Their labels.
SLIDERS = {
    "f": "Forget gate f",
    "i": "Input gate i",
    "o": "Output gate o",
    "candidate": "Candidate c\u0303",
}

# The chart: width and height, then for each panel its middle and half its height.
_CHART = (440, 346)
_GEOMETRY: dict[str, Any] = {
    "left": 40,
    "width": 392,
    "panels": {"input": (44, 18), "c": (150, 54), "h": (276, 40)},
    "scales": (1, 2, 5, 10, 20, 50),
}


def gate_explorer(
    f: float = 0.9,
    i: float = 1.0,
    o: float = 1.0,
    candidate: float = 1.0,
    pattern: str = "one pulse",
    step: int = 5,
) -> Interactive:
    r"""Sliders for the gates of one unit, and what becomes of c and h in 30 steps.

    The gates stay the same at every step; the candidate comes in as `pattern`
    says: :math:`c_t = f c_{t-1} + i \tilde c_t`, :math:`h_t = o \tanh(c_t)`,
    from :math:`c_0 = 0`.

    Parameters
    ----------
    f, i, o : float
        Forget, input and output gate at first, from 0 to 1, in hundredths.
    candidate : float
        The candidate where the pattern is 1, from -1 to 1, in hundredths.
    pattern : {"one pulse", "a pulse every five steps", "steps", "alternating"}
        When it comes in.
    step : int
        The step whose numbers are written out, from 1 to 30.

    Returns
    -------
    Interactive

    Raises
    ------
    TypeError, ValueError
        If a value is of another kind, or not one that its slider has.
    """
    settings = {
        "f": _slider_value("f", f, 0.0),
        "i": _slider_value("i", i, 0.0),
        "o": _slider_value("o", o, 0.0),
        "candidate": _slider_value("candidate", candidate, -1.0),
        "pattern": _one_of("pattern", pattern, PATTERNS),
        "t": positive_int("step", step),
    }
    if step > STEPS:
        raise ValueError(f"step: expected 1 to {STEPS}, given {step}")
    numbers = _texts(settings)
    label = words(
        "Gate explorer. Three charts over {STEPS} steps: the candidate ({pattern}), the cell "
        "state c and the hidden state h. With f = {f}, i = {i} and o = {o}, c is {c_end} and h is "
        "{h_end} at the end.",
        STEPS=STEPS,
        **{**numbers, "pattern": words(pattern)},
    )
    setup = {**_GEOMETRY, "patterns": PATTERNS, "presets": PRESETS}
    body = _chart(settings, numbers) + _PLACE + _sentences(numbers)
    controls = _controls(settings, numbers)
    return _figure("explorer", words("Gate explorer"), body, controls, label, setup)


def _run(settings: Mapping[str, Any]) -> tuple[Array, Array]:
    """The cell state and the hidden state from step 0 on."""
    f, i, o = (np.array(settings[name]) for name in "fio")
    c, h = [np.array(0.0)], [np.array(0.0)]
    for shape in PATTERNS[settings["pattern"]]:
        c.append(L.update_cell(f, c[-1], i, np.array(settings["candidate"] * shape)))
        h.append(L.update_hidden(o, c[-1]))
    return np.array(c), np.array(h)


def _texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """The numbers written in the figure; ``texts`` in explorer.js says the same."""
    c, h = _run(settings)
    t, scale = settings["t"], _scale(c)
    gates = {name: _rounded(settings[name], 2) for name in SLIDERS}
    return gates | {
        "t": str(t),
        "before": str(t - 1),
        "input": _factor(settings["candidate"] * PATTERNS[settings["pattern"]][t - 1], 2),
        "c_prev": _factor(c[t - 1], 4),
        "c": _rounded(c[t], 4),
        "h": _rounded(h[t], 4),
        "c_end": _rounded(c[-1], 2),
        "h_end": _rounded(h[-1], 2),
        "top": str(scale),
        "bottom": f"−{scale}",
    }


def _shapes(settings: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The attributes that move with the settings; ``shapes`` in explorer.js says the same."""
    c, h = _run(settings)
    t, scale = settings["t"], _scale(c)
    left, width, panels = (_GEOMETRY[name] for name in ("left", "width", "panels"))

    def x(step: int) -> str:
        return _to_fixed(left + width * step / STEPS, 1)

    def y(panel: str, share: float) -> str:
        return _to_fixed(panels[panel][0] - panels[panel][1] * share, 1)

    def line(panel: str, values: Array, top: int) -> str:
        return " ".join(f"{x(k)},{y(panel, value / top)}" for k, value in enumerate(values))

    pattern = PATTERNS[settings["pattern"]]
    bars = [
        f"M{x(k)} {y('input', 0)}V{y('input', settings['candidate'] * shape)}"
        for k, shape in enumerate(pattern, start=1)
    ]
    return {
        "bars": {"d": "".join(bars)},
        "c": {"points": line("c", c, scale)},
        "h": {"points": line("h", h, 1)},
        "cursor": {"transform": f"translate({x(t)} 0)"},
        "dot_c": {"cx": x(t), "cy": y("c", c[t] / scale)},
        "dot_h": {"cx": x(t), "cy": y("h", h[t])},
    }


def _scale(c: Array) -> int:
    return next(scale for scale in _GEOMETRY["scales"] if np.abs(c).max() <= scale)


def _to_fixed(value: float, digits: int) -> str:
    """A number as JavaScript's ``toFixed`` writes it: halves away from zero."""
    return str(Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _rounded(value: float, digits: int) -> str:
    """A number to be read, with a true minus sign, and no minus before a zero."""
    text = _to_fixed(abs(value), digits)
    return f"−{text}" if value < 0 and float(text) else text


def _factor(value: float, digits: int) -> str:
    """A number as it stands behind a multiplication sign."""
    text = _rounded(value, digits)
    return f"({text})" if text.startswith("−") else text


def _slider_value(name: str, value: Any, low: float) -> float:
    number = finite_float(name, value)
    if not low <= number <= 1.0:
        raise ValueError(f"{name}: expected {low:g} to 1, given {number:g}")
    # The slider would jump to its next mark, and the page would show another picture.
    if round(number, 2) != number:
        raise ValueError(f"{name}: expected hundredths, as the slider has, given {number!r}")
    return number


def _one_of(name: str, value: Any, known: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name}: expected one of {', '.join(known)}, given {value!r}")
    return value


def _chart(settings: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    shapes = _shapes(settings)
    left, panels = _GEOMETRY["left"], _GEOMETRY["panels"]
    right = left + _GEOMETRY["width"]
    marks = {
        "input": (words("candidate"), "1", "−1"),
        "c": (words("cell state c"), *(_live(end, numbers, "tspan") for end in ("top", "bottom"))),
        "h": (words("hidden state h"), "1", "−1"),
    }
    axes, labels = [], []
    cursor = "".join(f"M0 {middle - half}v{2 * half}" for middle, half in panels.values())
    for panel, (middle, half) in panels.items():
        title, top, bottom = marks[panel]
        axes.append(f"M{left} {middle - half}V{middle + half}M{left} {middle}H{right}")
        labels += [
            _label(left, middle - half - 7, title, "start"),
            _label(left - 6, middle - half + 5, top, "end"),
            _label(left - 6, middle + 5, "0", "end"),
            _label(left - 6, middle + half + 5, bottom, "end"),
        ]
    foot = sum(panels["h"])
    for step in (10, 20, 30):
        x = left + _GEOMETRY["width"] * step // STEPS
        axes.append(f"M{x} {foot}v5")
        text, anchor = (words("step 30"), "end") if step == STEPS else (str(step), "middle")
        labels.append(_label(x, foot + 21, text, anchor))
    first, second = diagrams.ACCENT, "var(--pst-color-primary, var(--jp-brand-color1, #0072b2))"
    drawn = [
        f'<path d="{"".join(axes)}" opacity=".5" stroke-width="1"/>',
        f'<g fill="currentColor" stroke="none">{"".join(labels)}</g>',
        f'<path data-shape="cursor" stroke-width="1" stroke-dasharray="3 3" d="{cursor}"'
        f"{_attributes(shapes['cursor'])}/>",
        f'<path data-shape="bars" stroke-width="4"{_attributes(shapes["bars"])}/>',
        f'<polyline data-shape="c" stroke="{first}"{_attributes(shapes["c"])}/>',
        f'<polyline data-shape="h" stroke="{second}"{_attributes(shapes["h"])}/>',
        f'<circle data-shape="dot_c" r="4.5" fill="{first}" stroke="none"'
        f"{_attributes(shapes['dot_c'])}/>",
        f'<circle data-shape="dot_h" r="4.5" fill="{second}" stroke="none"'
        f"{_attributes(shapes['dot_h'])}/>",
    ]
    label = words(
        "Three charts over {STEPS} steps: the candidate, the cell state c and the hidden "
        "state h. Their numbers stand below.",
        STEPS=STEPS,
    )
    return diagrams.svg(*_CHART, drawn, label, font_size=14)


def _controls(settings: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    buttons = "".join(
        f'<button type="button" data-preset="{name}">{words(name.capitalize())}</button>'
        for name in PRESETS
    )
    sliders = [
        _slider(name, words(label), low, 1, "0.01", settings[name], numbers)
        for (name, label), low in zip(SLIDERS.items(), (0, 0, 0, -1), strict=True)
    ]
    options = "".join(_option(name, name == settings["pattern"]) for name in PATTERNS)
    choice = (
        f'<label><span>{words("It comes in as")}</span><select data-in="pattern" '
        f'autocomplete="off">{options}</select></label>'
    )
    step = _slider("t", words("Look at step"), 1, STEPS, "1", settings["t"], numbers)
    return (
        f'<div class="lstm-buttons">{buttons}</div>'
        f'<div class="lstm-sliders">{"".join(sliders)}{choice}{step}</div>'
    )


def _option(name: str, is_chosen: bool) -> str:
    """A pattern to choose; the script knows it by its English name."""
    shown = words(name)
    value = "" if shown == name else f' value="{escape(name)}"'
    return f"<option{value}{' selected' if is_chosen else ''}>{escape(shown)}</option>"


def _slider(
    name: str, label: str, low: int, high: int, by: str, value: float, numbers: Mapping[str, str]
) -> str:
    # The slider speaks for itself when it moves: its number beside it is for the eye.
    return (
        f'<label><span>{label}</span><input type="range" data-in="{name}" min="{low}" '
        f'max="{high}" step="{by}" value="{value:g}" autocomplete="off"></label>'
        f'<output data-text="{name}" aria-live="off">{numbers[name]}</output>'
    )


def _sentences(numbers: Mapping[str, str]) -> str:
    live = {name: _live(name, numbers) for name in numbers}
    summary = words(
        "c after {STEPS} steps: {c_end}; h: {h_end}.",
        STEPS=STEPS,
        c_end=live["c_end"],
        h_end=live["h_end"],
    )
    now, before = f"<sub>{live['t']}</sub>", f"<sub>{live['before']}</sub>"
    return (
        '<p class="lstm-formula">'
        f"c{now} = f · c{before} + i · c\u0303{now} = {live['f']} · {live['c_prev']} + "
        f"{live['i']} · {live['input']} = <b>{live['c']}</b><br>"
        f"h{now} = o · tanh(c{now}) = {live['o']} · tanh({live['c']}) = <b>{live['h']}</b></p>"
        f'<p class="lstm-summary" aria-live="polite">{summary}</p>'
    )


def _live(name: str, numbers: Mapping[str, str], tag: str = "span") -> str:
    """A number that the script keeps up to date."""
    return f'<{tag} data-text="{name}">{numbers[name]}</{tag}>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>'


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in values.items())


# The walk through the unrolled cell ------------------------------------------------------------

MOST_NUMBERS = 4  # units, or inputs, that can still be read in a line


def walk_through(
    cell: L.BasicLSTMCell | None = None,
    inputs: Array | None = None,
    state: L.LSTMStateTuple | None = None,
) -> Interactive:
    """A walk through an unrolled cell, five stops at each time step, with its numbers.

    Parameters
    ----------
    cell : numpy_backend.BasicLSTMCell, optional
        Of dtype float64, with at most 4 units; default: 2 units, forget bias 1, seed 126.
    inputs : array of shape (1, time, input_size), optional
        At most 6 steps and 4 inputs; default: 1, 0, -1.
    state : LSTMStateTuple, optional
        Where to start; default: zeros.

    Returns
    -------
    Interactive

    Raises
    ------
    TypeError, ValueError
        If `cell` is no such cell, or an array does not fit to it or is too large.
    """
    cell = L.BasicLSTMCell(2, dtype="float64", seed=126) if cell is None else _checked_cell(cell)
    inputs = np.array([[[1.0], [0.0], [-1.0]]]) if inputs is None else inputs
    batch_size, time, _ = _checked_inputs(inputs, cell).shape
    state = cell.zero_state(batch_size) if state is None else state
    stops = []
    for t in range(time):
        trace = cell.trace(inputs[:, t], state)
        stops += [(t + 1, *stop) for stop in _stops(inputs[:, t], state, trace, t + 1)]
        state = L.LSTMStateTuple(trace.c, trace.h)
    drawing = diagrams.unrolled_lstm(time)
    label = words(
        "Walk through {time} time steps of an LSTM cell in {stops} stops. {label} At the end, "
        "c = {c} and h = {h}.",
        time=time,
        stops=len(stops),
        label=drawing.label,
        c=_numbers(state.c),
        h=_numbers(state.h),
    )
    listed = "".join(_item(*stop) for stop in stops)
    controls = (
        f'<div class="lstm-buttons"><button type="button" data-go="back">{words("Previous")}'
        f'</button><button type="button" data-go="next">{words("Next")}</button>'
        "<span data-place></span></div>"
    )
    body = f'{drawing.svg}{_PLACE}<ol aria-live="polite">{listed}</ol>'
    return _figure("walk", words("Walk through the unrolled cell"), body, controls, label)


def _item(t: int, part: str, title: str, sentence: str) -> str:
    head = f"t = {t}{mark(': ')}{title}{mark('.')}"
    return f'<li data-time="{t}" data-part="{part}"><b>{head}</b>{gap(head)}{sentence}</li>'


def _stops(x: Array, state: L.LSTMStateTuple, trace: Any, t: int) -> Sequence[tuple[str, str, str]]:
    """Part of the drawing, title and sentence of each stop within one time step."""
    joined = np.concatenate([state.h, x], axis=1)
    f, i, candidate, o, c, h = map(_numbers, trace)
    now, before = f"<sub>{t}</sub>", f"<sub>{t - 1}</sub>"
    tilde = f"c\u0303{now}"
    return [
        (
            "join",
            words("join"),
            words(
                "The old h and the input are put end to end: [h{before}, x{now}] = {joined}.",
                before=before,
                now=now,
                joined=_numbers(joined),
            ),
        ),
        (
            "forget",
            words("forget gate"),
            words(
                "f{now} = σ([h{before}, x{now}] W<sub>f</sub> + b<sub>f</sub>) = {f}. "
                "It says how much of the old c is kept.",
                before=before,
                now=now,
                f=f,
            ),
        ),
        (
            "input",
            words("input gate and candidate"),
            words(
                "i{now} = {i} says how much is written of the candidate {tilde} = {candidate}.",
                now=now,
                i=i,
                tilde=tilde,
                candidate=candidate,
            ),
        ),
        (
            "update",
            words("new cell state"),
            f"c{now} = f{now} ⊙ c{before} + i{now} ⊙ {tilde} = {f} ⊙ {_numbers(state.c)} + "
            f"{i} ⊙ {candidate} = {c}{mark('.')}",
        ),
        (
            "output",
            words("output"),
            words(
                "o{now} = {o}, so h{now} = o{now} ⊙ tanh(c{now}) = {h}. "
                "It is the output, and goes on to the next step with c.",
                now=now,
                o=o,
                h=h,
            ),
        ),
    ]


def _numbers(row: Array) -> str:
    """The numbers of a batch of one, in brackets if there are several."""
    text = fixed(row[0] if row.shape[1] > 1 else row[0, 0]).replace("-", "−")
    # A short one is not torn apart at the end of a line.
    return text.replace(" ", "\u00a0") if row.shape[1] <= 3 else text


def _checked_cell(cell: Any) -> L.BasicLSTMCell:
    if not isinstance(cell, L.BasicLSTMCell):
        raise TypeError(
            f"cell: expected a BasicLSTMCell of numpy_backend, given {type(cell).__name__}"
        )
    if cell.dtype != "float64":
        raise ValueError(
            "cell: expected dtype float64, so that four decimals are the same on every machine, "
            f"given {cell.dtype}"
        )
    if cell.num_units > MOST_NUMBERS:
        raise ValueError(f"cell: expected at most {MOST_NUMBERS} units, given {cell.num_units}")
    return cell


def _checked_inputs(inputs: Any, cell: L.BasicLSTMCell) -> Array:
    most = (1, diagrams.MOST_STEPS, MOST_NUMBERS)
    shape = tuple(getattr(inputs, "shape", ()))
    if len(shape) == 3 and not all(
        0 < size <= limit for size, limit in zip(shape, most, strict=True)
    ):
        raise ValueError(
            f"inputs: expected a batch of 1, 1 to {most[1]} time steps and 1 to {most[2]} inputs, "
            f"given shape {shape}"
        )
    check_sequence(inputs, cell.input_size, cell.dtype)
    return inputs


# What both figures share -----------------------------------------------------------------------


# Where the script puts the controls.
_PLACE = '<div class="lstm-controls"></div>'


def _figure(
    kind: str,
    name: str,
    body: str,
    controls: str,
    label: str,
    setup: Mapping[str, Any] | None = None,
) -> Interactive:
    data = f" data-setup='{json.dumps(setup, separators=(',', ':'))}'" if setup else ""
    script = _script(kind).replace('"controls.html"', json.dumps(controls))
    # What walk.js says of the stop that is shown.
    place = words("{at} of {length}", at="${at + 1}", length="${items.length}")
    script = script.replace("${at + 1} of ${items.length}", place)
    html = (
        f'<div{html_attribute()} class="lstm-figure lstm-{kind}" role="group" '
        f'aria-label="{escape(name)}"{data}>{body}\n<script>\n{script}\n</script></div>'
    )
    return Interactive(html, label)


@cache
def _script(kind: str) -> str:
    """The script of a figure as it is sent, without comments and indents; the controls to come."""
    css = re.sub(r"(?s)/\*.*?\*/|\s+", " ", _source("figures.css")).strip()
    common = _source("common.js").replace('"figures.css"', json.dumps(css))
    lines = [line.strip() for line in (common + _source(f"{kind}.js")).splitlines()]
    kept = [line for line in lines if line and not line.startswith("//")]
    return "\n".join(["(function () {", *kept, "})();"])


def _source(name: str) -> str:
    return resources.files("lstm_lib").joinpath("static", name).read_text(encoding="utf-8")
