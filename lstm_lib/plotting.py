"""Every chart of the book, in one style.

Colours are those of Okabe and Ito (2008), which stay apart for colour-blind
readers; markers and line styles differ as well. Figures are SVG, the same to
the last character on every run: data are rounded before they are drawn, since
the last digits of a float differ between processors.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_lib import _bitmaps
from lstm_lib._extras import missing
from lstm_lib.language import names, words

try:
    import matplotlib as mpl
    import matplotlib.axes
    import matplotlib.patches
    import matplotlib.pyplot as plt
    import matplotlib.rcsetup
except ModuleNotFoundError as error:
    if error.name != "matplotlib":
        raise
    raise missing("Matplotlib", "plot", "matplotlib") from None

Array = np.ndarray

WIDTH, HEIGHT = 5.2, 3.2  # inches: letters stay readable on a phone

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINE_STYLES = ("-", "--", "-.", ":", "-", "--", "-.")

SIGNIFICANT_DIGITS = 4


def use_book_style() -> None:
    """Set the style of the book; in a notebook, also its figure format."""
    plt.rcdefaults()
    plt.rcParams.update(
        {
            "figure.figsize": (WIDTH, HEIGHT),
            "figure.constrained_layout.use": True,
            "font.size": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#DDDDDD",
            "grid.linewidth": 0.6,
            "axes.prop_cycle": matplotlib.rcsetup.cycler(
                color=COLOURS, marker=MARKERS, linestyle=LINE_STYLES
            ),
            "lines.markersize": 5,
            "legend.frameon": False,
            "savefig.bbox": "tight",
            # The reader's own font, so that letters can be searched and zoomed.
            "svg.fonttype": "none",
            "svg.hashsalt": "inside the lstm",
            "figure.hooks": [_bitmaps.HOOK],
        }
    )
    # Matplotlib has no Chinese letters. An SVG needs none, its text is the reader's; of a bitmap
    # without them `_bitmaps` says so.
    warnings.filterwarnings(
        "ignore", message=r"Glyph .* missing from (current )?font", category=UserWarning
    )
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ModuleNotFoundError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})


def rounded(values: Any) -> Array:
    """Return the values rounded to four significant digits, and never -0.0."""
    values = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
    exponent = np.where(np.isfinite(exponent), exponent, 0.0)
    scale = 10.0 ** (SIGNIFICANT_DIGITS - 1 - exponent)
    return np.where(np.isfinite(values), np.round(values * scale) / scale, values) + 0.0


def curves(
    x: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    *,
    xlabel: str,
    ylabel: str,
    logy: bool = False,
    markers: bool = True,
    ylim: tuple[float, float] | None = None,
) -> None:
    """Show one line per entry of `lines`, over the same x.

    Parameters
    ----------
    x : sequence of float
    lines : mapping from label to values of the length of `x`
    xlabel, ylabel : str
    logy : bool
        Logarithmic y axis.
    markers : bool
        Mark each point.
    ylim : pair of float, optional

    Raises
    ------
    ValueError
        If a line has another length than `x`.
    """
    _, axes = plt.subplots()
    for label, y in lines.items():
        if len(y) != len(x):
            raise ValueError(f"{label}: expected {len(x)} values, as x has, given {len(y)}")
        axes.plot(rounded(x), rounded(y), label=names(label), marker=None if markers else "")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if logy:
        axes.set_yscale("log")
    if ylim is not None:
        axes.set_ylim(*ylim)
    if len(lines) > 1:
        _legend(axes)
    plt.show()


def history(
    loss: Sequence[float],
    gradient_norm: Sequence[float],
    validation_loss: Sequence[tuple[int, float]],
    accuracy: Sequence[tuple[int, float]],
) -> None:
    """Draw a training run: losses, below them gradient norms, and the share answered right.

    Parameters
    ----------
    loss, gradient_norm : sequence of float
        Of the steps 1, 2, and so on.
    validation_loss, accuracy : sequence of (int, float)
        Steps after which other sequences were tried, with the loss on them and the share
        that was right. What is empty is not drawn.
    """
    rows = 3 if accuracy else 2
    figure, axes = plt.subplots(rows, 1, sharex=True, figsize=(WIDTH, 1.7 * rows))
    steps = np.arange(1, len(loss) + 1)
    axes[0].plot(steps, rounded(loss), marker="", label=words("training"))
    if validation_loss:
        places, losses = zip(*validation_loss, strict=True)
        axes[0].plot(places, rounded(losses), label=words("validation"))
        _legend(axes[0])
    axes[0].set_ylabel(words("loss"))
    axes[1].plot(steps, rounded(gradient_norm), marker="")
    axes[1].set_ylabel(words("gradient norm"))
    for ax in axes[:2]:
        ax.set_yscale("log")
    if accuracy:
        places, shares = zip(*accuracy, strict=True)
        axes[2].plot(places, rounded(shares))
        axes[2].set_ylim(-0.05, 1.05)
        axes[2].set_ylabel(words("share right"))
    axes[-1].set_xlabel(words("step"))
    figure.align_ylabels()


def heat_maps(
    panels: Mapping[str, Array],
    *,
    xlabel: str,
    ylabel: str,
    signed: Sequence[str] = (),
    columns: Sequence[str] | None = None,
) -> None:
    """Show matrices one above the other, each on a scale of its own kind.

    Parameters
    ----------
    panels : mapping from title to array of shape (rows, columns)
        Values from 0 to 1, or, for the titles in `signed`, around 0.
    xlabel, ylabel : str
    signed : sequence of str
        Titles of the panels whose colours are symmetric around 0.
    columns : sequence of str, optional
        Labels of the columns.
    """
    heights = [0.18 * len(values) for values in panels.values()]
    figure, axes = plt.subplots(
        len(panels),
        1,
        sharex=True,
        squeeze=False,
        height_ratios=heights,
        figsize=(WIDTH, sum(heights) + 0.45 * len(panels) + (0.6 if columns is None else 1.0)),
    )
    for ax, (title, values) in zip(axes[:, 0], panels.items(), strict=True):
        values = rounded(values)
        low, high, colours = 0.0, 1.0, "cividis"
        if title in signed:
            high = max(float(np.abs(values).max()), 1.0)
            low, colours = -high, "PuOr_r"
        # An image inside the SVG: as vectors, each value would be a path of its own.
        image = ax.imshow(
            values, vmin=low, vmax=high, cmap=colours, aspect="auto", interpolation="none"
        )
        ax.set_title(title, loc="left", fontsize=11)
        rows = len(values)
        if rows > 1:
            ax.set_ylabel(ylabel)
        ax.set_yticks(range(rows), map(str, range(rows)) if rows > 1 else [""], fontsize=8)
        ax.grid(False)
        figure.colorbar(image, ax=ax, fraction=0.05, pad=0.02, ticks=[low, (low + high) / 2, high])
    if columns is not None:
        axes[-1, 0].set_xticks(range(len(columns)), columns, rotation=90, fontsize=8)
    axes[-1, 0].set_xlabel(xlabel)
    plt.show()


def video(pictures: Array) -> None:
    """Show the frames of a video side by side, at most seven in a row.

    Parameters
    ----------
    pictures : array of shape (time, rows, columns)
        1 where something is, -1 on a wall, 0 elsewhere.
    """
    across = min(len(pictures), 7)
    down = -(-len(pictures) // across)
    _, axes = plt.subplots(
        down, across, squeeze=False, figsize=(WIDTH, 0.3 + down * (WIDTH / across + 0.1))
    )
    colours = mpl.colors.ListedColormap(["#999999", "#FFFFFF", COLOURS[1]])
    for number, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if number < len(pictures):
            ax.imshow(pictures[number], vmin=-1, vmax=1, cmap=colours, interpolation="none")
            rows, columns = pictures[number].shape
            ax.add_patch(
                mpl.patches.Rectangle(
                    (-0.5, -0.5), columns, rows, fill=False, edgecolor="#000000", clip_on=False
                )
            )
            ax.set_title(str(number), fontsize=9)
    plt.show()


def wilson_interval(solved: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share, by Wilson's score.

    Unlike the usual formula it is right for few trials and for none or all of
    them solved. Source: Wilson (1927).
    """
    share = solved / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * np.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    return max(0.0, centre - half), min(1.0, centre + half)


