"""What may be wrong with a translation, as sentences."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from lstm_lib import _code_words
from tools.notebook_files import ROOT
from tools.translation import catalogues, code
from tools.translation.markup import has_words, prose, tokens

KEPT = ROOT / "locale" / catalogues.LANGUAGE / "kept.txt"
GLOSSARY = ROOT / "reference" / "glossary.md"

HAN = "\u3400-\u9fff"
FULL = "，。、；：？！（）"
# A stand-in for code and mathematics, which need a space beside a Chinese character as words do.
MARK = "x"
# One for what may need a space or not.
ANYTHING = "\ufffc"

# (what must not be there, what to do about it), in the prose of a translation.
RULES = [
    (rf"[{HAN}][,;:?!]|[,;:?!](?=[{HAN}])", "full-width punctuation beside Chinese: ，；：？！"),
    (rf"[{HAN}]\.(?!\w|\.)", "a Chinese sentence ends with 。"),
    (rf"[{HAN}]\.\.\.|\.\.\.[{HAN}]|[{HAN}]…(?!…)(?<!……)", "the ellipsis is ……"),
    (rf"\((?=[{HAN}])|(?<=[{HAN}])\)", "full-width brackets around Chinese: （）"),
    (rf"\"(?=[{HAN}])|(?<=[{HAN}])\"|[「」『』]", "quotation marks are “ ”"),
    (rf"(?<=[{HAN}])[A-Za-z0-9]|[A-Za-z0-9](?=[{HAN}])", "a space between Chinese and Latin"),
    (rf" [{FULL}]|[{FULL}] (?!\*|$)", "no space beside full-width punctuation"),
    (rf"[{HAN}] ?[-–—] ?[{HAN}]", "the dash is ——"),
    (
        rf"[{FULL}”]\*\*(?=[{HAN}])",
        "a space after `**` that follows punctuation, or it is not bold",
    ),
    (rf"(?<=[{HAN}])\*\*[“（]", "a space before `**` that comes before punctuation, likewise"),
    (r"  +", "two spaces"),
    # Sphinx reads it as a list, does not find the title and shows the English one.
    (r"^\d+\. ", r"a title begins with `7\. `, or the page shows it in English"),
]

EMPHASIS = re.compile(r"(?<![*\w])\*(?!\*)[^*]+\*(?!\*)")

# Words that other books use; the glossary decides. The glossary's own page names them.
TERMS = {
    "忘记门": "遗忘门",
    "单元状态": "细胞状态",
    "元胞": "细胞",
    "隐状态": "隐藏状态",
    "隐含状态": "隐藏状态",
    "候选状态": "候选值",
    "梯度消散": "梯度消失",
    "梯度弥散": "梯度消失",
    "长期依赖性": "长期依赖",
    "批次大小": "批大小",
    "批尺寸": "批大小",
    "您": "你",
    "解出率": "成功率",
}


@cache
def kept(file: Path = KEPT) -> set[str]:
    """Return the lines of a file of messages that stay as they are."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("# ")}


@cache
def glossary_words() -> set[str]:
    """Return the terms of the glossary in both languages, a line each."""
    blocks = re.findall(r"```\{glossary\}\n(.*?)```", GLOSSARY.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return {line for line in lines if line and not line.startswith(" ")}


def is_kept(message: str, path: Path) -> bool:
    """Whether a message is the same in Chinese: nothing but code, mathematics or names.

    The glossary has both languages side by side, in both editions.
    """
    if not has_words(message) or message in kept():
        return True
    if path.name == code.CATALOGUE.name:
        return message in kept(code.KEPT)
    return path.name == "glossary.po" and message in glossary_words()


def wrong_with(message: str, translation: str, path: Path) -> list[str]:
    """Return what is wrong with one translation."""
    found = []
    in_code = path.name == code.CATALOGUE.name
    outside = not path.is_relative_to(catalogues.PAGES) or path.name in ("sphinx.po", "figures.po")
    expected, given = (
        tokens(text, placeholders=outside or in_code)
        for text in (code.command(message), translation)
    )
    # A word in italics may be bold in Chinese.
    bold = given["**"] - expected["**"]
    if 0 < bold <= 2 * len(EMPHASIS.findall(message)):
        expected["**"] += bold
    if expected != given:
        lost, extra = expected - given, given - expected
        parts = [f"lost {' '.join(lost.elements())}"] if lost else []
        parts += [f"added {' '.join(extra.elements())}"] if extra else []
        found.append(f"markup: {'; '.join(parts)}")
    if is_kept(message, path):
        return found
    plain = _of_code(translation) if in_code else prose(translation, MARK)
    # A name with a number may stand alone in code: RNN, w = 1.
    if not re.search(f"[{HAN}]", translation) and re.search("[a-z]{2}" if in_code else "", plain):
        found.append("no Chinese in it (if that is right: locale/zh_CN/kept.txt)")
    for pattern, advice in RULES:
        match = re.search(pattern, plain)
        if match:
            around = plain[max(match.start() - 6, 0) : match.end() + 6]
            found.append(f"{advice}: “{around}”")
    if path.stem != "glossary":
        said = re.sub("也译作[^，。）]*", "", plain)
        found += [f"{word}: say {better}" for word, better in TERMS.items() if word in said]
    return found


def _of_code(translation: str) -> str:
    """Words of code without their parts in braces and the spaces that put columns below others."""
    parts = (ANYTHING if each.startswith("{") else each for each in _code_words.parts(translation))
    # A value follows after a space.
    return re.sub("  +", " ", prose("".join(parts))).strip().removesuffix(":")


def complaints(path: Path, found: dict[Path, list] | None) -> list[str]:
    """Return what is to be done in one catalogue; with `found`, also whether it is stale."""
    told = []
    stored = catalogues.messages(catalogues.read(path))
    for message in stored:
        start = message.id if len(message.id) < 60 else message.id[:57] + "..."
        if not message.string:
            told.append(f"untranslated: {start}")
        elif message.fuzzy:
            told.append(f"fuzzy: {start}")
        else:
            told += [f"{what}: {start}" for what in wrong_with(message.id, message.string, path)]
    if found is not None:
        sources = [message for message, _ in found.get(path, [])]
        if [message.id for message in stored] != sources:
            told.append("stale: its source has changed; run `python -m tools.translation update`")
    return told
