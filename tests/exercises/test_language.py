"""Everything the library says to a reader can be said in Chinese, and English stays as it was."""

import ast
import contextlib
import dataclasses
import json
import os
import re
import subprocess
import sys
import threading

import numpy as np
import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from matplotlib import pyplot as plt

from lstm_lib import diagrams, exercises, interactive, language, plotting
from lstm_lib.exercises import check, example, forget_progress, hint, names, progress
from lstm_lib.exercises.__main__ import main
from lstm_lib.exercises.checking import CHAPTERS, QUESTIONS
from lstm_lib.exercises.engine import messages
from lstm_lib.exercises.engine.judging import judge
from lstm_lib.exercises.engine.program import says
from lstm_lib.exercises.engine.question import Wrong
from lstm_lib.exercises.files import blank_file
from lstm_lib.language import speak, speaking, spoken
from tests.exercises.test_junk import CHANGES, JUNK, changed
from tools.notebook_files import ROOT
from tools.translation import catalogues, extract

# What a translation keeps: placeholders, and the marks around code.
KEPT = re.compile(r"(\{\w+(?:![rs])?(?::[^{}]*)?\}|%\(\w+\)[rs]|%s|`)")
SOURCES = {
    "exercises": extract._exercises,
    "drawings": extract._library_drawings,
    "names": extract._stored_names,
}
MESSAGES = {name: [text for text, _ in extract._once(find())] for name, find in SOURCES.items()}


def pseudo(message):
    """A translation that is seen: in brackets, but for placeholders."""
    parts = KEPT.split(message)
    return "".join(
        part if number % 2 else f"⟦{part}⟧" for number, part in enumerate(parts) if part.strip()
    )


def po(translations):
    def entry(pair):
        return "msgid {}\nmsgstr {}\n".format(
            *(json.dumps(text, ensure_ascii=False) for text in pair)
        )

    return "\n".join(map(entry, [("", "Language: zh_CN\n"), *translations.items()]))


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.delenv(language.VARIABLE, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    language._of_environment.cache_clear()
    with speaking(None):
        yield


@pytest.fixture
def translated(monkeypatch):
    """Put catalogues in the place of the stored ones."""

    def put(**files):
        monkeypatch.setattr(language, "_source", lambda code, name: files[name])
        language._catalogue.cache_clear()

    yield put
    language._catalogue.cache_clear()


@pytest.fixture
def marked(translated):
    """Speak a language in which every translated word stands in brackets."""
    translated(**{name: po({each: pseudo(each) for each in MESSAGES[name]}) for name in MESSAGES})
    speak("zh_CN")


def left_over(text):
    """The words that no translator has seen and that are no code."""
    text = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    assert not re.search("[⟦⟧]", text), text
    text = re.sub(r"`[^`]*`", " ", text)
    return set(re.findall(r"[A-Za-z_]\w*", text))


def code_of(name):
    """Names of the code that may stand in a sentence on a question."""
    question = QUESTIONS[name]
    words = set(question.words.values()) - set(MESSAGES["exercises"])
    return {name, *question.arguments, *question.results, *words}


def plain(shown):
    """The text of HTML, its code as in the terminal."""
    page = BeautifulSoup(shown, "html.parser")
    for code in page.find_all("code"):
        code.replace_with(f"`{code.get_text()}`")
    return page.get_text()


# What is said ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_every_mistake_hint_and_praise_is_translated(name, marked):
    question, code = QUESTIONS[name], code_of(name)
    sentences = {wrong.id: question.says(wrong) for wrong in question.wrong}
    for part in question.slips:
        sentences |= {part.line + wrong.id: says(question, wrong, part) for wrong in part.wrong}
    for key, sentence in sentences.items():
        # An order of the blocks is a row of their names.
        assert left_over(sentence) <= code | {"i", "j", "f", "o"}, key
        assert "⟦" in sentence
    for step in range(1, len(question.hints) + 1):
        assert left_over(str(hint(name, step))) <= code
        assert left_over(plain(hint(name, step)._repr_html_())) <= code
    feedback = check(name, question.reference)
    assert feedback.outcome == "correct"
    assert pseudo(question.praise) in feedback.message
    for shown in (str(feedback), repr(feedback), plain(feedback._repr_html_())):
        assert left_over(shown) <= code
    assert left_over(str(check(name, ...))) <= code


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_a_mistake_is_named_in_the_language_of_the_moment(name, marked):
    """What wrong answers do is remembered: from an English check to a Chinese one, and back."""
    question = QUESTIONS[name]
    for code in ("en", "zh_CN", "en"):
        speak(code)
        for wrong in question.wrong:
            assert check(name, wrong.ways[0]).message == question.says(wrong)


# Three English words side by side, outside of code.
ENGLISH = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,},? [A-Za-z]{2,}")