def solve_rates(
    x: Sequence[float], solved: Mapping[str, Sequence[int]], *, trials: int, xlabel: str
) -> None:
    """Show how many of `trials` runs solved a task, with 95 % intervals.

    Parameters
    ----------
    x : sequence of float
        Values of what is varied.
    solved : mapping from label to counts, one for each x, or for the first few
    trials : int
        Runs behind each count.
    xlabel : str
    """
    _, axes = plt.subplots()
    places = np.arange(len(x))
    for k, (label, counts) in enumerate(solved.items()):
        shares = np.asarray(counts) / trials
        ends = np.array([wilson_interval(count, trials) for count in counts]).T
        # Side by side, so that equal shares do not hide each other.
        axes.errorbar(
            rounded(places[: len(counts)] + 0.12 * (k - (len(solved) - 1) / 2)),
            rounded(shares),
            yerr=rounded(np.abs(ends - shares)),
            label=names(label),
            capsize=3,
        )
    share = words("share solved of {trials} runs", trials=trials)
    axes.set(xlabel=xlabel, ylabel=share, ylim=(-0.05, 1.05))
    axes.set_xticks(places, [str(value) for value in x])
    _legend(axes)
    plt.show()


def ratios(rows: Sequence[str], series: Mapping[str, Sequence[float]], *, xlabel: str) -> None:
    """Show ratios as dots, one line of them for each of `rows`, and where 1 is.

    Parameters
    ----------
    rows : sequence of str
        Labels, from above to below.
    series : mapping from label to positive values, one for each row
    xlabel : str

    Raises
    ------
    ValueError
        If a series has another length than `rows`.
    """
    _, axes = plt.subplots(figsize=(WIDTH, 0.4 * len(rows) + 1.4))
    places = np.arange(len(rows))
    for label, values in series.items():
        if len(values) != len(rows):
            raise ValueError(
                f"{label}: expected {len(rows)} values, as rows has, given {len(values)}"
            )
        axes.plot(rounded(values), places, linestyle="", label=label)
    axes.axvline(1, color="0.5", zorder=0)
    axes.set(xlabel=xlabel, xscale="log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(places, rows)
    axes.invert_yaxis()
    _legend(axes)
    plt.show()


def lamps(found: Mapping[str, Mapping[str, Sequence[int | None]]], *, early: int) -> None:
    """Show every run as a lamp, a row for each model and a column for each task.

    A lamp is dark if its run solved the task within `early` updates, light if later, and a
    ring if never. Each row has its quickest runs first.

    Parameters
    ----------
    found : mapping from column to mapping from row to updates
        The update at which each run solved the task, or None.
    early : int
    """
    rows = list(next(iter(found.values())))
    _, axes = plt.subplots(figsize=(WIDTH, 0.26 * len(rows) + 1.1))
    kinds: dict[int, list[tuple[float, float]]] = {0: [], 1: [], 2: []}
    middles, place = [], 0.0
    for by_row in found.values():
        for y, row in enumerate(rows):
            runs = sorted(by_row[row], key=lambda at: np.inf if at is None else at)
            for x, at in enumerate(runs):
                kinds[2 if at is None else int(at > early)].append((place + x, y))
        middles.append(place + (len(runs) - 1) / 2)
        place += len(runs) + 2
    labels = (
        words("solved within {updates} updates", updates=early),
        words("later"),
        words("never"),
    )
    fills = (COLOURS[0], COLOURS[4], "none")
    for (kind, places), label in zip(kinds.items(), labels, strict=True):
        xs, ys = np.array(places or [(np.nan, np.nan)]).T
        axes.scatter(xs, ys, s=26, color=fills[kind], edgecolor=COLOURS[0], label=label)
    axes.set_yticks(range(len(rows)), [names(row) for row in rows])
    axes.set_xticks(middles, [names(column) for column in found])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(False)
    axes.invert_yaxis()
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.4, 1), ncols=3, handletextpad=0.1, columnspacing=1.0
    )
    plt.show()


