"""The Chromium that ``make test-site`` uses: the system's, not a download.

``python -m tools.browser`` says in one line what is missing, and fails. With ``--system`` it looks
for the browser alone, in any Python.
"""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

# Names of the command, and where macOS keeps the programs.
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PROGRAMS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
WANTED = (
    "make test-site needs Chromium or Chrome: on Debian or Ubuntu `sudo apt install chromium`, "
    "elsewhere set CHROMIUM=/path/to/it"
)


def find_chromium() -> str | None:
    """Return the path of the browser, or None. ``CHROMIUM`` in the environment comes first."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = [path for path in map(shutil.which, COMMANDS) if path]
    return next(iter([*found, *(path for path in PROGRAMS if Path(path).is_file())]), None)


def problem(*, system_only: bool = False) -> str | None:
    """Return in one line what is missing, or None."""
    if find_chromium() is None:
        return WANTED
    if not system_only and importlib.util.find_spec("playwright") is None:
        return "make test-site needs all packages of the book: run make venv"
    return None


def main() -> int:
    """Say what is missing; return an exit code."""
    reason = problem(system_only="--system" in sys.argv[1:])
    if reason:
        print(f"error: {reason}", file=sys.stderr)
    return int(bool(reason))


if __name__ == "__main__":
    sys.exit(main())
