"""The book as notebooks in JupyterLite, without a browser: what goes into them, and where from."""

import json
import zipfile

from tools import lite, python_in_page
from tools.notebook_files import CHAPTERS


def test_a_notebook_begins_with_what_a_browser_needs():
    path = CHAPTERS / "02_core_idea.ipynb"
    before = json.loads(path.read_text(encoding="utf-8"))["cells"]
    first, *others = json.loads(lite.for_browser(path, "zh_CN"))["cells"]
    assert 'begin_notebook("zh_CN")' in "".join(first["source"])
    assert others == before


def test_the_wheel_has_the_library_and_the_stand_ins(tmp_path):
    lite.write_wheel(tmp_path / lite.WHEEL)
    with zipfile.ZipFile(tmp_path / lite.WHEEL) as wheel:
        names = set(wheel.namelist())
    assert {"lstm_lib/__init__.py", "lstm_lib/static/walk.js", "in_page/stand_ins.py"} <= names


def test_the_lock_names_what_is_there_and_nothing_else(tmp_path, monkeypatch):
    official = {
        "numpy": {"file_name": "numpy-2.whl", "depends": []},
        "prompt-toolkit": {"file_name": "prompt_toolkit-3.whl", "depends": []},
        "ipython": {"file_name": "ipython-8.whl", "depends": ["prompt_toolkit", "absent"]},
        "absent": {"file_name": "absent-1.whl", "depends": []},
    }
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / python_in_page.LOCK).write_text(json.dumps({"packages": official}), encoding="utf-8")
    wheels = ["numpy-2.whl", "prompt_toolkit-3.whl", "ipython-8.whl", "comm-0.2.2-py3-none-any.whl"]
    for name in wheels:
        (kept / name).write_bytes(b"")
    monkeypatch.setattr(python_in_page, "KEPT", kept)
    monkeypatch.setattr(python_in_page, "FILES", dict.fromkeys([*wheels, python_in_page.LOCK]))
    lite.put_pyodide(tmp_path / "site")
    text = (tmp_path / "site" / python_in_page.LOCK).read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert set(packages) == {"numpy", "prompt-toolkit", "ipython", "comm", "lstm-lib"}
    assert packages["ipython"]["depends"] == ["prompt_toolkit"]
    assert packages["lstm-lib"]["imports"] == ["lstm_lib"]
    assert all((tmp_path / "site" / each["file_name"]).is_file() for each in packages.values())
