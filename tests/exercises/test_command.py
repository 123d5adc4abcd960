"""The exercises in a terminal."""

import os
import re
import subprocess
import sys

import pytest

from lstm_lib import language
from lstm_lib.exercises import names
from lstm_lib.exercises.__main__ import main
from lstm_lib.exercises.checking import CHAPTERS, QUESTIONS
from lstm_lib.exercises.engine import running
from lstm_lib.exercises.files import blank_file


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.delenv(language.VARIABLE, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def run(capsys):
    def run(*arguments):
        status = main([str(each) for each in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def write(tmp_path):
    def write(text, name="answers.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def solved(chapter):
    text = blank_file(chapter)
    for name in names(chapter):
        text = text.replace(QUESTIONS[name].blank, QUESTIONS[name].source)
    return text


def test_list_names_every_question(run):
    status, out, _ = run("list")
    assert status == 0
    for name, question in QUESTIONS.items():
        assert f"{name}({', '.join(question.arguments)})" in out


def test_start_writes_the_blanks_and_never_overwrites(run, tmp_path):
    folder = tmp_path / "deep" / "answers"
    status, out, _ = run("start", folder)
    assert status == 0
    files = sorted(folder.iterdir())
    assert {file.name for file in files} == {f"chapter{n}.py" for n in CHAPTERS}
    assert out.count("written") == len(CHAPTERS)
    files[0].write_text("mine")
    status, out, _ = run("start", folder)
    assert status == 0
    assert out.count("kept, it exists already") == len(CHAPTERS)
    assert files[0].read_text() == "mine"


@pytest.mark.slow
def test_a_chinese_reader_gets_chinese_files(tmp_path):
    """Start, a wrong answer and a right one, in a folder with Chinese characters and a space."""
    folder = tmp_path / "我的 文档"
    environment = {**os.environ, "LSTM_BOOK_LANG": "zh_CN"}

    def run(*arguments):
        command = [sys.executable, "-m", "lstm_lib.exercises", *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", env=environment, check=False
        )
        assert done.stderr == ""
        return done.stdout

    assert run("start", folder).count("已写入") == len(CHAPTERS)
    file = folder / "chapter2.py"
    text = file.read_text(encoding="utf-8")
    assert "    LSTM_BOOK_LANG=zh_CN python -m lstm_lib.exercises check chapter2.py" in text
    assert '"""返回新的细胞状态 c，形状为 (batch_size, num_units)。"""' in text
    assert run("check", file).count("尚未作答") == len(names(2))
    wrong = text.replace("return ...", "return (1 - f) * c_prev + i * candidate", 1)
    file.write_text(wrong, encoding="utf-8")
    assert "不正确。你把遗忘门理解反了" in run("check", file, "update_cell")
    file.write_text(wrong.replace("(1 - f)", "f"), encoding="utf-8")
    assert "正确。" in run("check", file, "update_cell")
    assert "# i、j、f 共有的部分" in run("solution", "find_the_bug")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_blanks_are_not_attempted(run, write, chapter):
    status, out, err = run("check", write(blank_file(chapter)))
    count = len(names(chapter))
    assert (status, err) == (1, "")
    assert out.count("Not attempted.") == count
    assert out.endswith(f"0 of {count} right\n")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_status_is_0_when_all_is_right(run, write, chapter):
    if chapter == 4:  # one of its solutions is written in TensorFlow
        pytest.importorskip("tensorflow")
    status, out, err = run("check", write(solved(chapter)))
    count = len(names(chapter))
    assert (status, err) == (0, "")
    assert out.count("Correct.") == count
    assert out.endswith(f"{count} of {count} right\n")


def test_one_wrong_answer_is_enough_for_1(run, write):
    text = solved(2).replace("f * c_prev + i", "(1 - f) * c_prev + i")
    status, out, _ = run("check", write(text))
    assert status == 1
    assert "update_cell: Incorrect. You read the forget gate upside down" in out
    assert "carry: Correct." in out
    assert out.endswith("1 of 2 right\n")


def test_a_missing_answer_is_not_right(run, write):
    text = "def carry(f):\n    return f.prod(0)\n"
    status, out, _ = run("check", write(text))
    assert status == 1
    assert "holds no function `update_cell`" in out
    status, out, _ = run("check", write(text), "carry")
    assert status == 0
    assert out.endswith("1 of 1 right\n")


def test_the_librarys_own_functions_are_no_answers(run, write):
    status, _, err = run("check", write("from lstm_lib.numpy_backend import forget_gate\n"))
    assert status == 1
    assert "holds no answer" in err


REFUSED = {
    "def carry(f:\n    return f\n": "line 1: this is not Python yet",
    "x = (\n": "this is not Python yet",
    "x = 1\n\ny = 1 / 0\n": "line 3, stops with ZeroDivisionError",
    "import no_such_module\n": "line 1, stops with ModuleNotFoundError",
    "import sys\nsys.exit(0)\n": "calls exit",
    "import os\nos._exit(0)\n": "calls exit",
    "while True:\n    pass\n": "still running",
    "x = 1\n": "holds no answer: expected functions called rnn_step",
    "": "holds no answer",
    "\0": "",
    "raise KeyboardInterrupt\n": "KeyboardInterrupt",
    "def f():\n    return f()\nf()\n": "RecursionError",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_file_that_cannot_be_checked_gets_a_sentence(run, write, text, monkeypatch):
    # The endless one is waited for.
    monkeypatch.setattr(running.run, "__defaults__", (1.0,))
    status, out, err = run("check", write(text))
    assert (status, out) == (1, "")
    assert REFUSED[text] in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_what_is_no_file_gets_a_sentence(run, write, tmp_path):
    assert "There is no file" in run("check", tmp_path / "none.py")[2]
    assert "There is no file" in run("check", tmp_path)[2]
    assert "does not end in .py" in run("check", write("", "answers.txt"))[2]
    binary = tmp_path / "binary.py"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as text" in run("check", binary)[2]
    status, _, err = run("start", write("", "a_file.txt"))
    assert status == 1
    assert "cannot be written" in err


RIGHT = "# 我的答案\nimport numpy as np\n\n\ndef carry(f):\n    return np.prod(f, axis=0)\n"


@pytest.mark.parametrize(
    ("codec", "named"),
    [("gbk", "GBK"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")],
)
def test_another_encoding_is_named(codec, named, run, tmp_path):
    path = tmp_path / "answers.py"
    path.write_bytes(RIGHT.encode(codec))
    status, out, err = run("check", path)
    assert (status, out) == (1, "")
    assert f"is saved as {named}, and Python reads UTF-8" in err
    path.write_bytes("# é\nx = 1\n".encode("latin-1"))
    assert "cannot be read as text" in run("check", path)[2]


@pytest.mark.parametrize("declared", ["utf-8-sig", "gbk"])
def test_an_encoding_that_python_itself_accepts_is_read(declared, run, tmp_path):
    path = tmp_path / "answers.py"
    head = "# -*- coding: gbk -*-\n" if declared == "gbk" else ""
    path.write_bytes((head + RIGHT).encode(declared))
    assert run("check", path, "carry")[0] == 0


@pytest.mark.parametrize(
    ("right", "typed", "said"),
    [
        (
            "(f):",
            "(f)：",
            "line 5: `：` comes from a Chinese or Japanese keyboard; Python needs `:`",
        ),
        ("f, axis", "f， axis", "line 6: `，` comes from .* Python needs `,`"),
        ("(f, axis=0)", "（f, axis=0）", r"line 6: `（` comes from .* Python needs `\(`"),
        ("axis=0)", "axis=0) + “a”", 'line 6: `“` comes from .* Python needs `"`'),
        ("    return", "\u3000return", "line 6: a space that Python does not know"),
        ("np.prod", "2 × np.prod", "line 6: this is not Python yet .*×"),
    ],
)
def test_a_mark_of_a_chinese_keyboard_is_named(right, typed, said, run, write):
    assert RIGHT.count(right) == 1
    status, _, err = run("check", write(RIGHT.replace(right, typed)))
    assert status == 1
    assert re.search(said, err)


@pytest.mark.parametrize(
    ("variables", "spoken"),
    [
        ({"LC_ALL": "C"}, "They are in English. For 中文, set the environment variable LSTM_BOOK"),
        ({"LC_ALL": "zh_CN.UTF-8"}, "语言：中文。如需 English，请设置环境变量 LSTM_BOOK_LANG=en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.GBK"}, "语言：中文"),
        ({"LC_ALL": "", "LC_MESSAGES": "de_DE", "LANG": "zh_CN"}, "They are in English"),
        ({"LC_ALL": "zh_CN.UTF-8", "LSTM_BOOK_LANG": "en"}, "They are in English"),
        ({"LC_ALL": "C", "LSTM_BOOK_LANG": "zh"}, "语言：中文"),
    ],
)
def test_start_names_the_language(variables, spoken, run, tmp_path, monkeypatch):
    """The system's, where none is set."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert spoken in run("start", tmp_path)[1]
    text = (tmp_path / "chapter1.py").read_text(encoding="utf-8")
    assert ("练习" in text) == ("语言" in spoken)


def test_what_a_file_prints_is_not_shown(run, write):
    status, out, _ = run("check", write("print('noise')\n" + solved(2)))
    assert status == 0
    assert "noise" not in out


def test_a_line_of_the_file_is_named(run, write):
    text = "import numpy as np\n\n\ndef carry(f):\n    return f.product(0)\n"
    _, out, _ = run("check", write(text), "carry")
    assert "AttributeError in its line 2, `return f.product(0)`" in out


def test_hints_and_solutions(run):
    status, out, _ = run("hint", "carry")
    assert (status, out.startswith("Hint 1 of 3 for `carry`:")) == (0, True)
    assert run("hint", "carry", "--step", "3")[1].startswith("Hint 3 of 3")
    status, _, err = run("hint", "carry", "--step", "9")
    assert (status, "3 hints" in err) == (1, True)
    assert run("solution", "carry")[:2] == (0, QUESTIONS["carry"].solution)
    for command in ("hint", "solution"):
        status, _, err = run(command, "cary")
        assert (status, "did you mean `carry`" in err) == (1, True)
    status, _, err = run("check", "any.py", "cary")
    assert (status, "did you mean `carry`" in err) == (1, True)


def test_it_runs_as_a_module(write):
    def status(*arguments, **variables):
        return subprocess.run(
            [sys.executable, "-m", "lstm_lib.exercises", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONIOENCODING": "ascii", **variables},
        )

    done = status("check", str(write(solved(1))))
    assert (done.returncode, done.stderr) == (0, "")
    done = status("list", LSTM_BOOK_LANG="zh")
    assert "cannot show zh_CN: English is spoken" in done.stderr
    assert done.stdout.startswith("chapter 1")
    assert status().returncode == 2
    assert "usage" in status("--help").stdout


def test_who_has_read_enough_ends_the_list_without_a_traceback():
    listing = subprocess.Popen(
        [sys.executable, "-m", "lstm_lib.exercises", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    listing.stdout.close()
    assert listing.stderr.read() == b""
    assert listing.wait(timeout=60) == 1
    listing.stderr.close()