@pytest.mark.parametrize("name", names())
def test_each_exercise_answers_in_chinese(name):
    """With the catalogues as they are: solved rightly, and wrongly in each way that has a name."""
    speak("zh_CN")
    question = QUESTIONS[name]
    right = check(name, question.reference)
    assert str(right).startswith("正确。")
    wrong = [check(name, each.ways[0]) for each in question.wrong]
    assert all(str(each).startswith("不正确。") for each in wrong)
    hints = [hint(name, step) for step in range(1, len(question.hints) + 1)]
    for said in (right, *wrong, *hints):
        assert re.search("[\u3400-\u9fff]", str(said))
        assert not ENGLISH.search(re.sub("`[^`]*`", "", str(said))), said


def test_a_mistake_that_is_known_by_a_sentence_is_known_in_each_language(marked):
    """Here nothing but the sentence on what was returned can be compared."""
    wrong = Wrong("nothing", "You return nothing at all.", (lambda f: None,))
    question = dataclasses.replace(QUESTIONS["carry"], wrong=(wrong,))
    for code in ("en", "zh_CN", "en"):
        speak(code)
        assert judge(question, lambda f: None).message == "You return nothing at all."


@pytest.mark.parametrize("name", names())
def test_examples_are_translated(name, marked):
    shown = str(example(name))
    if QUESTIONS[name].needs_tensorflow:
        shown = shown.split("⟦printed⟧")[0]
    assert left_over(shown) <= code_of(name) | {"nan"}  # a number, in every language


# What Python says of the junk, and names of its types.
SAID_BY_PYTHON = """
AttributeError Hostile NoneType Odd RuntimeError TypeError ValueError builtin_function_or_method
bytes count datetime64 dict float int list module ndarray object set str tuple type ufunc
dict expected at most argument got; hands off; no
"""
FOREIGN = set(re.findall(r"\w+", SAID_BY_PYTHON))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["forget_gate", "lstm_step", "carry", "find_the_bug"])
def test_whatever_else_is_said_is_translated(name, marked):
    answers = {**JUNK, **{change: changed(name, make) for change, (make, _) in CHANGES.items()}}
    first = QUESTIONS[name].cases[0].inputs[0]
    answers["right for the example"] = lambda *given: (
        QUESTIONS[name].reference(*given) if np.array_equal(given[0], first) else 0.5
    )
    for label, answer in answers.items():
        feedback = check(name, answer)
        assert left_over(str(feedback)) <= code_of(name) | FOREIGN, (label, feedback)
        assert "⟦" in feedback.message, label


def test_the_terminal_is_translated(marked, capsys, tmp_path):
    def said(*arguments):
        with contextlib.suppress(SystemExit):
            main([str(each) for each in arguments])
        captured = capsys.readouterr()
        return left_over(captured.out + captured.err)

    program = {"python", "m", "lstm_lib", "exercises"}
    commands = {"list", "start", "check", "hint", "solution"}
    arguments = {"h", "help", "DIR", "FILE", "py", "NAME", "STEP", "step", "name", "command"}
    usage = program | commands | arguments
    code = set(QUESTIONS).union(*map(code_of, QUESTIONS))
    assert said("--help") <= usage
    for command in commands:
        assert said(command, "--help") <= usage
    assert said() <= usage
    assert said("hint") <= usage
    assert said("hint", "carry", "--step", "x") <= usage | {"int", "x"}
    assert said("no") <= usage | {"no"}
    assert said("list") <= code
    folder = tmp_path / "answers"
    path = set(re.findall(r"\w+", str(folder))) | {f"chapter{n}" for n in CHAPTERS} | {"py"}
    for _ in range(2):
        assert said("start", folder) <= path | {"English", "en", language.VARIABLE}
    assert said("check", folder / "chapter2.py") <= path | code
    assert said("check", folder / "none.py") <= path | {"none"}
    assert said("check", folder) <= path
    assert said("start", folder / "chapter2.py") <= path
    for text, foreign in {
        "def carry(f:": "invalid syntax def was never closed carry f",
        "x = 1 / 0": "ZeroDivisionError division by zero",
        "raise SystemExit": "",
        "raise ValueError": "ValueError",
        "x = 1": "",
        "def carry(f):\n    return f[0]": "",
    }.items():
        file = folder / "mine.py"
        file.write_text(text)
        assert said("check", file) <= path | code | {"mine"} | set(foreign.split()), text
    assert said("hint", "carry", "--step", "9") <= code
    assert said("hint", "cary") <= code | {"cary"}
    assert said("hint", "qqqqq") <= code | {"qqqqq"}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_file_of_blanks_is_translated_and_still_python(chapter, marked):
    text = blank_file(chapter)
    tree = ast.parse(text)
    assert left_over(ast.get_docstring(tree).split(language.VARIABLE)[0]) == set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            assert left_over(ast.get_docstring(function)) == set(), function.name


