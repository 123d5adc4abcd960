"""On every page that is a notebook: how to run it, in a box that unfolds below the title."""

from html import escape
from pathlib import PurePosixPath

from jinja2 import Template

BOX = Template("""
<details class="run-page">
<summary>Run this page</summary>
<p>This page is a notebook: you can run and change everything in it.</p>
<ul>
<li><strong>In the folder of the book:</strong> <code>{{ lab }}</code> opens JupyterLab{{ where }}.
The first time, it makes an environment of its own, which takes a few minutes.</li>
<li><strong>In your own Jupyter:</strong>
<a class="run-page__download" href="{{ download }}" download>download this notebook</a>
and install what it needs: <code>pip install '.[book]'</code>, in the folder of the book.</li>
</ul>
</details>
""")


def box(pagename, download):
    """The box of one notebook; `download` is its address, seen from the page."""
    path = PurePosixPath(f"{pagename}.ipynb")
    # `make lab` shows the folder of the chapters.
    in_lab = path.parts[0] == "chapters"
    return BOX.render(
        lab="make lab" if in_lab else f".venv/bin/jupyter lab {escape(str(path))}",
        where=f"; open <code>{escape(str(path.relative_to('chapters')))}</code>" if in_lab else "",
        download=escape(download),
    )


def add_box(app, pagename, templatename, context, doctree):
    if context.get("page_source_suffix") == ".ipynb" and "</h1>" in context.get("body", ""):
        download = context["pathto"](f"_sources/{context['sourcename']}", 1)
        context["body"] = context["body"].replace("</h1>", "</h1>" + box(pagename, download), 1)


def setup(app):
    app.connect("html-page-context", add_box)
