"""On every page that is a notebook: how to run it, in a box that unfolds below the title."""

import re
from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote

from jinja2 import Template
from sphinx.locale import _

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


def box(pagename, download, has_buttons, links):
    """The box of one notebook; `download` is its address, seen from the page."""
    in_page = ""
    if has_buttons and pagename.startswith("chapters/exercises/"):
        in_page = _("press “Write your answer here” below a blank.")
    elif has_buttons:
        in_page = _("press “Edit and run” below a cell.")
    path = PurePosixPath(f"{pagename}.ipynb")
    # `make lab` shows the folder of the chapters.
    if path.parts[0] == "chapters":
        in_folder = _("{command} opens JupyterLab; open {file}.").format(
            command="<code>make lab</code>",
            file=f"<code>{escape(str(path.relative_to('chapters')))}</code>",
        )
    else:
        in_folder = _("{command} opens JupyterLab.").format(
            command=f"<code>make venv &amp;&amp; .venv/bin/jupyter lab {escape(str(path))}</code>"
        )
    links = {name: escape(value) for name, value in links.items()}
    return BOX.render(_=_, in_page=in_page, in_folder=in_folder, download=escape(download), **links)


def add_box(app, pagename, templatename, context, doctree):
    if context.get("page_source_suffix") == ".ipynb" and "</h1>" in context.get("body", ""):
        download = context["pathto"](f"_sources/{context['sourcename']}", 1)
        config = app.config
        links = elsewhere(pagename, config.book_repository, config.book_branch, config.language)
        shown = box(pagename, download, bool(context.get("python_in_page")), links)
        context["body"] = context["body"].replace("</h1>", "</h1>" + shown, 1)


def setup(app):
    app.add_config_value("book_repository", "", "html", types=[str])
    app.add_config_value("book_branch", "main", "html", types=[str])
    # After what says whether there is Python in the site.
    app.connect("html-page-context", add_box, priority=600)
