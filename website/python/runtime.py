"""Cells of a notebook, run in the reader's browser: what each of them shows, in order.

A cell gives what it gives in Jupyter: what it prints, its figures, and the value of its last line.
Here are neither IPython nor TensorFlow nor Numba: ``IPython.display`` is the few names that follow
below, for the others `stand_ins` has something in their place.
"""

import ast
import io
import linecache
import logging
import os
import sys
import time
import traceback
import types

from in_page.stand_ins import WithoutTensorFlow, begin, make_module

FOLDER = "/book/chapters"
LONGEST_OUTPUT = 200_000  # characters of one cell: a browser that shows more stands still
PAUSE = 0.05  # seconds between two pieces of what is printed

SAYS = {
    "en": {
        "line": " (line {line})",
        "cut": "\n… (a cell may show {most:,} characters here)\n",
    },
    "zh_CN": {
        "line": "（第 {line} 行）",
        "cut": "\n……（一个单元在这里最多显示 {most:,} 个字符）\n",
    },
}


def say(name, **values):
    language = os.environ.get("LSTM_BOOK_LANG", "en")
    return SAYS.get(language, SAYS["en"])[name].format(**values)


# What a cell shows -----------------------------------------------------------------------------


class Page:
    """The page as a cell sees it: pieces of what is printed are joined, and sent now and then."""

    def __init__(self):
        self.begin(lambda *output: None)

    def begin(self, send):
        self.send, self.kind, self.pieces = send, None, []
        self.left, self.sent = LONGEST_OUTPUT, time.monotonic()

    def write(self, kind, text):
        if not self.left:
            return
        if kind != self.kind:
            self.flush()
            self.kind = kind
        piece = text[: self.left]
        self.left -= len(piece)
        self.pieces.append(piece if self.left else piece + say("cut", most=LONGEST_OUTPUT))
        if time.monotonic() - self.sent > PAUSE:
            self.flush()

    def flush(self):
        text = "".join(self.pieces)
        self.pieces, self.sent = [], time.monotonic()
        if text:
            self.send(self.kind, text)

    def show(self, forms):
        """Send the best of the forms of a value, and its text for those who compare it."""
        self.flush()
        best = next(form for form in FORMS if form in forms)
        self.send(best, forms[best], forms["text/plain"])


class Stream(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self, kind):
        self.kind = kind

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        page.write(self.kind, text)
        return len(text)

    def close(self):
        """Stay open for the next cell."""


page = Page()
STDOUT, STDERR = Stream("stream/stdout"), Stream("stream/stderr")

METHODS = {"text/html": "_repr_html_", "image/svg+xml": "_repr_svg_"}
FORMS = (*METHODS, "text/plain")


def forms_of(value):
    forms = {"text/plain": repr(value)}
    for form, method in METHODS.items():
        if hasattr(type(value), method):
            forms[form] = getattr(value, method)()
    figures = sys.modules.get("in_page.figures")
    if figures and figures.is_figure(value):
        forms["image/svg+xml"] = figures.drawn(value)
    return {form: data for form, data in forms.items() if data is not None}


def display(*values):
    for value in values:
        # A check keeps to itself what an answer shows.
        if sys.stdout is STDOUT:
            page.show(forms_of(value))
        else:
            print(repr(value))


class HTML:
    def __init__(self, data):
        self.data = data

    def _repr_html_(self):
        return self.data


class SVG:
    def __init__(self, data):
        self.data = data

    def _repr_svg_(self):
        return self.data


# Running ---------------------------------------------------------------------------------------


def forget():
    """Forget all names of the cells that were run."""
    sys.modules["__main__"] = types.ModuleType("__main__")


def run_cell(name, source, send):
    """Run a cell; what it shows goes to ``send(form, data, text)``. Tell whether it did not raise.

    `name` is the cell's id.
    """
    file = f"<{name}>"
    source = source.rstrip("\n") + "\n"
    # For inspect.getsource, and for messages that quote a line.
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), STDOUT, STDERR
    page.begin(send)
    os.makedirs(FOLDER, exist_ok=True)
    os.chdir(FOLDER)
    error = None
    try:
        value = execute(source, file)
        if value is not None and not source.rstrip().endswith(";"):
            display(value)
    except BaseException as raised:
        error = raised
    try:
        show_figures()
    except BaseException as raised:
        error = error or raised
    page.flush()
    if error is not None:
        send("error", sentence(error, file))
    return error is None


def execute(source, file):
    """Run the source of a cell; return the value of its last line, if that is an expression."""
    tree = WithoutTensorFlow().visit(ast.parse(source, file))
    namespace = vars(sys.modules["__main__"])
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, file, "exec", dont_inherit=True), namespace)
    if last is None:
        return None
    value = compile(ast.Expression(last.value), file, "eval", dont_inherit=True)
    return eval(value, namespace)


def show_figures():
    figures = sys.modules.get("in_page.figures")
    if figures:
        figures.show()


def sentence(error, file):
    """Return what was raised, and in which line of the cell."""
    if isinstance(error, SyntaxError):
        text, line = error.msg, error.lineno if error.filename == file else None
    else:
        try:
            text = str(error)
        except Exception:
            text = ""
        frames = traceback.walk_tb(error.__traceback__)
        lines = [number for frame, number in frames if frame.f_code.co_filename == file]
        line = lines[-1] if lines else None
    kind = type(error).__name__
    where = say("line", line=line) if line else ""
    return f"{kind}: {text}{where}" if text else f"{kind}{where}"


def start():
    forget()
    begin()
    shown = make_module("IPython.display", display=display, HTML=HTML, SVG=SVG)
    make_module("IPython", display=shown, get_ipython=lambda: None)
    # It says at its first figure that it looks for fonts.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


start()
