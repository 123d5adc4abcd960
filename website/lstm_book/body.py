"""The text of a page: its HTML is parsed once, changed by one function after the other, written.

What the doctree knows is changed in the doctree, before it becomes HTML. Here is the place for the
markup of writers and extensions, and for what notebooks bring as HTML.
"""

from . import buttons, images, in_page, pages, reference, running
from .markup import parse

# Each does one thing to the tree: change(app, soup, pagename, context).
CHANGES = (
    pages.name_folds,
    pages.name_list_items,
    pages.free_labels,
    pages.box_parameters,
    pages.head_rows,
    reference.break_names,
    images.add_sizes,
    running.add_box,
    # First which cell is which, then the buttons.
    in_page.mark_cells,
    buttons.make_first_cells,
    buttons.add_buttons,
    buttons.add_answers,
    buttons.add_script,
)


def change_body(app, pagename, templatename, context, doctree):
    if "body" in context:
        soup = parse(context["body"])
        for change in CHANGES:
            change(app, soup, pagename, context)
        context["body"] = str(soup)


def setup(app):
    # Where notebooks can be opened on machines of others: see `running`.
    app.add_config_value("book_repository", "", "html", types=[str])
    app.add_config_value("book_branch", "main", "html", types=[str])
    # After what tells of the page, as whether there is Python for it.
    app.connect("html-page-context", change_body, priority=900)
