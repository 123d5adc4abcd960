"""The Chinese notebooks of ``make lab-zh``: they follow the book, and a reader's changes stay."""

from tools import chinese_lab
from tools.notebook_files import ROOT, find_notebooks
from tools.notebook_format import to_text
from tools.translation.notebooks import chinese_notebook


def test_what_the_reader_has_changed_stays(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "我的 文档"
    monkeypatch.setattr(chinese_lab, "FOLDER", folder)
    # Three are enough here: `test_chinese_notebooks.py` makes all.
    some = first, second, _ = find_notebooks()[:3]
    monkeypatch.setattr(chinese_lab, "find_notebooks", lambda: some)
    chinese_lab.main()
    assert capsys.readouterr().out.count("\n") == 1
    expected = {path: to_text(chinese_notebook(path)) for path in (first, second)}
    written = {path: folder / path.relative_to(ROOT) for path in (first, second)}
    for path, text in expected.items():
        assert written[path].read_text(encoding="utf-8") == text
    assert (folder / "experiments" / "results").is_dir()

    # The reader works on the first; the book has changed the second since.
    written[first].write_text("mine", encoding="utf-8")
    record = folder / chinese_lab.WRITTEN
    written[second].write_text("as the book was", encoding="utf-8")
    hashes = record.read_text(encoding="utf-8")
    old = chinese_lab._hash(expected[second].encode())
    record.write_text(hashes.replace(old, chinese_lab._hash(b"as the book was")), encoding="utf-8")
    chinese_lab.main()
    assert f"保持不变：{first.relative_to(ROOT).as_posix()}\n" in capsys.readouterr().out
    assert written[first].read_text(encoding="utf-8") == "mine"
    assert written[second].read_text(encoding="utf-8") == expected[second]
