"""Exercises completed in the page, in a real browser, with the network cut off."""

import json
import time

import pytest
from playwright.sync_api import expect

from tests.site import figures, in_page, visits
from tests.site.in_page import EDITIONS, SLOW, button, cell, check_answer

EXERCISES = in_page.PAGES[3]
CHAPTER = "chapters/01_long_term_dependencies.html"
RIGHT = in_page.right_answer("forget_gate")
WRONG = in_page.wrong_answer("forget_gate")
# A loop of Python; a call that never returns to Python.
ENDLESS = in_page.with_lines("forget_gate", "while True:\n    pass")
# One that the library cannot end in a browser: after a RecursionError nothing looks at the clock.
DEEP = in_page.with_lines(
    "forget_gate",
    """try:
    (f := lambda: f())()
except RecursionError:
    pass
while True:
    pass""",
)
NATIVE = in_page.with_lines("forget_gate", "import itertools\nreturn sum(itertools.repeat(0))")


@pytest.fixture
def open_page(new_page, base):
    def open_page(path=EXERCISES, *args, **options):
        page = new_page(*args, **options)
        page.seen = visits.watch(page, base)
        page.goto(base + path, wait_until="load")
        return page

    return open_page


@pytest.fixture(scope="module")
def exercise(browser, base):
    """A page whose editor is open and whose Python is there, for tests that leave it so."""
    page = visits.new_page(browser)
    page.seen = visits.watch(page, base)
    page.goto(base + EXERCISES)
    in_page.open_editor(page, "forget_gate")
    yield page
    page.context.close()


def expected(answer, language="en"):
    return in_page.verdict("forget_gate", answer, language)


# What a check says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [
        ("en", 1280, "light"),
        ("en", 390, "dark"),
        ("zh_CN", 1280, "dark"),
        ("zh_CN", 390, "light"),
    ],
)
def test_a_mistake_is_named_and_mended(open_page, language, width, theme):
    edition = EDITIONS[language]
    page = open_page(edition.folder + EXERCISES, width, theme)
    in_page.open_editor(page, "forget_gate", edition)
    blank = in_page.cell(page, "forget_gate-blank")
    blank.scroll_into_view_if_needed()
    keep_sight(page, f"in-page-open-{language}-{width}-{theme}")
    assert check_answer(page, "forget_gate", WRONG, edition) == expected(WRONG, language)
    keep_sight(page, f"in-page-wrong-{language}-{width}-{theme}")
    in_page.no_complaints(page, page.seen)
    assert check_answer(page, "forget_gate", RIGHT, edition) == expected(RIGHT, language)
    keep_sight(page, f"in-page-right-{language}-{width}-{theme}")
    in_page.no_complaints(page, page.seen)


def keep_sight(page, name):
    visits.KEPT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=visits.KEPT / f"{name}.png")


@pytest.mark.parametrize("language", EDITIONS)
def test_the_first_page_names_a_mistake_and_sees_it_mended(open_page, language):
    edition = EDITIONS[language]
    page = open_page(edition.folder + "index.html")
    start = time.monotonic()
    editor = in_page.open_editor(page, "update_cell", edition)
    wrong = editor.inner_text()
    assert "(1 - f)" in wrong
    in_page.press_check(page, "update_cell", edition)
    named = in_page.read_verdict(page, "update_cell")
    assert named == in_page.verdict("update_cell", wrong, language)
    right = wrong.replace("(1 - f)", "f")
    verdict = check_answer(page, "update_cell", right, edition)
    assert verdict == in_page.verdict("update_cell", right, language)
    # Five on a machine that does nothing else: benchmarks/in_page.py.
    assert time.monotonic() - start < 30
    in_page.no_complaints(page, page.seen)


def test_an_endless_loop_gets_its_sentence(exercise):
    check_answer(exercise, "forget_gate", RIGHT)
    in_page.write(exercise, "forget_gate", ENDLESS)
    start = time.monotonic()
    in_page.press_check(exercise, "forget_gate")
    verdict = in_page.read_verdict(exercise, "forget_gate")
    assert time.monotonic() - start < 6
    assert verdict == expected(ENDLESS)
    assert check_answer(exercise, "forget_gate", RIGHT) == expected(RIGHT)


