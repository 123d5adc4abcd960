"""Which cell of its notebook each code cell of a page is, for the buttons that run it.

Only where the site is to have Python: `tools` says so in the configuration, and packs the files
while the pages are built. `buttons` makes the buttons.
"""

import json
from pathlib import Path

from lstm_lib.language import LANGUAGES

EXERCISES = "chapters/exercises/"
ROLES = ("blank", "check", "hint")
NEEDS_TENSORFLOW = "needs-tensorflow"


def attributes(cell, pagename):
    """What is written into the HTML of a code cell."""
    found = {"data-cell": cell["id"]}
    question, _, role = cell["id"].rpartition("-")
    if pagename.startswith(EXERCISES) and role in ROLES:
        found |= {"data-role": role, "data-question": question}
    if NEEDS_TENSORFLOW in cell["metadata"].get("tags", []):
        found["data-tensorflow"] = ""
    return found


def mark(boxes, cells, pagename):
    """Give the code cells of a page their attributes: the page has them in the notebook's order."""
    if len(boxes) != len(cells):
        raise ValueError(f"{pagename}: expected {len(cells)} code cells, found {len(boxes)}")
    for box, cell in zip(boxes, cells, strict=True):
        box.attrs |= attributes(cell, pagename)


def python_folder(context, language):
    """The address of the files of Python, seen from a page; all editions share them."""
    folder = LANGUAGES[language].folder
    return ("../" if folder else "") + context["pathto"]("python/", 1)


def add_python(app, pagename, templatename, context, doctree):
    if app.config.book_python:
        context["python_in_page"] = python_folder(context, app.config.language)


def mark_cells(app, soup, pagename, context):
    if context.get("python_in_page") and context.get("page_source_suffix") == ".ipynb":
        notebook = json.loads(Path(app.env.doc2path(pagename)).read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        mark(soup.select("div.cell"), cells, pagename)


def setup(app):
    app.add_config_value("book_python", False, "html", types=[bool])
    app.connect("html-page-context", add_python)
