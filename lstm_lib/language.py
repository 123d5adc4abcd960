"""The language in which the library speaks to its readers: English, or Chinese.

What a check says, its hints and the words in drawings are English unless you ask for
Chinese: with the environment variable ``LSTM_BOOK_LANG=zh_CN``, or in a notebook with
``speak("zh_CN")``, which wins over the environment. Commands in a terminal go by your
system's language where neither is set. What a check found is shown in the language of the
moment; a drawing keeps the language in which it was made.

What is not translated stays English, and so do Python's own errors and those for wrong
arguments. In the environment a language that the library does not speak means English,
with a warning. The translations, the ``.po`` files in ``lstm_lib/locale``, are read when
the first Chinese sentence is said.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import warnings
from collections.abc import Iterator
from functools import cache, partial
from typing import NamedTuple

__all__ = ["LANGUAGES", "Language", "speak", "speaking", "spoken"]

VARIABLE = "LSTM_BOOK_LANG"


class Language(NamedTuple):
    """A language of the library and of the book.

    Attributes
    ----------
    tag : str
        What browsers call it.
    name : str
        What its readers call it.
    folder : str
        Where its edition of the website is.
    also : tuple of str
        What else it may be called in a setting, in small letters.
    marks : dict
        What stands between words and after them, where the program joins and not a sentence.
    """

    tag: str
    name: str
    folder: str
    also: tuple[str, ...]
    marks: dict[str, str]


# Library, tools and website take the languages from here, by the names of their catalogues. The
# first is the one in which all is written.
LANGUAGES = {
    "en": Language(tag="en", name="English", folder="", also=("en",), marks={}),
    "zh_CN": Language(
        tag="zh-CN",
        name="中文",
        folder="zh",
        also=("zh", "zh_cn", "zh_hans", "zh_hans_cn"),
        marks={", ": "、", ": ": "：", ".": "。"},
    ),
}

_STRINGS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
_ENTRY = re.compile(rf"(?m)^((?:#.*\n)*)msgid\s+{_STRINGS}^msgstr\s+{_STRINGS}")

_chosen: str | None = None


def speak(language: str | None) -> None:
    """Set the language of what is said and drawn from now on.

    Parameters
    ----------
    language : {"en", "zh_CN"} or None
        ``"zh"`` and ``"zh-CN"`` are Chinese too. None: what the environment variable
        ``LSTM_BOOK_LANG`` says, or else English.

    Raises
    ------
    ValueError
        If the library does not speak it.
    """
    global _chosen
    known = None if language is None else _known(language)
    if language is not None and known is None:
        raise ValueError(f"language: expected one of {', '.join(LANGUAGES)}, given {language!r}")
    _chosen = known


def spoken() -> str:
    """Return the language that is set, "en" or "zh_CN"."""
    return _chosen or _of_environment(os.environ.get(VARIABLE, ""))


def spoken_in_terminal() -> str:
    """Return the language that is set, or else that of the system, for a command of its user."""
    if _chosen or os.environ.get(VARIABLE):
        return spoken()
    return _known(_of_system()) or "en"


def _of_system() -> str:
    """The name of the system's language, such as ``zh_CN.UTF-8``."""
    if sys.platform == "win32":
        import ctypes
        import locale

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return locale.windows_locale.get(number, "")
    named = map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, named), "")


@contextlib.contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Set the language inside a ``with``; afterwards it is again what it was before."""
    global _chosen
    kept = _chosen
    speak(language)
    try:
        yield
    finally:
        _chosen = kept


def translate(catalogue: str, message: str, /, **values: object) -> str:
    """Return a message in the language that is set, with its placeholders filled.

    Parameters
    ----------
    catalogue : {"exercises", "drawings", "names"}
    message : str
        The English sentence.
    **values
        For the placeholders. Without any, braces mean themselves.
    """
    language = spoken()
    if language != "en":
        translation = _catalogue(language, catalogue).get(message, message)
        # A placeholder that the sentence does not have: better English than an error.
        with contextlib.suppress(LookupError, ValueError, AttributeError):
            return translation.format(**values) if values else translation
    return message.format(**values) if values else message


# Labels and sentences of drawings, figures and charts.
words = partial(translate, "drawings")
# Names in files of results, which tables and charts show.
names = partial(translate, "names")


def mark(english: str) -> str:
    """Return a mark of punctuation, given as English has it with its spaces."""
    return LANGUAGES[spoken()].marks.get(english, english)


def gap(sentence: str) -> str:
    """Return what stands between a sentence and the next: nothing after a Chinese mark."""
    return "" if sentence.endswith(("。", "！", "？", "：")) else " "


def html_attribute() -> str:
    """Return what tells a browser the language of an element: nothing for English."""
    return "" if spoken() == "en" else f' lang="{LANGUAGES[spoken()].tag}"'


def read_po(text: str) -> dict[str, str]:
    """Return the translations in a catalogue, without those that are empty or doubtful."""
    import json

    def joined(strings: str) -> str:
        return "".join(map(json.loads, re.findall(r'"(?:[^"\\]|\\.)*"', strings)))

    found = {}
    for comments, message, translation in _ENTRY.findall(text):
        if not re.search(r"(?m)^#,.*\bfuzzy\b", comments):
            found[joined(message)] = joined(translation)
    return {message: string for message, string in found.items() if message and string}


@cache
def _catalogue(language: str, name: str) -> dict[str, str]:
    try:
        return read_po(_source(language, name))
    except OSError:
        return {}


def _source(language: str, name: str) -> str:
    from importlib import resources

    file = resources.files("lstm_lib").joinpath("locale", language, "LC_MESSAGES", f"{name}.po")
    return file.read_text(encoding="utf-8")


def _known(name: object) -> str | None:
    plain = str(name).partition(".")[0].replace("-", "_").lower()
    return next((code for code, each in LANGUAGES.items() if plain in each.also), None)


@cache
def _of_environment(name: str) -> str:
    """The language named in the environment; it is said once if there is no such language."""
    known = _known(name) if name else "en"
    if known is None:
        expected = ", ".join(LANGUAGES)
        warnings.warn(
            f"{VARIABLE}: expected one of {expected}, given {name!r}; English is spoken",
            stacklevel=2,
        )
    return known or "en"