def graph(
    places: Mapping[Any, tuple[float, float]],
    arrows: Sequence[tuple[Any, Any, str]],
    *,
    start: str = "",
    end: str = "",
) -> None:
    """Draw a directed graph with a label on each arrow.

    Parameters
    ----------
    places : mapping from a place to (x, y)
        The first one and the last one are those of `start` and `end`.
    arrows : sequence of (from, to, label)
        An arrow from a place to itself is a loop, away from the middle of the drawing.
    start, end : str
        Written beside the first and below the last place.
    """
    xs, ys = np.array([*places.values()], float).T
    _, axes = plt.subplots(figsize=(WIDTH, 0.5 * WIDTH))
    axes.set_axis_off()
    axes.set(xlim=(xs.min() - 0.4, xs.max() + 0.4), ylim=(ys.min() - 0.9, ys.max() + 0.9))
    for source, target, label in arrows:
        (x, y), (to_x, to_y) = places[source], places[target]
        up = 1 if y >= ys.mean() else -1
        loop = source == target
        axes.annotate(
            "",
            (to_x + 0.08 * loop, to_y),
            (x - 0.08 * loop, y),
            arrowprops={
                "arrowstyle": "->",
                "shrinkA": 7,
                "shrinkB": 7,
                "connectionstyle": f"arc3,rad={-3.5 * up}" if loop else "arc3",
            },
        )
        axes.text(
            (x + to_x) / 2,
            (y + to_y) / 2 + 0.55 * up * loop,
            label,
            ha="center",
            va="center",
            fontweight="bold",
            bbox={"facecolor": "#FFFFFF", "edgecolor": "none", "pad": 1.5},
        )
    axes.plot(xs, ys, linestyle="", marker="o", markersize=12, color=COLOURS[0])
    axes.text(xs[0], ys[0] - 0.35, start, ha="center", va="top")
    axes.text(xs[-1], ys[-1] - 0.35, end, ha="center", va="top")
    plt.show()


