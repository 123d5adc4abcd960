"""Sphinx extension of the book: everything that makes its pages work without a network.

Each module does one thing to a page; `setup` below is the whole list.
"""

from . import (
    buttons,
    editions,
    equations,
    icons,
    images,
    in_page,
    lost,
    pages,
    reference,
    running,
    search,
    sharing,
    tabs,
    translation,
)


def setup(app):
    buttons.setup(app)
    editions.setup(app)
    equations.setup(app)
    icons.setup(app)
    images.setup(app)
    in_page.setup(app)
    lost.setup(app)
    pages.setup(app)
    reference.setup(app)
    running.setup(app)
    search.setup(app)
    sharing.setup(app)
    tabs.setup(app)
    translation.setup(app)
    # Equations are rendered by one engine, in the process that writes.
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
