"""Say in one line why this Python cannot build the book, and exit 1; else say nothing.

The Makefile runs this file with whatever Python you have, so it keeps to syntax that every
Python understands.
"""

import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def problem(version):  # noqa: ANN001, ANN201
    """Return the reason, or an empty string when the book can be built."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        found = ".".join(str(part) for part in version[:2])
        return "Python " + found + " found, 3.11 to 3.14 needed: make PYTHON=/path/to/python"
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return "this Python has no venv module: on Debian or Ubuntu, sudo apt install python3-venv"
    return ""


if __name__ == "__main__":
    reason = problem(sys.version_info)
    if reason:
        sys.stderr.write("error: " + reason + "\n")
        sys.exit(1)
