"""The one parsed pass over the HTML of a page: who takes part, and what each change does."""

from types import SimpleNamespace

import html5lib
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from sphinx import addnodes

# As much of the application as a page without images, equations and Python needs.
PLAIN = SimpleNamespace(
    config=SimpleNamespace(root_doc="index", language="en"),
    srcdir=".",
    env=SimpleNamespace(images={}),
)


def changed(change, html, pagename="a/b", app=PLAIN, **context):
    """The HTML after one change."""
    soup = parse(html)
    change(app, soup, pagename, context)
    return str(soup)


def parse(html):
    return BeautifulSoup(html, "html.parser")


def as_browsers_read(html):
    """The tree that the HTML standard makes of a text, in one line."""
    tree = html5lib.parseFragment(html, treebuilder="etree")
    return html5lib.serialize(tree, tree="etree", alphabetical_attributes=True)


# The pass --------------------------------------------------------------------------------------

# What a parser may stumble over, all of it on pages of the book.
BODY = """<section id="a"><h1>a &amp; b<a class="headerlink" href="#a" title='"a"'>#</a></h1>
<pre><span></span>x &lt; 1\n\n    y = "&quot;"\n</pre>
<p>&nbsp;–&#8201;<br/>é 遗忘门<img alt="" src="a.svg"/></p>
<svg viewBox="0 0 1 1"><defs><linearGradient id="g" gradientUnits="userSpaceOnUse"/></defs>
<path d="M0 0"/><foreignObject/><text>a<tspan>b</tspan></text></svg>
<math xmlns="http://www.w3.org/1998/Math/MathML"><mi mathvariant="normal">x</mi><mspace/></math>
<details open><summary>s</summary><input checked id="i" type="radio"></details>
<script>if (a < b && c) document.write("<p>" + '&amp;' + "</p>");</script>
<style>a > b::before { content: "<"; }</style></section>
"""


def show(lstm_book, context):
    lstm_book.body.change_body(PLAIN, "a/b", "page.html", context, None)
    return context


def test_a_page_with_nothing_to_change_stays_what_it_is(lstm_book):
    html = show(lstm_book, {"body": BODY})["body"]
    assert as_browsers_read(html) == as_browsers_read(BODY)
    assert show(lstm_book, {"body": html})["body"] == html


def test_all_change_one_tree_in_their_order(lstm_book, monkeypatch):
    seen = []
    changes = [lambda *given, n=n: seen.append((n, *given)) for n in range(3)]
    changes.append(lambda app, soup, pagename, context: soup.p.decompose())
    monkeypatch.setattr(lstm_book.body, "CHANGES", changes)
    context = show(lstm_book, {"body": "<p>a</p><b>c</b>", "title": "a"})
    assert [n for n, *_ in seen] == [0, 1, 2]
    assert len({id(soup) for _, _, soup, _, _ in seen}) == 1
    assert seen[0][3:] == ("a/b", context)
    assert context == {"body": "<b>c</b>", "title": "a"}


def test_a_page_without_text_is_left_alone(lstm_book):
    assert show(lstm_book, {"title": "404"}) == {"title": "404"}


# The changes -----------------------------------------------------------------------------------

