"""Figures: give every image its size, so that the text does not jump while a page loads."""

import re
from pathlib import Path

import imagesize

IMG = re.compile(r"<img\b[^>]*>")
SRC = re.compile(r'\bsrc="([^"]+)"')


def size_tag(tag, path):
    """The tag with its size and lazy loading; unchanged if it has a size or the file tells none."""
    if path is None or re.search(r"\b(width|height)=", tag):
        return tag
    width, height = imagesize.get(path)
    if width <= 0 or height <= 0:
        return tag
    return f'<img width="{round(width)}" height="{round(height)}" loading="lazy"{tag[4:]}'


def original_of(tag, originals):
    """The source file of an image: while pages are written, the copies are not there yet."""
    source = SRC.search(tag)
    return originals.get(Path(source[1]).name) if source else None


def add_sizes(app, pagename, templatename, context, doctree):
    if "body" not in context:
        return
    originals = {name: Path(app.srcdir, source) for source, (_, name) in app.env.images.items()}
    context["body"] = IMG.sub(
        lambda tag: size_tag(tag[0], original_of(tag[0], originals)), context["body"]
    )


def setup(app):
    app.connect("html-page-context", add_sizes)
