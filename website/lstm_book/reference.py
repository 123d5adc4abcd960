"""What the reference pages need: docstrings as pages, links to labels, Chinese words as Chinese."""

import re
from collections import _tuplegetter

from docutils import nodes
from sphinx.addnodes import glossary
from sphinx.errors import PycodeError
from sphinx.ext.autodoc.mock import _MockObject
from sphinx.pycode import ModuleAnalyzer

# Text that begins in Chinese.
CHINESE = re.compile(r"[\u4e00-\u9fff]")

# Where a name may break: after a dot or an underscore.
BREAK = re.compile(r"(?<=[._])(?=\w)")


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


def break_names(app, soup, pagename, context):
    """The name of a module in a title may break at its dots and underscores, on a small screen."""
    title = soup.find("h1")
    if title and title.get_text().startswith("lstm_lib."):
        name = title.find(string=True)
        parts = [piece for part in BREAK.split(name) for piece in (soup.new_tag("wbr"), part)]
        name.replace_with(*parts[1:])


def name_language(app, doctree, docname):
    """A screen reader changes its voice for the Chinese terms."""
    for each in doctree.findall(glossary):
        for term in each.findall(nodes.term):
            if CHINESE.match(term.astext()):
                term["classes"].append("language-zh-Hans")  # docutils makes it the attribute `lang`


def read_no_mocked_source(app, config):
    """Autodoc reads the sources of base classes, too: it would import the real TensorFlow."""
    read = ModuleAnalyzer.for_module

    def read_what_is_real(name):
        if name.partition(".")[0] in config.autodoc_mock_imports:
            raise PycodeError(f"{name} is mocked")
        return read(name)

    ModuleAnalyzer.for_module = staticmethod(read_what_is_real)


def setup(app):
    # TensorFlow is mocked (_config.yml); a mock has no `|`, which the names of types need.
    _MockObject.__ror__ = lambda mock, other: other
    # Since Python 3.12 functools.wraps copies this, and a mock would not give a tuple.
    _MockObject.__type_params__ = ()
    app.connect("config-inited", read_no_mocked_source)
    app.connect("autodoc-skip-member", skip_field_aliases)
    app.connect("doctree-read", align_equations)
    app.connect("doctree-read", share_labels)
    app.connect("doctree-resolved", name_language)
