"""Print the book: ``python -m tools.on_paper``, each edition as one PDF, from the pages as built.

All pages of an edition become one, with one table of contents, and Chromium prints it: text stays
text, figures stay vectors, headings become the outline. A second print fills in the numbers of the
pages, which are known after the first.
"""

from __future__ import annotations

import argparse
import html
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urldefrag, urlsplit

import pypdf

import lstm_lib
from lstm_lib.language import LANGUAGES
from tools import editions
from tools.browser import find_chromium
from tools.notebook_files import ROOT

PAPER = editions.BUILD / "paper"
STYLE = ROOT / "website" / "paper.css"

# A browser that prints a file needs no network, and asks for nothing.
ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)

OWN_SHEET = "_static/book.css"
STYLE_SHEET = re.compile(r'<link\b[^>]*?href="([^"?]+\.css)[^"]*"[^>]*>')
ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.DOTALL)
# What only a screen has: scripts, the box on running the page, and marks beside headings.
LEFT_OUT = re.compile(
    r'<script\b.*?</script>|<details class="run-page">.*?</details>|<a class="headerlink".*?</a>'
    r'|<div class="in-page-(?:only|answers) [^"]*">.*?</div>',
    re.DOTALL,
)
IDENTIFIER = re.compile(r'(?<=\s)(id|for|aria-labelledby|aria-describedby)="([^"]+)"')
LINK = re.compile(r'(?<=\s)((?:xlink:)?href|src)="([^"]*)"')
PAINT = re.compile(r"url\(#([^)]+)\)")
HEADING = re.compile(r"<(/?)h([1-5])\b")


class Page(NamedTuple):
    """A page of the book: its name, its depth among the others, and its title in HTML."""

    name: str
    depth: int
    title: str


def slug(name: str) -> str:
    """Return the id of a page in the whole."""
    return name.replace("/", "-")


def in_order(toc: dict) -> Iterator[tuple[str, int] | str]:
    """Yield the names of the pages with their depths, and the captions of the parts."""
    yield toc["root"], 0
    for part in toc["parts"]:
        yield part["caption"]
        stack = [(each, 0) for each in reversed(part["chapters"])]
        while stack:
            each, depth = stack.pop()
            # Exercises and their solutions are both sections of the chapter.
            yield each["file"], min(depth, 1)
            stack += [(below, depth + 1) for below in reversed(each.get("sections", []))]


def moved(body: str, page: str, pages: set[str]) -> str:
    """Return the body of a page as it stands in the whole: its ids its own, its links in there."""
    here = slug(page)

    def identifier(found: re.Match) -> str:
        return f'{found[1]}="{" ".join(f"{here}--{each}" for each in found[2].split())}"'

    def link(found: re.Match) -> str:
        kind, address = found[1], html.unescape(found[2])
        if urlsplit(address).scheme:
            return found[0]
        path, fragment = urldefrag(address)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else ""
        name = target.removesuffix(".html") if target else page
        if name in pages and kind != "src":
            return f'{kind}="#{slug(name)}{"--" + fragment if fragment else ""}"'
        if kind == "src" or target.startswith("_images/"):
            return f'{kind}="{html.escape(target)}"'
        return ""  # a file of the site, which paper does not have

    return PAINT.sub(rf"url(#{here}--\1)", LINK.sub(link, IDENTIFIER.sub(identifier, body)))


def article(site: Path, page: str, depth: int, pages: set[str]) -> tuple[Page, str]:
    """Return what is known of a page, and it as a part of the whole."""
    text = (site / f"{page}.html").read_text(encoding="utf-8")
    body = LEFT_OUT.sub("", ARTICLE.search(text)[1])
    title = re.search(r"<h1>(.*?)</h1>", body, re.DOTALL)[1]
    body = moved(body, page, pages)
    body = HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) + depth}", body)
    # Nothing is folded on paper, and nothing waits until it is scrolled to.
    body = body.replace("<details", "<details open").replace(' loading="lazy"', "")
    return Page(
        page, depth, title
    ), f'<article class="bd-article" id="{slug(page)}">{body}</article>'


