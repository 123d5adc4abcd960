"""Search in Chinese, which puts no spaces between words.

At build time jieba finds the words, those of the glossary among them. In the browser `splitQuery`
does: see `static/search_zh.js`.
"""

import logging
import re
import tempfile
from pathlib import Path

import jieba
from sphinx.search import SearchLanguage
from sphinx.search.zh import SearchChinese as SphinxChinese

HAN = re.compile(r"[\u3400-\u9fff]+")
WORD = re.compile(r"[^\W\u3400-\u9fff]+")
GLOSSARY = Path(__file__).resolve().parents[2] / "reference" / "glossary.md"
SPLITTER = Path(__file__).resolve().parents[1] / "static" / "search_zh.js"


def glossary_words():
    """The Chinese terms of the glossary: the lines of a term hold both languages."""
    blocks = re.findall(r"```\{glossary\}\n(.*?)```", GLOSSARY.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line[:1].strip()]
    return sorted({word for line in lines for word in HAN.findall(line)})


def make_tokenizer():
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # It stores its dictionary in a folder for all users, which is none of ours.
    with tempfile.TemporaryDirectory() as tokenizer.tmp_dir:
        tokenizer.initialize()
    for word in glossary_words():
        tokenizer.add_word(word)
    return tokenizer


class SearchChinese(SearchLanguage):
    """Chinese words and their parts, and English words by their stem."""

    lang = "zh_CN"
    language_name = "Chinese"
    js_stemmer_code = SphinxChinese.js_stemmer_code
    stopwords = SphinxChinese.stopwords

    def init(self, options):
        self.english = SphinxChinese(options)
        self.tokenizer = make_tokenizer()
        self.js_splitter_code = SPLITTER.read_text(encoding="utf-8")

    def split(self, input):
        chinese = [
            word for run in HAN.findall(input) for word in self.tokenizer.cut_for_search(run)
        ]
        return chinese + WORD.findall(input)

    def word_filter(self, word):
        return len(word) > 1

    def stem(self, word):
        return word if HAN.match(word) else self.english.stem(word)


def setup(app):
    app.add_search_language(SearchChinese)
