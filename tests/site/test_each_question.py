"""Every question in the page, in both languages: a mistake gets its name, a right answer is right.

What the page says is compared with what the same check says in this Python.
"""

import pytest

from lstm_lib.exercises.checking import CHAPTERS, QUESTIONS, names
from tests.site import in_page, visits
from tests.site.in_page import EDITIONS, SLOW, cell

LANGUAGES = [pytest.param(language, id=language) for language in EDITIONS]


def answers(name):
    """A wrong answer and a right one, which a browser can run."""
    if name == "creatLSTMCell":
        lines = (
            "from lstm_lib import numpy_backend as L",
            "cell = L.BasicLSTMCell(a)",
            "output, state = cell(np.zeros((b, c), np.float32), cell.zero_state(b))",
            "print(state.{})",
            "print(state.{})",
        )
        return [in_page.with_lines(name, "\n".join(lines).format(*order)) for order in ("ch", "hc")]
    return [in_page.wrong_answer(name), in_page.right_answer(name)]


def test_each_question_has_its_mistake():
    assert {*in_page.MISTAKES, "creatLSTMCell"} == set(QUESTIONS)


@pytest.mark.parametrize("name", in_page.MISTAKES)
def test_the_mistake_is_one_that_the_check_knows(name):
    question = QUESTIONS[name]
    said = [question.says(wrong).replace("`", "") for wrong in question.wrong]
    first, _, message = in_page.verdict(name, in_page.wrong_answer(name), "en").partition(" ")
    assert first == "Incorrect."
    # The line that it is in may follow.
    assert any(message == sentence or message.startswith(f"{sentence} It is") for sentence in said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_question_of_a_chapter(new_page, base, chapter, language):
    edition = EDITIONS[language]
    page = new_page()
    seen = visits.watch(page, base)
    page.goto(f"{base}{edition.folder}{in_page.PAGES[chapter]}")
    for name in names(chapter):
        in_page.open_editor(page, name, edition)
        for answer in answers(name):
            said = in_page.check_answer(page, name, answer, edition)
            assert said == in_page.verdict(name, answer, language)
    in_page.no_complaints(page, seen)
    # What was checked is done, also for the book's own list.
    in_page.button(page, "progress", edition.edit).click()
    cell(page, "progress").get_by_role("textbox").wait_for()
    page.wait_for_function(
        """count => {
          const box = document.querySelector("[data-cell=progress]");
          const done = box.querySelectorAll(".cell_output li").length;
          return !box.matches("[data-busy]") && done === count;
        }""",
        arg=len(names(chapter)),
        timeout=SLOW,
    )
    title = cell(page, "progress").locator(".cell_output strong").inner_text()
    assert title.count(str(len(names(chapter)))) >= 2, title
