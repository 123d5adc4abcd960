"""The book in several languages: from each page there is a way to the same page in another.

The edition of the main language lies at the top of the site, another one in a folder of its own.
`tools/editions.py` builds them, and says in `book_editions` which there are.
"""

import posixpath
from html import escape

from lstm_lib.language import LANGUAGES


def addresses(pagename, language, built):
    """Tag, name and address of each edition of a page, as seen from its edition in `language`."""
    pages = {
        code: posixpath.join(each.folder, f"{pagename}.html") for code, each in LANGUAGES.items()
    }
    here = posixpath.dirname(pages[language]) or "."
    return [
        {
            "code": code,
            "tag": each.tag,
            "name": each.name,
            "page": pages[code],
            "href": posixpath.relpath(pages[code], here),
        }
        for code, each in LANGUAGES.items()
        if code in built
    ]


def add_editions(app, pagename, templatename, context, doctree):
    language, built = app.config.language, app.config.book_editions
    editions = addresses(pagename, language, built) if language in built else []
    context["other_editions"] = [each for each in editions if each["code"] != language]
    context["language"] = LANGUAGES[language].tag
    base = app.config.book_site
    # Search engines want whole addresses here, so a book without one says nothing.
    links = [(each["tag"], base + each["page"]) for each in editions if base]
    if links:
        links.append(("x-default", links[0][1]))  # for readers of any other language
    context["metatags"] = context.get("metatags", "") + "".join(
        f'\n<link rel="alternate" hreflang="{tag}" href="{escape(href)}" />' for tag, href in links
    )


def setup(app):
    app.add_config_value("book_editions", [], "html", types=[list])
    app.add_config_value("book_site", "", "html", types=[str])
    app.connect("html-page-context", add_editions)