def test_progress_is_translated(marked):
    forget_progress()
    code = set(names())
    assert left_over(str(progress())) <= code
    check("carry", QUESTIONS["carry"].reference)
    assert "⟦done⟧  carry" in str(progress())
    assert left_over(str(progress())) <= code
    assert left_over(plain(progress()._repr_html_())) <= code
    forget_progress()


def test_no_message_is_shown_as_it_is():
    """Each message that the modules name goes through `say`."""
    shown = set()
    for path in (ROOT / "lstm_lib" / "exercises").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        said = {
            id(part)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say"
            for part in ast.walk(call)
        }
        shown |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and getattr(node.value, "id", "") == "m"
            and node.attr.isupper()
            and id(node) not in said
        }
    # The patterns are said by who asks for them; the others are keys, or said in a loop.
    patterns = (
        "ZERO FIXED INTEGERS ROUNDED NEGATED COMPLEMENT TRANSPOSED CONSTANT_OFF FACTOR_OFF SHUFFLED"
    )
    conventions = "COLUMNS WEIGHTS_TRANSPOSED FIRST_ARGUMENTS"
    others = "RIGHT_ONLY WRONG_ONLY PRINTED"
    assert shown == {*patterns.split(), *conventions.split(), *others.split()}


# What is drawn ---------------------------------------------------------------------------------

DRAWINGS = {
    "rnn": diagrams.rnn_cell,
    "lstm": diagrams.lstm_cell,
    **{part: lambda part=part: diagrams.lstm_cell(part) for part in diagrams.LSTM_PARTS},
    "backward": diagrams.lstm_cell_backward,
    "unrolled": lambda: diagrams.unrolled_lstm(3),
}
# Mathematics, and names of the code.
FORMULAS = {"tanh", *"tchxfioWb"}


def words_of(page):
    """All that is read or heard of a piece of HTML."""
    soup = BeautifulSoup(page, "html.parser")
    for script in soup.find_all("script"):
        script.extract()
    heard = [tag["aria-label"] for tag in soup.find_all(attrs={"aria-label": True})]
    return left_over("\n".join([*soup.stripped_strings, *heard])) - FORMULAS


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawings_are_translated(name, marked):
    drawing = DRAWINGS[name]()
    assert words_of(drawing.svg) == set()
    assert left_over(repr(drawing)) <= FORMULAS
    assert drawing.svg.startswith('<svg lang="zh-CN" ')


@pytest.mark.parametrize("make", [interactive.gate_explorer, interactive.walk_through])
def test_interactive_figures_are_translated(make, marked):
    figure = make()
    assert words_of(figure.html) == set()
    assert left_over(repr(figure)) <= FORMULAS
    (script,) = BeautifulSoup(figure.html, "html.parser").find_all("script")
    controls = json.loads(re.search(r'controls"\)\.innerHTML = (".*");', script.string)[1])
    assert words_of(controls) == set()
    if make is interactive.walk_through:
        assert "textContent = `${at + 1}⟦ of ⟧${items.length}`" in script.string
    for option in BeautifulSoup(controls, "html.parser").find_all("option"):
        assert option["value"] in interactive.PATTERNS