@pytest.mark.parametrize("answer", [NATIVE, DEEP], ids=["native", "after a RecursionError"])
def test_an_endless_call_is_ended_and_the_next_check_is_right(exercise, answer):
    check_answer(exercise, "forget_gate", RIGHT)
    in_page.write(exercise, "forget_gate", answer)
    start = time.monotonic()
    in_page.press_check(exercise, "forget_gate")
    verdict = in_page.read_verdict(exercise, "forget_gate")
    assert time.monotonic() - start < 20
    assert "in a call that does not return" in verdict
    assert check_answer(exercise, "forget_gate", RIGHT) == expected(RIGHT)


def test_stop_ends_what_runs(exercise):
    in_page.write(exercise, "forget_gate", NATIVE + "\nforget_gate(1, 2, 3, 4)")
    stop = button(exercise, "forget_gate-blank", "Stop")
    expect(stop).to_be_hidden()
    button(exercise, "forget_gate-blank", "Run").click()
    stop.click()
    status = cell(exercise, "forget_gate-blank").locator(".in-page-status")
    expect(status).to_contain_text("Stopped", timeout=SLOW)
    expect(stop).to_be_hidden()
    assert check_answer(exercise, "forget_gate", RIGHT) == expected(RIGHT)


def test_an_old_verdict_is_gone_while_a_new_one_is_sought(exercise):
    assert check_answer(exercise, "forget_gate", RIGHT) == expected(RIGHT)
    in_page.write(exercise, "forget_gate", ENDLESS)
    in_page.press_check(exercise, "forget_gate")
    place = cell(exercise, "forget_gate-check").locator(".cell_output")
    expect(place).to_have_text("Checking …")
    assert in_page.read_verdict(exercise, "forget_gate") == expected(ENDLESS)


def test_python_is_started_once_for_all_checks(open_page):
    """Starting is what takes seconds, so a later check is quick."""
    page = open_page()
    in_page.open_editor(page, "forget_gate")
    assert check_answer(page, "forget_gate", RIGHT) == expected(RIGHT)
    (first,) = page.workers
    for answer in (WRONG, RIGHT):
        assert check_answer(page, "forget_gate", answer) == expected(answer)
        assert page.workers == [first]


def test_what_a_cell_prints_and_raises_is_shown(exercise):
    blank = cell(exercise, "forget_gate-blank")
    in_page.write(exercise, "forget_gate", 'print("first")\nprint("second")')
    button(exercise, "forget_gate-blank", "Run").click()
    expect(blank.locator(".cell_output")).to_have_text("first\nsecond\n", timeout=SLOW)
    in_page.write(exercise, "forget_gate", "print(1)\nno_such_name")
    button(exercise, "forget_gate-blank", "Run").click()
    expect(blank.locator(".in-page-error")).to_contain_text("no_such_name", timeout=SLOW)
    in_page.press_check(exercise, "forget_gate")
    assert "stops with an error" in in_page.read_verdict(exercise, "forget_gate")
    assert check_answer(exercise, "forget_gate", RIGHT) == expected(RIGHT)


def test_earlier_answers_are_there_for_a_later_one(exercise):
    """A whole step may call the functions written above; one that is broken is told by name."""
    page = exercise
    check_answer(page, "forget_gate", RIGHT)
    step = in_page.right_answer("lstm_step")
    step = step.replace("sigmoid(hx @ W_f + b_f)", "forget_gate(h_prev, x, W_f, b_f)")
    assert "forget_gate(" in step
    in_page.open_editor(page, "lstm_step")
    right = in_page.verdict("lstm_step", in_page.right_answer("lstm_step"), "en")
    assert check_answer(page, "lstm_step", step) == right
    in_page.write(page, "forget_gate", "def forget_gate(")
    assert "forget_gate" in check_answer(page, "lstm_step", step + "\n")
    in_page.write(page, "forget_gate", RIGHT)
    assert check_answer(page, "lstm_step", step) == right


