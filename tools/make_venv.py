"""Make the virtual environment of the book: ``python tools/make_venv.py .venv``.

Runs in any supported Python, before anything is installed. An environment counts as made when its
stamp exists; a folder without one is what an interrupted run left behind, and is made anew.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from check_python import problem

ROOT = Path(__file__).resolve().parent.parent
INPUTS = (ROOT / "requirements.txt", ROOT / "pyproject.toml")
STAMP = ".made"


def is_made(folder: Path) -> bool:
    """Tell whether the environment is complete and as new as what it is made from."""
    stamp = folder / STAMP
    return stamp.exists() and all(
        stamp.stat().st_mtime_ns >= path.stat().st_mtime_ns for path in INPUTS
    )


def wait_for_others(folder: Path) -> None:
    """Wait until no other process makes the environment, and keep others waiting from now on.

    The lock is passed on to pip and ends with the last process that holds it: a pip that outlives
    its interrupted parent must not install into an environment that is being made anew.
    """
    lock = os.open(folder.with_name(folder.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"waiting: another command is making {folder.name}", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def run(*command: str) -> None:
    """Run a command with the lock in its hands; raise an error if it fails."""
    subprocess.run(command, check=True, close_fds=False)


def make(folder: Path) -> None:
    """Make or update the environment in `folder`."""
    stamp = folder / STAMP
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
    stamp.unlink(missing_ok=True)
    python = str(folder / "bin" / "python")
    if not folder.exists():
        run(sys.executable, "-m", "venv", str(folder))
    install = (python, "-m", "pip", "install", "-q", "--no-compile")
    run(*install, "-r", str(ROOT / "requirements.txt"))
    run(*install, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    compile_bytecode(folder, python)
    stamp.touch()


def compile_bytecode(folder: Path, python: str) -> None:
    """Compile all packages now, also where PYTHONDONTWRITEBYTECODE is set.

    Otherwise each process compiles TensorFlow again: 18 s to import instead of 5. Some packages
    ship templates that are no Python; they are passed over.
    """
    compiling = (python, "-W", "ignore", "-m", "compileall", "-qq", "-j", "2", str(folder / "lib"))
    subprocess.run(compiling, check=False, close_fds=False)


def main(folder: Path) -> int:
    """Make the environment if it is not made yet, and return an exit code."""
    reason = problem(sys.version_info)
    if reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1
    wait_for_others(folder)
    if is_made(folder):
        return 0
    print(f"making {folder.name} from requirements.txt: once, a few minutes", flush=True)
    try:
        make(folder)
    except subprocess.CalledProcessError:
        print(f"error: {folder.name} could not be made; the reason is above", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
