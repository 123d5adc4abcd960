"""HTML as a tree: one way to read it for all modules."""

from bs4 import BeautifulSoup


def parse(html):
    return BeautifulSoup(html, "html.parser")
