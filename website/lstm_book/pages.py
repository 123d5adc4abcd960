"""What every page gets: a description, the date of its last change, markup that can be heard."""

import subprocess

from docutils import nodes
from sphinx.locale import _

# Pages without a source of their own; the others describe themselves (see CONTRIBUTING).
DESCRIPTIONS = {
    "search": "Search the text and the code of Inside the LSTM, a book in NumPy and TensorFlow.",
    "404": "No page is at this address of Inside the LSTM. Search the book or open a chapter.",
}


def unnest_lists(app, doctree, docname):
    """A field with a list is a paragraph with a list, which no paragraph may hold."""
    for paragraph in list(doctree.findall(nodes.paragraph)):
        if len(paragraph) == 1 and isinstance(paragraph[0], nodes.bullet_list):
            paragraph.replace_self(paragraph[0])


def name_folds(app, soup, pagename, context):
    """Imports alone are folded (the lint of notebooks sees to it), and the fold is named so."""
    for fold in soup.select("details.hide"):
        fold["class"] = ["imports"]
        del fold.summary["aria-label"]
        fold.summary.string = str(_("Imports"))


def name_list_items(app, soup, pagename, context):
    """A list of books wants list items, and the role that Sphinx gives is deprecated."""
    for entry in soup.find_all(role="doc-biblioentry"):
        entry["role"] = "listitem"


def free_labels(app, soup, pagename, context):
    """A tab's label belongs to its button, and such a label controls nothing itself."""
    for label in soup.select("label[aria-controls]"):
        del label["aria-controls"]


def box_parameters(app, soup, pagename, context):
    """A long signature, one parameter a line, is a list without a term, which is none."""
    for first in soup.select("dl > dd:first-child > em.sig-param"):
        parameters = first.find_parent("dl")
        parameters.name, parameters["class"] = "div", "sig-params"
        for line in parameters.find_all("dd", recursive=False):
            line.name = "div"


def head_rows(app, soup, pagename, context):
    """A table with an empty corner: that heads nothing, the first cell of a row heads the row."""
    for corner in soup.select("th.head:first-child"):
        if corner.get_text():
            continue
        for first in corner.find_parent("table").select("tr > td:first-child"):
            first.name, first["scope"] = "th", "row"
        corner.name = "td"
        corner.clear()


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


def description_of(doctree):
    """What a page says of itself."""
    told = (each for each in doctree.findall(nodes.meta) if each.get("name") == "description")
    return next((each["content"] for each in told), "")


def add_description(app, pagename, templatename, context, doctree):
    if pagename in DESCRIPTIONS:
        context["description"] = _(DESCRIPTIONS[pagename])
        context["metatags"] = context.get("metatags", "") + (
            f'\n<meta name="description" content="{context["description"]}" />'
        )
    else:
        context["description"] = description_of(doctree) if doctree else ""


def add_search_script(app, pagename, templatename, context, doctree):
    if pagename == "search":
        app.add_js_file("search.js", loading_method="defer")


def setup(app):
    # Jupyter Book always sets this value of sphinx_comments, which the book leaves out; setting
    # an unknown value is a warning.
    app.add_config_value("comments_config", {}, "")
    app.connect("builder-inited", read_history)
    app.connect("doctree-read", shorten_contents)
    app.connect("html-page-context", add_date)
    app.connect("html-page-context", add_description)
    app.connect("html-page-context", add_search_script)
    app.connect("doctree-resolved", unnest_lists)
