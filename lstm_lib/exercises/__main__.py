"""The exercises in a terminal: ``lstm-exercises``, or ``python -m lstm_lib.exercises``.

The exit status of ``check`` is 0 only when every answer asked for is right: all
questions of each chapter that the file has answers to, or those that are named.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lstm_lib.exercises.checking import CHAPTERS, QUESTIONS, check, hint, names, solution
from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.feedback import CORRECT, INCORRECT, Feedback, Hint
from lstm_lib.exercises.engine.messages import Listed, say
from lstm_lib.exercises.files import Refused, load, start
from lstm_lib.language import LANGUAGES, VARIABLE, mark, speaking, spoken, spoken_in_terminal

OK, FAILED = 0, 1


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    with speaking(_language()):
        with _argparse_speaks():
            options = _parser().parse_args(arguments)
        try:
            status = options.run(options)
            sys.stdout.flush()
        except Refused as refused:
            print(refused, file=sys.stderr)
            return FAILED
        except BrokenPipeError:
            # The reader, `head` perhaps, has seen enough: write no more, not even at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        return status


def _language() -> str:
    """Return the language that is set, or that of the system, if the terminal can show it."""
    wanted = spoken_in_terminal()
    try:
        LANGUAGES[wanted].name.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        with speaking("en"):
            print(say(m.NO_SUCH_LETTERS, language=wanted), file=sys.stderr)
        return "en"
    return wanted


@contextlib.contextmanager
def _argparse_speaks() -> Iterator[None]:
    """Let argparse, too, say its own words in the language that is set."""
    module: Any = argparse  # `_` is no name for others
    kept = module._
    module._ = say
    try:
        yield
    finally:
        module._ = kept


def _parser() -> argparse.ArgumentParser:
    called = Path(sys.argv[0]).stem
    parser = argparse.ArgumentParser(
        prog=called if called == "lstm-exercises" else "python -m lstm_lib.exercises",
        description=say(m.ABOUT),
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object) -> argparse.ArgumentParser:
        about = say(m.COMMANDS[name])
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    command("list", _list)
    starting = command("start", _start)
    starting.add_argument("folder", type=Path, metavar="DIR")
    checking = command("check", _check)
    checking.add_argument("file", type=Path, metavar="FILE.py")
    checking.add_argument("names", nargs="*", metavar="NAME", help=say(m.ONLY_THESE), default=[])
    hinting = command("hint", _hint)
    hinting.add_argument("name", metavar="NAME")
    hinting.add_argument("--step", type=int, default=1, help=say(m.WHICH_STEP))
    solving = command("solution", _solution)
    solving.add_argument("name", metavar="NAME")
    return parser


def _list(options: argparse.Namespace) -> int:
    for chapter in CHAPTERS:
        print(say(m.CHAPTER, chapter=chapter))
        for name in names(chapter):
            print(f"  {name}({', '.join(QUESTIONS[name].arguments)})")
    return OK


def _start(options: argparse.Namespace) -> int:
    print("\n".join(start(options.folder)))
    here = spoken()
    others = [code for code in LANGUAGES if code != here]
    settings = Listed(f"{VARIABLE}={code}" for code in others)
    names_of_others = Listed(LANGUAGES[code].name for code in others)
    print(say(m.SPOKEN, language=LANGUAGES[here].name, others=names_of_others, setting=settings))
    return OK


def _check(options: argparse.Namespace) -> int:
    for name in options.names:
        _known(name)
    answers = load(options.file)
    chapters = {QUESTIONS[name].chapter for name in answers}
    wanted = options.names or [name for chapter in sorted(chapters) for name in names(chapter)]
    right = 0
    for name in wanted:
        if name in answers:
            feedback = check(name, answers[name])
        else:
            message = say(m.MISSING_ANSWER, path=options.file, name=name)
            feedback = Feedback(INCORRECT, message)
        right += feedback.outcome == CORRECT
        print(f"{name}{mark(': ')}{feedback}", flush=True)
    print(say(m.SUMMARY, right=right, count=len(wanted)))
    return OK if right == len(wanted) else FAILED


def _hint(options: argparse.Namespace) -> int:
    _known(options.name)
    shown = hint(options.name, options.step)
    if not isinstance(shown, Hint):
        raise Refused(shown)
    print(shown)
    return OK


def _solution(options: argparse.Namespace) -> int:
    _known(options.name)
    print(solution(options.name), end="")
    return OK


def _known(name: str) -> None:
    if name not in QUESTIONS:
        raise Refused(solution(name))


if __name__ == "__main__":
    sys.exit(main())
