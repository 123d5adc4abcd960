"""The whole book as notebooks in the browser: ``make lite``.

JupyterLite is JupyterLab without a server; its kernel is Pyodide, whose files are those of Python
in the page and some more, `website/lite/manifest.json`. Nothing is asked of another host. The site
is a folder of its own, `_build/lite`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat

from lstm_lib import __version__
from lstm_lib.language import LANGUAGES
from tools import python_archives, python_in_page
from tools.notebook_files import ROOT, find_notebooks, read_notebook
from tools.notebook_format import to_text
from tools.translation import notebooks

SOURCES = ROOT / "website" / "lite"
BUILT = ROOT / "_build" / "lite"
# Its name must not begin with that of the other: JupyterLite takes the one for a part of the other.
WORK = ROOT / "_build" / "of_lite"
BUILDER = python_in_page.KEPT.parent / "jupyterlite"
KERNEL = "@jupyterlite/pyodide-kernel-extension"

WHEEL = f"lstm_lib-{__version__}-py3-none-any.whl"
WHEEL_INFO = {
    "METADATA": f"Metadata-Version: 2.1\nName: lstm-lib\nVersion: {__version__}\n",
    "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "RECORD": "",
}
# What a notebook begins with in a browser.
FIRST_CELL = """\
# In a browser: what needs TensorFlow says so.
import lstm_lib
from in_page.stand_ins import begin_notebook

begin_notebook("{language}")"""


def install_builder() -> None:
    """Install what builds JupyterLite into a folder that nothing else sees."""
    wanted = SOURCES / "requirements.txt"
    done = BUILDER / wanted.name
    if done.is_file() and done.read_bytes() == wanted.read_bytes():
        return
    shutil.rmtree(BUILDER, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*command, "--target", BUILDER, "--requirement", wanted], check=True)
    shutil.copy2(wanted, done)


def write_wheel(path: Path) -> None:
    """Write the library as a wheel, with what stands in for TensorFlow."""
    stand_ins = python_in_page.SOURCES / "stand_ins.py"
    files = {each.relative_to(ROOT).as_posix(): each for each in python_archives.library()}
    files["in_page/stand_ins.py"] = stand_ins
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, file in sorted(files.items()):
            wheel.write(file, name)
        for name, text in WHEEL_INFO.items():
            wheel.writestr(f"lstm_lib-{__version__}.dist-info/{name}", text)


def entry(path: Path, depends: list[str]) -> dict:
    """Return what a lock says of a wheel that Pyodide does not know."""
    name, version, *_ = path.name.split("-")
    return {
        "name": name.replace("_", "-"),
        "version": version,
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": [name],
        "depends": depends,
        "unvendored_tests": False,
    }


def put_pyodide(folder: Path) -> None:
    """Put Pyodide's files and the wheels into a folder, with a lock that names all and no others.

    The kernel loads what a cell imports: the library brings NumPy and Matplotlib.
    """
    folder.mkdir(parents=True)
    for name in python_in_page.FILES:
        shutil.copy2(python_in_page.KEPT / name, folder)
    write_wheel(folder / WHEEL)
    lock = json.loads((folder / python_in_page.LOCK).read_text(encoding="utf-8"))
    there = {
        name: each
        for name, each in lock["packages"].items()
        if (folder / each["file_name"]).is_file()
    }
    there["comm"] = entry(next(folder.glob("comm-*.whl")), ["traitlets"])
    there["lstm-lib"] = entry(folder / WHEEL, ["numpy", "matplotlib"])
    for each in there.values():
        # In names, the lock mixes the two.
        each["depends"] = [name for name in each["depends"] if name.replace("_", "-") in there]
    lock["packages"] = there
    (folder / python_in_page.LOCK).write_text(json.dumps(lock), encoding="utf-8")


def for_browser(path: Path, language: str) -> str:
    """Return the text of a notebook that begins with what a browser needs."""
    notebook = read_notebook(path)
    first = nbformat.v4.new_code_cell(FIRST_CELL.format(language=language), id="in-a-browser")
    notebook.cells.insert(0, first)
    return to_text(notebook)


def put_contents(folder: Path) -> None:
    """Put the notebooks in both languages and the results that they read into a folder."""
    notebooks.write_notebooks(notebooks.BUILT)
    for language, source in (("en", ROOT), (notebooks.LANGUAGE, notebooks.BUILT)):
        target = folder / LANGUAGES[language].folder
        for path in find_notebooks(source / "chapters", source / "reference"):
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(for_browser(path, language), encoding="utf-8")
        for path in python_archives.results():
            copy = target / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)


def build() -> None:
    """Build the folder anew.

    Raises
    ------
    SystemExit
        If a file is missing: a line says which.
    """
    if missing := python_in_page.bring(parts=("python", "numpy", "matplotlib", "lite")):
        raise SystemExit(f"error: no source has {', '.join(missing)} (see CONTRIBUTING.md)")
    install_builder()
    for folder in (WORK, BUILT):
        shutil.rmtree(folder, ignore_errors=True)
    put_contents(WORK / "contents")
    for name in ("jupyter-lite.json", "overrides.json"):
        shutil.copy2(SOURCES / name, WORK)
    extension = BUILDER / "share" / "jupyter" / "labextensions" / KERNEL
    settings = {
        "contents": ["contents"],
        "output_dir": str(BUILT),
        "apps": ["lab", "notebooks"],
        "federated_extensions": [str(extension)],
        "ignore_sys_prefix": ["federated_extensions"],
        "no_libarchive": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    config = json.dumps({"LiteBuildConfig": settings})
    (WORK / "jupyter_lite_config.json").write_text(config, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build"],
        cwd=WORK,
        env={**os.environ, "PYTHONPATH": str(BUILDER)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"error: JupyterLite could not be built:\n{done.stdout}{done.stderr}")
    put_pyodide(BUILT / "static" / "pyodide")
    size = sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file())
    print(f"the book as notebooks in the browser: {BUILT.relative_to(ROOT)}, {size / 1e6:.0f} MB")


if __name__ == "__main__":
    build()