def plain(markup: str) -> str:
    """Return HTML as text."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def running_heads(pages: list[Page]) -> str:
    """Return the style that writes the title of the chapter at the top of its pages."""
    rules = []
    for page in pages:
        if page.depth == 0:
            head = plain(page.title)
        name = f"page-{slug(page.name)}"
        content = head.replace("\\", r"\\").replace('"', r"\"")
        rules.append(f"#{slug(page.name)} {{ page: {name}; }}")
        rules.append(f'@page {name} {{ @top-right {{ content: "{content}"; }} }}')
    return "\n".join(rules)


def whole(language: str, site: Path, numbers: dict[str, int]) -> str:
    """Return all pages of an edition as one, with the numbers of the pages in its contents."""
    toc, config = editions.contents(language), editions.configuration(language, list(LANGUAGES))
    names = {each[0] for each in in_order(toc) if not isinstance(each, str)}
    pages, articles, contents = [], [], []
    for each in in_order(toc):
        if isinstance(each, str):
            contents.append(f'<li class="paper-part">{html.escape(each)}</li>')
            continue
        page, part = article(site, *each, names)
        pages.append(page)
        articles.append(part)
        if page.name != toc["root"]:
            number = numbers.get(slug(page.name), "")
            contents.append(
                f'<li class="paper-depth-{page.depth}"><a href="#{slug(page.name)}">'
                f"<span>{page.title}</span><span>{number}</span></a></li>"
            )
    # Each page names the style sheets that it needs, the book's own last.
    sheets = dict.fromkeys(
        posixpath.normpath(posixpath.join(posixpath.dirname(page.name), sheet))
        for page in pages
        for sheet in STYLE_SHEET.findall((site / f"{page.name}.html").read_text("utf-8"))
    )
    styles = "".join(
        f'<link rel="stylesheet" href="{sheet}">' for sheet in sorted(sheets, key=OWN_SHEET.__eq__)
    )
    style = STYLE.read_text(encoding="utf-8") + running_heads(pages)
    tag = LANGUAGES[language].tag

    def _(text: str) -> str:
        return text if language == "en" else editions.translate(text)

    version = _("Version {version}").format(version=lstm_lib.__version__)
    return f"""<!DOCTYPE html>
<html lang="{tag}" data-theme="light" data-mode="light"><head><meta charset="utf-8">
<base href="{site.as_uri()}/"><title>{html.escape(config["title"])}</title>{styles}
<style>{style}</style></head><body><main class="bd-main"><div class="bd-content">
<div class="bd-article-container">
<section class="paper-title"><div>{html.escape(config["title"])}</div>
<p>{html.escape(config["author"])}</p>
<p>{version}</p>
<p>{html.escape(config["html"]["extra_footer"])}</p></section>
{articles[0]}
<nav class="paper-contents"><div>{_("Contents")}</div><ul>{"".join(contents)}</ul></nav>
{"".join(articles[1:])}
</div></div></main></body></html>"""


def print_page(chromium: str, page: Path, target: Path) -> None:
    """Print an HTML file as a PDF."""
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, *ARGUMENTS, f"--user-data-dir={profile}"]
        if os.name == "posix" and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses its sandbox to root
        command += [f"--print-to-pdf={target}", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not target.is_file():
        raise SystemExit(f"error: Chromium could not print {page.name}:\n{done.stderr}")


def page_numbers(path: Path) -> dict[str, int]:
    """Return the numbers of the pages on which the ids lie that something links to."""
    reader = pypdf.PdfReader(path)
    return {
        name.removeprefix("/"): reader.get_destination_page_number(where) + 1
        for name, where in reader.named_destinations.items()
    }


def write(language: str) -> Path:
    """Print one edition and return the path of its PDF."""
    chromium = find_chromium()
    site = editions.BUILD / "html" / LANGUAGES[language].folder
    PAPER.mkdir(parents=True, exist_ok=True)
    page = PAPER / f"{language}.html"
    target = PAPER / f"inside-the-lstm-{LANGUAGES[language].tag.lower()}.pdf"
    target.unlink(missing_ok=True)
    numbers: dict[str, int] = {}
    for _ in range(2):
        page.write_text(whole(language, site, numbers), encoding="utf-8")
        print_page(chromium, page, target)
        numbers = page_numbers(target)
    return target


def problem(languages: list[str]) -> str | None:
    """Return in one line what is missing, or None."""
    if find_chromium() is None:
        return (
            "make pdf needs Chromium or Chrome: on Debian or Ubuntu `sudo apt install chromium`, "
            "elsewhere set CHROMIUM=/path/to/it"
        )
    if set(languages) - {"en"} and shutil.which("fc-list"):
        fonts = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout
        if not fonts:
            return (
                "the Chinese edition needs a Chinese font: on Debian or Ubuntu `sudo apt install "
                "fonts-noto-cjk`"
            )
    return None


def main(arguments: list[str] | None = None) -> int:
    """Print the editions that are named, or all; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.on_paper", description=__doc__)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help=", ".join(LANGUAGES))
    languages = parser.parse_args(arguments).languages or list(LANGUAGES)
    for language in languages:
        if language not in LANGUAGES:
            parser.error(f"language: expected one of {', '.join(LANGUAGES)}, given {language!r}")
    if reason := problem(languages):
        print(f"error: {reason}", file=sys.stderr)
        return 1
    for language in languages:
        path = write(language)
        count = len(pypdf.PdfReader(path).pages)
        print(f"{path.relative_to(ROOT)}: {count} pages, {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
