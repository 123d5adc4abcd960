"""While one reads: nothing moves by itself, buttons have a size, marks are Chinese."""

import pytest

from tests.site import visits

MOST = 0.02  # of layout shift, in sum over a page

# Scroll down and up again by hand, as fast as a hurried reader; the sum of what moved.
SCROLL = """async () => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  const frame = () => new Promise(requestAnimationFrame);
  const end = document.documentElement.scrollHeight;
  const places = [];
  for (let y = 0; y < end; y += 300) places.push(y);
  for (let y = end; y > 0; y -= 900) places.push(y);
  for (const top of places) {
    scrollTo({ top, behavior: "instant" });
    await frame();
    await frame();
  }
  await new Promise((done) => setTimeout(done, 100));
  return sum;
}"""


@pytest.mark.parametrize("path", visits.find_pages())
def test_nothing_moves_while_one_scrolls(new_page, base, path):
    page = new_page()
    page.goto(base + path)
    assert page.evaluate(SCROLL) < MOST


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_the_toggle_of_a_sidebar_has_a_size(new_page, base, side):
    page = new_page(width=390)
    page.goto(base + "chapters/03_gates.html")
    toggle = page.locator(f".bd-header-article .{side}-toggle")
    size = toggle.bounding_box()
    assert min(size["width"], size["height"]) >= 32
    toggle.focus()
    assert toggle.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_the_arrow_of_a_chapter_has_a_size_and_one_ring(new_page, base):
    page = new_page()
    page.goto(base + "zh/chapters/03_gates.html")
    arrow = page.locator(".bd-sidebar-primary summary").first
    size = arrow.bounding_box()
    assert min(size["width"], size["height"]) >= 24
    arrow.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    rings = arrow.evaluate(
        "each => [each, ...each.children].map((one) => getComputedStyle(one).outlineStyle)"
    )
    assert rings == ["solid", "none"]
    page.keyboard.press("Enter")
    assert arrow.locator("xpath=..").get_attribute("open") is not None


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_the_button_of_the_notebook_is_called_so_on_a_phone(new_page, base, folder):
    page = new_page(width=390)
    page.goto(f"{base}{folder}chapters/03_gates.html")
    button = page.locator(".download-notebook")
    assert button.inner_text().strip() == "Notebook"
    assert button.locator(".download-notebook__text").bounding_box()["width"] > 40
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# How wide text is set, in units of its size.
WIDTH = """([text, weight]) => {
  const span = document.createElement("span");
  Object.assign(span.style, { fontSize: "100px", fontWeight: weight, whiteSpace: "pre" });
  span.style.position = "absolute";
  span.textContent = text;
  document.querySelector("article").append(span);
  const { width } = span.getBoundingClientRect();
  span.remove();
  return width / 100;
}"""


@pytest.mark.parametrize("weight", [400, 700])
@pytest.mark.parametrize("width", [390, 1280])
def test_quotes_dashes_and_ellipses_are_chinese(new_page, base, width, weight):
    page = new_page(width=width)
    page.goto(base + "zh/index.html")
    page.evaluate("document.fonts.ready")
    for mark in ("“", "”", "——", "……"):
        for _ in range(2):  # the first asks for the font
            # Between characters: at the beginning of a line a mark is half as wide.
            found = page.evaluate(WIDTH, [f"门{mark}门", weight])
            page.wait_for_timeout(50)
        assert found == pytest.approx(len(mark) + 2, abs=0.02), mark
    page.goto(base + "index.html")
    assert page.evaluate(WIDTH, ["“", weight]) < 0.7


def test_printed_tables_stand_in_columns(new_page, base):
    page = new_page()
    page.goto(base + "zh/chapters/03_gates.html")
    places = page.evaluate("""() => {
      const blocks = [...document.querySelectorAll(".cell_output pre")];
      const pre = blocks.find((each) => each.textContent.includes("标志为 1"));
      const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT), places = [];
      let node;
      while ((node = walker.nextNode())) {
        for (const found of node.data.matchAll(/(?<=  )\\S+(?=\\n|  )/g)) {
          const range = document.createRange();
          range.setStart(node, found.index);
          range.setEnd(node, found.index + 1);
          places.push(Math.round(range.getBoundingClientRect().left));
        }
      }
      return places;
    }""")
    assert len(places) >= 18
    columns = sorted(set(places))
    assert max(columns) - min(columns) > 50
    # Two columns, the places of each within a pixel.
    middle = (max(columns) + min(columns)) / 2
    for side in (
        [place for place in columns if place < middle],
        [place for place in columns if place > middle],
    ):
        assert max(side) - min(side) <= 1
