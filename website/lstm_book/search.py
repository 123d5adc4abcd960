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
SPLITTER = Path(__file__).resolve().parents[1] / "static" / "search_zh.js"


def make_tokenizer():
    from tools.translation.checks import glossary_words  # only the Chinese edition needs it

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # It stores its dictionary in a folder for all users, which is none of ours.
    with tempfile.TemporaryDirectory() as tokenizer.tmp_dir:
        tokenizer.initialize()
    for word in sorted({word for line in glossary_words() for word in HAN.findall(line)}):
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
