"""What readers do: walk by keyboard, search, switch the theme, print, read without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.site import figures, visits

EXERCISES = "chapters/exercises/03_gates.html"
CHAPTER = "chapters/03_gates.html"

# One page of each kind, by the name of its screenshots.
KINDS = {
    "landing": "index.html",
    "chapter": CHAPTER,
    "exercises": EXERCISES,
    "solutions": "chapters/solutions/03_gates.html",
    "confusions": "reference/common_confusions.html",
    "notation": "reference/notation.html",
    "api": "reference/api/numpy_backend.html",
    "search": "search.html?q=forget+gate",
    "lost": "404.html",
}

MARK = "Array.from(document.querySelectorAll('[data-visited]'), each => each.dataset.visited)"
# What the tab key should stop at: visible, enabled, of a tab order; of radio buttons the chosen.
# On Linux a box that scrolls is a stop of its own, so those are left out.
STOPS = """() => {
  const all = document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']");
  return [...all].filter((each) => {
    if (each.disabled || each.tabIndex < 0 || each.closest("[inert]")) return false;
    if (each.matches("input[type=radio]:not(:checked)")) return false;
    if (each.matches("pre, .katex-display, .output, .cell_output *")) return false;
    return each.checkVisibility({visibilityProperty: true});
  }).map((each) => { each.dataset.stop = "yes"; return each.outerHTML.slice(0, 90); });
}"""
# Where the focus is, and whether it can be seen: an outline, or that of the label for a button
# that is itself hidden; and whether it lies within the window.
FOCUS = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const seen = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const label = each.labels && each.labels[0];
  const box = (each.matches("input[type=radio]") && label || each).getBoundingClientRect();
  const first = !each.dataset.visited;
  each.dataset.visited = "yes";
  return {
    first, stop: each.dataset.stop === "yes", name: each.outerHTML.slice(0, 90),
    outlined: seen(each) || Boolean(label && seen(label)),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.fixture
def open_page(new_page, base):
    def open_page(path, *args, **options):
        page = new_page(*args, **options)
        page.goto(base + path, wait_until="load")
        return page

    return open_page


# By keyboard -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", visits.WIDTHS)
@pytest.mark.parametrize("kind", ["landing", "chapter", "exercises", "search", "lost"])
def test_the_tab_key_reaches_everything_and_shows_where_it_is(open_page, kind, width):
    page = open_page(KINDS[kind], width, reduced_motion="reduce")
    stops = page.evaluate(STOPS)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    unseen, outside = [], []
    for _ in range(2 * len(stops) + 40):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None or not focus["first"]:
            break
        if not focus["outlined"]:
            unseen.append(focus["name"])
        if not focus["inside"]:
            outside.append(focus["name"])
    missed = page.evaluate(
        "[...document.querySelectorAll('[data-stop]:not([data-visited])')]"
        ".map(each => each.outerHTML.slice(0, 90))"
    )
    assert len(stops) > 5
    assert missed == []
    assert unseen == []
    assert outside == []


def test_the_skip_link_comes_first_and_leads_to_the_text(open_page):
    page = open_page(CHAPTER)
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("href") == "#main-content"
    # It glides in: wait until it is there.
    expect(link).to_be_in_viewport(ratio=1)
    assert figures.has_visible_focus(page)
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_sidebar_unfolds_the_pages_below_a_chapter(open_page):
    page = open_page("index.html")
    summary = page.locator(".bd-docs-nav summary").first
    below = page.locator(".bd-docs-nav details ul").first
    assert not below.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert below.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("Exercises")


def test_on_a_phone_the_sidebar_opens_and_closes(open_page):
    page = open_page(CHAPTER, 390)
    button = page.locator(".primary-toggle").first
    links = page.locator("dialog .bd-docs-nav a, .bd-sidebar-primary .bd-docs-nav a").first
    assert not links.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(links).to_be_visible()
    assert visits.violations(page) == []
    page.keyboard.press("Escape")
    expect(links).not_to_be_visible()
    expect(button).to_be_focused()


def test_on_a_phone_the_contents_of_the_page_open(open_page):
    page = open_page(CHAPTER, 390)
    page.locator(".secondary-toggle").first.focus()
    page.keyboard.press("Enter")
    link = page.locator("#pst-page-toc-nav a").first
    expect(link).to_be_visible()
    assert visits.violations(page) == []
    page.keyboard.press("Escape")
    expect(link).not_to_be_visible()


def test_the_gate_explorer_works_by_keyboard(open_page):
    figures.explore_by_keyboard(open_page(page_with("lstm-explorer")))


def test_the_walk_works_by_keyboard(open_page):
    figures.walk_by_keyboard(open_page(page_with("lstm-walk")))


def test_tabs_work_by_keyboard(open_page):
    figures.choose_tab_by_keyboard(open_page(page_with("cell-tabs")))


def page_with(name):
    """The first chapter that shows such a figure."""
    for path in sorted((visits.SITE / "chapters").glob("*.html")):
        if f'class="{name}' in path.read_text(encoding="utf-8") or re.search(
            rf'class="[^"]*\b{name}\b', path.read_text(encoding="utf-8")
        ):
            return path.relative_to(visits.SITE).as_posix()
    pytest.fail(f"no chapter shows {name}")


@pytest.mark.parametrize("width", [1200, 1280, 1600])
def test_no_line_of_code_is_cut_beside_both_sidebars(new_page, base, width):
    page = new_page(width=width)
    for path in sorted((visits.SITE / "chapters").glob("*.html")):
        page.goto(base + path.relative_to(visits.SITE).as_posix())
        assert page.locator(".bd-sidebar-secondary").is_visible()
        cut = page.locator(".cell_input pre").evaluate_all(
            "all => all.filter(each => each.scrollWidth > each.clientWidth).map(e => e.innerText)"
        )
        assert cut == [], path.name


def test_folded_imports_open_by_keyboard(open_page):
    page = open_page(CHAPTER)
    fold = page.locator("details.imports")
    code = fold.locator(".cell_input")
    assert not code.is_visible()
    fold.locator("summary").focus()
    assert figures.has_visible_focus(page)
    page.keyboard.press("Enter")
    assert code.inner_text().startswith("import functools")


def test_an_exercise_page_works_by_keyboard(open_page, base):
    page = open_page(EXERCISES)
    box = page.locator("details.run-page")
    box.locator("summary").focus()
    assert figures.has_visible_focus(page)
    page.keyboard.press("Enter")
    assert "make lab" in box.inner_text()
    with page.expect_download() as download:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "03_gates.ipynb"

    for hidden in page.locator("main .cell details, main .toggle-button").all()[:3]:
        control = hidden.locator("summary") if hidden.locator("summary").count() else hidden
        control.focus()
        assert figures.has_visible_focus(page)
        before = page.locator("main").inner_text()
        page.keyboard.press("Enter")
        assert page.locator("main").inner_text() != before


def test_code_can_be_copied_by_keyboard(open_page):
    page = open_page(EXERCISES, permissions=["clipboard-read", "clipboard-write"])
    button = page.locator("button.copybtn").first
    button.focus()
    assert figures.has_visible_focus(page)
    assert button.evaluate("each => getComputedStyle(each).opacity") != "0"
    page.keyboard.press("Enter")
    code = page.locator(button.get_attribute("data-clipboard-target")).inner_text()
    assert page.evaluate("navigator.clipboard.readText()").strip() == code.strip()


# Search ----------------------------------------------------------------------------------------


def results(page):
    expect(page.locator(".search-summary")).to_contain_text("Search finished")
    links = page.locator("#search-results li > a")
    return links.evaluate_all("all => all.map(each => new URL(each.href).pathname)")


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("forget gate", "/chapters/03_gates.html"),
        ("dynamic_rnn", "/reference/api/numpy_backend.html"),
        # A word of a notebook's code, and one that it prints.
        ("zero_state", "/chapters/04_basic_lstm_cell.html"),
        ("conveyor belt", "/chapters/02_core_idea.html"),
    ],
)
def test_search_finds(open_page, words, path):
    page = open_page("search.html?q=" + words.replace(" ", "+"))
    assert path in results(page)
    excerpt = page.locator("#search-results p.context").first
    expect(excerpt).to_be_visible()
    assert not re.search(r"Run this page|\\\\[a-z]+|Skip to", excerpt.inner_text())


def test_search_opens_by_shortcut_and_leads_to_the_page(open_page):
    page = open_page("index.html")
    page.keyboard.press("Control+K")
    field = page.locator("dialog[open] input[type=search]")
    expect(field).to_be_focused()
    assert visits.violations(page) == []
    page.keyboard.type("forget gate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=forget+gate*")
    assert results(page)
    link = page.locator("#search-results li > a").first
    title = link.inner_text()
    link.focus()
    assert figures.has_visible_focus(page)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(?!search)[^?]*"))
    expect(page.locator("main h1").first).to_be_visible()
    assert title


def test_search_closes_by_escape_and_the_button_opens_it(open_page):
    page = open_page(CHAPTER)
    button = page.locator("button.search-button__button:visible").first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_a_search_without_a_result_says_so(open_page):
    page = open_page("search.html?q=xylophone")
    expect(page.locator("#search-results")).to_contain_text("did not match")


# Colours ---------------------------------------------------------------------------------------


def theme(page):
    return page.evaluate("document.documentElement.dataset.theme")


def paper(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("system", visits.THEMES)
def test_the_page_follows_the_system(open_page, system):
    page = open_page(CHAPTER, theme=system)
    assert theme(page) == system
    other = "dark" if system == "light" else "light"
    page.emulate_media(color_scheme=other)
    expect(page.locator("html")).to_have_attribute("data-theme", other)


def test_the_theme_switch_works_by_keyboard_and_is_remembered(open_page):
    page = open_page(CHAPTER, theme="light")
    white = paper(page)
    page.locator(".theme-switch-button:visible").first.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
        if theme(page) == "dark":
            break
    assert theme(page) == "dark"
    assert paper(page) != white
    page.reload()
    assert theme(page) == "dark"
    page.goto(page.url.replace(CHAPTER, "index.html"))
    assert theme(page) == "dark"


def test_motion_is_reduced_where_readers_ask_for_it(open_page):
    page = open_page("index.html", reduced_motion="reduce")
    moving = page.evaluate("""[...document.querySelectorAll("*")].filter((each) => {
      const style = getComputedStyle(each);
      return style.transitionDuration !== "0s" || style.animationName !== "none"
        || style.scrollBehavior === "smooth";
    }).map((each) => each.outerHTML.slice(0, 90))""")
    assert moving == []


# Without scripts, on paper ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["landing", "chapter", "exercises", "confusions"])
def test_a_page_is_read_without_scripts(open_page, kind):
    page = open_page(KINDS[kind], java_script_enabled=False)
    assert page.locator("main h1").first.is_visible()
    assert page.locator(".theme-switch-button").first.is_hidden()
    assert page.locator("a[href$='search.html']").first.is_visible()
    for equation in page.locator(".katex-html").all()[:5]:
        assert equation.is_visible()
    figures.read_without_script(page)


def test_the_root_sign_is_as_high_as_what_stands_below_it(open_page):
    """It is a drawing within an equation."""
    page = open_page("chapters/10_lstm_today.html")
    heights = "all => all.map(each => each.getBoundingClientRect().height)"
    found = page.locator(".katex-html .sqrt svg").evaluate_all(heights)
    assert found
    assert min(found) > 10


@pytest.mark.parametrize("kind", ["landing", "chapter", "exercises", "confusions", "api"])
def test_a_page_prints(open_page, kind):
    page = open_page(KINDS[kind], theme="dark")
    page.emulate_media(media="print")
    assert paper(page) == "rgb(255, 255, 255)", "paper is white, in any theme"
    for gone in (".bd-sidebar-primary", ".bd-header-article", ".run-page", ".prev-next-footer"):
        for each in page.locator(gone).all():
            assert each.is_hidden()
    for panel in page.locator(".cell-tabs > .sd-tab-content").all():
        assert panel.is_visible()
    assert page.locator("main h1").first.is_visible()
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") >= 1
    visits.KEPT.mkdir(parents=True, exist_ok=True)
    (visits.KEPT / f"{kind}.pdf").write_bytes(pdf)


# The page for wrong addresses ------------------------------------------------------------------


@pytest.mark.parametrize("path", ["no-such.html", "chapters/no/such/page.html", "reference/x/"])
def test_a_wrong_address_leads_back_to_the_book(new_page, base, path):
    page = new_page()
    seen = visits.watch(page, base)
    assert page.goto(base + path).status == 404
    assert seen["requests"] == [base + path]
    links = page.locator("a[data-page]").evaluate_all("all => all.map(each => each.href)")
    assert base + "index.html" in links
    page.locator("input[type=search]").fill("forget gate")
    page.keyboard.press("Enter")
    assert "/chapters/03_gates.html" in results(page)


def test_a_wrong_address_below_a_folder_leads_back_to_the_book(new_page, serve, tmp_path):
    """As on a server that keeps the book in a folder: example.org/lstm/."""
    (tmp_path / "lstm").symlink_to(visits.SITE)
    (tmp_path / "404.html").symlink_to(visits.SITE / "404.html")
    base = serve(tmp_path) + "lstm/"
    for path in ("chapters/no-such.html", "no-such.html"):
        page = new_page()
        page.goto(base + path)
        page.locator("a[data-page='index.html']").click()
        assert page.url == base + "index.html"


# To look at ------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", visits.THEMES)
@pytest.mark.parametrize("width", visits.WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_screenshots_are_kept(open_page, kind, width, theme):
    page = open_page(KINDS[kind], width, theme)
    if kind == "search":
        results(page)
    visits.KEPT.mkdir(parents=True, exist_ok=True)
    path = visits.KEPT / f"{kind}-{width}-{theme}.png"
    # The top of the page, four windows high: what is below looks like it.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height, 4 * visits.WIDTHS[width])})
    page.screenshot(path=path)
    assert path.stat().st_size > 10_000
