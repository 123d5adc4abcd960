"""What runs Python in the page enters the site by its SHA-256 alone, or not at all."""

import json
import zipfile

import pytest

from tools import python_archives, python_in_page
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
    assert python_in_page.make() is False
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "no source has one.whl and 1 more" in said
    python_in_page.publish(tmp_path / "site")
    assert not (tmp_path / "site" / "made").exists()


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
def test_the_site_has_what_it_lists_and_the_lock_says():
    listed = json.loads((MADE / "files.json").read_text(encoding="utf-8"))
    there = {path.name for path in MADE.iterdir() if path.suffix != ".br"}
    assert there == set(listed) | {"files.json"}
    for name, file in listed.items():
        data = (MADE / name).read_bytes()
        assert (len(data), python_in_page.sha256(data)) == (file["size"], file["sha256"]), name
    lock = json.loads((MADE / "pyodide-lock.json").read_text(encoding="utf-8"))
    wheels = {each["file_name"]: each["sha256"] for each in lock["packages"].values()}
    assert wheels == {name: f["sha256"] for name, f in listed.items() if name.endswith(".whl")}
    for each in lock["packages"].values():
        assert set(each["depends"]) <= set(lock["packages"])
