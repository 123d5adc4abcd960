"""The exercise notebooks hold the blanks, all of them and no answer; the solutions are current."""

import re

import pytest

from lstm_lib.exercises import check, names
from lstm_lib.exercises.checking import CHAPTERS, QUESTIONS
from lstm_lib.exercises.engine.question import BEGIN, BLANK
from tools import exercise_table, solutions
from tools.notebook_files import CHAPTERS as FOLDER
from tools.notebook_files import name_of, read_notebook
from tools.solutions import EXERCISES, SOLUTIONS

STEMS = sorted(path.stem for path in EXERCISES.glob("*.ipynb"))
BY_CHAPTER = dict(zip(CHAPTERS, STEMS, strict=True))


def every_chapter(test):
    return pytest.mark.parametrize("chapter", CHAPTERS)(test)


def exercise(chapter):
    return read_notebook(EXERCISES / f"{BY_CHAPTER[chapter]}.ipynb")


def solution(chapter):
    return read_notebook(SOLUTIONS / f"{BY_CHAPTER[chapter]}.ipynb")


def cells(notebook):
    return {cell.id: cell for cell in notebook.cells}


def shown(cell):
    return [output.data["text/plain"] for output in cell.outputs]


def test_every_chapter_has_exercises():
    chapters = sorted(path.stem for path in FOLDER.glob("[0-9]*_*.ipynb"))
    assert chapters == STEMS


@every_chapter
def test_every_question_has_its_cells(chapter):
    found = cells(exercise(chapter))
    for name in names(chapter):
        statement = found[f"{name}-statement"].source
        assert f"`{name}({', '.join(QUESTIONS[name].arguments)})`" in statement
        assert found[f"{name}-example"].source == f'example("{name}")'
        assert found[f"{name}-check"].source == f'check("{name}", {name})'
        assert found[f"{name}-hint"].source == f'hint("{name}")'
    order = [each.removesuffix("-blank") for each in found if each.endswith("-blank")]
    assert order == names(chapter)
    assert list(found)[-2] == "progress"


@every_chapter
def test_the_blanks_are_those_of_the_questions(chapter):
    found = cells(exercise(chapter))
    for name in names(chapter):
        assert found[f"{name}-blank"].source + "\n" == QUESTIONS[name].blank


@every_chapter
def test_an_exercise_holds_no_answer(chapter):
    sources = [cell.source for cell in exercise(chapter).cells if cell.cell_type == "code"]
    outputs = [
        text
        for cell in exercise(chapter).cells
        if cell.cell_type == "code"
        for output in cell.outputs
        for text in (output.data.values() if "data" in output else [output.text])
    ]
    for name in names(chapter):
        lines = QUESTIONS[name].solution.splitlines()
        answer = [line.strip() for line in lines if line not in QUESTIONS[name].blank]
        answer = [line for line in answer if any(map(str.isalpha, line))]
        assert answer
        for line in answer:
            assert not any(line in text for text in sources), (name, line)
            assert not any(line in text for text in outputs), (name, line)
        assert all(BLANK in source for source in sources if BEGIN in source)


@every_chapter
def test_unsolved_it_is_quiet(chapter):
    found = cells(exercise(chapter))
    for name in names(chapter):
        assert shown(found[f"{name}-blank"]) == []
        line = f"Not attempted. Fill the blank of `{name}`, then check it again."
        assert shown(found[f"{name}-check"]) == [line]
    assert f"Chapter {chapter}: 0 of {len(names(chapter))} done" in shown(found["progress"])[0]


def never_said(quotes, chapter):
    """Which of the quotes no check of a chapter says; it stops when each was said."""
    left = set(quotes)
    for name in names(chapter):
        question = QUESTIONS[name]
        for answer in (question.reference, *(wrong.ways[0] for wrong in question.wrong)):
            left.discard(str(check(name, answer)))
            if not left:
                return left
    return left


@pytest.mark.slow
@every_chapter
def test_what_a_run_looks_like_is_what_it_looks_like(chapter):
    text = cells(exercise(chapter))["how-it-works"].source
    passed, failed = re.findall(r"^> (.*)$", text, re.MULTILINE)
    assert passed.startswith("Correct.")
    assert failed.startswith("Incorrect.")
    assert never_said([passed, failed], chapter) == set()


@every_chapter
def test_the_solution_is_reached_by_a_link(chapter):
    links = cells(exercise(chapter))["where-next"].source
    assert f"(../solutions/{BY_CHAPTER[chapter]}.ipynb)" in links
    assert f"(../{BY_CHAPTER[chapter]}.ipynb)" in links
    assert f"(../exercises/{BY_CHAPTER[chapter]}.ipynb)" in solution(chapter).cells[0].source


def test_no_solution_is_stale():
    assert [name_of(path) for path in solutions.stale_solutions()] == [], "run make refresh"


def test_a_changed_reference_makes_a_solution_stale(monkeypatch):
    monkeypatch.setitem(vars(QUESTIONS["carry"]), "source", "def carry(f):\n    return 2\n")
    assert [path.stem for path in solutions.stale_solutions()] == [BY_CHAPTER[2]]


def test_stale_solutions_are_written_anew(monkeypatch, tmp_path):
    monkeypatch.setattr(solutions, "SOLUTIONS", tmp_path / "new")
    written = solutions.write_solutions()
    assert [path.stem for path in written] == STEMS
    assert solutions.write_solutions() == []
    (tmp_path / "new" / "forgotten.ipynb").write_text("{}")
    assert [path.stem for path in solutions.stale_solutions()] == ["forgotten"]


@every_chapter
def test_every_check_of_the_solution_is_correct(chapter):
    found = cells(solution(chapter))
    for name in names(chapter):
        assert found[f"{name}-blank"].source + "\n" == QUESTIONS[name].source
        (line,) = shown(found[f"{name}-check"])
        assert line.startswith(f"Correct. `{name}` ")
    count = len(names(chapter))
    assert f"Chapter {chapter}: {count} of {count} done" in shown(found["progress"])[0]


# The table of the contributing guide.


def test_the_table_of_mistakes_is_current():
    text = exercise_table.CONTRIBUTING.read_text(encoding="utf-8")
    assert exercise_table.with_table(text) == text, "run make refresh"


def test_every_row_is_named_by_a_question_or_met_elsewhere():
    named = {
        row for question in QUESTIONS.values() for wrong in question.wrong for row in wrong.rows
    }
    assert named | set(exercise_table.ELSEWHERE) == set(exercise_table.ROWS)
    assert not named & set(exercise_table.ELSEWHERE)
