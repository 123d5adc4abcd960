"""The Chinese edition: no English is left, search finds, the switcher stays on the page."""

import re

import pytest

from tests.site import visits

PAGES = [path for path in visits.find_pages() if path.startswith("zh/")]

# Texts that are seen or read out, without code, mathematics and what is hidden for good.
TEXTS = """() => {
  const skipped = "script, style, noscript, pre, code, kbd, .katex, .sig, .citation, .glossary dt";
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!element.closest(skipped)) found.push(walker.currentNode.textContent);
  }
  for (const element of document.querySelectorAll("*")) {
    for (const name of ["alt", "title", "aria-label", "placeholder", "aria-description"]) {
      if (element.hasAttribute(name)) found.push(element.getAttribute(name));
    }
    if (element.matches("meta[name=description]")) found.push(element.content);
  }
  return found.map((text) => text.replace(/\\s+/g, " ").trim()).filter((text) => text);
}"""
ENGLISH = re.compile(r"[A-Za-z]{2,}[,;:]? (?:[A-Za-z]+[,;:]? )*[A-Za-z]{2,}")
HAN = re.compile(r"[\u3400-\u9fff]")
# What stays English: titles of papers, in the tooltips of citations; names of the code.
EXCEPTIONS = [
    r".*\. .*\b(19|20)\d\d\b.*",
    r"\(?[\w.]+(, [\w.]+)+\)?",
    r"\{\".*\"\}",
]


def english_sentences(texts):
    """Texts of three English words or more, without a Chinese character."""
    return sorted(
        {
            text
            for text in texts
            if ENGLISH.search(text)
            and len(re.findall(r"[A-Za-z]{2,}", text)) >= 3
            and not HAN.search(text)
            and not any(re.fullmatch(each, text) for each in EXCEPTIONS)
        }
    )


def test_there_is_a_chinese_page_for_each_english_one():
    english = [path for path in visits.find_pages() if not path.startswith("zh/")]
    assert sorted(f"zh/{path}" for path in english) == PAGES


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith("404.html")])
def test_the_switcher_leads_to_the_page_in_chinese_and_back(new_page, base, path):
    page = new_page()
    english = base + path.removeprefix("zh/")
    page.goto(english)
    page.locator(".edition-switcher").click()
    page.wait_for_url(base + path)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.locator(".edition-switcher").get_attribute("hreflang") == "en"
    page.evaluate(visits.UNFOLD)
    assert english_sentences(page.evaluate(TEXTS)) == []
    page.locator(".edition-switcher").click()
    page.wait_for_url(english)
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_page_for_a_wrong_address_is_chinese_too(new_page, base):
    page = new_page()
    page.goto(base + "zh/404.html")
    assert english_sentences(page.evaluate(TEXTS)) == []


def test_an_english_sentence_is_seen():
    assert english_sentences(["遗忘门", "BasicLSTMCell", "The gate is open here."]) == [
        "The gate is open here."
    ]


# A query, and a page that it must find.
QUERIES = {
    "遗忘门": "chapters/03_gates.html",
    "梯度消失": "chapters/01_long_term_dependencies.html",
    "长短期记忆": "chapters/02_core_idea.html",
    "激活函数": "chapters/03_gates.html",
    "隐层": "reference/glossary.html",
    "权重共享": "reference/glossary.html",
    "过拟合": "reference/glossary.html",
    "为什么普通的循环神经网络会忘记前面的内容": "chapters/01_long_term_dependencies.html",
    "细胞状态": "chapters/02_core_idea.html",
    "输入门": "chapters/03_gates.html",
    "初始状态": "reference/glossary.html",
    "反向传播": "chapters/05_backpropagation.html",
    "批大小": "reference/glossary.html",
    "BasicLSTMCell": "chapters/04_basic_lstm_cell.html",
}


@pytest.mark.parametrize(("query", "found"), QUERIES.items())
def test_search_finds_chinese_words(new_page, base, query, found):
    page = new_page()
    page.goto(f"{base}zh/search.html?q={query}")
    page.locator(f"#search-results a[href*='{found}']").first.wait_for()


@pytest.mark.parametrize("edition", ["", "zh/"])
def test_the_pages_of_num_units_are_the_first(new_page, base, edition):
    page = new_page()
    page.goto(f"{base}{edition}search.html?q=num_units")
    page.locator("#search-results li a").first.wait_for()
    first = [each.get_attribute("href") for each in page.locator("#search-results li > a").all()]
    # Its entry, the question what it is and the chapter that varies it, and only then the others.
    for name in (
        "reference/glossary",
        "chapters/04_basic_lstm_cell",
        "reference/common_confusions",
    ):
        assert any(name in each for each in first[:3]), first[:5]


def test_a_word_that_is_nowhere_is_not_found(new_page, base):
    page = new_page()
    page.goto(f"{base}zh/search.html?q=南瓜饼")
    page.locator("#search-results .search-summary").wait_for()
    page.wait_for_function(
        "!document.querySelector('#search-results h2')?.textContent.includes('…')"
    )
    assert page.locator("#search-results li").count() == 0


def test_chinese_is_drawn_with_characters_and_not_with_boxes(new_page, base):
    """A character that no font has is drawn as a box, as wide as every other such box."""
    page = new_page()
    page.goto(base + "zh/index.html")
    differ = page.evaluate("""() => {
      const draw = (text) => {
        const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 64});
        const context = canvas.getContext("2d");
        context.font = "40px " + getComputedStyle(document.querySelector("main")).fontFamily;
        context.fillText(text, 4, 48);
        return canvas.toDataURL();
      };
      return new Set(["门", "记", "遗", "忘", "\ue123"].map(draw)).size;
    }""")
    assert differ == 5
