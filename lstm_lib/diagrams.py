"""Drawings of the cells as SVG that takes the colours of the page around it.

Lines and text have the current text colour, so a drawing is right in light and
in dark. What a section speaks of is drawn in the accent colour and wider, so
that it is seen without colour too.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from lstm_lib.checks import positive_int
from lstm_lib.language import html_attribute, words

ACCENT = "var(--lstm-accent, #d55e00)"

# Parts of the LSTM cell that can be highlighted, and what is said of them.
LSTM_PARTS = {
    "forget": "the forget gate, which multiplies the old cell state",
    "input": "the input gate and the candidate, multiplied with each other",
    "update": "the cell state, to which the new content is added",
    "output": "the output gate, which multiplies tanh of the cell state to give h",
}

MOST_STEPS = 6  # of a chain of cells that can still be read on a phone


class Diagram(NamedTuple):
    """A drawing that a notebook shows.

    Attributes
    ----------
    svg : str
        The drawing.
    label : str
        What is to be seen, in words.
    """

    svg: str
    label: str

    def _repr_html_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return words("Drawing: {label}", label=self.label)


def rnn_cell() -> Diagram:
    """Draw the repeating module of the plain RNN: one tanh layer."""
    label = words(
        "The repeating module of a plain RNN. The old hidden state h and the input x "
        "are joined and go through one tanh layer; the result is the new h."
    )
    shapes = [
        _path((20, 90), (190, 90)),
        _path((80, 150), (80, 90), arrow=False),
        _box(240, 90, "tanh", width=100),
        _path((290, 90), (400, 90)),
        _text(20, 74, "h<tspan dy='4' font-size='12'>t−1</tspan>", anchor="start"),
        _text(96, 146, "x<tspan dy='4' font-size='12'>t</tspan>", anchor="start"),
        _text(400, 74, "h<tspan dy='4' font-size='12'>t</tspan>", anchor="end"),
    ]
    return _diagram(420, 170, shapes, label)


def lstm_cell(highlight: str | None = None) -> Diagram:
    """Draw the repeating module of the LSTM.

    Parameters
    ----------
    highlight : {"forget", "input", "update", "output"}, optional
        The part that the text speaks of.

    Raises
    ------
    ValueError
        If there is no such part.
    """
    if highlight is not None and highlight not in LSTM_PARTS:
        raise ValueError(f"highlight: expected one of {', '.join(LSTM_PARTS)}, given {highlight!r}")
    label = words(
        "The repeating module of an LSTM. The cell state c runs straight through at the top: "
        "it is multiplied by the forget gate, then the product of input gate and candidate is "
        "added. Below, h and x are joined and feed the four layers. "
        "The output gate times tanh of c is the new h."
    )
    if highlight:
        label += words(" Highlighted: {highlight}.", highlight=words(LSTM_PARTS[highlight]))
    shapes = []
    # The highlighted part last, so that no other line crosses over it.
    for part, drawing in sorted(_lstm_parts().items(), key=lambda item: item[0] == highlight):
        style = f' stroke="{ACCENT}" color="{ACCENT}" stroke-width="4"' if part == highlight else ""
        shapes.append(f"<g{style}>{drawing}</g>")
    return _diagram(620, 370, shapes, label)


def lstm_cell_backward() -> Diagram:
    """Draw the LSTM cell with all its lines turned round: the ways of the gradient.

    The way along the cell state is highlighted.
    """
    label = words(
        "The repeating module of an LSTM with all lines turned round: the ways of the gradient. "
        "From the right come the gradients of c and of h. That of h goes through the output gate "
        "and the tanh to c, where the two are added; and to the output gate. From c it goes to the "
        "input gate, the candidate and the forget gate, down through the four layers, and out to x "
        "and to the old h. Highlighted: the way from the new c to the old one, straight through, "
        "multiplied by the forget gate and by nothing else."
    )
    parts = _lstm_parts(backward=True)
    belt = f'<g stroke="{ACCENT}" color="{ACCENT}" stroke-width="4">{parts.pop("update")}</g>'
    return _diagram(620, 370, [*parts.values(), belt], label)


def unrolled_lstm(steps: int) -> Diagram:
    """Draw a chain of LSTM cells, one a time step, and below it one cell opened.

    For a script that lights up what the text speaks of: the cells of the chain
    carry ``data-time`` (1, 2, ...), the parts of the opened cell ``data-part``
    ("join", "forget", "input", "update", "output").

    Parameters
    ----------
    steps : int
        Number of time steps, at most 6.

    Raises
    ------
    TypeError, ValueError
        If `steps` is not an integer from 1 to 6.
    """
    if positive_int("steps", steps) > MOST_STEPS:
        raise ValueError(f"steps: expected at most {MOST_STEPS}, given {steps}")
    label = words(
        "Above, an LSTM cell repeated for {steps} time steps; each hands c and h on to the next. "
        "Below, the cell opened: c runs straight through at the top, h and x come in below and "
        "feed the four layers.",
        steps=steps,
    )
    chain = [_chain_link(time, steps) for time in range(1, steps + 1)]
    cell = [f'<g data-part="{part}">{drawing}</g>' for part, drawing in _lstm_parts().items()]
    opened = f'<g transform="translate(0 80)">{"".join(cell)}</g>'
    return Diagram(svg(620, 450, [*chain, opened], label), label)


def _chain_link(time: int, steps: int) -> str:
    """A closed cell of the chain and the two arrows that lead to the next one."""
    width = 620 // steps
    x = width * time - width // 2
    shapes = _box(x, 36, f"t = {time}", width=72, height=56)
    arrows = ""
    if time < steps:
        end = x + width - 36
        arrows = _path((x + 36, 22), (end, 22)) + _path((x + 36, 50), (end, 50))
        middle = (x + 36 + end) // 2
        arrows += _text(middle, 16, "c") + _text(middle, 44, "h")
    return f'<g data-time="{time}">{shapes}</g>{arrows}'


def _lstm_parts(backward: bool = False) -> dict[str, str]:
    """The shapes of the LSTM cell: what all parts share first, then part by part.

    Forward, or with every line turned round and gradients at its ends.
    """

    def line(*points: tuple[int, int], arrow: bool = True) -> str:
        return _path(*reversed(points)) if backward else _path(*points, arrow=arrow)

    def end(x: int, y: int, name: str, time: str, anchor: str) -> str:
        name = f"δ{name}" if backward else name
        return _text(x, y, f"{name}<tspan dy='4' font-size='12'>{time}</tspan>", anchor=anchor)

    parts = {
        "join": [
            line((20, 300), (470, 300), arrow=False),
            line((70, 350), (70, 300), arrow=False),
            end(20, 284, "h", "t−1", "start"),
            end(84, 348, "x", "t", "start"),
        ],
        "update": [
            line((20, 60), (136, 60), arrow=False),
            line((164, 60), (316, 60)),
            line((344, 60), (600, 60)),
            _circle(330, 60, "+"),
            end(20, 44, "c", "t−1", "start"),
            end(600, 44, "c", "t", "end"),
        ],
        "forget": [
            line((150, 300), (150, 242)),
            _box(150, 222, "σ"),
            line((150, 202), (150, 76)),
            _circle(150, 60, "×"),
            _text(160, 180, "f", anchor="start"),
        ],
        "input": [
            line((240, 300), (240, 242)),
            _box(240, 222, "σ"),
            line((240, 202), (240, 140), (314, 140)),
            line((330, 300), (330, 242)),
            _box(330, 222, "tanh", width=62),
            line((330, 202), (330, 156)),
            _circle(330, 140, "×"),
            line((330, 124), (330, 76)),
            _text(230, 180, "i", anchor="end"),
            _text(342, 184, words("candidate"), anchor="start"),
        ],
        "output": [
            line((470, 300), (470, 242)),
            _box(470, 222, "σ"),
            line((470, 202), (470, 160), (524, 160)),
            line((540, 60), (540, 88)),
            _box(540, 104, "tanh", width=62, height=32),
            line((540, 120), (540, 144)),
            _circle(540, 160, "×"),
            line((540, 176), (540, 300), (600, 300)),
            _text(460, 180, "o", anchor="end"),
            end(600, 284, "h", "t", "end"),
        ],
    }
    return {part: "".join(shapes) for part, shapes in parts.items()}


def svg(width: int, height: int, shapes: Iterable[str], label: str, font_size: int = 18) -> str:
    """Return an SVG of the shapes, with a name for screen readers, in the page's colours."""
    return (
        f'<svg{html_attribute()} viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(label)}" '
        'style="max-width:100%;height:auto" fill="none" stroke="currentColor" stroke-width="2" '
        f'font-family="inherit" font-size="{font_size}">' + "".join(shapes) + "</svg>"
    )


