"""Exercises as plain Python files, for people who prefer an editor to a notebook."""

from __future__ import annotations

import codecs
import contextlib
import io
import linecache
import tokenize
import traceback
import types
import unicodedata
from collections.abc import Callable
from pathlib import Path

from lstm_lib.exercises.checking import CHAPTERS, QUESTIONS, names
from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.errors import text_of
from lstm_lib.exercises.engine.messages import Listed, say, say_code
from lstm_lib.exercises.engine.running import (
    SECONDS,
    Clock,
    TimeUp,
    call,
    import_tensorflow_for,
    run,
)
from lstm_lib.language import VARIABLE, spoken

IMPORTS = "import numpy as np\n\nfrom lstm_lib.numpy_backend import sigmoid\n"

COMMAND = "python -m lstm_lib.exercises"

_HEAD = '''\
"""{title}

{task}

    {command} check {file}
    {command} hint {first}
"""

{imports}'''


class Refused(Exception):  # noqa: N818 - carries a sentence, is not shown as an error
    """A file that cannot be read as answers; the text says why."""


def command() -> str:
    """Return the command of the exercises that speaks the language that is set."""
    language = spoken()
    return f"{VARIABLE}={language} {COMMAND}" if language != "en" else COMMAND


def file_name(chapter: int) -> str:
    """Return the name of the file of a chapter."""
    return f"chapter{chapter}.py"


def blank_file(chapter: int) -> str:
    """Return the text of the file of a chapter, every blank open."""
    questions = [QUESTIONS[name] for name in names(chapter)]
    head = _HEAD.format(
        title=say(m.FILE_TITLE, chapter=chapter),
        task=say(m.FILE_TASK),
        command=command(),
        file=file_name(chapter),
        first=questions[0].name,
        imports=IMPORTS,
    )
    return "\n\n".join([head, *(say_code(question.blank) for question in questions)])


def start(folder: Path) -> list[str]:
    """Write a file for each chapter, but none that exists; return a line about each.

    Raises
    ------
    Refused
        If a file cannot be written.
    """
    lines: list[str] = []
    for chapter in CHAPTERS:
        path = folder / file_name(chapter)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(blank_file(chapter))
        except FileExistsError:
            if not path.exists():
                raise Refused(say(m.CANNOT_WRITE, path=path, text=say(m.NOT_A_FOLDER))) from None
            lines.append(say(m.KEPT, path=path))
        except OSError as error:
            text = error.strerror or type(error).__name__
            raise Refused(say(m.CANNOT_WRITE, path=path, text=text)) from None
        else:
            lines.append(say(m.WRITTEN, path=path, count=len(names(chapter))))
    return lines


def load(path: Path) -> dict[str, Callable]:
    """Run a file and return the answers that it holds, by the names of their questions.

    Raises
    ------
    Refused
        If it is no Python, stops with an error, calls exit, runs for too long or
        holds no answer.
    """
    code = _compiled(path)
    import_tensorflow_for(code)
    module = types.ModuleType(path.stem)
    module.__file__ = str(path)

    def execute(clock: Clock) -> tuple[BaseException | None]:
        return (call(exec, (code, vars(module)), clock)[1],)

    # None: its thread could not be stopped.
    (error,) = run(execute) or (TimeUp(),)
    if error is not None:
        raise Refused(_stopped(path, error))
    answers = {
        name: vars(module)[name]
        for name in QUESTIONS
        if name in vars(module) and not _is_imported(vars(module)[name], module)
    }
    if not answers:
        raise Refused(say(m.NO_ANSWERS, path=path, names=Listed(QUESTIONS)))
    return answers


def _is_imported(value: object, module: types.ModuleType) -> bool:
    """Whether it is somebody else's function, such as the library's own forget_gate."""
    return isinstance(value, types.FunctionType) and value.__module__ != module.__name__


def _compiled(path: Path) -> types.CodeType:
    if not path.is_file():
        raise Refused(say(m.NO_FILE, path=path))
    if path.suffix != ".py":
        raise Refused(say(m.NOT_PYTHON, path=path))
    text = _text(path)
    # So that messages can show the learner's own line, even if the file is changed later.
    linecache.cache[str(path)] = (len(text), None, text.splitlines(keepends=True), str(path))
    try:
        return compile(text, str(path), "exec")
    except SyntaxError as error:
        raise Refused(_not_python(path, error)) from None
    except ValueError:
        raise Refused(say(m.NOT_TEXT, path=path)) from None


def _text(path: Path) -> str:
    """The text of a file in UTF-8, or in the encoding that its first lines declare."""
    try:
        data = path.read_bytes()
    except OSError:
        raise Refused(say(m.NOT_TEXT, path=path)) from None
    try:
        return data.decode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])
    except (SyntaxError, UnicodeDecodeError):
        encoding = _guess(data)
    if encoding:
        raise Refused(say(m.NOT_UTF8, path=path, encoding=encoding))
    raise Refused(say(m.NOT_TEXT, path=path))


def _guess(data: bytes) -> str | None:
    """The encoding in which editors on Windows may have saved a text that is no UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        guesses = {"utf-16": "UTF-16"}
    elif b"\0" in data:
        guesses = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
    else:
        guesses = {"gbk": "GBK"}
    for codec, name in guesses.items():
        # Read by the wrong codec, code has no spaces or is full of characters that are none.
        with contextlib.suppress(UnicodeDecodeError):
            if "def " in data.decode(codec):
                return name
    return None


# What stands for a mark of Python on a Chinese keyboard and is not its wide form.
_MARKS = str.maketrans("“”‘’。、【】", "\"\"''.,[]")


def _not_python(path: Path, error: SyntaxError) -> str:
    source = (error.text or "").strip()
    about = {"path": path, "line": error.lineno, "source": source}
    column = error.offset or 0
    given = (error.text or "")[column - 1 : column]
    wanted = unicodedata.normalize("NFKC", given.translate(_MARKS))
    if not given or given.isascii() or not wanted.isascii():
        return say(m.SYNTAX, text=error.msg, **about)
    if wanted.isspace():
        return say(m.WIDE_SPACE, **about)
    return say(m.FULL_WIDTH, given=given, wanted=wanted, **about)


def _stopped(path: Path, error: BaseException) -> str:
    if isinstance(error, TimeUp):
        return say(m.FILE_TOO_LONG, path=path, seconds=SECONDS)
    if isinstance(error, SystemExit):
        return say(m.FILE_EXITS, path=path)
    text = text_of(error) or say(m.NO_MESSAGE)
    about = {"path": path, "kind": type(error).__name__, "text": text}
    lines = [
        number
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == str(path)
    ]
    return say(m.FAILS_AT, line=lines[-1], **about) if lines else say(m.FAILS, **about)
