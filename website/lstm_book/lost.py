"""The page for an address that does not exist, 404.html: a server shows it at any depth."""

from sphinx.locale import _


def top_folders(docnames):
    """The folders of the book: what comes before them in an address is where the book begins."""
    return sorted({name.split("/")[0] for name in docnames if "/" in name})


def chapters(env):
    """Names and titles of the chapters, in order."""
    names = sorted(
        name for name in env.all_docs if name.startswith("chapters/") and name.count("/") == 1
    )
    return [(name, env.titles[name].astext()) for name in names]


def lost_page(app):
    if app.builder.format == "html":
        yield (
            "404",
            {
                "title": _("No such page"),
                "folders": top_folders(app.env.all_docs),
                "chapters": chapters(app.env),
            },
            "404.html",
        )


def setup(app):
    app.connect("html-collect-pages", lost_page)
