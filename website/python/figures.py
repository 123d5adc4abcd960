"""Matplotlib's figures as SVG on the page, by ``plt.show()`` or at the end of a cell.

A backend of Matplotlib (``MPLBACKEND=module://in_page.figures``); Pyodide's own draws into a
document, which a worker has not. What it does, a notebook's backend does too.
"""

import io

import matplotlib.pyplot as plt
from in_page import runtime
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure


def is_figure(value):
    return isinstance(value, Figure)


def drawn(figure):
    stream = io.StringIO()
    options = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor()}
    metadata = {"Date": None, "Creator": None}
    figure.savefig(stream, format="svg", bbox_inches="tight", metadata=metadata, **options)
    return stream.getvalue()


def show():
    """Show all figures that are open, and close them."""
    figures = [plt.figure(number) for number in plt.get_fignums()]
    try:
        runtime.display(*figures)
    finally:
        plt.close("all")


class FigureManager(FigureManagerBase):
    @classmethod
    def pyplot_show(cls, *, block=None):
        show()


class FigureCanvas(FigureCanvasSVG):
    manager_class = FigureManager
