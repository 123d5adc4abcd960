"""Each sentence that claims much is listed with its proof, and what a proof names is there."""

import re
from functools import cache

import pytest

from tools import claims
from tools.notebook_files import ROOT

DO = (
    "run `python -m tools.claims`, then give each new sentence in tests/pages/claims.md a proof, "
    "or change the sentence"
)
# Kinds of proof that name where it is to be found.
NAMING = {"tested", "stored", "cited"}


@cache
def found():
    return claims.found()


@cache
def listed():
    return claims.read()


@cache
def kinds():
    return claims.kinds()


@cache
def names_of_tests():
    """All functions and files of tests."""
    names = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        names.add(path.name)
        names |= set(re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE))
    return names


@cache
def sources():
    return set(re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text("utf-8"), re.M))


def is_there(kind, name):
    """Whether a test, a source or a file is there; a name without a slash may be anything."""
    if kind == "tested":
        return name in names_of_tests()
    if kind == "cited":
        return name in sources()
    return (ROOT / name).exists() if "/" in name or kind == "stored" else True


def wrong_with(proof):
    """What is wrong with a proof, in a sentence; nothing if it will do."""
    kind, colon, rest = proof.partition(":")
    if not proof:
        return "it has no proof"
    if not colon or not rest.strip() or kind not in kinds():
        return f"a proof is a kind, a colon and the proof, and not {proof!r}"
    named = re.findall(r"`([^`]+)`", rest)
    if kind in NAMING and not named:
        return f"`{kind}:` names nothing"
    for name in named:
        if not is_there(kind, name):
            return f"there is no {name}"
    return ""


def report(lines):
    return "\n".join([*lines, DO]) if lines else ""


def test_each_sentence_that_claims_much_is_listed():
    new = [f"not listed: {page}: {text}" for text, page in found().items() if text not in listed()]
    assert not new, report(new)


def test_no_listed_sentence_is_gone():
    gone = [f"no longer there: {text}" for text in listed() if text not in found()]
    assert not gone, report(gone)


def test_each_listed_sentence_has_a_proof_that_is_there():
    bad = [f"{wrong}: {text}" for text, proof in listed().items() if (wrong := wrong_with(proof))]
    assert not bad, report(bad)


def test_each_kind_of_proof_is_in_use():
    assert kinds() == {proof.partition(":")[0] for proof in listed().values()}


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "output",
        "output:",
        "surely: it is known",
        "tested: by hand",
        "tested: `test_that_is_not_there`",
        "stored: by hand",
        "stored: `experiments/results/nothing.json`",
        "code: `lstm_lib/nothing.py`",
        "cited: `nobody1900`",
    ],
)
def test_a_proof_that_shows_nothing_is_refused(proof):
    assert wrong_with(proof)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It fails. **All** ten runs do.", ["**All** ten runs do."]),
        ("**Only one.** The rest is read.", ["**Only one.**"]),
        ("It costs 0.5 at best, e.g. here", ["It costs 0.5 at best, e.g. here"]),
        ("Is it the best one? No: not at all.", []),
        ("Not only this. `all(x)` and $\\text{only}$ are no words.", []),
        ("They overall allow a bestseller.", []),
    ],
)
def test_sentences_that_claim_much_are_found(text, wanted):
    assert [each for each in claims.sentences(text) if claims.claims_much(each)] == wanted


def test_what_is_no_prose_is_left_out(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "---\ntitle: All of it\n---\n# Every heading\n\n```python\nx = 'never'\n```\n\n"
        ":::{dropdown} The only question?\nIt is the only answer.\n:::\n\n"
        "| best |\n|---|\n| all |\n"
        "```{glossary}\nonly child\n  A best friend.\n```\n"
    )
    words = [each for source in claims.markdown_of(page) for each in claims.paragraphs(source)]
    assert [each for each in words if claims.claims_much(each)] == [
        "It is the only answer.",
        "best",
        "all",
        "A best friend.",
    ]


def test_an_update_keeps_proofs_and_drops_what_is_gone(tmp_path, monkeypatch, capsys):
    path = tmp_path / "claims.md"
    path.write_text(
        "# Top\n\n| kind |\n|---|\n| `means` | x |\n\n## old.md\n\n- All stays.\n  - means: so\n"
        "- All goes.\n  - means: so\n"
    )
    where = {"All stays.": "old.md", "All is new.": "new.md"}
    monkeypatch.setattr(claims, "found", lambda: where)
    claims.update(path)
    assert claims.read(path) == {"All stays.": "means: so", "All is new.": ""}
    assert claims.kinds(path) == {"means"}
    assert "2 sentences, 1 gone, 1 without a proof" in capsys.readouterr().out
    before = path.read_text()
    claims.update(path)
    assert path.read_text() == before
