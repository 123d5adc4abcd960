"""Checks of the interactive figures and of the tabs in a browser, by keyboard alone.

Each takes a Playwright page that shows at least one of what it checks, and raises AssertionError.
`test_interactive.py` and `test_tabs.py` in `tests/pages` check what needs no browser.
"""

EXPLORER = ".lstm-explorer[data-on]"
WALK = ".lstm-walk[data-on]"
TABS = ".cell-tabs"


def focused(page, attribute):
    return page.evaluate("name => document.activeElement.getAttribute(name)", attribute)


def has_visible_focus(page, selector=":focus"):
    """Whether what has the focus, or stands for it, shows an outline of 2 pixels or more."""
    style = page.locator(selector).evaluate(
        "each => [getComputedStyle(each).outlineStyle, getComputedStyle(each).outlineWidth]"
    )
    return style[0] != "none" and float(style[1].removesuffix("px")) >= 2


def explore_by_keyboard(page):
    """Tab reaches every control; arrow keys move a slider, and all numbers follow."""
    figure = page.locator(EXPLORER).first
    summary = figure.locator(".lstm-summary")
    figure.locator("button").first.focus()
    page.keyboard.press("Shift+Tab")
    for preset in ("keep", "forget", "count", "leak"):
        page.keyboard.press("Tab")
        assert focused(page, "data-preset") == preset
        assert has_visible_focus(page)
        page.keyboard.press("Enter")
    assert summary.inner_text() == "c after 30 steps: 0.06; h: 0.06."
    line = figure.locator('[data-shape="c"]').get_attribute("points")
    for name in ("f", "i", "o", "candidate", "pattern", "t"):
        page.keyboard.press("Tab")
        assert focused(page, "data-in") == name
        assert has_visible_focus(page)
    figure.locator('[data-in="f"]').focus()
    page.keyboard.press("End")
    assert figure.locator('output[data-text="f"]').inner_text() == "1.00"
    assert summary.inner_text() == "c after 30 steps: 1.00; h: 0.76."
    assert figure.locator('[data-shape="c"]').get_attribute("points") != line
    page.keyboard.press("ArrowLeft")
    assert figure.locator('output[data-text="f"]').inner_text() == "0.99"
    figure.locator('[data-in="pattern"]').select_option("alternating")
    figure.locator('[data-in="t"]').focus()
    page.keyboard.press("Home")
    assert "c1 = f · c0" in figure.locator(".lstm-formula").inner_text().replace("\n", "")


def walk_by_keyboard(page):
    """Enter on the buttons and the arrow keys lead through all stops; each lights up its part."""
    figure = page.locator(WALK).first
    stops = figure.locator("ol > li")
    count = stops.count()
    next_button = figure.locator('[data-go="next"]')

    def assert_at(number):
        assert figure.locator("[data-place]").inner_text() == f"{number} of {count}"
        shown = [k for k in range(count) if stops.nth(k).is_visible()]
        assert shown == [number - 1]
        lit = figure.locator("svg .lit").evaluate_all(
            "all => all.map(each => each.dataset.part || each.dataset.time).sort()"
        )
        stop = stops.nth(number - 1)
        expected = [stop.get_attribute("data-time"), stop.get_attribute("data-part")]
        assert lit == sorted(expected)

    next_button.focus()
    assert_at(1)
    assert has_visible_focus(page)
    page.keyboard.press("Enter")
    assert_at(2)
    for number in range(3, count + 1):
        page.keyboard.press("ArrowRight")
        assert_at(number)
    page.keyboard.press("ArrowRight")
    assert_at(count)
    assert next_button.get_attribute("aria-disabled") == "true"
    assert focused(page, "data-go") == "next", "the focus stays where it was"
    page.keyboard.press("ArrowLeft")
    assert_at(count - 1)
    page.keyboard.press("Home")
    assert_at(1)
    page.keyboard.press("End")
    assert_at(count)


def choose_tab_by_keyboard(page):
    """The arrow keys choose a tab, in all sets at once; the choice is there after a reload."""
    first = page.locator(TABS).first
    first.locator("input").first.focus()
    page.keyboard.press("ArrowRight")
    assert has_visible_focus(page, f"{TABS} > input:focus + label")
    chosen = first.locator("input:checked + label").get_attribute("data-sync-id")
    assert chosen != first.locator("label").first.get_attribute("data-sync-id")
    assert_all_show(page, chosen)
    page.reload()
    assert_all_show(page, chosen)
    page.evaluate("localStorage.clear()")
    page.reload()


def assert_all_show(page, chosen):
    """Every set of tabs that has the chosen one shows it, and nothing else."""
    for tab_set in page.locator(TABS).all():
        labels = tab_set.locator(":scope > label")
        ids = labels.evaluate_all("all => all.map(each => each.dataset.syncId)")
        panels = tab_set.locator(":scope > .sd-tab-content").all()
        if chosen in ids:
            assert [panel.is_visible() for panel in panels] == [each == chosen for each in ids]


def read_without_script(page):
    """Scripts off: no control that would do nothing, a drawn chart, every stop in the list."""
    for figure in page.locator(".lstm-figure").all():
        assert not figure.locator(".lstm-controls").is_visible()
        assert figure.locator("svg").is_visible()
    for item in page.locator(".lstm-walk ol > li").all():
        assert item.is_visible()
