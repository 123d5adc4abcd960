"""The buttons below the code of a page, which run it in the reader's browser.

`static/in_page.js` is all that a page gets for them, and only where the files of Python are in the
site: `static/in_page/main.js`, which does what the buttons say, is loaded by a click on one.
"""

import json
import re
from html import escape
from pathlib import Path

from sphinx.locale import _

CELL = re.compile(
    r'(<div class="cell [^"]*")(?P<attributes>[^>]*\bdata-cell="[^"]*"[^>]*)(>\s*'
    r'<div class="cell_input [^"]*">\s*<div class="highlight-[^"]*"><div class="highlight">'
    r"<pre>.*?</pre></div>\s*</div>\s*</div>)",
    re.DOTALL,
)
# The exercise of the first page, which is no notebook: what makes the cells of one of its boxes.
FIRST_PAGE = {
    '"cell first-blank docutils"': '"cell docutils container" data-cell="update_cell-blank"'
    ' data-role="blank" data-question="update_cell"',
    '"cell first-check docutils"': '"cell docutils container" data-cell="update_cell-check"'
    ' data-role="check" data-question="update_cell"',
    '"cell-input docutils"': '"cell_input docutils container"',
    '"cell-output docutils"': '"cell_output docutils container"',
}
# What is only said where there are buttons.
ONLY_WITH_BUTTONS = re.compile(r'<div class="in-page-only [^"]*">.*?</div>', re.DOTALL)
PROGRESS_CELL = re.compile(r'<div class="cell [^"]*"[^>]*\bdata-cell="progress"')


def button(words, **attributes):
    attributes = {"type": "button", "class": "in-page-open in-page-button", **attributes}
    listed = " ".join(f'{name.replace("_", "-")}="{escape(it)}"' for name, it in attributes.items())
    return f"<button {listed}>{words}</button>"


def bar(attributes):
    """What stands below the code of a cell; the check of a blank is run by the blank's button."""
    if "data-tensorflow" in attributes:
        content = f"<span>{_('Needs TensorFlow: runs on your own machine.')}</span>"
    elif 'data-role="blank"' in attributes:
        content = button(_("Write your answer here"))
    elif 'data-role="check"' in attributes:
        return ""
    else:
        content = button(_("Edit and run"))
    kind = " in-page-blank" if 'data-role="blank"' in attributes else ""
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


def with_buttons(body):
    """The body of a page, a bar below the code of each of its cells."""
    body = CELL.sub(lambda found: found[1] + found[2] + found[3] + bar(found[2]), body)
    if 'data-role="blank"' in body:
        body = PROGRESS_CELL.sub(lambda found: answers() + found[0], body, count=1)
    return body


def add_buttons(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    if pagename == app.config.root_doc:
        for box, cell in FIRST_PAGE.items():
            body = body.replace(f"<div class={box}>", f"<div class={cell}>")
    folder = context.get("python_in_page")
    if not folder:
        body = ONLY_WITH_BUTTONS.sub("", body)
    context["body"] = body
    if not folder or "data-cell=" not in body:
        return
    context["body"] = with_buttons(body)
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
    attributes = {"data-python": folder, "data-page": pagename, **sentences}
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
    # After what says which cell is which, and whether there is Python.
    app.connect("html-page-context", add_buttons, priority=900)
    app.connect("build-finished", write_words)
