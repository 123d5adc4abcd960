"""Which cell of its notebook each code cell of a page is, for the buttons that run it.

Only where the files of Python are in the site: `tools` puts them into `_build/python` before the
pages are built. `buttons` makes the buttons.
"""

import json
import re
from html import escape
from pathlib import Path

from lstm_lib.language import LANGUAGES

FILES = Path("_build", "python", "files.json")
EXERCISES = "chapters/exercises/"
ROLES = ("blank", "check", "hint")
NEEDS_TENSORFLOW = "needs-tensorflow"
CELL = re.compile(r'<div class="cell [^"]*"')


def attributes(cell, pagename):
    """What is written into the HTML of a code cell, by attribute."""
    found = {"data-cell": cell["id"]}
    question, _, role = cell["id"].rpartition("-")
    if pagename.startswith(EXERCISES) and role in ROLES:
        found |= {"data-role": role, "data-question": question}
    if NEEDS_TENSORFLOW in cell["metadata"].get("tags", []):
        found["data-tensorflow"] = ""
    return found


def with_attributes(body, cells, pagename):
    """The body of a page with the attributes of its code cells, which come in their order."""
    count = len(CELL.findall(body))
    if count != len(cells):
        raise ValueError(f"{pagename}: expected {len(cells)} code cells, found {count}")
    of_cells = iter(cells)

    def written(found):
        pairs = attributes(next(of_cells), pagename).items()
        return found[0] + "".join(
            f' {name}="{escape(value)}"' if value else f" {name}" for name, value in pairs
        )

    return CELL.sub(written, body)


def python_folder(context, language):
    """The address of the files of Python, seen from a page; all editions share them."""
    folder = LANGUAGES[language].folder
    return ("../" if folder else "") + context["pathto"]("python/", 1)


def add_attributes(app, pagename, templatename, context, doctree):
    if not Path(app.srcdir, FILES).is_file():
        return
    context["python_in_page"] = python_folder(context, app.config.language)
    if context.get("page_source_suffix") != ".ipynb":
        return
    notebook = json.loads(Path(app.env.doc2path(pagename)).read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    context["body"] = with_attributes(context["body"], cells, pagename)


def setup(app):
    app.connect("html-page-context", add_attributes)
