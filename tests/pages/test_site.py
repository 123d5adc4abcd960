"""What can be checked of the built pages without a browser.

Every check is a function from a page to a list of complaints. It is run on each page of the site,
and, so that no check is one that cannot fail, on broken pages (`BROKEN`) and on a sound one.
"""

import gzip
import re
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

from tools.notebook_files import ROOT

SITE = ROOT / "_build" / "html"
BUDGET = 250_000  # bytes over the wire, of a page without its figures

# Relations of <link> that only name an address; every other one makes the browser fetch it.
NAMING = {"canonical", "alternate", "next", "prev", "search", "author", "license", "index", "help"}
LOADING = ("script", "img", "source", "iframe", "video", "audio", "embed", "track", "input")
CSS_URL = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")
EXTERNAL = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
READ_OUT = ("alt", "title", "aria-label", "content")
TEX = re.compile(r"\$\$|\\[a-zA-Z]{2,}|\\[()\[\]]")

# A font of KaTeX is fetched when something on the page is set in it: what in the HTML tells so.
MATH_FONTS = {
    "KaTeX_Main-Regular": "katex",
    "KaTeX_Math-Italic": "mathnormal",
    "KaTeX_Main-Bold": "mathbf",
    "KaTeX_Main-Italic": "mathit|textit",
    "KaTeX_Math-BoldItalic": "boldsymbol",
    "KaTeX_AMS-Regular": "mathbb|amsrm",
    "KaTeX_Caligraphic-Regular": "mathcal",
    "KaTeX_Size1-Regular": "size1|small-op",
    "KaTeX_Size2-Regular": "size2|large-op",
    "KaTeX_Size3-Regular": "size3",
    "KaTeX_Size4-Regular": "size4",
    "KaTeX_Typewriter-Regular": "texttt|mathtt",
    "KaTeX_SansSerif-Regular": "textsf|mathsf",
}


class Page(NamedTuple):
    path: Path
    html: BeautifulSoup


def remembered(function):
    """What a function makes of a file is made once, and again when the file is another one."""
    known = {}

    @wraps(function)
    def of_file(path):
        found = path.stat()
        state = found.st_mtime_ns, found.st_size
        if known.get(path, (None,))[0] != state:
            known[path] = state, function(path)
        return known[path][1]

    return of_file