def ratio_curves(
    x: Sequence[float], lines: Mapping[str, Sequence[float]], *, xlabel: str, ylabel: str
) -> None:
    """Show ratios over x, both logarithmic, and where 1 is.

    Parameters
    ----------
    x : sequence of positive float
    lines : mapping from label to positive values, one for each x, or for the first few
    xlabel, ylabel : str
    """
    _, axes = plt.subplots()
    for label, y in lines.items():
        axes.plot(rounded(x[: len(y)]), rounded(y), label=label)
    axes.axhline(1, color="0.5", zorder=0)
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.yaxis.set_major_formatter("{x:g}")
    _legend(axes)
    plt.show()


def histogram(values: Sequence[float], *, xlabel: str, ylabel: str, bins: int = 20) -> None:
    """Show how often values come up.

    Parameters
    ----------
    values : sequence of float
    xlabel, ylabel : str
    bins : int
        How many intervals of equal width.
    """
    counts, edges = np.histogram(rounded(values), bins)
    _, axes = plt.subplots()
    axes.bar(rounded(edges[:-1]), counts, width=rounded(np.diff(edges)), align="edge", alpha=0.8)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    plt.show()


def _legend(axes: mpl.axes.Axes) -> None:
    """Put the legend above the plot, where it can hide no line."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
