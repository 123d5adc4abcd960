"""Pages in another language: what Sphinx's own way, locale/README.md, needs for this book."""

import re
from functools import cache
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform, i18n

from .sharing import DESCRIPTION, description_of

# Words in a drawing, and what is read out in its place.
SVG_WORDS = re.compile(r"(<(?:text|title|desc)\b[^>]*>)([^<]+)(?=</)")
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


def replaced(pattern, text, words):
    """The text with the second group of each match translated, where there is a translation."""

    def translated(match):
        english = unescape(match[2])
        chinese = words.get(english.strip())
        if chinese is None:
            return match[0]
        return match[1] + escape(english.replace(english.strip(), chinese), quote=False)

    return pattern.sub(translated, text)


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
    """What figures show, drawn or told; words in equations on lines of their own."""
    words = words_of(app, "figures")
    if not words:
        return
    for image in doctree.findall(nodes.image):
        image["alt"] = words.get(image.get("alt"), image.get("alt", ""))
    for drawing in doctree.findall(nodes.raw):
        if drawing.get("format") == "html" and "<svg" in drawing.astext():
            drawing.children = [nodes.Text(replaced(SVG_WORDS, drawing.astext(), words))]
    for equation in doctree.findall(nodes.math_block):
        equation.children = [nodes.Text(replaced(TEX_WORDS, equation.astext(), words))]


def translate_description(app, pagename, templatename, context, doctree):
    words = words_of(app, pagename) if pagename in app.env.all_docs else {}
    tags = context.get("metatags", "")
    description = description_of(tags)
    if description in words:
        found = DESCRIPTION.search(tags)
        context["metatags"] = tags.replace(found[1] or found[2], escape(words[description]), 1)


def setup(app):
    app.add_transform(KeepEquations)
    read_docstrings_as_written()
    app.connect("source-read", read_outputs)
    app.connect("doctree-resolved", translate_blocks)
    app.connect("doctree-resolved", close_up)
    app.connect("doctree-resolved", translate_figures)
    app.connect("html-page-context", translate_description)
