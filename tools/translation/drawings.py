"""Words in SVG: those drawn, and those read out in place of the drawing."""

from __future__ import annotations

from collections.abc import Iterator
from xml.dom import minidom

ELEMENTS = {"text", "title", "desc"}
TEXT = minidom.Node.TEXT_NODE


def words(svg: str) -> Iterator[str]:
    """Return the words of a drawing, in their order, without the spaces around them."""
    return (text.data.strip() for text in _texts(minidom.parseString(svg)))


def _texts(document: minidom.Document) -> Iterator[minidom.Text]:
    for element in document.getElementsByTagName("*"):
        content = element.childNodes
        if element.tagName in ELEMENTS and [each.nodeType for each in content] == [TEXT]:
            yield content[0]
