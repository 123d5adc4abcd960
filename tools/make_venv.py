"""Make the virtual environment, or let it grow: ``python tools/make_venv.py .venv book``.

Runs in any supported Python, before anything is installed. `book` is what building the website
takes, `lab` runs the notebooks as well, `test` is everything: each is locked in a file of that name
in `requirements/`. A stamp in the environment says that it has a group; an environment without any
is what an interrupted run left behind, and is made anew.
"""

import ast
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from check_python import problem

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
# Each has what those before it have.
GROUPS = ("book", "lab", "test")

# What pip's settings of an index are called in uv, which reads its own alone.
UV_NAMES = {
    "index-url": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "extra-index-url": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
    "find-links": ("UV_FIND_LINKS",),
    "cert": ("SSL_CERT_FILE",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "proxy": ("ALL_PROXY",),
}


def stamp(folder: Path, group: str) -> Path:
    """Return the path of what says that the environment has a group."""
    return folder / f".made-{group}"


def is_made(folder: Path, group: str) -> bool:
    """Tell whether the environment has the group and is as new as what it is made from."""
    made = stamp(folder, group)
    inputs = (LOCKS / f"{group}.txt", ROOT / "pyproject.toml")
    return made.exists() and all(
        made.stat().st_mtime_ns >= path.stat().st_mtime_ns for path in inputs
    )


def wait_for_others(folder: Path) -> None:
    """Wait until no other process makes the environment, and keep others waiting from now on.

    The lock is passed on to uv and ends with the last process that holds it: a uv that outlives
    its interrupted parent must not install into an environment that is being made anew.
    """
    lock = os.open(folder.with_name(folder.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"waiting: another command is making {folder.name}", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def settings_of_pip(listed: str) -> dict[str, str]:
    """Return pip's settings of an index as variables of uv, from the output of `pip config list`.

    What is set for uv itself is left alone. Several indexes are searched as pip does, all of them:
    the hashes in the lock say which files are right, whoever serves them.
    """
    found = {}
    # A variable wins over what is set for `pip install`, and that over what is set for all of pip.
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(f"{section}."):
                found[name.removeprefix(f"{section}.")] = ast.literal_eval(value)
    settings = {}
    for option, names in UV_NAMES.items():
        if option in found and not any(name in os.environ for name in names):
            between = "," if option == "find-links" else " "
            settings[names[0]] = between.join(found[option].split())
    if "UV_INDEX" in settings:
        settings.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return settings


def run(*command: str, **variables: str) -> None:
    """Run a command with the lock in its hands; raise an error if it fails."""
    subprocess.run(command, check=True, close_fds=False, env={**os.environ, **variables})


def find_uv(python: str) -> str:
    """Return the path of uv: yours, or one that is brought into the environment."""
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(python).parent))
    if found is None:
        index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")
        variables = {"PIP_INDEX_URL": index} if index else {}
        lock = str(LOCKS / "uv.txt")
        run(python, "-m", "pip", "install", "--require-hashes", "-r", lock, **variables)
        found = shutil.which("uv", path=str(Path(python).parent))
    return found


def make(folder: Path, group: str) -> None:
    """Bring a group, and those before it, into the environment in `folder`."""
    stamps = [stamp(folder, name) for name in GROUPS]
    if not any(each.exists() for each in stamps):
        shutil.rmtree(folder, ignore_errors=True)
    for each in stamps:
        each.unlink(missing_ok=True)
    python = str(folder / "bin" / "python")
    if not folder.exists():
        run(sys.executable, "-m", "venv", str(folder))
    pip = (python, "-m", "pip", "config", "list")
    listed = subprocess.run(pip, check=True, capture_output=True, text=True).stdout
    lock = str(LOCKS / f"{group}.txt")
    command = [find_uv(python), "pip", "install", "--python", python]
    command += ["--build-constraints", lock, "--requirements", lock, "--editable", str(ROOT)]
    if group != "book":
        # Where PYTHONDONTWRITEBYTECODE is set, each process would compile TensorFlow again: 18 s
        # to import instead of 5.
        command.append("--compile-bytecode")
    run(*command, **settings_of_pip(listed))
    for name in GROUPS[: GROUPS.index(group) + 1]:
        stamp(folder, name).touch()


def main(folder: Path, group: str) -> int:
    """Make the environment if it is not made yet, and return an exit code."""
    reason = problem(sys.version_info)
    if reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1
    wait_for_others(folder)
    if is_made(folder, group):
        return 0
    print(f"making {folder.name} from requirements/{group}.txt: once", flush=True)
    try:
        make(folder, group)
    except subprocess.CalledProcessError:
        print(f"error: {folder.name} could not be made; the reason is above", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute(), sys.argv[2]))
