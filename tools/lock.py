"""Choose the versions in requirements.txt from the ranges in pyproject.toml: ``make lock``.

The choice is made in a throw-away environment by the oldest Python the book supports: packages
drop old Pythons first, so that what the oldest can install, the newer ones can too.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.check_python import OLDEST

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements.txt"
HEADER = """\
# Every package of the book's environment, at the version it was tested with.
# Written by `make lock` from the ranges in pyproject.toml: change those, not this file.
"""


def install_extras(python: Path) -> None:
    """Install the build backend and all extras into the environment of `python`."""
    pip = [str(python), "-m", "pip"]
    subprocess.run([*pip, "install", "-q", "--upgrade", "pip", "setuptools", "wheel"], check=True)
    project = f"{ROOT}[tensorflow,book,test]"
    subprocess.run(
        [*pip, "install", "-q", "--no-build-isolation", "--editable", project], check=True
    )
    subprocess.run([*pip, "check"], check=True)


def pinned(python: Path) -> list[str]:
    """Return the lines ``name==version`` of the environment of `python`, without pip and the book.

    setuptools is among them: it builds the editable install.
    """
    frozen = subprocess.run(
        [str(python), "-m", "pip", "list", "--format=freeze"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    left_out = ("pip==", "inside-the-lstm==")
    return sorted((line for line in frozen if not line.startswith(left_out)), key=str.lower)


def main() -> int:
    """Write requirements.txt and return an exit code."""
    if sys.version_info[:2] != OLDEST:
        wanted = ".".join(map(str, OLDEST))
        print(f"error: lock with Python {wanted}: make lock PYTHON=python{wanted}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        install_extras(python)
        lines = pinned(python)
    new = REQUIREMENTS.with_suffix(".tmp")
    new.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    os.replace(new, REQUIREMENTS)
    print(f"{REQUIREMENTS.name}: {len(lines)} packages. Now: make test")
    return 0


if __name__ == "__main__":
    sys.exit(main())
