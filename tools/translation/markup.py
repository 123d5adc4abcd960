"""What a translation leaves alone: code, mathematics, roles, links and placeholders."""

from __future__ import annotations

import re
from collections import Counter

ROLE = re.compile(r"(?<!`)\{([\w:-]+)\}`([^`]+)`|:([\w:-]+):`([^`]+)`")
CODE = re.compile(r"(``.+?``|`[^`]+`)", re.DOTALL)
MATH = re.compile(r"(?<!\\)\$[^$\n]+\$")
LINK = re.compile(r"\]\(([^)\s]+)\)")
TAG = re.compile(r"</?[a-z][^>]*>")
# The second kind is argparse's.
PLACEHOLDER = re.compile(r"\{[A-Za-z_]\w*(?:![rs])?(?::[^{}]*)?\}|%\(\w+\)[rs]|%s\b")
TARGET = re.compile(r"<([^<>]+)>$")
# What the code calls things: lstm_lib.state, api/numpy_backend; and an argument with its type.
NAMES = re.compile(r"\b\w+(?:[./_]\w+)+\b")
ARGUMENT = re.compile(r"\*\*[\w, ]+\*\* \(\*[\w.]+\*\)$|\*[A-Z]\w+\*$")
# Words in an equation.
TEX_WORDS = re.compile(r"\\text\{([^{}]*)\}")

# Their words are translated; the thing they lead to has a Chinese name too.
FREE_TARGETS = {"term"}


def tokens(text: str, placeholders: bool) -> Counter:
    """Return all that must be the same in a message and in its translation."""
    found: Counter = Counter()

    def role(match: re.Match) -> str:
        name, content = match[1] or match[3], match[2] or match[4]
        named = TARGET.search(content)
        if name in FREE_TARGETS:
            found[f"{{{name}}}"] += 1
        elif named:
            found[f"{{{name}}} <{named[1]}>"] += 1
        else:
            found[match[0]] += 1
        return " "

    def take(pattern: re.Pattern, text: str) -> str:
        return pattern.sub(lambda match: found.update([match[0]]) or " ", text)

    text = ROLE.sub(role, text)
    text = take(CODE, text)
    text = MATH.sub(lambda match: " ".join(TEX_WORDS.sub("", match[0]).split()), text)
    text = take(MATH, text)
    text = LINK.sub(lambda match: found.update([f"]({match[1]})"]) or "] ", text)
    text = take(TAG, text)
    if placeholders:
        text = take(PLACEHOLDER, text)
    found["**"] += text.count("**")
    return +found


def prose(text: str, mark: str = "") -> str:
    """Return what is left to translate; `mark` stands for each thing that is not."""
    text = ROLE.sub(lambda match: _words(match) or mark, text)
    for pattern in (CODE, MATH):
        text = pattern.sub(mark, text)
    text = TAG.sub("", LINK.sub("]", text))
    return PLACEHOLDER.sub(mark, text)


def has_words(text: str) -> bool:
    """Whether there is anything to translate: a word of two Latin letters or more."""
    if ARGUMENT.match(text):
        return False
    return bool(re.search(r"[A-Za-z]{2}", NAMES.sub("", prose(text))))


def _words(role: re.Match) -> str:
    """The words that a role shows, if it shows words."""
    name, content = role[1] or role[3], role[2] or role[4]
    if name in FREE_TARGETS or (name in ("ref", "doc") and TARGET.search(content)):
        return TARGET.sub("", content).strip()
    return ""
