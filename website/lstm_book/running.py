"""On every page that is a notebook: how to run it, in a box that unfolds below the title."""

import re
from html import escape
from pathlib import PurePosixPath

from jinja2 import Template
from sphinx.locale import _

from .markup import parse

# What joins sentences in English.
SPACE = re.compile(r"(?<=[。：，])\s+")

# Whole sentences, so that each can be translated as one.
BOX = Template("""
<details class="run-page">
<summary>{{ _("Run this page") }}</summary>
<p>{{ _("This page is a notebook: you can run and change everything in it.") }}</p>
<ul>
{%- if in_page %}
<li><strong>{{ _("Here, in the page:") }}</strong> {{ in_page }}
{{ _("Nothing to install: Python runs in your browser, and what you write stays there.") }}</li>
{%- endif %}
<li><strong>{{ _("In the folder of the book:") }}</strong> {{ in_folder }}
{{ _("The first time, it makes an environment of its own, which takes a few minutes.") }}</li>
<li><strong>{{ _("In your own Jupyter:") }}</strong>
<a class="run-page__download" href="{{ download }}" download>{{ _("download this notebook") }}</a>{{
_(", and install what it needs in the folder of the book:") }}
<code>pip install '.[book]'</code></li>
</ul>
</details>
""")


def box(pagename, download, has_buttons, language="en"):
    """The box of one notebook; `download` is its address, seen from the page."""
    in_page = ""
    if has_buttons and pagename.startswith("chapters/exercises/"):
        in_page = _("press “Write your answer here” below a blank.")
    elif has_buttons:
        in_page = _("press “Edit and run” below a cell.")
    path = PurePosixPath(f"{pagename}.ipynb")
    if language != "en":
        in_folder = _("{command} opens JupyterLab; open {file}.").format(
            command="<code>make lab-zh</code>", file=f"<code>{escape(str(path))}</code>"
        )
    # `make lab` shows the folder of the chapters.
    elif path.parts[0] == "chapters":
        in_folder = _("{command} opens JupyterLab; open {file}.").format(
            command="<code>make lab</code>",
            file=f"<code>{escape(str(path.relative_to('chapters')))}</code>",
        )
    else:
        in_folder = _("{command} opens JupyterLab.").format(
            command=f"<code>make venv &amp;&amp; .venv/bin/jupyter lab {escape(str(path))}</code>"
        )
    return BOX.render(_=_, in_page=in_page, in_folder=in_folder, download=escape(download))


def add_box(app, soup, pagename, context):
    title = soup.find("h1")
    if title and context.get("page_source_suffix") == ".ipynb":
        download = context["pathto"](f"_sources/{context['sourcename']}", 1)
        shown = parse(
            box(pagename, download, bool(context.get("python_in_page")), app.config.language)
        )
        if app.config.language != "en":
            close_up(shown)
        title.insert_after(shown)


def close_up(soup):
    """No space after a full-width mark, in a text or between bold and what follows it."""
    for text in soup.find_all(string=True):
        before = text.previous_element if text.parent.name != "strong" else None
        closed = SPACE.sub("", text)
        if str(before or "").endswith(("。", "：", "，")):
            closed = closed.lstrip()
        text.replace_with(closed)
