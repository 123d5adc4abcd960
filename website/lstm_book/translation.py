"""Pages in another language: what Sphinx's own way, locale/README.md, needs for this book."""

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform, i18n

from .markup import parse

FULL_WIDTH = tuple("。，、；：？！）")
TEX_WORDS = re.compile(r"(\\text\{)([^{}]*)(?=\})")


class KeepEquations(SphinxTransform):
    """An equation on lines of its own is no sentence to translate."""

    # Before Sphinx looks for messages (20).
    default_priority = 15

    def apply(self):
        for equation in self.document.findall(nodes.math_block):
            equation["translatable"] = False


def is_docstring(node):
    """Whether a node comes from a docstring: those are in reStructuredText, the pages are not."""
    return "docstring of" in (node.source or "")


def read_docstrings_as_written():
    """Let Sphinx read the translation of a docstring in the markup of the docstring.

    It would take the parser of the page on which the docstring stands, MyST, and lose each link.
    """
    extract, publish = i18n.extract_messages, i18n.publish_msgstr
    if hasattr(publish, "reads_docstrings"):
        return
    current = []

    def extract_messages(document):
        for node, message in extract(document):
            current[:] = [node]
            yield node, message

    def publish_msgstr(app, source, source_path, *arguments):
        if is_docstring(current[0]):
            source_path = "docstring.rst"
        return publish(app, source, source_path, *arguments)

    publish_msgstr.reads_docstrings = True
    i18n.extract_messages, i18n.publish_msgstr = extract_messages, publish_msgstr


@cache
def catalogue(folder, name):
    """The translations of one catalogue, by their English."""
    from tools.translation import catalogues  # only a translated edition needs it

    return catalogues.translations(Path(folder, f"{name}.po"))


def words_of(app, name):
    """The translations of one catalogue in the language of this edition: none in English."""
    if app.config.language == "en":
        return {}
    return catalogue(folder_of(app), name)


def folder_of(app):
    """Where the catalogues of this edition lie."""
    return Path(app.srcdir, app.config.locale_dirs[0], app.config.language, "LC_MESSAGES")


def translated(text, words):
    """The text in Chinese, where there is a translation; the spaces around it stay."""
    english = text.strip()
    return text.replace(english, words[english]) if english in words else text


def read_outputs(app, docname, source):
    """A notebook with what its cells print and draw in the language of the edition."""
    if app.config.language == "en":
        return
    path = Path(app.env.doc2path(docname))
    files = [folder_of(app) / "figures.po", folder_of(app) / "code.po"]
    if path.suffix == ".ipynb":
        from tools.translation import notebooks, outputs

        source[0] = notebooks.chinese_source(path)
        files.append(outputs.file_of(path))
    # The page is made anew when these change; Sphinx knows the page's own catalogue alone.
    for file in filter(Path.exists, files):
        app.env.note_dependency(str(file))


def translate_blocks(app, doctree, docname):
    """Code on the pages that are no notebooks: comments, and commands that set the language."""
    words = words_of(app, "code")
    if not words or Path(app.env.doc2path(docname)).suffix != ".md":
        return
    from tools.translation import code

    for block in doctree.findall(nodes.literal_block):
        text = code.translate_block(block.get("language", "default"), block.rawsource, words)
        if text != block.rawsource:
            block.rawsource = text
            block.children = [nodes.Text(text)]


def close_up(app, doctree, docname):
    """No space after a full-width mark, though Markdown needs one where bold ends with it."""
    if app.config.language == "en":
        return
    for text in [each for each in doctree.findall(nodes.Text) if each.parent]:
        place = text.parent.index(text)
        before = text.parent[place - 1].astext() if place else ""
        if text.startswith(" ") and before.endswith(FULL_WIDTH):
            text.parent[place] = nodes.Text(text.lstrip(" "))


def translate_figures(app, doctree, docname):
    """What figures show, told; words in equations on lines of their own."""
    words = words_of(app, "figures")
    for image in doctree.findall(nodes.image) if words else ():
        image["alt"] = words.get(image.get("alt"), image.get("alt", ""))
    for equation in doctree.findall(nodes.math_block) if words else ():
        tex = TEX_WORDS.sub(lambda found: found[1] + translated(found[2], words), equation.astext())
        equation.children = [nodes.Text(tex)]


def translate_description(app, doctree, docname):
    """Sphinx extracts descriptions for translation, but looks for them before MyST has them."""
    words = words_of(app, docname)
    for meta in doctree.findall(nodes.meta):
        meta["content"] = words.get(meta["content"], meta["content"])


def translate_drawings(app, doctree, docname):
    """Words in drawings, and what is read out in their place: here, for the search reads them too.

    A drawing is HTML already, in a page's own `raw` or in an output.
    """
    words = words_of(app, "figures")
    raw = [each for each in doctree.findall(nodes.raw) if each.get("format") == "html"]
    for html in raw if words else ():
        soup = parse(html.astext())
        # As in `tools.translation.drawings`: elements of words and nothing else.
        drawn = soup.select("svg text, svg title, svg desc")
        told = [each for each in drawn if not each.find(True)]
        for each in told:
            each.string = translated(each.get_text(), words)
        if told:
            html.children = [nodes.Text(str(soup))]


def setup(app):
    app.add_transform(KeepEquations)
    read_docstrings_as_written()
    app.connect("source-read", read_outputs)
    app.connect("doctree-resolved", translate_blocks)
    app.connect("doctree-resolved", close_up)
    app.connect("doctree-resolved", translate_figures)
    app.connect("doctree-resolved", translate_drawings)
    app.connect("doctree-resolved", translate_description)
