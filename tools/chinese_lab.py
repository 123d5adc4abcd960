"""Put the Chinese notebooks where a reader works on them: ``make lab-zh``.

They lie in `zh`, beside what they read. A notebook that the reader has changed stays as it is; the
others follow the book.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

from lstm_lib.language import LANGUAGES
from tools.notebook_files import ROOT, find_notebooks, name_of
from tools.notebook_format import to_text
from tools.translation.catalogues import LANGUAGE
from tools.translation.notebooks import TranslationError, chinese_notebook, copy_results

FOLDER = ROOT / LANGUAGES[LANGUAGE].folder
WRITTEN = ".written.json"


def offer(folder: Path) -> list[Path]:
    """Write the Chinese notebooks below `folder`; return those that are the reader's and stay."""
    record = folder / WRITTEN
    known = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    kept = []
    for path in find_notebooks():
        target = folder / path.relative_to(ROOT)
        if target.exists() and _hash(target.read_bytes()) != known.get(name_of(path)):
            kept.append(target)
            continue
        try:
            text = to_text(chinese_notebook(path)).encode()
        except TranslationError:
            print(f"还没有译完，这次不放进来：{name_of(path)}", file=sys.stderr)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
        known[name_of(path)] = _hash(text)
    copy_results(folder)
    record.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    return kept


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def main() -> None:
    """Write the notebooks into `zh` and say so, in Chinese."""
    kept = offer(FOLDER)
    count = len(find_notebooks())
    print(
        f"{FOLDER.name}/ 里有 {count} 个中文 notebook，章在 chapters/，练习在 chapters/exercises/。"
    )
    if kept:
        names = "、".join(path.relative_to(FOLDER).as_posix() for path in kept)
        print(f"你改过的保持不变：{names}")


if __name__ == "__main__":
    main()
