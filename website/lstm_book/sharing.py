"""What others see of a page: the card that a link to it unfolds to, and where to write about it."""

import re
from html import escape
from urllib.parse import quote

from sphinx.errors import ConfigError
from sphinx.locale import _

from .markup import parse

# website/static/social-card.png, made by `python -m tools.social_card`.
CARD = "_static/social-card.png"
CARD_SIZE = (1200, 630)
CARD_WORDS = "Inside the LSTM, above a drawing of an LSTM cell with its belt and its four layers"


def title_of(pagename, context):
    """The title of a page in plain text; the search page has its title from its template."""
    return parse(context.get("title", pagename.capitalize())).get_text().strip()


def card(title, description, book, base, page):
    """Names and contents of the <meta> tags. Addresses must be absolute, so they need a base."""
    tags = {
        "og:type": "website" if title == book else "article",
        "og:site_name": book,
        "og:title": title,
        "og:description": description,
    }
    if base:
        root = base.rstrip("/") + "/"
        tags |= {
            "og:url": root + page,
            "og:image": root + CARD,
            "og:image:width": str(CARD_SIZE[0]),
            "og:image:height": str(CARD_SIZE[1]),
            "og:image:alt": _(CARD_WORDS),
            "twitter:card": "summary_large_image",
        }
    return tags


def add_card(app, pagename, templatename, context, doctree):
    book, base = app.config.html_title, app.config.html_baseurl
    title, description = title_of(pagename, context), context.get("description", "")
    tags = card(title, description, book, base, f"{pagename}.html")
    context["metatags"] = context.get("metatags", "") + "".join(
        f'\n<meta property="{name}" content="{escape(content)}" />'
        for name, content in tags.items()
        if content
    )


def feedback_link(address, title, page):
    """The address with `{title}` and `{page}` filled in, or nothing where none is configured."""
    return address.replace("{title}", quote(title)).replace("{page}", quote(page))


def check_feedback(app, config):
    address = config.book_feedback
    if address and not re.match(r"(https?://|mailto:)\S+$", address):
        raise ConfigError(
            f"book_feedback: expected an address of https:// or mailto:, given {address!r}"
        )


def add_feedback(app, pagename, templatename, context, doctree):
    title = title_of(pagename, context)
    context["feedback_link"] = feedback_link(app.config.book_feedback, title, f"{pagename}.html")


def setup(app):
    app.add_config_value("book_feedback", "", "html", types=[str])
    app.connect("config-inited", check_feedback)
    # After the description, which the card repeats.
    app.connect("html-page-context", add_card, priority=600)
    app.connect("html-page-context", add_feedback)
