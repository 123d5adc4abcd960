"""Running cells as the page runs them: the site's files of Python, under Node."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tools.notebook_files import ROOT
from tools.translation import code as translation
from tools.translation import outputs
from website.lstm_book.equations import node_binary

FILES = ROOT / "_build" / "python"
DRIVER = Path(__file__).with_name("run_cells.mjs")
TAG = "needs-tensorflow"
LONGEST = 900


def run_cells(cells, language="en"):
    """Return what each of the cells, {"id", "source"}, shows: pieces [form, data, text], by id."""
    if not (FILES / "files.json").is_file():
        pytest.skip("the files of Python for the page are not there: make book says why")
    done = subprocess.run(
        [node_binary(), DRIVER, FILES, language],
        input=json.dumps(cells),
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def joined(pieces):
    """What a cell shows: pairs of a stream and its text, and forms of values."""
    shown = []
    for form, data, *text in pieces:
        if not form.startswith("stream/"):
            shown.append({form: data, "text/plain": text[0]} if text else {form: data})
        elif shown and form in shown[-1]:
            shown[-1][form] += data
        else:
            shown.append({form: data})
    return [_without_drawing(each) for each in shown]


def stored(cell):
    """What a notebook stores of a cell, in the same form."""
    found = [
        {f"stream/{output.name}": output.text}
        if output.output_type == "stream"
        else dict(output.data)
        for output in cell.outputs
    ]
    return [_without_drawing(each) for each in found]


def _without_drawing(forms):
    # Another Matplotlib draws the same figure with other numbers.
    return {form: data for form, data in forms.items() if form != "image/svg+xml"} | (
        {"is a figure": True} if "image/svg+xml" in forms else {}
    )


def compare(path, notebook, language):
    """Run a notebook in the page; return how many cells gave the stored text, and what did not.

    First the cells without the tag, as the page runs them, then those with it.
    """
    if language != "en":
        notebook = outputs.merged(notebook, outputs.read(path))
        translation.translate_cells(notebook.cells, translation.translations())
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tagged = [cell for cell in code if TAG in cell.metadata.get("tags", [])]
    untagged = [cell for cell in code if cell not in tagged]
    sent = [{"id": cell.id, "source": cell.source} for cell in [*untagged, *tagged]]
    shown = {name: joined(pieces) for name, pieces in run_cells(sent, language).items()}
    unlike = {
        cell.id: (stored(cell), shown[cell.id])
        for cell in untagged
        if shown[cell.id] != stored(cell)
    }
    works = [cell.id for cell in tagged if shown[cell.id] == stored(cell)]
    print(f"{path.stem}, {language}: {len(untagged) - len(unlike)} of {len(untagged)} cells give")
    print(f"the stored text; {len(tagged) - len(works)} of {len(tagged)} tagged ones fail")
    return unlike, works


# Judging answers: the same source is run by CPython and in the page.

RIGHT = (ROOT / "tests" / "exercises" / "right_answers.py").read_text(encoding="utf-8")
JUDGE = """
import json

from lstm_lib.exercises import check
from lstm_lib.exercises.checking import QUESTIONS


def verdicts(name, right):
    question, namespace = QUESTIONS[name], {}
    exec(question.blank, namespace)
    answers = {"blank": namespace[name], "reference": question.reference}
    answers |= {f"right {number}": answer for number, answer in enumerate(right)}
    for wrong in question.wrong:
        answers |= {f"{wrong.id} {number}": way for number, way in enumerate(wrong.ways)}
    return {key: list(check(name, answer)) for key, answer in answers.items()}
"""
VERDICTS = 'print(json.dumps(verdicts("{name}", RIGHT["{name}"])))'


def judge_in_page(names, language="en"):
    """Return the verdicts of all answers to some questions: {question: {answer: verdict}}."""
    cells = [{"id": "right", "source": RIGHT}, {"id": "judge", "source": JUDGE}]
    cells += [{"id": name, "source": VERDICTS.format(name=name)} for name in names]
    shown = run_cells(cells, language)
    return {name: json.loads(_printed(shown[name])) for name in names}


def _printed(pieces):
    assert {form for form, *_ in pieces} == {"stream/stdout"}, pieces
    return "".join(data for _, data, *_ in pieces)


def judge_in_cpython(names, folder, language="en", without_tensorflow=False):
    """Return the same by CPython, in a process of its own; `folder` is for its script."""
    head = "import sys\nsys.modules['tensorflow'] = None\n" if without_tensorflow else ""
    # A file: messages quote the lines of an answer.
    script = folder / f"judge-{without_tensorflow}.py"
    lines = [RIGHT, JUDGE, *(VERDICTS.format(name=name) for name in names)]
    script.write_text(head + "\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LSTM_BOOK_LANG": language},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(zip(names, map(json.loads, done.stdout.splitlines()), strict=True))


def differences(names, folder, language="en"):
    """Judge in the page and by CPython; return what differs, and print how many do not.

    Where an answer needs TensorFlow, the page shall have the verdict of CPython without it.
    """
    page = judge_in_page(names, language)
    cpython = judge_in_cpython(names, folder, language)
    without = judge_in_cpython(names, folder, language, without_tensorflow=True)
    differing, counts = {}, Counter()
    for name in names:
        for key, verdict in cpython[name].items():
            found, expected = page[name][key], without[name][key]
            needs_tensorflow = expected != verdict
            counts["need TensorFlow" if needs_tensorflow else verdict[0]] += 1
            # The page's stand-in says in its own words that there is no TensorFlow.
            if found[0] != expected[0] or (found != expected and not needs_tensorflow):
                differing[name, key] = (found, expected)
    print(f"{sum(counts.values())} answers to {len(names)} questions, {language}:", dict(counts))
    return differing
