"""Figures: give every image its size, so that the text does not jump while a page loads."""

from pathlib import Path

import imagesize


def size_image(image, path):
    """Give an image its size and lazy loading, unless it has a size or the file tells none."""
    if image.has_attr("width") or image.has_attr("height"):
        return
    width, height = imagesize.get(path)
    if width > 0 and height > 0:
        image.attrs |= {"width": round(width), "height": round(height), "loading": "lazy"}


def add_sizes(app, soup, pagename, context):
    # The source files: while pages are written, the copies are not there yet.
    originals = {name: Path(app.srcdir, source) for source, (_, name) in app.env.images.items()}
    for image in soup.find_all("img", src=True):
        name = Path(image["src"]).name
        if name in originals:
            size_image(image, originals[name])
