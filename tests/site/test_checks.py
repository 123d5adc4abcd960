"""No check that cannot fail: a sound page passes, and each fault put into it is found."""

import shutil

import pytest

from tests.site import visits

SOUND = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"></head>
<body><main id="main-content"><h1>A page</h1><p>A text that can be read.</p>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="9" height="9" alt="A point">
</main></body></html>"""
# Counted in frames, as the visit is: after a time, the visit could be over.
JUMP = """<script>requestAnimationFrame(() => requestAnimationFrame(() => {
  document.querySelector("h1").style.marginTop = "400px"; }));</script>
<div style="height:500px">A tall box, which moves.</div>"""

# What is replaced in the sound page, by what, and the name of the complaint.
FAULTS = {
    "alternative text removed": (' alt="A point"', "", "axe-core"),
    "pale text": ("<p>", '<p style="color:#aaa;background:#fff">', "axe-core"),
    "no language": (' lang="en"', "", "axe-core"),
    "external script": (
        "</head>",
        '<script src="https://example.org/a.js"></script></head>',
        "loaded from elsewhere",
    ),
    "address of another machine": (
        "</p>",
        "</p><img src='http://192.0.2.1/' alt=''>",
        "loaded from elsewhere",
    ),
    "script error": ("</main>", "</main><script>undefinedName()</script>", "script errors"),
    "message of an error": (
        "</main>",
        "</main><script>console.error('a')</script>",
        "script errors",
    ),
    "missing file": ("</head>", '<link rel="stylesheet" href="no.css"></head>', "not there"),
    "text that jumps": ("</main>", f"{JUMP}</main>", "the text jumps"),
    "too wide": ("<p>", '<p style="width:2000px">', "wider than the window"),
}


def look(browser, serve, folder, text, theme="light"):
    (folder / "page.html").write_text(text, encoding="utf-8")
    return visits.visit(browser, serve(folder), "page.html", 390, theme)


def test_a_sound_page_passes(browser, serve, tmp_path):
    result = look(browser, serve, tmp_path, SOUND)
    assert result.requests
    assert visits.complaints(result) == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(browser, serve, tmp_path, fault):
    old, new, name = FAULTS[fault]
    assert old in SOUND
    result = look(browser, serve, tmp_path, SOUND.replace(old, new, 1))
    assert name in visits.complaints(result)


def test_every_check_finds_a_fault():
    names = {name for _, _, name in FAULTS.values()}
    everything = visits.Visit("", 0, "", [], ["a"], ["a"], ["a"], 1.0, 1, [{}])
    assert names == set(visits.complaints(everything))


def test_a_fault_in_the_dark_is_found(browser, serve, tmp_path):
    style = "<style>@media (prefers-color-scheme: dark) {p {color: #eee}}</style></head>"
    text = SOUND.replace("</head>", style)
    assert look(browser, serve, tmp_path, text, "light").violations == []
    assert look(browser, serve, tmp_path, text, "dark").violations != []


def test_shifts_add_up_within_a_window_only():
    assert visits.worst_shift([]) == 0
    assert visits.worst_shift([[0, 0.05], [500, 0.06]]) == pytest.approx(0.11)
    assert visits.worst_shift([[0, 0.05], [1600, 0.06]]) == pytest.approx(0.06)


# In a copy of the whole book ---------------------------------------------------------------------

CHAPTER = "chapters/03_gates.html"
# The file, what is put into it and where, and the name of the complaint.
IN_THE_BOOK = {
    "script error": ("_static/book.js", "", "undefinedName();\n", "script errors"),
    "contrast failure": ("_static/book.css", "", "main p {color: #aaa !important}\n", "axe-core"),
    "external script": (
        CHAPTER,
        "</head>",
        '<script src="https://example.org/a.js"></script>',
        "loaded from elsewhere",
    ),
    "style sheet gone": (CHAPTER, "</head>", '<link rel="stylesheet" href="a.css">', "not there"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return shutil.copytree(visits.SITE, tmp_path_factory.mktemp("book") / "html")


@pytest.mark.parametrize("fault", IN_THE_BOOK)
def test_a_fault_in_the_book_is_found(browser, serve, copy, fault):
    name, before, new, complaint = IN_THE_BOOK[fault]
    path = copy / name
    sound = path.read_text(encoding="utf-8")
    at = sound.index(before) if before else 0
    path.write_text(sound[:at] + new + sound[at:], encoding="utf-8")
    try:
        result = visits.visit(browser, serve(copy), CHAPTER, 390, "light")
    finally:
        path.write_text(sound, encoding="utf-8")
    assert complaint in visits.complaints(result)
