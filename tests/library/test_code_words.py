"""Words in Python: which they are, and that nothing else changes when they are replaced."""

import ast

import pytest

from lstm_lib import _code_words

# A source, and its words as (kind, message).
SOURCES = {
    "a comment beside code": ("x = 1  # the old state", [("comment", "the old state")]),
    "comments below each other": (
        "# Before the loop:\n# all lines.\nx = 1",
        [("comment", "Before the loop: all lines.")],
    ),
    "comments beside code, each alone": (
        "a = 1  # one thing\nb = 2  # another",
        [("comment", "one thing"), ("comment", "another")],
    ),
    "the marks of a blank": (
        "# ********** Begin **********\nx = 1\n# ********** End **********",
        [],
    ),
    "a docstring": (
        'def f():\n    """Return the\n    gate."""',
        [("docstring", "Return the gate.")],
    ),
    "what is printed": ('print("same:", x, "words")', [("text", "same:"), ("text", "words")]),
    "a text with values": ('print(f"gap {gap}: {x:.2f}")', [("text", "gap {gap}: {x:.2f}")]),
    "a header": ('table(["gap", "f"], rows)', [("text", "gap")]),
    "a label": ('curves(x, y, xlabel="gap", dtype="float")', [("text", "gap")]),
    "an argument that chooses": ('lstm_cell(highlight="forget"); check("carry", f)', []),
    "a phrase as an argument": ('compare("two sides", x)', [("text", "two sides")]),
    "a key and who looks it up": (
        'lines = {"trained": []}\nlines["trained"].append(1)',
        [("text", "trained"), ("key", "trained")],
    ),
    "a name beside ==": ('if name == "forward": pass', [("key", "forward")]),
    "what is stored at a key": ('lost[f"bias {b}"] = 1', [("text", "bias {b}")]),
    "names and paths": ('x = ["bias_ih_l0", "../experiments/results", "state.c"]', []),
    "either text": ('y = "yes" if x else "no"', [("text", "yes"), ("text", "no")]),
    "no Python": ("%matplotlib inline", []),
}


@pytest.mark.parametrize(("source", "words"), SOURCES.values(), ids=SOURCES)
def test_words_are_found(source, words):
    found = _code_words.find(source)
    assert [(each.kind, each.message) for each in found] == words
    if not words:
        assert _code_words.replaced(source, str.upper) == source


CHINESE = {
    "gap {gap}:": "间隔 {gap}:",
    "by the formula:": "按公式:",
    "by arrays:": "按数组来算:",
    "alone:": "单独:",
    "say": '说"好"',
    "keeps": "保留",
    "Return it.": "返回它。",
    "one two": "一 二",
    "{a} of {b}": "{b} 个中的 {a} 个",
    "trained": "训练过",
}

REPLACED = {
    "a text with values": ('print(f"gap {gap}:", 1)', 'print(f"间隔 {gap}:", 1)'),
    "values in another order": ('f"{a} of {b}"', 'f"{b} 个中的 {a} 个"'),
    "a docstring": ('def f():\n    """Return it."""', 'def f():\n    """返回它。"""'),
    "comments that become one": ("# one\n# two\nx", "# 一 二\nx"),
    "columns": (
        'print("by the formula:")\nprint("by arrays:     ")',
        'print("按公式:    ")\nprint("按数组来算:")',
    ),
    "spaces that go with others": ('print("alone:     ", 1)', 'print("单独:", 1)'),
    "a line's end": ('print("keeps\\n" + x)', 'print("保留\\n" + x)'),
    "quotes": ("print('say')", 'print("说\\"好\\"")'),
    "a key": (
        '{"trained": 1}["trained"]; json["trained"]',
        '{"训练过": 1}["训练过"]; json["训练过"]',
    ),
    "a key of somebody else": ('json["trained"]', 'json["trained"]'),
    "nothing known": ("x = 1  # unknown", "x = 1  # unknown"),
}


@pytest.mark.parametrize(("source", "expected"), REPLACED.values(), ids=REPLACED)
def test_words_are_replaced(source, expected):
    found = _code_words.replaced(source, lambda message: CHINESE.get(message, message))
    assert found == expected
    ast.parse(found)


def test_keys_of_other_cells_count():
    cells = ['lines = {"trained": []}', 'lines["trained"]']
    keys = _code_words.keys(cells)
    of = CHINESE.__getitem__
    assert [_code_words.replaced(cell, of, keys) for cell in cells] == [
        'lines = {"训练过": []}',
        'lines["训练过"]',
    ]


@pytest.mark.parametrize("translation", ["间隔", "间隔 {gaps}", "间隔 {gap} {gap}"])
def test_a_translation_with_other_values_is_refused(translation):
    with pytest.raises(ValueError, match="expected the parts"):
        _code_words.replaced('f"gap {gap}:"', lambda _: translation)
