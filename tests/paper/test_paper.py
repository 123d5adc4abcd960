"""The book as printed by `make pdf`: pages, outline, contents, links, fonts, figures, margins."""

import re
from functools import cache

import pypdf
import pypdfium2
import pytest

from lstm_lib.language import LANGUAGES
from tools import editions, on_paper

POINTS = 72 / 25.4
# website/paper.css: the margins at the sides.
SIDE = 18 * POINTS
A4 = (595, 842)
CODES = list(LANGUAGES)


def path_of(code):
    return on_paper.PAPER / f"inside-the-lstm-{LANGUAGES[code].tag.lower()}.pdf"


@cache
def reader(code):
    return pypdf.PdfReader(path_of(code))


@cache
def opened(code):
    return pypdfium2.PdfDocument(path_of(code))


@cache
def words(code, number):
    """The text of a page, without what separates words and lines."""
    text = opened(code)[number].get_textpage().get_text_range()
    return re.sub(r"[\s\ufffe-]+", "", text)


def titles(code):
    """The pages of the book in their order, and their titles."""
    site = editions.SITE / LANGUAGES[code].folder
    for each in on_paper.in_order(editions.contents(code)):
        if not isinstance(each, str):
            page, _ = on_paper.article(site, *each, set())
            yield page


@pytest.mark.parametrize("code", CODES)
def test_pages_are_of_one_size_and_numbered(code):
    pages = reader(code).pages
    assert len(pages) > 200
    for number, page in enumerate(pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4
        if number > 1:  # its head and its foot come first
            text = opened(code)[number - 1].get_textpage().get_text_range()
            assert str(number) in text[:100].split(), f"page {number}"


@pytest.mark.parametrize("code", CODES)
def test_no_page_but_the_first_is_nearly_empty(code):
    empty = [n + 1 for n in range(1, len(reader(code).pages)) if len(words(code, n)) < 20]
    figures = [n for n in empty if "/XObject" in reader(code).pages[n - 1]["/Resources"]]
    assert set(empty) == set(figures)


@pytest.mark.parametrize("code", CODES)
def test_every_page_of_the_book_is_in_the_outline_and_begins_where_it_says(code):
    found = {}

    def walk(entries):
        for entry in entries:
            if isinstance(entry, list):
                walk(entry)
            else:
                title = re.sub(r"\s+", "", entry.title)
                found.setdefault(title, reader(code).get_destination_page_number(entry))

    walk(reader(code).outline)
    assert len(found) > 150
    for page in titles(code):
        title = re.sub(r"\s+", "", on_paper.plain(page.title))
        assert title in found, page.name
        assert title.replace("-", "") in words(code, found[title]), page.name


@pytest.mark.parametrize("code", CODES)
def test_the_contents_have_the_numbers_of_the_pages(code):
    numbers = on_paper.page_numbers(path_of(code))
    contents = "".join(words(code, number) for number in range(1, 8))
    for page in titles(code):
        if page.name != "index":
            title = re.sub(r"[\s-]+", "", on_paper.plain(page.title))
            assert f"{title}{numbers[on_paper.slug(page.name)]}" in contents, page.name


@pytest.mark.parametrize("code", CODES)
def test_links_lead_to_places_in_the_book_or_to_the_web(code):
    named, inside, outside = reader(code).named_destinations, 0, set()
    for page in reader(code).pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            if link.get("/Subtype") != "/Link":
                continue
            if "/A" in link:
                outside.add(link["/A"]["/URI"])
            else:
                assert str(link["/Dest"]) in named
                inside += 1
    assert inside > 200
    assert [address for address in outside if not re.match("https?://|mailto:", address)] == []


def fonts_of(code):
    for page in reader(code).pages:
        resources = page["/Resources"].get_object()
        for font in resources.get("/Font", {}).values():
            yield font.get_object()


@pytest.mark.parametrize("code", CODES)
def test_every_font_is_embedded(code):
    names = set()
    for font in fonts_of(code):
        if font["/Subtype"] == "/Type3":
            continue  # its letters are drawings in the file itself
        names.add(str(font["/BaseFont"]))
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        described = inner["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]
    assert any("KaTeX" in name for name in names)


def test_chinese_is_text():
    text = "".join(words("zh_CN", number) for number in range(len(reader("zh_CN").pages)))
    assert "遗忘门" in text
    assert len(re.findall("[\u4e00-\u9fff]", text)) > 20_000


@pytest.mark.parametrize("code", CODES)
def test_no_letter_stands_in_a_side_margin(code):
    """A line that is too long for the page would run into the margin, and be cut off."""
    over = []
    for number in range(len(opened(code))):
        page = opened(code)[number]
        text = page.get_textpage()
        for rectangle in range(text.count_rects()):
            left, _, right, _ = text.get_rect(rectangle)
            if left < SIDE - 3 or right > page.get_width() - SIDE + 3:
                over.append((number + 1, text.get_text_bounded(*text.get_rect(rectangle))))
    assert over == []


@pytest.mark.parametrize("code", CODES)
def test_figures_are_drawings(code):
    """A bitmap would be blurred on paper; the heat maps alone have some, inside of drawings."""
    images = {
        image.idnum
        for page in reader(code).pages
        for image in page["/Resources"].get("/XObject", {}).values()
        if image.get_object().get("/Subtype") == "/Image"
    }
    assert len(images) < 40