@remembered
def read(path):
    return Page(path, BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser"))


def in_private(path):
    """Whether a path is no page: it lies in a folder of the builder, as `_static`."""
    return any(part.startswith("_") for part in path.parts[:-1])


def find_pages(site=SITE):
    pages = sorted(path for path in site.rglob("*.html") if not in_private(path.relative_to(site)))
    return pages or [site / "index.html"]


@pytest.fixture(params=find_pages(), ids=lambda path: path.relative_to(SITE).as_posix())
def page(request):
    require_site(request.param)
    return read(request.param)


def require_site(path):
    if not path.is_file():
        pytest.fail(f"{path.relative_to(ROOT)} is missing: run make book first", pytrace=False)


# What a page loads -----------------------------------------------------------------------------


def css_addresses(css):
    return [match[1] or match[2] for match in CSS_URL.finditer(css)]


def loaded_addresses(html):
    """Addresses a browser fetches by itself when it opens the page."""
    for tag in html.find_all(LOADING):
        yield from (tag[name] for name in ("src", "poster") if tag.get(name))
        yield from (part.split()[0] for part in tag.get("srcset", "").split(",") if part.strip())
    for tag in html.find_all(["image", "use", "feimage"]):
        yield from (tag[name] for name in ("href", "xlink:href") if tag.get(name))
    for tag in html.find_all("object"):
        yield tag.get("data", "")
    for tag in html.find_all("link", href=True):
        if not NAMING & set(tag.get("rel", [])):
            yield tag["href"]
    for css in [*(tag.string or "" for tag in html.find_all("style")), *styles_of(html)]:
        yield from css_addresses(css)


def styles_of(html):
    return [tag["style"] for tag in html.find_all(style=True)]


def local_file(address, base):
    return (base.parent / unquote(urlsplit(address).path)).resolve()


def is_file_address(address):
    return bool(address) and not address.startswith(("data:", "#")) and not EXTERNAL.match(address)


@remembered
def style_sheet(path):
    return path.read_text(encoding="utf-8")


def style_sheets(page):
    links = page.html.find_all("link", rel="stylesheet", href=True)
    return [local_file(tag["href"], page.path) for tag in links if is_file_address(tag["href"])]


def external_loads(page):
    """Nothing may come from another server: not by the page, not by its style sheets."""
    found = [address for address in loaded_addresses(page.html) if EXTERNAL.match(address)]
    for sheet in style_sheets(page):
        if sheet.is_file():
            found += [each for each in css_addresses(style_sheet(sheet)) if EXTERNAL.match(each)]
    return [f"loads {address}" for address in found]


def missing_files(page):
    """Whatever the page or its style sheets load is there."""
    wanted = [(each, page.path) for each in loaded_addresses(page.html)]
    for sheet in style_sheets(page):
        if sheet.is_file():
            wanted += [(each, sheet) for each in css_addresses(style_sheet(sheet))]
    return [
        f"loads {address}, which is not there"
        for address, base in wanted
        if is_file_address(address) and not local_file(address, base).is_file()
    ]


def weight(page):
    """Bytes of the page, its styles, scripts, fonts and logo, text compressed; no figures."""
    markup = str(page.html)
    files = [
        local_file(each, page.path) for each in loaded_addresses(page.html) if is_file_address(each)
    ]
    files += [
        local_file(each, sheet)
        for sheet in style_sheets(page)
        for each in css_addresses(style_sheet(sheet))
        if is_file_address(each) and is_fetched(each, markup)
    ]
    own = {path for path in files if "_images" not in path.parts and path.is_file()}
    return wire_size(page.path.read_bytes(), ".html") + sum(file_size(path) for path in own)


def is_fetched(address, markup):
    """Whether what a style sheet names is fetched for this page: imports, and fonts in use."""
    name = Path(urlsplit(address).path).stem
    if name in MATH_FONTS:
        return bool(re.search(f'class="[^"]*({MATH_FONTS[name]})', markup))
    return address.endswith(".css") or (name == "fa-solid-900" and address.endswith(".woff2"))


@remembered
def file_size(path):
    return wire_size(path.read_bytes(), path.suffix)


def wire_size(data, suffix):
    text = suffix in {".html", ".css", ".js", ".svg", ".json"}
    return len(gzip.compress(data, 6)) if text else len(data)


def overweight(page):
    size = weight(page)
    return [f"weighs {size} bytes, more than {BUDGET}"] if size > BUDGET else []


# Where a page leads ----------------------------------------------------------------------------


@remembered
def anchors_of(path):
    return anchors(read(path))


def anchors(page):
    return {tag["id"] for tag in page.html.find_all(id=True)}


def dead_link(address, page, own):
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address == "#":
        return None
    target = local_file(address, page.path) if parts.path else page.path
    if not target.is_file():
        return f"links to {address}, which is not there"
    if parts.fragment and target.suffix == ".html":
        known = own if target == page.path else anchors_of(target)
        if unquote(parts.fragment) not in known:
            return f"links to {address}, where there is no such anchor"
    return None


def dead_links(page):
    own = anchors(page)
    found = (dead_link(tag["href"], page, own) for tag in page.html.find_all("a", href=True))
    return [complaint for complaint in found if complaint]


def doubled_ids(page):
    ids = [tag["id"] for tag in page.html.find_all(id=True)]
    return [f"id {each} twice" for each in sorted(set(ids)) if ids.count(each) > 1]


# What a page says to those who do not see it ---------------------------------------------------


def is_alt_text(text):
    """Words, not a file's path, long enough to say something."""
    return (
        len(text) >= 20
        and re.search(r"[ ，。]", text)
        and not re.search(r"[\w-]/[\w-]|\.(svg|png|jpe?g)\b", text)
    )


def is_decoration(image):
    """An empty alternative text is right beside words that say the same: the logo and its title."""
    link = image.find_parent("a")
    return image.get("alt") == "" and link is not None and bool(link.get_text(strip=True))


def nameless_images(page):
    images = page.html.find_all("img")
    poor = [
        image
        for image in images
        if not is_decoration(image) and not is_alt_text(image.get("alt", ""))
    ]
    return [f"{image.get('src')}: alternative text {image.get('alt')!r}" for image in poor]


def name_of_drawing(svg, html):
    label = html.find(id=svg.get("aria-labelledby") or False)
    title = label or svg.find("title", recursive=False)
    return svg.get("aria-label") or (title.get_text(" ", strip=True) if title else "")


def nameless_drawings(page):
    """A drawing is an image with a name, or it is hidden from screen readers."""
    found = []
    for svg in page.html.find_all("svg"):
        if (
            svg.find_parent("svg")
            or svg.find_parent(class_="katex")
            or svg.get("aria-hidden") == "true"
        ):
            continue
        if svg.get("role") != "img" or len(name_of_drawing(svg, page.html)) < 20:
            found.append(f"drawing without a name: {str(svg)[:80]}")
    return found


def unsized_images(page):
    """Without a size the text jumps when the image comes."""
    images = page.html.find_all("img")
    return [
        f"{image.get('src')} has no size"
        for image in images
        if not (image.get("width") and image.get("height"))
    ]


def anonymous(page):
    """A page has a language, a title and a description."""
    html = page.html
    title = html.title.get_text(strip=True) if html.title else ""
    description = html.find("meta", attrs={"name": "description"})
    # A Chinese character says as much as two or three letters.
    shortest = 20 if html.html and html.html.get("lang", "").startswith("zh") else 50
    complaints = {
        "no language": bool(html.html and html.html.get("lang")),
        "no title": bool(title),
        f"no description of {shortest} characters or more": bool(description)
        and len(description.get("content", "")) >= shortest,
        "no skip link": bool(html.find("a", href="#main-content"))
        and bool(html.find(id="main-content")),
    }
    return [complaint for complaint, fine in complaints.items() if not fine]


def unshared(page):
    """A link to the page unfolds to its title and its description, and whole addresses or none."""
    tags = {
        tag["property"]: tag.get("content") for tag in page.html.find_all("meta", property=True)
    }
    found = [
        f"no {name}" for name in ("og:title", "og:description", "og:type") if not tags.get(name)
    ]
    addresses = [tags[name] for name in ("og:url", "og:image") if name in tags]
    return found + [f"{each} is not a whole address" for each in addresses if "://" not in each]


def disordered_headings(page):
    """One h1, and no level left out on the way down."""
    main = page.html.find("main") or page.html
    levels = [int(tag.name[1]) for tag in main.find_all(re.compile(r"^h[1-6]$"))]
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} headings of level 1"]
    jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
    return found + [f"heading of level {b} after level {a}" for a, b in jumps]


