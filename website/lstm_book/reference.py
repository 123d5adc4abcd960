"""What the reference pages need: docstrings as pages, links to labels, Chinese words as Chinese."""

import re
from collections import _tuplegetter

from docutils import nodes
from sphinx.ext.autodoc.mock import _MockObject

# Any run of Chinese characters at the start of a glossary entry.
CHINESE_TERM = re.compile(r'<dt id="(term-[^"]+)">(?=[\u4e00-\u9fff])')


# The names that begin the title of a page of the library.
MODULE_TITLE = re.compile(r"(?<=<h1>)lstm_lib\.[\w.]+")


def skip_field_aliases(app, what, name, obj, skip, options):
    """A named tuple's fields are told in its docstring, not as "Alias for field number 0"."""
    return True if isinstance(obj, _tuplegetter) else None


def align_equations(app, doctree):
    """Docstrings align their equations at bare `&`, as Sphinx allows and KaTeX does not."""
    for node in doctree.findall(nodes.math_block):
        tex = node.astext()
        if "&" in tex and r"\begin" not in tex:
            node.children = [nodes.Text(rf"\begin{{aligned}}{tex}\end{{aligned}}")]


def share_labels(app, doctree):
    """A link to `page.ipynb#p8` may name a label of that page: MyST alone knows headings there."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for name, explicit in doctree.nametypes.items():
        if explicit and doctree.nameids.get(name):
            slugs.setdefault(name, (0, doctree.nameids[name], name))


def break_names(app, pagename, templatename, context, doctree):
    """The name of a module in a title may break at its dots and underscores, on a small screen."""
    if "body" in context:
        context["body"] = MODULE_TITLE.sub(
            lambda found: re.sub(r"([._])(?=\w)", r"\1<wbr>", found[0]), context["body"]
        )


def name_language(app, pagename, templatename, context, doctree):
    """A screen reader changes its voice for the Chinese terms."""
    if "body" in context:
        context["body"] = CHINESE_TERM.sub(r'<dt id="\1" lang="zh-Hans">', context["body"])


def setup(app):
    # TensorFlow is mocked (_config.yml); a mock has no `|`, which the names of types need.
    _MockObject.__ror__ = lambda mock, other: other
    # Since Python 3.12 functools.wraps copies this, and a mock would not give a tuple.
    _MockObject.__type_params__ = ()
    app.connect("autodoc-skip-member", skip_field_aliases)
    app.connect("doctree-read", align_equations)
    app.connect("doctree-read", share_labels)
    app.connect("html-page-context", name_language)
    app.connect("html-page-context", break_names)
