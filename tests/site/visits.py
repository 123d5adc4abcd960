"""Open a page as a reader would, and write down what is wrong with it."""

import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from tests.pages.test_site import in_private
from tools.notebook_files import ROOT

SITE = ROOT / "_build" / "html"
KEPT = ROOT / "_build" / "screenshots"
WIDTHS = {1280: 800, 390: 844}
THEMES = ("light", "dark")
MOST_SHIFT = 0.1
AXE = AXE_FILE_PATH.read_text(encoding="utf-8")

# Nothing but this machine: a name of any other fails as if the cable were cut.
ARGUMENTS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
]

# Shifts of the layout, as browsers score them: the worst window of five seconds at most, within
# which a shift follows the other by less than a second.
WATCH_SHIFTS = """{
  const shifts = [];
  const note = (entries) => {
    for (const each of entries) {
      if (!each.hadRecentInput) shifts.push([each.startTime, each.value]);
    }
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({type: "layout-shift", buffered: true});
  window.shiftsSoFar = () => { note(observer.takeRecords()); return shifts; };
}"""
SCROLL_THROUGH = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await document.fonts.ready;
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({top: y, behavior: "instant"});
    await frame();
  }
  scrollTo({top: 0, behavior: "instant"});
  await frame();
  await frame();
}"""
# What a click would show belongs to the page, too.
UNFOLD = """() => {
  document.querySelectorAll("main details").forEach((each) => { each.open = true; });
  document.querySelectorAll(".toggle-hidden").forEach((each) => {
    each.classList.remove("toggle-hidden");
  });
}"""
RUN_AXE = """async (selector) => {
  const options = {resultTypes: ["violations"], elementRef: false};
  const result = await axe.run(selector || document, options);
  return result.violations.map((each) => ({
    id: each.id, help: each.help, nodes: each.nodes.map((node) => node.html.slice(0, 160)),
  }));
}"""


class Visit(NamedTuple):
    """What one visit of one page brought to light."""

    path: str
    width: int
    theme: str
    requests: list[str]
    elsewhere: list[str]
    failed: list[str]
    errors: list[str]
    shift: float
    overflow: int
    violations: list[dict[str, Any]]


def find_pages():
    """Addresses of all pages, relative to the site."""
    pages = (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    return sorted(path.as_posix() for path in pages if not in_private(path))


def new_page(browser: Browser, width: int = 1280, theme: str = "light", **options: Any) -> Page:
    """A page in a fresh context: no storage of another visit. Close ``page.context`` after use."""
    size = {"width": width, "height": WIDTHS.get(width, 800)}
    context = browser.new_context(viewport=size, color_scheme=theme, **options)
    context.set_default_timeout(20_000)
    return context.new_page()


def watch(page: Page, base: str) -> dict[str, list[str]]:
    """Lists that fill up while the page is used."""
    seen: dict[str, list[str]] = {"requests": [], "elsewhere": [], "failed": [], "errors": []}

    def note(request):
        seen["requests"].append(request.url)
        if not request.url.startswith((base, "data:", "blob:")):
            seen["elsewhere"].append(request.url)

    def note_status(response):
        if response.status >= 400:
            seen["failed"].append(f"{response.status} {response.url}")

    page.on("request", note)
    page.on("requestfailed", lambda request: seen["failed"].append(request.url))
    page.on("response", note_status)
    page.on("pageerror", lambda error: seen["errors"].append(str(error)))
    page.on(
        "console",
        lambda message: seen["errors"].append(message.text) if message.type == "error" else None,
    )
    return seen


def violations(page: Page, selector: str | None = None) -> list[dict[str, Any]]:
    """What axe-core finds on the page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(RUN_AXE, selector)


def worst_shift(shifts: list[list[float]]) -> float:
    """The score that browsers call cumulative layout shift."""
    worst = window = 0.0
    start = last = -1e9
    for time, value in shifts:
        if time - last > 1000 or time - start > 5000:
            start, window = time, 0.0
        window, last = window + value, time
        worst = max(worst, window)
    return worst


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def visit(browser: Browser, base: str, path: str, width: int, theme: str) -> Visit:
    """Open a page, read it to its end, unfold what is folded, and ask axe-core."""
    page = new_page(browser, width, theme)
    page.add_init_script(WATCH_SHIFTS)
    seen = watch(page, base)
    page.goto(base + path, wait_until="load")
    page.evaluate(SCROLL_THROUGH)
    shift = worst_shift(page.evaluate("window.shiftsSoFar()"))
    page.evaluate(UNFOLD)
    found = violations(page)
    labels = page.locator(".sd-tab-set > label:nth-of-type(2)")
    if labels.count():
        labels.first.click()
        found += violations(page, ".sd-tab-set")
    wide = overflow(page)
    result = Visit(path, width, theme, **seen, shift=shift, overflow=wide, violations=found)
    page.context.close()
    return result


def complaints(result: Visit) -> dict[str, Any]:
    """What is wrong, by the name of the check; empty if all is well."""
    found = {
        "loaded from elsewhere": result.elsewhere,
        "not there": result.failed,
        "script errors": result.errors,
        "axe-core": result.violations,
        "the text jumps": result.shift if result.shift > MOST_SHIFT else None,
        "wider than the window": result.overflow if result.overflow > 0 else None,
    }
    return {name: value for name, value in found.items() if value}


def keep(result: Visit) -> None:
    """Store the visit beside the screenshots, for who wants the list of requests."""
    folder = KEPT / "visits"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{result.path.replace('/', '_').removesuffix('.html')}-{result.width}-{result.theme}"
    record = result._asdict()
    record["requests"] = [urlsplit(url).path for url in result.requests]
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
