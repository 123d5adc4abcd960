"""The buttons below the code of a page, which run it in the reader's browser.

`static/in_page.js` is all that a page gets for them, and only where the files of Python are in the
site: `static/in_page/main.js`, which does what the buttons say, is loaded by a click on one.
"""

import json
from html import escape
from pathlib import Path

from sphinx.locale import _

from .markup import parse

# The exercise of the first page, which is no notebook: its boxes, and what makes cells of them.
FIRST_PAGE = {"first-blank": "blank", "first-check": "check"}
FIRST_QUESTION = "update_cell"


def button(words, **attributes):
    attributes = {"type": "button", "class": "in-page-open in-page-button", **attributes}
    listed = " ".join(f'{name.replace("_", "-")}="{escape(it)}"' for name, it in attributes.items())
    return f"<button {listed}>{words}</button>"


def bar(attributes):
    """What stands below the code of a cell; the check of a blank is run by the blank's button."""
    role = attributes.get("data-role")
    if "data-tensorflow" in attributes:
        content = f"<span>{_('Needs TensorFlow: runs on your own machine.')}</span>"
    elif role == "blank":
        content = button(_("Write your answer here"))
    elif role == "check":
        return ""
    else:
        content = button(_("Edit and run"))
    kind = " in-page-blank" if role == "blank" else ""
    return f'<div class="in-page-bar pst-js-only{kind}">{content}</div>'


def answers():
    """The panel of an exercise page: what is kept of the reader's answers, and where."""
    words = _("Your answers are kept in this browser, and nothing of them leaves it.")
    return (
        f'<div class="in-page-answers pst-js-only"><p>{words} <span role="status"></span></p>'
        + button(_("Save as a notebook"), data_do="notebook")
        + button(_("Save as a Python file"), data_do="python")
        + button(_("Clear my answers"), data_do="clear")
        + "</div>"
    )


def make_first_cells(app, soup, pagename, context):
    if pagename != app.config.root_doc:
        return
    for name, role in FIRST_PAGE.items():
        for box in soup.select(f"div.{name}"):
            box["class"] = ["cell", "docutils", "container"]
            box["data-cell"] = f"{FIRST_QUESTION}-{role}"
            box.attrs |= {"data-role": role, "data-question": FIRST_QUESTION}
            for part in ("input", "output"):
                for inner in box.select(f"div.cell-{part}"):
                    inner["class"] = [f"cell_{part}", "docutils", "container"]


def add_buttons(app, soup, pagename, context):
    """A bar below the code of each cell; nothing is said of buttons where there are none."""
    if not context.get("python_in_page"):
        for box in soup.select("div.in-page-only"):
            box.decompose()
        return
    for cell in soup.select("[data-cell]"):
        code = cell.find("div", class_="cell_input")
        if code:
            code.insert_after(parse(bar(cell.attrs)))


def add_answers(app, soup, pagename, context):
    progress = soup.select_one('[data-cell="progress"]')
    if progress and soup.select_one('[data-role="blank"]'):
        progress.insert_before(parse(answers()))


def add_script(app, soup, pagename, context):
    if not context.get("python_in_page") or not soup.select_one("[data-cell]"):
        return
    sentences = {
        "data-file": _(
            "Python does not run in a page opened as a file. In the folder of the book, make serve "
            "shows the book at an address where it does."
        ),
        "data-old": _(
            "This browser cannot run Python. A newer one can, or run the notebook on your machine."
        ),
        "data-lost": _("This could not be loaded. Try again, or run the notebook on your machine."),
    }
    attributes = {"data-python": context["python_in_page"], "data-page": pagename, **sentences}
    app.add_js_file("in_page.js", loading_method="defer", **attributes)


def words():
    """What the page says once a button was pressed, by the names that `static/in_page` uses."""
    return {
        "check": _("Check"),
        "run": _("Run"),
        "again": _("Start again"),
        "stop": _("Stop"),
        "answer_to": _("Your answer to {name}"),
        "code_of_cell": _("Code of this cell"),
        "note_exercise": _(
            "Kept in this browser, and nowhere else. Ctrl+Enter checks; Escape, then Tab leaves "
            "the editor."
        ),
        "note_not_kept": _(
            "Your browser keeps nothing of this page: save your answers as a file before you leave "
            "it. Ctrl+Enter checks; Escape, then Tab leaves the editor."
        ),
        "note_cell": _("Ctrl+Enter runs; Escape, then Tab leaves the editor."),
        "loading": _("Loading Python …"),
        "amount": _("{done} of {all} MB"),
        "failed": _(
            "Python could not be loaded ({message}). Try again, or run the notebook on your "
            "machine."
        ),
        "before": _("Running what comes before …"),
        "running": _("Running …"),
        "checking": _("Checking …"),
        "ran": _("It has run."),
        "ran_cell": _("This is your output. Start again brings back the page's."),
        "ran_error": _("It stops with an error."),
        "not_run": _("Not run: Python is not there."),
        "not_checked_error": _("Not checked: your code stops with an error."),
        "earlier_fails": _(
            "Your answer to {name}, which this one uses, stops with an error: {error}"
        ),
        "above_fails": _("A cell above stops with an error: {error}"),
        "stopped": _("Stopped."),
        "late": _(
            "Stopped after {seconds} seconds: your code was in a call that does not return. Look "
            "for something in it that has no end."
        ),
        "lost": _("Python ended, perhaps for want of memory. It starts anew with the next run."),
        "blank_back": _("The blank is back. Ctrl+Z in the editor brings your answer back."),
        "stored_back": _("Code and output are the page's again."),
        "figure": _("A figure, drawn by this code."),
        "kept_answer": _("Your answer, kept in this browser."),
        "kept_correct": _("Your answer, kept in this browser: correct."),
        "count": _("{right} of {count} are correct."),
        "cleared": _("Your answers are cleared."),
        "bring_back": _("Bring them back"),
        "file_title": _("Exercises of chapter {chapter} of the book Inside the LSTM."),
    }


def write_words(app, exception):
    if exception is None and app.builder.format == "html":
        path = Path(app.outdir, "_static", "in_page", "words.json")
        path.write_text(json.dumps(words(), ensure_ascii=False, indent=1), encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_words)