CHANGES = {
    "folded imports": (
        "pages.name_folds",
        '<details class="admonition hide above-input"><summary aria-label="a"><p>b</p></summary>'
        '<pre>c</pre></details><details><summary aria-label="d">e</summary></details>',
        '<details class="imports"><summary>Imports</summary>'
        '<pre>c</pre></details><details><summary aria-label="d">e</summary></details>',
    ),
    "an entry of the bibliography": (
        "pages.name_list_items",
        '<div role="doc-biblioentry">a</div><div role="note">a</div>',
        '<div role="listitem">a</div><div role="note">a</div>',
    ),
    "the label of a tab": (
        "pages.free_labels",
        '<label aria-controls="t" for="b">a</label>',
        '<label for="b">a</label>',
    ),
    "a long signature": (
        "pages.box_parameters",
        '<dl><dd><em class="sig-param">a</em></dd><dd><em class="sig-param">b</em></dd></dl>'
        "<dl><dt>c</dt><dd>d</dd></dl>",
        '<div class="sig-params"><div><em class="sig-param">a</em></div>'
        '<div><em class="sig-param">b</em></div></div><dl><dt>c</dt><dd>d</dd></dl>',
    ),
    "a table with an empty corner": (
        "pages.head_rows",
        '<table><tr><th class="head"><p></p></th><th class="head">a</th></tr>'
        "<tr><td>b</td><td>1</td></tr></table>",
        '<table><tr><td class="head"></td><th class="head">a</th></tr>'
        '<tr><th scope="row">b</th><td>1</td></tr></table>',
    ),
    "a table with a full corner": (
        "pages.head_rows",
        '<table><tr><th class="head">c</th></tr><tr><td>b</td></tr></table>',
        '<table><tr><th class="head">c</th></tr><tr><td>b</td></tr></table>',
    ),
    "the name of a module": (
        "reference.break_names",
        "<h1>lstm_lib.numpy_backend<a>#</a></h1><p>lstm_lib.state</p>",
        "<h1>lstm_<wbr/>lib.<wbr/>numpy_<wbr/>backend<a>#</a></h1><p>lstm_lib.state</p>",
    ),
    "a title of words": (
        "reference.break_names",
        "<h1>The <code>lstm_lib.state</code></h1>",
        "<h1>The <code>lstm_lib.state</code></h1>",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_does_what_it_is_for(lstm_book, what):
    name, before, after = CHANGES[what]
    module, function = name.split(".")
    assert changed(getattr(getattr(lstm_book, module), function), before) == after


def test_an_image_gets_its_size_once(lstm_book, tmp_path):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="382.68pt" height="30"/>'
    (tmp_path / "a.svg").write_text(drawing, encoding="utf-8")
    app = SimpleNamespace(srcdir=tmp_path, env=SimpleNamespace(images={"a.svg": ([], "x.svg")}))
    images = '<img src="../_images/x.svg"/><img src="x.svg" width="1"/><img src="other.svg"/>'
    first, *others = parse(changed(lstm_book.images.add_sizes, images, app=app)).find_all("img")
    assert (first["width"], first["height"], first["loading"]) == ("510", "30", "lazy")
    assert [set(each.attrs) for each in others] == [{"src", "width"}, {"src"}]


CELLS = [
    {"id": "gates-blank", "metadata": {}},
    {"id": "gates-check", "metadata": {}},
    {"id": "plot", "metadata": {"tags": ["needs-tensorflow"]}},
]
BOX = '<div class="cell docutils container"><div class="cell_input"><pre>1</pre></div></div>'


def test_cells_and_their_buttons(lstm_book):
    soup = parse(BOX * 3)
    lstm_book.in_page.mark(soup.select("div.cell"), CELLS, "chapters/exercises/03")
    lstm_book.buttons.add_buttons(PLAIN, soup, "a/b", {"python_in_page": "python"})
    blank, check, plot = soup.select("div.cell")
    assert (blank["data-cell"], blank["data-role"]) == ("gates-blank", "blank")
    assert blank["data-question"] == check["data-question"] == "gates"
    assert [each.get("class") for each in blank.find_all("div", recursive=False)] == [
        ["cell_input"],
        ["in-page-bar", "pst-js-only", "in-page-blank"],
    ]
    assert blank.button.get_text() == "Write your answer here"
    assert not check.select(".in-page-bar")
    assert plot.has_attr("data-tensorflow")
    assert not plot.select("button")
    assert plot.select(".in-page-bar")


def test_without_python_nothing_is_said_of_buttons(lstm_book):
    only = '<div class="in-page-only docutils"><div>Press</div><p>it</p></div>'
    assert changed(lstm_book.buttons.add_buttons, f"{only}<p>a</p>") == "<p>a</p>"


def test_the_boxes_of_the_first_page_are_cells(lstm_book):
    box = '<div class="cell first-blank docutils"><div class="cell-input docutils">a</div></div>'
    html = changed(lstm_book.buttons.make_first_cells, box, pagename="index")
    cell = parse(html).div
    assert (cell["data-cell"], cell["data-role"]) == ("update_cell-blank", "blank")
    assert cell["class"] == ["cell", "docutils", "container"]
    assert cell.div["class"] == ["cell_input", "docutils", "container"]
    assert changed(lstm_book.buttons.make_first_cells, box) == box


# What is done before there is HTML -------------------------------------------------------------


def test_a_list_is_no_paragraph(lstm_book):
    item = nodes.list_item("", nodes.paragraph("", "a"))
    tree = nodes.section("", nodes.paragraph("", "", nodes.bullet_list("", item)))
    lstm_book.pages.unnest_lists(None, tree, "a")
    assert isinstance(tree[0], nodes.bullet_list)
    assert tree[0][0] is item


def test_words_in_drawings_are_translated(lstm_book, monkeypatch):
    words = {"forget": "遗忘 & 保留", "a < b": "a < c"}
    monkeypatch.setattr(lstm_book.translation, "words_of", lambda app, name: words)
    tree = nodes.section(
        "",
        nodes.raw(
            "",
            "<svg><title>forget</title><text> a &lt; b </text><text>1</text>"
            "<text><tspan>forget</tspan></text><a>forget</a></svg><title>forget</title>",
            format="html",
        ),
        nodes.raw("", "<p>forget</P>", format="html"),
    )
    lstm_book.translation.translate_drawings(None, tree, "a")
    assert [each.astext() for each in tree] == [
        "<svg><title>遗忘 &amp; 保留</title><text> a &lt; c </text><text>1</text>"
        "<text><tspan>forget</tspan></text><a>forget</a></svg><title>forget</title>",
        "<p>forget</P>",
    ]


def test_chinese_terms_of_the_glossary_have_their_language(lstm_book):
    terms = [nodes.term("", word) for word in ("gate", "门")]
    entry = nodes.definition_list_item("", *terms)
    tree = nodes.section("", addnodes.glossary("", nodes.definition_list("", entry)))
    lstm_book.reference.name_language(None, tree, "a")
    assert [term["classes"] for term in terms] == [[], ["language-zh-Hans"]]


def test_a_page_says_what_it_is_about(lstm_book):
    author = nodes.meta("", name="author", content="A. N.")
    words = nodes.meta("", name="description", content="What it is about")
    assert lstm_book.pages.description_of(nodes.section("", author, words)) == "What it is about"
    assert lstm_book.pages.description_of(nodes.section("", author)) == ""
