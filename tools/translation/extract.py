"""Find every sentence that a reader meets: those of the pages, and those that Sphinx misses."""

from __future__ import annotations

import ast
import itertools
import json
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from babel.messages.pofile import read_po

from lstm_lib import diagrams, interactive
from lstm_lib.exercises.checking import QUESTIONS
from lstm_lib.exercises.engine import messages as exercise_messages
from tools.notebook_files import ROOT, find_notebooks, name_of
from tools.translation import code, drawings
from tools.translation.catalogues import LIBRARY, PAGES
from tools.translation.markup import TEX_WORDS, has_words

# A message, and where it stands in words a translator understands.
Found = Iterator[tuple[str, str]]

LITERAL_BLOCK = re.compile(r"::\n\n((?:[ \t]+\S.*\n|\n)+)")
EQUATION = re.compile(r"\$\$(.*?)\$\$", re.DOTALL)


def wanted() -> dict[Path, list[tuple[str, str]]]:
    """Return the messages of each catalogue, in the order of the sources, each once."""
    found = dict(_pages())
    # Sphinx itself takes what templates and extensions say from a catalogue of this name.
    found[PAGES / "sphinx.po"] = _once([*_contents(), *_marked()])
    found[PAGES / "figures.po"] = _once([*_charts(), *_drawings(), *_equations()])
    found[code.CATALOGUE] = _once([*_code(), *_blocks()])
    found[LIBRARY / "exercises.po"] = _once(_exercises())
    found[LIBRARY / "drawings.po"] = _once(_library_drawings())
    found[LIBRARY / "names.po"] = _once(_stored_names())
    return found