def empty_headers(page):
    """A table's header cell says of what."""
    cells = [tag for tag in page.html.find_all("th") if not tag.get_text(strip=True)]
    return [f"empty header in: {cell.find_parent('table').get_text(' ')[:80]}" for cell in cells]


# Markup ----------------------------------------------------------------------------------------

# The attributes of what templates and extensions write. Any tag may have the first, data-…, aria-….
GLOBAL = {"id", "class", "style", "title", "lang", "dir", "hidden", "tabindex", "role", "property"}
ATTRIBUTES = {
    "script": {"src", "type", "defer", "async", "integrity", "crossorigin", "nomodule"},
    "link": {"rel", "href", "type", "sizes", "media", "as", "crossorigin", "hreflang"},
    "meta": {"name", "content", "charset", "http-equiv"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"},
    "a": {"href", "target", "rel", "download", "hreflang", "type"},
    "button": {"type", "name", "value", "disabled", "form"},
    "label": {"for"},
    "details": {"open", "name"},
    "summary": set(),
    "table": set(),
    "form": {"action", "method"},
}
# Tags that hold words: no box may stand inside.
PHRASING = [
    "p",
    "span",
    "em",
    "strong",
    "code",
    "button",
    "label",
    "summary",
    *map("h{}".format, range(1, 7)),
]
BOXES = [
    "div",
    "p",
    "ul",
    "ol",
    "dl",
    "table",
    "pre",
    "section",
    "article",
    "figure",
    "blockquote",
    "details",
]


def malformed(page):
    """What the HTML standard calls a parse error: tags that do not match, doubled attributes, …"""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    parser.parse(page.path.read_text(encoding="utf-8"))
    return [f"line {line}: {code} {details}" for (line, _), code, details in parser.errors]


def unknown_attributes(page):
    """A misspelt attribute does nothing, and says nothing."""
    found = []
    for tag in page.html.find_all(list(ATTRIBUTES)):
        known = GLOBAL | ATTRIBUTES[tag.name]
        unknown = [
            name
            for name in tag.attrs
            if name not in known and not name.startswith(("data-", "aria-"))
        ]
        found += [f"<{tag.name} {name}>: no such attribute" for name in unknown]
    return found


def boxes_in_words(page):
    """A block inside a phrase: browsers guess, and not all alike."""
    found = []
    for tag in page.html.find_all(BOXES):
        parent = tag.find_parent()
        if parent is not None and parent.name in PHRASING:
            found.append(f"<{tag.name}> inside <{parent.name}>: {str(tag)[:60]}")
    return found


# Equations and icons ---------------------------------------------------------------------------


def visible_parts(tag):
    """Texts and attributes outside code and MathML, which keeps the source of an equation."""
    for child in tag.children:
        if isinstance(child, Tag):
            if child.name not in ("code", "pre", "script", "style", "annotation"):
                yield from (child[name] for name in READ_OUT if child.has_attr(name))
                yield from visible_parts(child)
        # Not a comment, which is a kind of text.
        elif type(child) is NavigableString:
            yield child


def visible_text(html):
    return " ".join(visible_parts(html))


def raw_tex(page):
    return [f"raw TeX: {found}" for found in TEX.findall(visible_text(page.html))]


def unrendered_equations(page):
    """Each equation is there for the eye and, as MathML, for the ear."""
    bad = [
        tag
        for tag in page.html.select("span.math, div.math")
        if not tag.select_one(".katex .katex-mathml math")
    ]
    return [f"equation without MathML: {str(tag)[:80]}" for tag in bad]


def unknown_icons(page):
    """The style sheet keeps the icons in use only: website/lstm_book/icons.py."""
    names = {
        name
        for tag in page.html.select("[class*=fa-]")
        for name in tag["class"]
        if name.startswith("fa-")
    }
    names -= {"fa-solid", "fa-lg"}
    rules = "".join(style_sheet(sheet) for sheet in style_sheets(page) if sheet.is_file())
    return [f"icon {name} is not kept" for name in sorted(names) if f".{name}:" not in rules]


# The checks, on the site and on broken pages ---------------------------------------------------

CHECKS = [
    external_loads,
    missing_files,
    overweight,
    dead_links,
    doubled_ids,
    nameless_images,
    nameless_drawings,
    unsized_images,
    anonymous,
    disordered_headings,
    empty_headers,
    malformed,
    unknown_attributes,
    boxes_in_words,
    unshared,
    raw_tex,
    unrendered_equations,
    unknown_icons,
]

SOUND = """<!DOCTYPE html><html lang="en"><head><title>A page</title>
<meta name="description" content="A page on which every check of this file finds nothing to say."/>
<link rel="canonical" href="https://example.org/page.html"/>
<meta property="og:title" content="A page"/><meta property="og:type" content="article"/>
<meta property="og:description" content="A page on which every check finds nothing to say."/>
</head>
<body><a href="#main-content">Skip</a><main id="main-content"><h1>A page</h1><h2>A part</h2>
<p><a href="https://example.org/">elsewhere</a> <code>\\frac</code> <a href="#part">below</a></p>
<a href="#"><img src="data:image/png;base64," width="1" height="1" alt=""/>Home</a>
<img src="data:image/png;base64," width="9" height="9" alt="Two curves that cross after ten steps"/>
<svg role="img" aria-labelledby="t"><title id="t">A belt that runs through a cell</title></svg>
<span class="math"><span class="katex"><span class="katex-mathml"><math>
<annotation>\\frac</annotation></math></span></span></span>
<h3 id="part">Below</h3></main></body></html>"""

# (check, what is replaced in the sound page, by what)
BROKEN = [
    (external_loads, "</head>", '<script src="https://example.org/a.js"></script></head>'),
    (external_loads, "</head>", '<link rel="stylesheet" href="//example.org/a.css"/></head>'),
    (
        external_loads,
        "</head>",
        "<style>@font-face{src:url(https://example.org/a.woff2)}</style></head>",
    ),
    (external_loads, "</head>", '<style>@import "https://example.org/a.css";</style></head>'),
    (external_loads, "<h2>", "<h2 style=\"background:url('https://example.org/a.png')\">"),
    (external_loads, "<h2>", '<img srcset="a.png 1x, https://example.org/a.png 2x"/><h2>'),
    (external_loads, "<h2>", '<iframe src="https://example.org"></iframe><h2>'),
    (external_loads, "<h2>", '<svg><image href="https://example.org/a.png"/></svg><h2>'),
    (missing_files, "</head>", '<script src="no-such-file.js"></script></head>'),
    (dead_links, 'href="#part"', 'href="#no-such-part"'),
    (dead_links, 'href="#part"', 'href="no-such-page.html"'),
    (doubled_ids, 'id="part"', 'id="t"'),
    (nameless_images, 'alt="Two curves that cross after ten steps"', ""),
    (nameless_images, 'alt="Two curves that cross after ten steps"', 'alt=""'),
    (
        nameless_images,
        'alt="Two curves that cross after ten steps"',
        'alt="../_images/an image 0123456789.svg"',
    ),
    (nameless_drawings, 'role="img"', ""),
    (nameless_drawings, "A belt that runs through a cell", "A belt"),
    (unsized_images, 'width="9"', ""),
    (anonymous, 'lang="en"', ""),
    (anonymous, "<title>A page", "<title>"),
    (anonymous, 'name="description"', 'name="other"'),
    (anonymous, 'id="main-content"', ""),
    (disordered_headings, "<h2>A part</h2>", ""),
    (disordered_headings, "<h2>A part</h2>", "<h1>A part</h1>"),
    (empty_headers, "<h2>", "<table><tr><th></th><th>a</th></tr></table><h2>"),
    (malformed, "<h2>A part</h2>", "<h2>A part"),
    (malformed, "<h2>", "</p><h2>"),
    (malformed, "<!DOCTYPE html>", ""),
    (malformed, '<html lang="en">', '<html lang="en" lang="en">'),
    (unknown_attributes, "</head>", '<script loading_method="defer"></script></head>'),
    (boxes_in_words, "<h2>A part</h2>", "<h2><div>A part</div></h2>"),
    (boxes_in_words, "<h2>", "<span><ul><li>a</li></ul></span><h2>"),
    (unshared, 'property="og:title"', 'property="og:name"'),
    (unshared, "</head>", '<meta property="og:image" content="card.png"/></head>'),
    (raw_tex, "<h2>A part", "<h2>\\frac{a}{b}"),
    (raw_tex, "<h2>A part", "<h2>$$ a"),
    (raw_tex, "<title>A page", "<title>\\(a\\)"),
    (raw_tex, "ten steps", "\\sigma steps"),
    (unrendered_equations, "<math>", "<b>"),
    (unrendered_equations, 'class="katex-mathml"', 'class="other"'),
    (unknown_icons, "<h2>", '<i class="fa-solid fa-no-such-icon"></i><h2>'),
]


def write_page(folder, text):
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    return Page(path, BeautifulSoup(text, "html.parser"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_page(check, page):
    assert check(page) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_sound_page_passes(check, tmp_path):
    assert check(write_page(tmp_path, SOUND)) == []


@pytest.mark.parametrize(("check", "old", "new"), BROKEN)
def test_a_broken_page_is_caught(check, old, new, tmp_path):
    assert old in SOUND
    assert check(write_page(tmp_path, SOUND.replace(old, new, 1))) != []


def test_a_heavy_page_is_caught(tmp_path):
    noise = "".join(str(n**7) for n in range(60_000))  # compresses to less than half
    (tmp_path / "heavy.js").write_text(noise, encoding="utf-8")
    text = SOUND.replace("</head>", '<script src="heavy.js"></script></head>')
    assert overweight(write_page(tmp_path, text)) != []


def test_an_external_address_in_a_style_sheet_is_caught(tmp_path):
    (tmp_path / "bad.css").write_text(
        "a{background:url(https://example.org/a.png)}", encoding="utf-8"
    )
    text = SOUND.replace("</head>", '<link rel="stylesheet" href="bad.css"/></head>')
    assert external_loads(write_page(tmp_path, text)) != []


def test_a_missing_site_is_caught(tmp_path):
    with pytest.raises(pytest.fail.Exception, match="run make book first"):
        require_site(ROOT / "no-such-site" / "index.html")


def test_every_check_has_a_broken_page():
    assert {check for check, _, _ in BROKEN} | {overweight} == set(CHECKS)


def test_the_icon_font_holds_the_icons_in_use(monkeypatch):
    """`make_font` in website/lstm_book/icons.py writes the list beside the font."""
    monkeypatch.syspath_prepend(str(ROOT / "website"))
    from lstm_book import icons

    sheets = ("styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css")
    css = "".join((SITE / "_static" / name).read_text(encoding="utf-8") for name in sheets)
    assert icons.code_points(css) == icons.listed_code_points()
