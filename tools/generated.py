"""Parts of a page that a program writes: they stand between two marks."""

from pathlib import Path

from tools.notebook_files import write_if_changed


def with_part(text: str, maker: str, part: str) -> str:
    """Return `text` with `part` between the marks of `maker`, a path in the book."""
    begin, end = (f"<!-- made by {maker}: {mark} -->\n" for mark in ("begin", "end"))
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n{part.strip()}\n\n{end}{after}"


def write_part(path: Path, maker: str, part: str) -> bool:
    """Bring the part up to date; tell whether it changed."""
    return write_if_changed(path, with_part(path.read_text(encoding="utf-8"), maker, part))
