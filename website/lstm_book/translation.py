"""What the catalogues of messages, locale/README.md, are told about the pages."""

from docutils import nodes
from sphinx.transforms import SphinxTransform


class KeepEquations(SphinxTransform):
    """An equation on lines of its own reads the same in every language."""

    # Before Sphinx looks for messages (20).
    default_priority = 15

    def apply(self):
        for equation in self.document.findall(nodes.math_block):
            equation["translatable"] = False


def setup(app):
    app.add_transform(KeepEquations)
