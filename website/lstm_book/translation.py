"""Pages in another language: what Sphinx's own way, locale/README.md, needs for this book."""

from docutils import nodes
from sphinx.transforms import SphinxTransform, i18n


class KeepEquations(SphinxTransform):
    """An equation on lines of its own is no sentence to translate."""

    # Before Sphinx looks for messages (20).
    default_priority = 15

    def apply(self):
        for equation in self.document.findall(nodes.math_block):
            equation["translatable"] = False


def is_docstring(node):
    """Whether a node comes from a docstring: those are in reStructuredText, the pages are not."""
    return "docstring of" in (node.source or "")


def read_docstrings_as_written():
    """Let Sphinx read the translation of a docstring in the markup of the docstring.

    It would take the parser of the page on which the docstring stands, MyST, and lose each link.
    """
    extract, publish = i18n.extract_messages, i18n.publish_msgstr
    if hasattr(publish, "reads_docstrings"):
        return
    current = []

    def extract_messages(document):
        for node, message in extract(document):
            current[:] = [node]
            yield node, message

    def publish_msgstr(app, source, source_path, *arguments):
        if is_docstring(current[0]):
            source_path = "docstring.rst"
        return publish(app, source, source_path, *arguments)

    publish_msgstr.reads_docstrings = True
    i18n.extract_messages, i18n.publish_msgstr = extract_messages, publish_msgstr


def setup(app):
    app.add_transform(KeepEquations)
    read_docstrings_as_written()
