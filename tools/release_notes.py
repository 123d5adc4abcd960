"""Print what CHANGELOG.md says of a release: ``python tools/release_notes.py v1.2.3``.

Fails in one line where the tag is not the version of the library, or the changelog has no section
with that version and a date.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


def notes(tag: str, changelog: str, version: str) -> str:
    """Return the section of a release.

    Raises
    ------
    SystemExit
        If there is no such release to make; the text says why.
    """
    if tag != f"v{version}":
        raise SystemExit(f"error: the tag is {tag}, the version of lstm_lib {version}")
    head = re.escape(f"## [{version}] - ")
    found = re.search(rf"^{head}\d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if found is None:
        raise SystemExit(f"error: CHANGELOG.md has no section `## [{version}] - YYYY-MM-DD`")
    return found[1].strip()


if __name__ == "__main__":
    (given,) = sys.argv[1:]
    library = (ROOT / "lstm_lib" / "__init__.py").read_text(encoding="utf-8")
    print(notes(given, (ROOT / "CHANGELOG.md").read_text("utf-8"), VERSION.search(library)[1]))
