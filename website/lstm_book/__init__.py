"""Sphinx extension of the book: everything that makes its pages work without a network.

Each module does one thing to a page. `setup` below is the whole list, but for the functions that
change the HTML of a page: `body` lists those.
"""

from . import (
    body,
    buttons,
    editions,
    equations,
    icons,
    in_page,
    lost,
    pages,
    reference,
    search,
    sharing,
    tabs,
    translation,
)


def setup(app):
    body.setup(app)
    buttons.setup(app)
    editions.setup(app)
    equations.setup(app)
    icons.setup(app)
    in_page.setup(app)
    lost.setup(app)
    pages.setup(app)
    reference.setup(app)
    search.setup(app)
    sharing.setup(app)
    tabs.setup(app)
    translation.setup(app)
    # Equations are rendered by one child process of the writing process.
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