def test_a_hint_is_asked_for(open_page):
    page = open_page()
    hint = cell(page, "forget_gate-hint")
    assert not hint.get_by_text("What shape must").is_visible()
    hint.locator("summary").click()
    assert hint.get_by_text("What shape must").is_visible()
    button(page, "forget_gate-hint", "Edit and run").click()
    hint.get_by_role("textbox").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text('hint("forget_gate", 2)')
    page.keyboard.press("Control+Enter")
    expect(hint.locator("summary")).to_contain_text("2", timeout=SLOW)


# What is kept -----------------------------------------------------------------------------------


def test_answers_are_kept_over_a_reload_and_cleared(open_page):
    page = open_page()
    in_page.open_editor(page, "forget_gate")
    assert check_answer(page, "forget_gate", RIGHT) == expected(RIGHT)
    in_page.open_editor(page, "input_gate")
    in_page.write(page, "input_gate", "kept = 1")
    page.reload()
    blank = cell(page, "forget_gate-blank")
    expect(blank.locator(".in-page-kept")).to_contain_text("correct")
    expect(blank.locator(".cell_input")).to_contain_text("sigmoid(hx @ W_f + b_f)")
    panel = page.locator(".in-page-answers")
    expect(panel).to_contain_text("1 of 6 are correct")
    editor = in_page.open_editor(page, "forget_gate")
    assert editor.inner_text().strip() == RIGHT.strip()
    panel.get_by_role("button", name="Clear my answers").click()
    assert "return ..." in editor.inner_text()
    panel.get_by_role("button", name="Bring them back").click()
    assert editor.inner_text().strip() == RIGHT.strip()
    expect(cell(page, "input_gate-blank").locator("pre")).to_have_text("kept = 1\n")
    panel.get_by_role("button", name="Clear my answers").click()
    page.reload()
    expect(blank.locator(".cell_input")).to_contain_text("return ...")
    assert (
        page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('lstm-book'))") == []
    )
    assert page.evaluate("document.cookie") == ""


def test_start_again_brings_the_blank_back(exercise):
    check_answer(exercise, "forget_gate", WRONG)
    button(exercise, "forget_gate-blank", "Start again").click()
    editor = cell(exercise, "forget_gate-blank").get_by_role("textbox")
    assert "return ..." in editor.inner_text()
    assert "tanh" not in editor.inner_text()
    assert in_page.read_verdict(exercise, "forget_gate").startswith("Not attempted.")
    exercise.keyboard.press("Control+Z")
    assert "tanh" in editor.inner_text()


