"""How long a reader waits for the first verdict in the page, and what it weighs.

``python -m benchmarks.in_page`` prints a table; the book must be built (``make book``). Each number
is the median of some runs: cold with an empty cache, warm after a visit, at 10 Mbit/s through a
server that sends no faster.
"""

import argparse
import functools
import statistics
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from tests.site import in_page, visits
from tools.browser import find_chromium
from tools.serve import HOST, SITE, Handler, Server

EXERCISES = in_page.PAGES[3]
RIGHT, WRONG = (make("forget_gate") for make in (in_page.right_answer, in_page.wrong_answer))
MEGABIT = 1e6 / 8
PIECE = 16_384
KEY = 100  # milliseconds


class Line:
    """What is sent, and no faster than so many bytes a second."""

    def __init__(self, speed: float = 0.0) -> None:
        self.speed = speed
        self.sent: Counter[str] = Counter()
        self._lock, self._free = threading.Lock(), 0.0

    def wait(self, size: int) -> None:
        """Take the time that so many bytes take."""
        if self.speed:
            with self._lock:
                self._free = max(self._free, time.monotonic()) + size / self.speed
                until = self._free
            time.sleep(max(0.0, until - time.monotonic()))


class Counted(Handler):
    """The book's own server, on a line."""

    def __init__(self, *arguments: object, line: Line, **options: object) -> None:
        self.line = line
        super().__init__(*arguments, **options)

    def send_body(self, body: bytes) -> None:
        """Send in pieces, as fast as the line is."""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for start in range(0, len(body), PIECE):
            piece = body[start : start + PIECE]
            self.line.wait(len(piece))
            self.wfile.write(piece)
        self.line.sent[urlsplit(self.path).path] += len(body)


def serve(line: Line) -> str:
    """Serve the book and return its address."""
    server = Server((HOST, 0), functools.partial(Counted, directory=str(SITE), line=line))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{HOST}:{server.server_port}/"


def first_verdict(page: Page, address: str) -> float:
    """Seconds from the click on a blank's button to the name of a mistake."""
    page.goto(address + EXERCISES, wait_until="networkidle")
    start = time.monotonic()
    in_page.open_editor(page, "forget_gate")
    said = in_page.check_answer(page, "forget_gate", WRONG)
    assert said == in_page.verdict("forget_gate", WRONG, "en"), said
    return time.monotonic() - start


def later_verdict(page: Page) -> float:
    """Seconds of one more check, as the page itself measures them."""
    in_page.write(page, "forget_gate", RIGHT)
    return page.evaluate("""async () => {
      const cell = (part) => document.querySelector(`[data-cell="forget_gate-${part}"]`);
      const start = performance.now();
      cell("blank").querySelector(".in-page-first").click();
      while (cell("blank").matches("[data-busy]")) await new Promise(requestAnimationFrame);
      if (!cell("check").textContent.includes("Correct.")) throw new Error("no verdict");
      return (performance.now() - start) / 1000;
    }""")


def mended_on_the_first_page(page: Page, address: str) -> tuple[float, float]:
    """Seconds from asking for the book to the name of a mistake, and to the mended line's praise.

    The line is mended key by key, as fast as a quick writer does; nobody reads in between.
    """
    start = time.monotonic()
    page.goto(address)
    editor = in_page.open_editor(page, "update_cell")
    wrong = editor.inner_text()
    in_page.press_check(page, "update_cell")
    named = in_page.read_verdict(page, "update_cell")
    until_named = time.monotonic() - start
    assert named == in_page.verdict("update_cell", wrong, "en"), named
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    line = wrong.splitlines()[1]
    for _ in line[line.index("(1 - f)") + len("(1 - f)") :]:
        page.keyboard.press("ArrowLeft")
    for _ in "(1 - f)":
        page.keyboard.press("Backspace", delay=KEY)
    page.keyboard.press("f", delay=KEY)
    page.keyboard.press("Control+Enter")
    said = in_page.read_verdict(page, "update_cell")
    assert said.startswith("Correct."), said
    return until_named, time.monotonic() - start


def memory() -> float:
    """Megabytes that the processes of pages hold for themselves."""
    children = psutil.Process().children(recursive=True)
    pages = [each for each in children if "--type=renderer" in " ".join(each.cmdline())]
    return sum(each.memory_full_info().uss for each in pages) / 1e6


def measure(browser: Browser, runs: int) -> dict[str, str]:
    """Return what was measured, in words."""
    line, slow = Line(), Line(10 * MEGABIT)
    address, slow_address = serve(line), serve(slow)
    cold, warm, later, throttled, held, first_page = [], [], [], [], [], []
    for _ in range(runs):
        page = visits.new_page(browser)
        page.goto(address + EXERCISES, wait_until="networkidle")
        before = memory()
        line.sent.clear()
        cold.append(first_verdict(page, address))
        held.append(memory() - before)
        later += [later_verdict(page) for _ in range(3)]
        sent = Counter(line.sent)
        page.evaluate("localStorage.clear()")
        warm.append(first_verdict(page, address))
        page.context.close()
        page = visits.new_page(browser)
        throttled.append(first_verdict(page, slow_address))
        page.context.close()
        page = visits.new_page(browser)
        first_page.append(mended_on_the_first_page(page, address))
        page.context.close()
    parts = {
        "Python and the library": sum(size for path, size in sent.items() if "/python/" in path),
        "editor": sum(size for path, size in sent.items() if "/codemirror/" in path),
        "scripts of the page": sum(size for path, size in sent.items() if "/in_page/" in path),
    }
    median = statistics.median
    named, mended = zip(*first_page, strict=True)
    return {
        "click to the first verdict, cold": f"{median(cold):.1f} s",
        "the same, warm": f"{median(warm):.1f} s",
        "the same, cold at 10 Mbit/s": f"{median(throttled):.1f} s",
        "a later check": f"{1000 * median(later):.0f} ms",
        "from asking for the first page to the name of a mistake": f"{median(named):.1f} s",
        "the same, until the line is mended and right": f"{median(mended):.1f} s",
        "memory": f"{median(held):.0f} MB more",
        **{f"over the wire: {name}": f"{size / 1e6:.2f} MB" for name, size in parts.items()},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.in_page", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=visits.ARGUMENTS, chromium_sandbox=False
        )
        for name, value in measure(browser, runs).items():
            print(f"{name:<60}{value}")
        browser.close()


if __name__ == "__main__":
    main()