def test_charts_are_translated(marked, monkeypatch):
    plotting.use_book_style()
    monkeypatch.setattr(plt, "show", lambda: None)
    plotting.history([1.0, 0.5], [3.0, 2.0], [(2, 0.6)], [(1, 0.5), (2, 1.0)])
    labels = [axes.get_ylabel() for axes in plt.gcf().axes] + [plt.gcf().axes[-1].get_xlabel()]
    labels += [text.get_text() for text in plt.gcf().axes[0].get_legend().get_texts()]
    plotting.solve_rates([1, 2], {"LSTM": [3, 4]}, trials=5, xlabel="gap")
    labels.append(plt.gca().get_ylabel())
    plt.close("all")
    of_history = ["⟦loss⟧", "⟦gradient norm⟧", "⟦share right⟧", "⟦step⟧"]
    assert labels == [
        *of_history,
        "⟦training⟧",
        "⟦validation⟧",
        "⟦share solved of ⟧5⟦ runs⟧",
    ]


def test_chinese_in_a_chart_needs_no_font_here(tmp_path, translated):
    """An SVG keeps its text, and the browser finds a font: no box, and no warning either."""
    translated(drawings=po({"loss": "损失"}))
    speak("zh_CN")
    plotting.use_book_style()
    plotting.history([1.0, 0.5], [3.0, 2.0], [], [])
    plt.savefig(tmp_path / "chart.svg")
    plt.close("all")
    text = (tmp_path / "chart.svg").read_text("utf-8")
    assert re.search(r"<text [^>]*sans-serif[^>]*>损失</text>", text)


# Which language --------------------------------------------------------------------------------

SMALL = {"exercises": po({"Correct.": "正确。"}), "drawings": po({"candidate": "候选值"})}


def first_word():
    return str(check("carry", QUESTIONS["carry"].reference)).split("`")[0]


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("", "en"),
        ("en", "en"),
        ("zh", "zh_CN"),
        ("zh_CN", "zh_CN"),
        ("zh-CN", "zh_CN"),
        ("ZH-cn", "zh_CN"),
        ("zh_CN.UTF-8", "zh_CN"),
        ("zh-Hans", "zh_CN"),
    ],
)
def test_languages_have_several_names(named, code, monkeypatch):
    monkeypatch.setenv(language.VARIABLE, named)
    assert spoken() == code
    if named:
        monkeypatch.delenv(language.VARIABLE)
        speak(named)
        assert spoken() == code


def test_the_setting_wins_over_the_environment(monkeypatch, translated):
    translated(**SMALL)
    assert first_word() == "Correct. "
    monkeypatch.setenv(language.VARIABLE, "zh")
    assert first_word() == "正确。"
    speak("en")
    assert first_word() == "Correct. "
    speak(None)
    assert first_word() == "正确。"
    monkeypatch.delenv(language.VARIABLE)
    assert first_word() == "Correct. "
    with speaking("zh"):
        assert first_word() == "正确。"
    assert first_word() == "Correct. "


def test_an_unknown_language_is_refused_or_warned_of(monkeypatch):
    for unknown in ("fr", "", "zh_TW", 3):
        with pytest.raises(ValueError, match=r"language: expected one of en, zh_CN, given"):
            speak(unknown)
    monkeypatch.setenv(language.VARIABLE, "fr")
    with pytest.warns(UserWarning, match="LSTM_BOOK_LANG: expected one of en, zh_CN, given 'fr'"):
        assert first_word() == "Correct. "
    assert first_word() == "Correct. ", "it is said once"


def test_what_was_said_before_is_shown_in_the_language_of_the_moment(translated):
    mistake = QUESTIONS["carry"].wrong[0]
    praise, nudge = QUESTIONS["carry"].praise, QUESTIONS["carry"].hints[0]
    translated(
        exercises=po({"Correct.": "正确。", praise: "好。", nudge: "想。", mistake.says: "错。"})
    )
    feedback, tip = check("carry", QUESTIONS["carry"].reference), hint("carry")
    wrong = check("carry", mistake.ways[0])
    before = [str(feedback), str(tip), str(wrong), feedback._repr_html_(), tip._repr_html_()]
    speak("zh_CN")
    assert str(feedback).startswith("正确。`carry` gives the right values in all")
    assert str(feedback).endswith("好。")
    assert str(wrong) == "Incorrect. 错。"
    assert "<p>想。</p>" in tip._repr_html_()
    assert '<div lang="zh-CN" ' in feedback._repr_html_()
    speak("en")
    after = [str(feedback), str(tip), str(wrong), feedback._repr_html_(), tip._repr_html_()]
    assert after == before