def _diagram(width: int, height: int, shapes: Iterable[str], label: str) -> Diagram:
    return Diagram(svg(width, height, shapes, label), label)


def _path(*points: tuple[int, int], arrow: bool = True) -> str:
    """A line through the points, with a head on its last one."""
    line = f'<polyline points="{" ".join(f"{x},{y}" for x, y in points)}"/>'
    if not arrow:
        return line
    (x0, y0), (x, y) = points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    corners = [(x, y), (x - 9 * dx - 5 * dy, y - 9 * dy - 5 * dx)]
    corners += [(x - 9 * dx + 5 * dy, y - 9 * dy + 5 * dx)]
    head = " ".join(f"{a},{b}" for a, b in corners)
    return line + f'<polygon points="{head}" fill="currentColor" stroke="none"/>'


def _box(x: int, y: int, text: str, width: int = 44, height: int = 40) -> str:
    """A layer: a box around its squashing function."""
    corner = f'x="{x - width // 2}" y="{y - height // 2}"'
    return f'<rect {corner} width="{width}" height="{height}" rx="6"/>' + _text(x, y + 6, text)


def _circle(x: int, y: int, text: str) -> str:
    """An operation element by element."""
    return f'<circle cx="{x}" cy="{y}" r="14"/>' + _text(x, y + 6, text)


def _text(x: int, y: int, text: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="currentColor" stroke="none">'
        f"{text}</text>"
    )
