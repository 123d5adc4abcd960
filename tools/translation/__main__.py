"""Commands for authors and translators: update, check, count, notebooks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.notebook_files import name_of
from tools.translation import catalogues, code
from tools.translation.checks import complaints, is_kept
from tools.translation.extract import wanted
from tools.translation.markup import prose
from tools.translation.notebooks import BUILT, TranslationError, write_notebooks


def update() -> int:
    """Make all catalogues follow their sources, and fill in what is known from elsewhere."""
    found = wanted()
    known = catalogues.memory(catalogues.stored())
    for path in set(catalogues.stored()) - set(found):
        path.unlink()
        print(f"{name_of(path)}: removed, its page is gone")
    for path, pairs in found.items():
        kept = {message: code.command(message) for message, _ in pairs if is_kept(message, path)}
        new = catalogues.follow(catalogues.read(path), pairs, known | kept)
        if catalogues.write(path, new):
            print(f"{name_of(path)}: {len(pairs)} messages")
    return 0


def check(paths: list[Path], fresh: bool) -> int:
    """Print what is untranslated, fuzzy, stale or wrong; 1 if anything is."""
    found = wanted() if fresh else None
    told = 0
    for path in paths or catalogues.stored():
        lines = complaints(path.resolve(), found)
        told += len(lines)
        print("\n".join(f"{name_of(path)}: {line}" for line in lines), end="\n" if lines else "")
    if found is not None and not paths:
        for path in sorted(set(found) - set(catalogues.stored())):
            told += 1
            print(f"{name_of(path)}: missing")
    print(f"{told} to do" if told else "all translated")
    return 1 if told else 0


def count() -> int:
    """Print for each catalogue its messages, those left to translate, and their English words."""
    print(f"{'messages':>9}{'left':>7}{'words left':>12}")
    sums = [0, 0, 0]
    seen: set[str] = set()
    for path in catalogues.stored():
        all_of_it = catalogues.messages(catalogues.read(path))
        left = [each for each in all_of_it if not each.string and each.id not in seen]
        seen |= {each.id for each in left}
        row = [len(all_of_it), len(left), sum(len(prose(each.id).split()) for each in left)]
        sums = [a + b for a, b in zip(sums, row, strict=True)]
        print(f"{row[0]:9}{row[1]:7}{row[2]:12}  {name_of(path)}")
    print(f"{sums[0]:9}{sums[1]:7}{sums[2]:12}  all; what stands on two pages is counted once")
    return 0


def notebooks(folder: Path) -> int:
    """Write the Chinese notebooks, and beside them what they read; 1 if some cannot be made."""
    try:
        print(f"{len(write_notebooks(folder))} Chinese notebooks: {name_of(folder)}")
    except TranslationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.translation", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("update", help="follow the sources; share what is translated")
    checking = commands.add_parser("check", help="say what is missing or wrong")
    checking.add_argument("paths", nargs="*", type=Path, metavar="FILE.po")
    checking.add_argument(
        "--quick", action="store_true", help="do not read the sources: whether it is stale is open"
    )
    commands.add_parser("count", help="how much there is, and how much is left")
    making = commands.add_parser("notebooks", help="write the notebooks in Chinese")
    making.add_argument("--into", type=Path, default=BUILT, metavar="DIR")
    options = parser.parse_args(arguments)
    if options.command == "update":
        return update()
    if options.command == "check":
        return check(options.paths, fresh=not options.quick)
    if options.command == "notebooks":
        return notebooks(options.into)
    return count()


if __name__ == "__main__":
    sys.exit(main())
