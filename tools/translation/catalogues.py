"""Read and write catalogues of messages, without what changes from run to run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from lstm_lib.language import LANGUAGES
from tools.notebook_files import ROOT, write_if_changed

# The one into which the book is translated.
_, LANGUAGE = LANGUAGES
PAGES = ROOT / "locale" / LANGUAGE / "LC_MESSAGES"
# What the library says, in the book and far from it, is shipped with the library.
LIBRARY = ROOT / "lstm_lib" / "locale" / LANGUAGE / "LC_MESSAGES"

# A sentence of this many letters that was changed is worth comparing with what it was.
SHORTEST = 40

# No dates, no names, no paths: the same sources give the same files.
HEADER = f"""\
msgid ""
msgstr ""
"Language: {LANGUAGE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def stored() -> list[Path]:
    """Return all catalogues there are, in order."""
    return sorted([*PAGES.rglob("*.po"), *LIBRARY.rglob("*.po")])


def read(path: Path) -> Catalog:
    """Return a catalogue; without a file, an empty one."""
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, ignore_obsolete=True)


def messages(catalogue: Catalog) -> list:
    """Return the messages of a catalogue without its header."""
    return [message for message in catalogue if message.id]


def translations(path: Path) -> dict[str, str]:
    """Return what a catalogue has translated, without what is doubtful."""
    return {each.id: each.string for each in messages(read(path)) if each.string and not each.fuzzy}


def memory(paths: Iterable[Path]) -> dict[str, str]:
    """Return what is translated already, whatever the page: each sentence is done once."""
    known: dict[str, str] = {}
    for path in paths:
        for message in messages(read(path)):
            # What is the same in both says nothing about other pages.
            if message.string and message.string != message.id and not message.fuzzy:
                known.setdefault(message.id, message.string)
    return known


def follow(old: Catalog, wanted: Iterable[tuple[str, str]], known: dict[str, str]) -> Catalog:
    """Return the catalogue of the wanted (message, comment) pairs.

    A message keeps its translation, or takes one that is known from another page. A sentence that
    was changed keeps the translation of the old one, marked as fuzzy: it has to be looked at.
    """
    template = Catalog(locale=LANGUAGE)
    for message, comment in wanted:
        template.add(message, auto_comments=[comment] if comment else [])
    old.update(template, no_fuzzy_matching=not any(each.string for each in messages(old)))
    new = Catalog(locale=LANGUAGE)
    for message in messages(template):
        before = old.get(message.id)
        string, flags = before.string, before.flags
        if not string or before.fuzzy:
            string, flags = (known[message.id], ()) if message.id in known else (string, flags)
        if "fuzzy" in flags and len(message.id) < SHORTEST:
            string, flags = "", ()
        new.add(
            message.id,
            string,
            # Braces are placeholders here, but no format of another language.
            flags={"fuzzy"} & set(flags),
            auto_comments=message.auto_comments,
            previous_id=before.previous_id if "fuzzy" in flags else (),
        )
    for message in messages(new):
        message.flags &= {"fuzzy"}
    return new


def write(path: Path, catalogue: Catalog) -> bool:
    """Write a catalogue if it differs from what is there; tell whether it did."""
    import io

    buffer = io.BytesIO()
    write_po(
        buffer,
        catalogue,
        width=100,
        no_location=True,
        omit_header=True,
        ignore_obsolete=True,
        include_previous=True,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_if_changed(path, HEADER + buffer.getvalue().decode().strip() + "\n")
