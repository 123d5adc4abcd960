"""The Chinese edition is complete and up to date, and what is not is found."""

import shutil

import pytest

from tools.notebook_files import ROOT
from tools.translation import catalogues
from tools.translation.checks import complaints, wrong_with
from tools.translation.extract import wanted
from tools.translation.markup import prose


@pytest.fixture(scope="module")
def sources():
    """What the sources hold today: one build of the book."""
    return wanted()


def test_nothing_is_untranslated_fuzzy_wrong_or_stale(sources, capsys):
    found = {path: complaints(path, sources) for path in catalogues.stored()}
    messages = [each for path in found for each in catalogues.messages(catalogues.read(path))]
    words = sum(len(prose(message.id).split()) for message in messages)
    with capsys.disabled():
        print(f"\n{len(found)} catalogues, {len(messages)} messages, {words} words", end=" ")
    assert {path.name: lines for path, lines in found.items() if lines} == {}
    assert sorted(sources) == catalogues.stored()


@pytest.fixture
def catalogue(tmp_path):
    """A copy of one page's catalogue, to be broken."""
    page = catalogues.PAGES / "chapters" / "02_core_idea.po"
    return page, shutil.copy(page, tmp_path / page.name)


def broken(catalogue, change):
    _, copy = catalogue
    read = catalogues.read(copy)
    message = max(catalogues.messages(read), key=lambda message: len(message.id))
    change(message)
    catalogues.write(copy, read)
    return message, complaints(copy, None)


def test_an_untranslated_message_is_found(catalogue):
    message, found = broken(catalogue, lambda message: setattr(message, "string", ""))
    assert found == [f"untranslated: {message.id[:57]}..."]


def test_a_fuzzy_message_is_found(catalogue):
    message, found = broken(catalogue, lambda message: message.flags.add("fuzzy"))
    assert found == [f"fuzzy: {message.id[:57]}..."]


def test_an_english_translation_is_found(catalogue):
    _, found = broken(catalogue, lambda message: setattr(message, "string", message.id))
    assert any(line.startswith("no Chinese in it") for line in found)


def test_a_catalogue_that_is_older_than_its_page_is_found(sources, catalogue):
    page, _ = catalogue
    newer = {page: [*sources[page], ("A paragraph that an author adds.", "")]}
    assert complaints(page, sources) == []
    assert complaints(page, newer) == [
        "stale: its source has changed; run `python -m tools.translation update`"
    ]


@pytest.mark.parametrize(
    ("english", "chinese", "told"),
    [
        ("Look at `c_prev`.", "看 `c`。", "markup: lost `c_prev`; added `c`"),
        ("It is $f_t$.", "就是它。", "markup: lost $f_t$"),
        ("See [chapter 3](03_gates.ipynb).", "见 [第 3 章](04.ipynb)。", "markup: lost"),
        ("**Remember.** A gate.", "记住。门。", "markup: lost **"),
        ("A gate, a cell.", "门,细胞。", "full-width punctuation"),
        ("A gate.", "门.", "a Chinese sentence ends with"),
        ("An LSTM cell.", "LSTM细胞。", "a space between Chinese and Latin"),
        ("The forget gate.", "忘记门。", "忘记门: say 遗忘门"),
        ("You see it.", "您看到了。", "您: say 你"),
    ],
)
def test_a_translation_that_breaks_a_rule_is_told_so(english, chinese, told):
    found = wrong_with(english, chinese, catalogues.PAGES / "index.po")
    assert any(line.startswith(told) for line in found), found


def test_a_good_translation_is_not_complained_of():
    english = "**Remember.** Look at `c_prev` in [chapter 3](03_gates.ipynb): it is $f_t$."
    chinese = "**记住。** 看 [第 3 章](03_gates.ipynb) 里的 `c_prev`：它就是 $f_t$。"
    assert wrong_with(english, chinese, catalogues.PAGES / "index.po") == []


def test_the_catalogues_are_where_the_style_sheet_says():
    text = (ROOT / "locale" / "README.md").read_text(encoding="utf-8")
    for path in catalogues.stored():
        if path.parent == catalogues.PAGES and path.name != "index.po":
            assert path.name in text
