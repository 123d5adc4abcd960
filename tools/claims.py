"""The list of sentences that claim much: those with every, all, never, best or only.

Such a word is quickly written and seldom proved. `tests/pages/claims.md` has each sentence of the
prose in which one stands, once, with what shows that it holds; a test compares it with the pages.

``python -m tools.claims`` brings the list up to date: new sentences come in without a proof, and
those that are gone go out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from tools.notebook_files import (
    CHAPTERS,
    REFERENCE,
    ROOT,
    find_notebooks,
    name_of,
    read_notebook,
    write_if_changed,
)
from tools.translation.markdown import paragraphs
from tools.translation.markup import prose

LIST = ROOT / "tests" / "pages" / "claims.md"
PAGE, SENTENCE, PROOF = "## ", "- ", "  - "

CLAIM = re.compile(r"\b(every|all|never|best|only)\b", re.IGNORECASE)
# Where such a word claims nothing: in idioms and in names.
IDLE = re.compile(
    r"\b(not only|if only|at all|after all|above all|first of all|all the same)\b"
    r"|\ball[- ]in[- ]one\b|\bread-only\b|\bbest practices?\b|attention is all you need",
    re.IGNORECASE,
)
# A sentence ends before a capital, a digit, a quotation, code, mathematics, a link or a role.
END = re.compile(r"([.!?:][*_”\")]*)\s+(?=[*_“\"(]*[A-Z0-9`$\[{])")
GLOSSARY = re.compile(r"```\{glossary\}\n(.*?)```", re.DOTALL)


def pages() -> list[Path]:
    """Return the files with prose, in the order of the list: an exercise behind its chapter."""
    chapters = sorted(find_notebooks(CHAPTERS), key=lambda path: (path.stem, len(path.parts), path))
    reference = sorted([*find_notebooks(REFERENCE), *REFERENCE.rglob("*.md")])
    return [ROOT / "index.md", ROOT / "README.md", *chapters, *reference]


def found() -> dict[str, str]:
    """Return the sentences that claim much, each with the first page on which it stands."""
    where: dict[str, str] = {}
    for path in pages():
        for source in markdown_of(path):
            for words in paragraphs(source):
                for sentence in filter(claims_much, sentences(words)):
                    where.setdefault(sentence, name_of(path))
    return where


def markdown_of(path: Path) -> Iterator[str]:
    """Yield the Markdown of a page, cell by cell; of a glossary its explanations alone."""
    if path.suffix == ".ipynb":
        cells = read_notebook(path).cells
        yield from (cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
        yield GLOSSARY.sub(lambda block: _explanations(block[1]), text)


def sentences(words: str) -> list[str]:
    """Return the sentences of a paragraph, an item of a list or a cell of a table."""
    return END.sub(r"\1\n", " ".join(words.split())).split("\n")


def claims_much(sentence: str) -> bool:
    """Whether one of the words stands in a sentence, and claims something: no question does."""
    words = IDLE.sub("", prose(sentence))
    return bool(CLAIM.search(words)) and not sentence.rstrip('*_”")').endswith("?")


def read(path: Path = LIST) -> dict[str, str]:
    """Return the listed sentences with their proofs, an empty one where there is none yet."""
    proofs: dict[str, str] = {}
    sentence = ""
    _, entries = _parts(path)
    for line in entries.splitlines():
        if line.startswith(SENTENCE):
            sentence = line.removeprefix(SENTENCE)
            proofs[sentence] = ""
        elif line.startswith(PROOF):
            proofs[sentence] = line.removeprefix(PROOF)
    return proofs


def kinds(path: Path = LIST) -> set[str]:
    """Return the kinds of proof, which the list explains at its top."""
    top, _ = _parts(path)
    return set(re.findall(r"^\| `(\w+)` \|", top, re.MULTILINE))


def update(path: Path = LIST) -> None:
    """Bring the list up to date, and say what is still to be done."""
    where, proofs = found(), read(path)
    top, _ = _parts(path)
    write_if_changed(path, f"{top.rstrip()}\n{_listed(where, proofs)}")
    bare = [sentence for sentence in where if not proofs.get(sentence)]
    print(
        f"{len(where)} sentences, {len(set(proofs) - set(where))} gone, {len(bare)} without a proof"
    )
    for sentence in bare:
        print(f"{where[sentence]}: {sentence}")


def _parts(path: Path) -> tuple[str, str]:
    """What the list explains at its top, and its entries."""
    top, _, entries = path.read_text(encoding="utf-8").partition(f"\n{PAGE}")
    return top, entries


def _listed(where: dict[str, str], proofs: dict[str, str]) -> str:
    lines: list[str] = []
    for sentence, page in where.items():
        if f"{PAGE}{page}" not in lines:
            lines += ["", f"{PAGE}{page}", ""]
        lines += [f"{SENTENCE}{sentence}", f"{PROOF}{proofs.get(sentence, '')}"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _explanations(glossary: str) -> str:
    """A glossary without its terms: what is set in explains them."""
    lines = [line for line in glossary.splitlines() if not line or line.startswith(" ")]
    return textwrap.dedent("\n".join(lines))


if __name__ == "__main__":
    update()
