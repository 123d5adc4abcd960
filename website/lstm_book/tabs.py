"""Tabs made of executed cells: neighbours tagged `tab-NumPy`, `tab-TensorFlow` share one place.

In a notebook they stay plain cells, one after the other, each of them run and tested. On the page
each tab holds a cell's code and its outputs, and choosing a label chooses it in every set of tabs,
on every page. The tabs are those of sphinx-design: radio buttons, which need no script.
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx_design.shared import create_component

logger = logging.getLogger(__name__)

PREFIX = "tab-"


def labels_of(node):
    """The labels of a cell's tabs, of which there should be one at most; none for other nodes."""
    if not isinstance(node, nodes.container) or node.get("nb_element") != "cell_code":
        return []
    tags = node.get("cell_metadata", {}).get("tags", [])
    return [tag.removeprefix(PREFIX) for tag in tags if tag.startswith(PREFIX)]


def find_sets(children):
    """Neighbours that belong together, as lists of (label, cells), one for each set of tabs.

    Cells of one label that follow each other share a tab; a label that comes back begins a new set.
    """
    sets, current = [], []
    for node in children:
        label = next(iter(labels_of(node)), None)
        if current and label == current[-1][0]:
            current[-1][1].append(node)
            continue
        if label is None or label in (known for known, _ in current):
            current = []
        if label is not None:
            if not current:
                sets.append(current)
            current.append((label, [node]))
    return sets


def make_tab(label, cells):
    """A tab as sphinx-design's own directives make it."""
    title = nodes.rubric(label, label, classes=["sd-tab-label"])
    # The default group, so that tabs written with the directive follow, too.
    title["sync_group"], title["sync_id"] = "tab", nodes.make_id(label)
    content = create_component("tab-content", ["sd-tab-content"], children=cells)
    return create_component("tab-item", ["sd-tab-item"], children=[title, content], selected=False)


def gather(parent, tabs):
    """Put a set of tabs in the place of its cells."""
    if len(tabs) == 1:
        message = "tab %r stands alone: tag the next cell, or remove the tag"
        logger.warning(message, tabs[0][0], location=tabs[0][1][0], type="tabs")
        return
    cells = [cell for _, group in tabs for cell in group]
    tab_set = create_component("tab-set", ["sd-tab-set", "cell-tabs"])
    tab_set.source, tab_set.line = cells[0].source, cells[0].line
    parent.insert(parent.index(cells[0]), tab_set)
    for cell in cells:
        parent.remove(cell)
    tab_set.extend(make_tab(label, group) for label, group in tabs)


class CellTabs(SphinxTransform):
    default_priority = 400

    def apply(self):
        tagged = [node for node in self.document.findall(nodes.container) if labels_of(node)]
        for cell in tagged:
            if len(labels_of(cell)) > 1:
                message = "a cell is in one tab, not in several: %s"
                logger.warning(message, ", ".join(labels_of(cell)), location=cell, type="tabs")
        parents = {id(cell.parent): cell.parent for cell in tagged}
        for parent in parents.values():
            for tabs in find_sets(parent.children):
                gather(parent, tabs)


def setup(app):
    app.add_transform(CellTabs)
