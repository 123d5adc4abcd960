"""Take the picture of the first page for the README: ``python -m tools.first_page``.

The book must be built: ``make book``.
"""

import sys

from playwright.sync_api import sync_playwright

from tools.browser import find_chromium, problem
from tools.notebook_files import ROOT
from tools.serve import SITE

PICTURE = ROOT / "images" / "first-page.png"
SIZE = {"width": 1280, "height": 900}


def main() -> int:
    """Write the picture; return an exit code."""
    reason = problem()
    if reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), chromium_sandbox=False
        )
        page = browser.new_page(viewport=SIZE)
        page.goto((SITE / "index.html").as_uri())
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