def test_answers_are_saved_as_files_that_can_be_checked(open_page, tmp_path):
    import subprocess
    import sys

    page = open_page()
    in_page.open_editor(page, "forget_gate")
    in_page.write(page, "forget_gate", RIGHT)
    panel = page.locator(".in-page-answers")
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save as a Python file").click()
    assert download.value.suggested_filename == "chapter3.py"
    path = tmp_path / "chapter3.py"
    download.value.save_as(path)
    command = [sys.executable, "-m", "lstm_lib.exercises", "check", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "forget_gate: Correct." in done.stdout, done.stderr
    assert "input_gate: Not attempted." in done.stdout
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save as a notebook").click()
    assert download.value.suggested_filename == "03_gates.ipynb"
    notebook = json.loads(download.value.path().read_text(encoding="utf-8"))
    texts = {each["id"]: "".join(each["source"]) for each in notebook["cells"]}
    assert texts["forget_gate-blank"].strip() == RIGHT.strip()
    assert "return ..." in texts["input_gate-blank"]


# Where something is missing ---------------------------------------------------------------------


def test_who_only_reads_loads_nothing_of_it(open_page):
    for path in (EXERCISES, CHAPTER, "index.html"):
        page = open_page(path)
        page.wait_for_load_state("networkidle")
        assert in_page.of_python(page.seen["requests"]) == []


def test_storage_that_is_blocked_is_said(open_page, base):
    page = open_page("404.html")
    page.add_init_script("""Object.defineProperty(window, "localStorage", {
      get() { throw new DOMException("blocked", "SecurityError"); } });""")
    page.goto(base + EXERCISES)
    own = list(page.seen["errors"])  # Of the theme, which wants to remember its colours.
    in_page.open_editor(page, "forget_gate")
    note = cell(page, "forget_gate-blank").locator(".in-page-keys")
    expect(note).to_contain_text("keeps nothing")
    assert check_answer(page, "forget_gate", WRONG) == expected(WRONG)
    assert page.seen["errors"] == own


def test_without_scripts_the_page_is_as_it_was(open_page):
    page = open_page(java_script_enabled=False)
    assert cell(page, "forget_gate-blank").locator(".cell_input").is_visible()
    assert page.locator(".in-page-bar:visible, .in-page-answers:visible").count() == 0


def test_as_a_file_a_button_says_what_it_needs(new_page):
    page = new_page()
    seen = visits.watch(page, "file://")
    page.goto((visits.SITE / EXERCISES).as_uri())
    button(page, "forget_gate-blank", "Write your answer here").click()
    expect(cell(page, "forget_gate-blank").get_by_role("alert")).to_contain_text("make serve")
    assert cell(page, "forget_gate-blank").locator(".cell_input").is_visible()
    assert seen["errors"] + seen["failed"] + seen["elsewhere"] == []


@pytest.mark.parametrize("lacks", ["WebAssembly", "Worker"])
def test_an_old_browser_is_told_so(open_page, base, lacks):
    page = open_page("404.html")
    page.add_init_script(f"delete window.{lacks}")
    page.goto(base + EXERCISES)
    button(page, "forget_gate-blank", "Write your answer here").click()
    expect(cell(page, "forget_gate-blank").get_by_role("alert")).to_contain_text("browser")
    assert in_page.of_python(page.seen["requests"]) == []


def test_python_that_cannot_start_is_told_so_and_tried_again(open_page, base):
    page = open_page("404.html")
    page.route("**/python/worker.js", lambda route: route.abort())
    page.goto(base + EXERCISES)
    in_page.open_editor(page, "forget_gate")
    status = cell(page, "forget_gate-blank").locator(".in-page-status")
    expect(status).to_contain_text("could not be loaded")
    page.unroute("**/python/worker.js")
    assert check_answer(page, "forget_gate", WRONG) == expected(WRONG)


def test_without_codemirror_a_plain_field_does(open_page, base):
    page = open_page("404.html")
    page.route("**/vendor/codemirror/**", lambda route: route.abort())
    page.goto(base + EXERCISES)
    editor = in_page.open_editor(page, "forget_gate")
    assert editor.evaluate("each => each.localName") == "textarea"
    editor.fill(WRONG)
    page.keyboard.press("Control+Enter")
    assert in_page.read_verdict(page, "forget_gate") == expected(WRONG)
    assert visits.violations(page) == []
    button(page, "forget_gate-blank", "Start again").click()
    assert "return ..." in editor.input_value()


# By keyboard, and by ear ------------------------------------------------------------------------


def test_by_keyboard_alone(open_page):
    page = open_page()
    button(page, "forget_gate-blank", "Write your answer here").focus()
    page.keyboard.press("Enter")
    editor = cell(page, "forget_gate-blank").get_by_role("textbox")
    expect(editor).to_be_focused()
    # The tab key indents, until Escape lets it leave.
    page.keyboard.press("Control+Home")
    page.keyboard.press("Tab")
    expect(editor).to_be_focused()
    assert editor.inner_text().startswith("    def")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(WRONG)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    for name in ("Check", "Run", "Start again"):
        expect(button(page, "forget_gate-blank", name)).to_be_focused()
        assert figures.has_visible_focus(page)
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert in_page.read_verdict(page, "forget_gate") == expected(WRONG)
    page.keyboard.press("Shift+Tab")
    expect(editor).to_be_focused()
    box = page.locator(".in-page-editor .cm-focused")
    assert figures.has_visible_focus(page, ".in-page-editor .cm-focused")
    assert box.count() == 1
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(RIGHT)
    page.keyboard.press("Control+Enter")
    expect(cell(page, "forget_gate-check").locator(".cell_output")).to_contain_text("Correct.")


def test_the_verdict_is_announced(exercise):
    """It stands in a live region that was there before it, and the buttons have names."""
    check_answer(exercise, "forget_gate", WRONG)
    place = cell(exercise, "forget_gate-check").get_by_role("status")
    expect(place).to_contain_text("Incorrect.")
    group = cell(exercise, "forget_gate-blank").get_by_role("group")
    expect(group).to_have_accessible_name("Your answer to forget_gate")
    editor = cell(exercise, "forget_gate-blank").get_by_role("textbox")
    expect(editor).to_have_accessible_name("Your answer to forget_gate")
    description = editor.evaluate(
        "each => document.getElementById(each.getAttribute('aria-describedby')).textContent"
    )
    assert "Escape, then Tab leaves the editor" in description


# Chapters ---------------------------------------------------------------------------------------


def shown(page, name):
    return cell(page, name).locator(".cell_output").inner_text().strip()


def test_a_cell_of_a_chapter_is_changed_and_run(open_page):
    page = open_page("chapters/02_core_idea.html")
    name = "core-idea-07"
    stored = shown(page, name)
    in_page.run_cell(page, name)
    assert shown(page, name) == stored
    editor = cell(page, name).get_by_role("textbox")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\nprint(6 * 7)")
    page.keyboard.press("Control+Enter")
    expect(cell(page, name).locator(".cell_output")).to_contain_text("42")
    assert shown(page, name) == f"{stored}\n42"
    button(page, name, "Start again").click()
    assert shown(page, name) == stored
    assert "6 * 7" not in editor.inner_text()
    in_page.no_complaints(page, page.seen)


@pytest.mark.parametrize("theme", visits.THEMES)
def test_a_figure_comes_as_a_figure(open_page, theme):
    page = open_page("chapters/02_core_idea.html", 390, theme)
    image = cell(page, "core-idea-09").locator(".cell_output img")
    size = image.bounding_box()
    alt = image.get_attribute("alt")
    in_page.run_cell(page, "core-idea-09")
    assert image.get_attribute("src").startswith("blob:")
    assert image.get_attribute("alt") == alt
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("each => each.naturalWidth") > 100
    new = image.bounding_box()
    assert new["width"] == pytest.approx(size["width"], abs=1)
    assert new["height"] == pytest.approx(size["height"], abs=1)
    in_page.no_complaints(page, page.seen)


def test_an_interactive_figure_works_after_it_was_run(open_page):
    page = open_page("chapters/03_gates.html")
    name = page.locator("[data-cell]:has(.lstm-explorer), [data-cell]:has(.lstm-walk)").first
    name = name.get_attribute("data-cell")
    in_page.run_cell(page, name)
    figure = cell(page, name).locator(".lstm-explorer, .lstm-walk")
    assert figure.get_attribute("data-on") is not None
    assert figure.locator(".lstm-controls button").first.is_visible()


def test_a_cell_that_needs_tensorflow_keeps_its_output_and_says_so(open_page):
    page = open_page("chapters/03_gates.html")
    marked = page.locator("[data-tensorflow]")
    assert marked.count() > 3
    for each in marked.all():
        assert each.get_by_role("button", name="Edit and run").count() == 0
        assert "TensorFlow" in each.locator(".in-page-bar").text_content()


def test_nothing_jumps_when_a_page_with_buttons_loads(browser, base):
    result = visits.visit(browser, base, EXERCISES, 390, "light")
    assert result.shift < 0.01