def test_what_is_missing_stays_english(translated):
    name, praise = "carry", QUESTIONS["carry"].praise
    broken = {
        messages.NOT_ATTEMPTED: "填写 `{nmae}`。",
        messages.CORRECT: "`{name:d}`",
        "Correct.": "",
    }
    text = po(broken) + f'\n#, fuzzy\n#| msgid "old"\nmsgid {json.dumps(praise)}\nmsgstr "旧"\n'
    translated(exercises=text)
    english = [str(check(name, ...)), str(check(name, QUESTIONS[name].reference)), str(hint(name))]
    speak("zh_CN")
    chinese = [str(check(name, ...)), str(check(name, QUESTIONS[name].reference)), str(hint(name))]
    assert chinese == [*english[:2], english[2].replace("`: ", "`：")]


def test_without_a_catalogue_it_is_english(monkeypatch):
    def none(code, name):
        raise FileNotFoundError

    monkeypatch.setattr(language, "_source", none)
    language._catalogue.cache_clear()
    with speaking("zh"):
        assert first_word() == "Correct. "
    language._catalogue.cache_clear()


def test_an_answer_cannot_change_the_language(translated):
    translated(**SMALL)

    def answer(f):
        speak("zh")
        os.environ[language.VARIABLE] = "zh"
        return QUESTIONS["carry"].reference(f)

    assert str(check("carry", answer)).startswith("Correct. ")
    assert spoken() == "en"


def test_a_check_in_another_thread_speaks_the_same_language(translated):
    translated(**SMALL)
    speak("zh")
    found = []
    thread = threading.Thread(target=lambda: found.append(first_word()))
    thread.start()
    thread.join()
    assert found == ["正确。"]


IN_A_PROCESS = """
import sys
opened = []
sys.addaudithook(lambda event, given: event == "open" and opened.append(str(given[0])))
before = set(sys.modules)
from lstm_lib import language
heavy = {"json", "importlib.resources", "gettext"} & (set(sys.modules) - before)
from lstm_lib import diagrams, exercises
from lstm_lib.exercises.checking import QUESTIONS
print(exercises.check("carry", QUESTIONS["carry"].reference).outcome)
print(len(diagrams.lstm_cell().svg) > 1000)
print(sum(name.endswith(".po") for name in opened), sorted(heavy))
"""


@pytest.mark.parametrize(("code", "read"), [(None, 0), ("en", 0), ("zh_CN", 2)])
def test_english_reads_no_catalogue(code, read):
    environment = {**os.environ, **({language.VARIABLE: code} if code else {})}
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["correct", "True", f"{read} []"]


def test_a_second_process_speaks_the_language_of_its_environment():
    code = (
        "from lstm_lib import language\n"
        f"language._source = lambda code, name: {SMALL['exercises']!r}\n"
        "from lstm_lib.exercises.engine.feedback import Feedback\n"
        "print(ascii(str(Feedback('correct', 'x'))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, language.VARIABLE: "zh-CN"},
        check=True,
        timeout=60,
    )
    assert done.stdout == ascii("正确。x") + "\n"


# The catalogues --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", catalogues.stored(), ids=lambda path: path.stem)
def test_catalogues_are_read_as_others_read_them(path):
    with path.open("rb") as file:
        stored = [each for each in read_po(file, ignore_obsolete=True) if each.id and each.string]
    expected = {each.id: each.string for each in stored if not each.fuzzy}
    assert language.read_po(path.read_text("utf-8")) == expected


def test_the_catalogues_of_the_library_are_shipped():
    for name in MESSAGES:
        assert len(language._source("zh_CN", name)) > 1000


def test_the_exercises_lead_to_the_language():
    assert exercises.speak is speak


def test_the_languages_are_listed_in_one_place():
    """Library, tools and website: no other module has the code, the tag or the folder of one."""
    for code, each in language.LANGUAGES.items():
        if not each.folder:
            continue
        listed = set()
        for folder in ("lstm_lib", "tools", "website"):
            for path in (ROOT / folder).rglob("*.py"):
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.Constant) and node.value in {code, *each[:3]}:
                        listed.add(path.relative_to(ROOT).as_posix())
        # Sphinx asks a search for the language that it searches; what runs Python in the page
        # has sentences of its own, from before the library is there.
        others = {"website/lstm_book/search.py", "website/python/runtime.py"}
        others |= {"website/python/stand_ins.py"}
        assert listed - others == {"lstm_lib/language.py"}
