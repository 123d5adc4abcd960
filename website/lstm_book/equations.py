"""Equations, rendered to HTML and MathML while the book is built.

The default loads MathJax from a public server: without a network the reader sees raw TeX. Here
KaTeX runs at build time, so that a page needs a style sheet and fonts only. QuickJS, a JavaScript
engine of 8 MB, comes from a wheel and runs it within this process: there is no server to wait for,
and no Node to install.
"""

import html
import json
import re
from pathlib import Path

import quickjs
from docutils.nodes import SkipNode
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
# Answers are JSON: the engine cannot hand over every string, but always one that it wrote itself.
RENDERER = r"""
const fine = /^unicode|^unknownSymbol$|^newLineInDisplayMode$/;
const strict = (code) => fine.test(code) ? "ignore" : "error";
const options = {throwOnError: true, output: "htmlAndMathml", strict};
function answer(tex, displayMode) {
  try { return JSON.stringify({html: katex.renderToString(tex, {displayMode, ...options})}); }
  catch (error) { return JSON.stringify({error: error.message}); }
}
"""


def katex_script():
    """KaTeX as it comes with sphinxcontrib-katex, unless our style sheet is of another version."""
    from sphinxcontrib import katex

    if katex.katex_version != VENDORED_VERSION:
        raise ExtensionError(
            f"sphinxcontrib-katex brings KaTeX {katex.katex_version}, website/static/katex holds "
            f"{VENDORED_VERSION}: pin the package or renew the folder (website/README.md)"
        )
    return (Path(katex.__file__).parent / "katex.min.js").read_text(encoding="utf-8")


def start_renderer():
    """KaTeX, ready to be asked."""
    context = quickjs.Context()
    context.eval(katex_script())
    context.eval(RENDERER)
    return context.get("answer")


def number_by_sphinx(tex):
    """KaTeX numbers a bare `align` itself, beside Sphinx' number: take the unnumbered kind."""
    return re.sub(r"\\(begin|end)\{(align|gather)\*?\}", r"\\\1{\2ed}", tex)


def render(renderer, tex, display):
    """HTML with MathML inside; ValueError with KaTeX's own words if the TeX is wrong."""
    answer = json.loads(renderer(number_by_sphinx(tex), display))
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
    raise SkipNode


def visit_math_block(translator, node):
    translator.body.append(translator.starttag(node, "div", CLASS="math display"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append(render_node(translator, node, display=True) + "</div>\n")
    raise SkipNode


def check_renderer(app):
    """Fail at the start, in words, if an equation could not be rendered at the end."""
    if app.builder.format == "html":
        app.equation_renderer = start_renderer()
        render(app.equation_renderer, "x", display=False)


def add_styles(app, pagename, templatename, context, doctree):
    """The style sheet goes to the pages that show equations, with a word on its fonts."""
    context["equation_fonts"] = []
    if 'class="katex"' in context.get("body", ""):
        app.add_css_file("katex/katex.min.css")
        context["equation_fonts"] = FIRST_FONTS


def setup(app):
    app.add_html_math_renderer("prerendered", (visit_math, None), (visit_math_block, None))
    app.connect("builder-inited", check_renderer)
    app.connect("html-page-context", add_styles)
