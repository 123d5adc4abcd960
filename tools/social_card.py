"""Make the picture that a shared link shows from its drawing: ``python -m tools.social_card``.

Needs what ``make test-site`` needs. The font is the machine's: look at the picture before you
commit it.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.browser import find_chromium

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "website" / "drawings" / "social-card.svg"
CARD = ROOT / "website" / "static" / "social-card.png"
SIZE = {"width": 1200, "height": 630}


def main() -> int:
    """Write the picture, in 64 colours: a drawing needs no more."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        page = browser.new_page(viewport=SIZE)
        page.goto(DRAWING.as_uri())
        shot = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    shot.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(CARD, optimize=True)
    print(f"{CARD.relative_to(ROOT)}: {CARD.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
