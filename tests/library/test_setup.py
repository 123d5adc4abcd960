"""Setting up and releasing: what uv is told of pip, which Pythons will do, what a release says."""

import os
import sys

import pytest

from tests.library.cells import ROOT
from tools import check_python, release_notes

# The Makefile runs the file by its path.
sys.path.insert(0, str(ROOT / "tools"))
import make_venv

sys.path.pop(0)

MIRROR, OTHER = "https://mirror.example.org/simple", "https://other.example.org/simple"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for names in make_venv.UV_NAMES.values():
        for name in names:
            monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ("", {}),
        ("global.timeout='60'\n", {}),
        (f"global.index-url='{MIRROR}'\n", {"UV_DEFAULT_INDEX": MIRROR}),
        (
            f":env:.index-url='{OTHER}'\nglobal.index-url='{MIRROR}'\n",
            {"UV_DEFAULT_INDEX": OTHER},
        ),
        (
            f"install.index-url='{OTHER}'\nglobal.index-url='{MIRROR}'\n",
            {"UV_DEFAULT_INDEX": OTHER},
        ),
        (f"download.index-url='{OTHER}'\n", {}),
        (
            f"global.extra-index-url='\\n{MIRROR}\\n{OTHER}'\n",
            {"UV_INDEX": f"{MIRROR} {OTHER}", "UV_INDEX_STRATEGY": "unsafe-best-match"},
        ),
        ("global.find-links='one two'\n", {"UV_FIND_LINKS": "one,two"}),
        ("global.cert='/etc/cert.pem'\n", {"SSL_CERT_FILE": "/etc/cert.pem"}),
    ],
)
def test_uv_is_told_where_pip_looks(listed, told):
    assert make_venv.settings_of_pip(listed) == told


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_what_is_set_for_uv_wins(name, monkeypatch):
    monkeypatch.setenv(name, OTHER)
    assert make_venv.settings_of_pip(f"global.index-url='{MIRROR}'\n") == {}


def test_a_group_is_made_again_when_its_lock_is_newer(tmp_path, monkeypatch):
    for name in ("LOCKS", "ROOT"):
        monkeypatch.setattr(make_venv, name, tmp_path)
    for name in ("book.txt", "test.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    assert not make_venv.is_made(tmp_path, "book")
    make_venv.stamp(tmp_path, "book").touch()
    assert make_venv.is_made(tmp_path, "book")
    assert not make_venv.is_made(tmp_path, "test")
    later = make_venv.stamp(tmp_path, "book").stat().st_mtime + 1

    os.utime(tmp_path / "book.txt", (later, later))
    assert not make_venv.is_made(tmp_path, "book")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14, 0)])
def test_these_pythons_are_taken(version):
    assert check_python.problem(version) == ""


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 15)])
def test_others_are_told_which(version):
    assert "3.11 to 3.14 needed: make PYTHON=" in check_python.problem(version)


CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2027-01-31

### Added

- Something.

## [1.1.0]

- Without a date.
"""


def test_a_release_says_what_the_changelog_says():
    assert release_notes.notes("v1.2.0", CHANGELOG, "1.2.0") == "### Added\n\n- Something."


@pytest.mark.parametrize(
    ("tag", "version", "said"),
    [
        ("v1.2.1", "1.2.0", "the tag is v1.2.1, the version of lstm_lib 1.2.0"),
        ("1.2.0", "1.2.0", "the tag is 1.2.0"),
        ("v1.1.0", "1.1.0", "no section"),
        ("v1.3.0", "1.3.0", "no section"),
    ],
)
def test_a_tag_that_does_not_fit_is_refused(tag, version, said):
    with pytest.raises(SystemExit, match=said):
        release_notes.notes(tag, CHANGELOG, version)


def test_the_changelog_is_by_version_with_dates():
    heads = [
        line
        for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
        if line.startswith("## ")
    ]
    assert heads[0] == "## [Unreleased]"
    dates = [line.partition("] - ")[2] for line in heads[1:]]
    assert all(len(date) == len("2027-01-31") for date in dates)
    assert dates == sorted(dates, reverse=True)
