"""On every page that is a notebook: how to run it, in a box that unfolds below the title."""

import re
from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote

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
<code>pip install ".[tensorflow,plot,reproduce]"</code></li>
{%- if binder %}
<li><strong>{{ _("On a machine of others, nothing to install:") }}</strong>
<a class="run-page__binder" href="{{ binder }}">{{ _("Launch Binder") }}</a>{{
_(", which takes some minutes to start.") }}</li>
<li><strong>{{ _("On Google's machines:") }}</strong>
<a class="run-page__colab" href="{{ colab }}">{{ _("Open in Colab") }}</a>{{
_(". Run this in a cell of its own first:") }}
<pre>!git clone --depth 1 {{ repository }} book
%cd book/{{ folder }}
%pip install -q "{{ up }}[plot,reproduce]"</pre></li>
{%- endif %}
</ul>
</details>
""")


# Colab and Binder take notebooks from there.
GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?$")


def elsewhere(pagename, repository, branch, language):
    """What the box needs to open a notebook on machines of others: nothing without a repository."""
    found = GITHUB.match(repository)
    if not found:
        return {}
    path = PurePosixPath(f"{pagename}.ipynb")
    # The notebooks of other editions are made when Binder builds its machine (.binder/postBuild).
    built = path if language == "en" else PurePosixPath("_build", language, "notebooks", path)
    branch = quote(branch)
    return {
        "binder": f"https://mybinder.org/v2/gh/{found[1]}/{branch}?labpath={quote(str(built), '')}",
        "colab": f"https://colab.research.google.com/github/{found[1]}/blob/{branch}/{path}",
        "repository": repository,
        "folder": str(path.parent),
        "up": "/".join([".."] * len(path.parent.parts)),
    }


def box(pagename, download, has_buttons, language="en", links=()):
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
    links = {name: escape(value) for name, value in dict(links).items()}
    return BOX.render(_=_, in_page=in_page, in_folder=in_folder, download=escape(download), **links)


def add_box(app, soup, pagename, context):
    title = soup.find("h1")
    if title and context.get("page_source_suffix") == ".ipynb":
        download = context["pathto"](f"_sources/{context['sourcename']}", 1)
        language, has_buttons = app.config.language, bool(context.get("python_in_page"))
        links = elsewhere(pagename, app.config.book_repository, app.config.book_branch, language)
        shown = parse(box(pagename, download, has_buttons, language, links))
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