def _once(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    first: dict[str, str] = {}
    for message, comment in pairs:
        if has_words(message):
            first.setdefault(message, comment)
    return list(first.items())


def _pages() -> Iterator[tuple[Path, list[tuple[str, str]]]]:
    """What Sphinx finds: titles, prose, lists, tables, docstrings, descriptions."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(Path(sys.executable).with_name("jupyter-book")),
            "build",
            str(ROOT),
            "--path-output",
            folder,
        ]
        command += ["--builder=custom", "--custom-builder=gettext", "-W", "-n", "-q"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"the sources could not be read:\n{done.stdout}{done.stderr}")
        templates = Path(folder, "_build", "gettext")
        for path in sorted(templates.rglob("*.pot")):
            # The theme's own words, for which it has its own catalogues.
            if path.name == "sphinx.pot":
                continue
            with path.open("rb") as file:
                pairs = [(message.id, "") for message in read_po(file) if message.id.strip()]
            yield PAGES / path.relative_to(templates).with_suffix(".po"), pairs


def _contents() -> Found:
    """Titles that only the table of contents gives, and words of the configuration."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    stack = list(toc["parts"])
    while stack:
        part = stack.pop(0)
        for key in ("caption", "title"):
            if key in part:
                yield part[key], "the list of chapters"
        stack[:0] = [*part.get("chapters", []), *part.get("sections", [])]
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    theme = config["sphinx"]["config"]["html_theme_options"]
    for text in (
        config["title"],
        config["author"],
        config["copyright"],
        config["html"]["extra_footer"],
        theme["search_bar_text"],
        theme["toc_title"],
    ):
        yield text, "configuration"


LINKS = [
    f"Link to this {what}" for what in ("heading", "definition", "term", "image", "table", "code")
]
# A whole sentence in a call of gettext's `_`: so are the words of templates and of the extension.
GETTEXT = re.compile(r"""\b_\(\s*(?:'([^']+)'|"([^"]+)")\s*\)""")


def _gettext_calls(source: str) -> Iterator[str]:
    """Return the sentences in calls of `_` in Python that are split over several lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
            yield from (each.value for each in node.args if isinstance(each, ast.Constant))


def _marked() -> Found:
    """Words of the templates, of the book's Sphinx extension and of its title page on paper."""
    website = ROOT / "website"
    for path in [
        *sorted(website.glob("templates/*.html")),
        *sorted(website.glob("lstm_book/*.py")),
        ROOT / "tools" / "on_paper.py",
    ]:
        source = path.read_text(encoding="utf-8")
        for match in GETTEXT.finditer(source):
            yield match[1] or match[2], path.name
        # Also those split over several lines, but not those in a template within Python.
        for message in _gettext_calls(source) if path.suffix == ".py" else ():
            yield message, path.name
    for text in LINKS:
        yield text, "Sphinx, whose own catalogue lacks it"
    # Constants that are marked where they are used.
    for name, constant in (("pages", "DESCRIPTIONS"), ("sharing", "CARD_WORDS")):
        tree = ast.parse((website / "lstm_book" / f"{name}.py").read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.Assign) and node.targets[0].id == constant:
                value = ast.literal_eval(node.value)
                for text in value.values() if isinstance(value, dict) else [value]:
                    yield text, f"{name}.py"


def _notebook_cells() -> Iterator[tuple[str, dict]]:
    for path in find_notebooks():
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            yield name_of(path), cell


def _charts() -> Found:
    """Alternative texts of figures."""
    for name, cell in _notebook_cells():
        alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt")
        if alt:
            yield alt, f"{name}: what is to be seen"


def _code() -> Found:
    """Words in the code of notebooks."""
    for name, cell in _notebook_cells():
        if cell["cell_type"] == "code":
            for message, kind in code.messages("".join(cell["source"])):
                yield message, f"{name}: {kind}"


def _blocks() -> Found:
    """Words in the blocks of code of the other pages."""
    for path in [ROOT / "index.md", *sorted((ROOT / "reference").rglob("*.md"))]:
        for language, text in code.FENCE.findall(path.read_text(encoding="utf-8")):
            for message, kind in code.block_messages(language, text):
                yield message, f"{name_of(path)}: {kind}"
    for path in sorted((ROOT / "lstm_lib").rglob("*.py")):
        for text in _docstring_blocks(ast.parse(path.read_text(encoding="utf-8"))):
            for message, kind in code.messages(text):
                yield message, f"{name_of(path)}: {kind} in a docstring"


def _docstring_blocks(tree: ast.Module) -> Iterator[str]:
    """Blocks of code in docstrings, which the library's reference shows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for block in LITERAL_BLOCK.findall((ast.get_docstring(node) or "") + "\n"):
                yield textwrap.dedent(block).strip()


def _drawings() -> Found:
    for path in sorted((ROOT / "website" / "drawings").glob("*.svg")):
        for words in drawings.words(path.read_text(encoding="utf-8")):
            yield words, f"drawing {path.name}"


def _equations() -> Found:
    r"""Words in \text{} in equations on lines of their own; Sphinx finds the others."""
    for name, cell in _notebook_cells():
        if cell["cell_type"] == "markdown":
            for equation in EQUATION.findall("".join(cell["source"])):
                for words in TEX_WORDS.findall(equation):
                    yield words.strip(), f"{name}: words in an equation"


def _exercises() -> Found:
    """Messages, then question by question hints, praise and the sentences of wrong answers."""
    for name, value in vars(exercise_messages).items():
        if name.isupper():
            texts = value.values() if isinstance(value, dict) else value
            for text in [texts] if isinstance(texts, str) else texts:
                yield text, "messages"
    for name, question in QUESTIONS.items():
        for message, kind in code.messages(question.solution):
            yield message, f"{name}: {kind} in the blank or the solution"
        yield question.praise, f"{name}: after “Correct.”"
        for hint in question.hints:
            yield hint, f"{name}: a hint"
        for wrong in question.wrong:
            yield wrong.says, f"{name}: a mistake"
        for part in question.slips:
            yield part.says, f"{name}: in a part"
            for wrong in part.wrong:
                yield wrong.says, f"{name}: a mistake in a part"
            for key, words in part.words.items():
                yield words, f"{name}: for {{{key}}}"
        for key, words in question.words.items():
            yield words, f"{name}: for {{{key}}}"
        for case in question.cases:
            yield case.label, f"{name}: where an answer went wrong"


def _library_drawings() -> Found:
    """Labels, texts and sentences of drawings, interactive figures and charts."""
    for module in ("diagrams.py", "interactive.py", "plotting.py", "_bitmaps.py"):
        for text in _said(ROOT / "lstm_lib" / module):
            yield text, module
    for text in diagrams.LSTM_PARTS.values():
        yield text, "diagrams.py: what is highlighted"
    for text in interactive.SLIDERS.values():
        yield text, "interactive.py: a slider"
    for text in interactive.PATTERNS:
        yield text, "interactive.py: when the candidate comes in"
    for name in interactive.PRESETS:
        yield name.capitalize(), "interactive.py: a button"


def _stored_names() -> Found:
    """Names in files of results that tables and charts show."""
    for path in sorted((ROOT / "experiments" / "results").glob("*.json")):
        runs = json.loads(path.read_text(encoding="utf-8")).get("runs", {})
        # By model, or by task and then by model.
        for name in [*runs, *itertools.chain(*runs.values())]:
            if has_words(name):
                yield name, name_of(path)
    for name, key in (("speed", "conditions"), ("scale", "points")):
        path = ROOT / "benchmarks" / "results" / f"{name}.json"
        found = json.loads(path.read_text(encoding="utf-8"))[key]
        for entry in found:
            yield entry["way"] if isinstance(entry, dict) else entry, name_of(path)
    for name in ("paper", "today"):
        yield name, "experiments/results/1997: whose results they are"


def _said(path: Path) -> Iterator[str]:
    """Each message in a call of `words`, in the order of the source."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if _is_said(node)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        yield call.args[0].value


def _is_said(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "words"
        and isinstance(node.args[0], ast.Constant)
    )
