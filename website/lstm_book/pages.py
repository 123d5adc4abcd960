"""What every page gets: a description, the date of its last change, markup that can be heard."""

import re
import subprocess

from docutils import nodes
from sphinx.locale import _

# Pages without a source of their own; the others describe themselves (see CONTRIBUTING).
DESCRIPTIONS = {
    "search": "Search the text and the code of Inside the LSTM, a book in NumPy and TensorFlow.",
    "404": "No page is at this address of Inside the LSTM. Search the book or open a chapter.",
}

# Markup of the extensions that a screen reader stumbles over, and what it should be.
REPAIRS = {
    # A hidden cell's button is named by its visible text, not by a label that differs.
    '<summary aria-label="Toggle hidden content">': "<summary>",
    # A list wants list items, and this role is deprecated.
    'role="doc-biblioentry"': 'role="listitem"',
}

# A field with a list is a paragraph with a list, which no paragraph may hold.
LIST_IN_PARAGRAPH = re.compile(r"<p>(<ul\b(?:(?!<p>\s*<ul).)*?</ul>)\s*</p>", re.DOTALL)
# A tab's label belongs to its button, and such a label controls nothing itself.
CONTROLLING_LABEL = re.compile(r'<label aria-controls="[^"]*"')

TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
FIRST_CELL = re.compile(r"(<tr[^>]*>\s*)<td>(.*?)</td>", re.DOTALL)
EMPTY_CORNER = '<th class="head"><p></p></th>'

# A long signature, one parameter a line, is a list without a term, which is none.
PARAMETERS = re.compile(r'<dl>\s*((?:<dd><em class="sig-param">.*?</dd>\s*)+)</dl>', re.DOTALL)


def parameter_lines(found):
    lines = found[1].replace("<dd>", "<div>").replace("</dd>", "</div>")
    return f'<div class="sig-params">{lines}</div>'


def head_rows(table):
    """A table with an empty corner: that heads nothing, the first cell of a row heads the row."""
    if EMPTY_CORNER not in table:
        return table
    headed = FIRST_CELL.sub(r'\1<th scope="row">\2</th>', table)
    return headed.replace(EMPTY_CORNER, '<td class="head"></td>')


# With more headings than this, "On this page" lists the upper ones alone: unfolding those of the
# part that is read would move the list at every step.
MANY_HEADINGS = 25


def shorten_contents(app, doctree):
    if sum(1 for _ in doctree.findall(nodes.section)) > MANY_HEADINGS:
        app.env.metadata[app.env.docname].setdefault("tocdepth", 2)


def git(srcdir, *arguments):
    """What git prints, or nothing where there is no git or no history (a downloaded archive)."""
    try:
        return subprocess.run(
            ["git", "-C", str(srcdir), *arguments], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def last_changes(srcdir):
    """Day of the last commit of each file, from one run of git: the same commit, the same pages.

    A shallow clone knows one commit and would date every page with it: no date is better.
    """
    if git(srcdir, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    days, day = {}, None
    for line in git(srcdir, "log", "--format=day %cs", "--name-only", "--relative").splitlines():
        if line.startswith("day "):
            day = line[4:]
        elif line:
            days.setdefault(line, day)
    return days


def read_history(app):
    app.last_changes = last_changes(app.srcdir)


def add_date(app, pagename, templatename, context, doctree):
    if pagename in app.env.all_docs:
        source = app.env.doc2path(pagename, base=False)
        context["last_updated"] = app.last_changes.get(str(source))


def add_description(app, pagename, templatename, context, doctree):
    if pagename in DESCRIPTIONS:
        context["metatags"] = context.get("metatags", "") + (
            f'\n<meta name="description" content="{_(DESCRIPTIONS[pagename])}" />'
        )


def add_search_script(app, pagename, templatename, context, doctree):
    if pagename == "search":
        app.add_js_file("search.js", loading_method="defer")


def repair(app, pagename, templatename, context, doctree):
    if "body" in context:
        for found, right in REPAIRS.items():
            context["body"] = context["body"].replace(found, right)
        context["body"] = LIST_IN_PARAGRAPH.sub(r"\1", context["body"])
        context["body"] = CONTROLLING_LABEL.sub("<label", context["body"])
        context["body"] = PARAMETERS.sub(parameter_lines, context["body"])
        context["body"] = TABLE.sub(lambda table: head_rows(table[0]), context["body"])


def setup(app):
    # Jupyter Book always sets this value of sphinx_comments, which the book leaves out; setting
    # an unknown value is a warning.
    app.add_config_value("comments_config", {}, "")
    app.connect("builder-inited", read_history)
    app.connect("doctree-read", shorten_contents)
    app.connect("html-page-context", add_date)
    app.connect("html-page-context", add_description)
    app.connect("html-page-context", add_search_script)
    app.connect("html-page-context", repair)
