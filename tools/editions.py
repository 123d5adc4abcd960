"""Build the website: ``python -m tools.editions``, or the English edition alone with ``en``.

`_config.yml` and `_toc.yml` are those of the English edition. The Chinese one is built from the
same pages with both translated, and goes into `zh/` of the site.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import yaml

from lstm_lib.language import LANGUAGES
from tools import python_in_page
from tools.notebook_files import ROOT, find_notebooks, write_if_changed
from tools.translation import catalogues, notebooks

BUILD = ROOT / "_build"
SITE = BUILD / "html"
# What the pages are told of the repository, and what `_config.yml` calls it.
REPOSITORY = {"repository": "url", "branch": "branch"}
CHINESE = SITE / LANGUAGES[catalogues.LANGUAGE].folder


def configuration(language: str, editions: list[str]) -> dict:
    """Return the configuration of an edition of the book."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    # The extension's folder is sought from the folder of the file, which is another one.
    config["sphinx"]["local_extensions"] = {
        name: str(ROOT / folder) for name, folder in config["sphinx"]["local_extensions"].items()
    }
    own = config["sphinx"]["config"]
    base = config["html"]["baseurl"].rstrip("/")
    own |= {"language": language, "book_editions": editions, "book_site": base and base + "/"}
    own |= {f"book_{name}": config["repository"][key] for name, key in REPOSITORY.items()}
    if language != "en":
        for key in ("title", "author", "copyright"):
            config[key] = translate(config[key])
        config["html"]["extra_footer"] = translate(config["html"]["extra_footer"])
        config["html"]["baseurl"] = base and f"{base}/{CHINESE.name}/"
        # A straight quotation mark after a full-width mark would be turned the wrong way round.
        own["smartquotes_action"] = "De"
        own["html_title"] = translate(own["html_title"])
        theme = own["html_theme_options"]
        theme["logo"]["text"] = translate(theme["logo"]["text"])
        for key in ("search_bar_text", "toc_title"):
            theme[key] = translate(theme[key])
    return config


def contents(language: str) -> dict:
    """Return the table of contents of an edition."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    if language != "en":
        stack = list(toc["parts"])
        while stack:
            part = stack.pop()
            part.update({key: translate(part[key]) for key in ("caption", "title") if key in part})
            stack += [*part.get("chapters", []), *part.get("sections", [])]
    return toc


def translate(text: str) -> str:
    """Return a word of the site in Chinese."""
    # A name of the code is in no catalogue: it is the same in all languages.
    return _words().get(text, text)


@cache
def _words() -> dict[str, str]:
    return catalogues.translations(catalogues.PAGES / "sphinx.po")


def build(language: str, editions: list[str], has_python: bool) -> Path:
    """Build one edition, with warnings as errors, and return its folder.

    Its pages have buttons that run Python if the site `has_python`.

    Raises
    ------
    SystemExit
        If the build fails. It forgets what it has read then, or the next one would not see the
        same warnings again.
    """
    folder = BUILD / language
    folder.mkdir(parents=True, exist_ok=True)
    config = configuration(language, editions)
    config["sphinx"]["config"]["book_python"] = has_python
    for name, content in (("_config.yml", config), ("_toc.yml", contents(language))):
        # A file that is newer than the pages has all of them built anew.
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        write_if_changed(folder / name, text)
    output = ROOT if language == "en" else folder
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT]
    command += ["--path-output", output, "--config", folder / "_config.yml"]
    command += ["--toc", folder / "_toc.yml", "-W", "-n", "--keep-going", "-q"]
    # What docstrings and drawings say comes from the pages' catalogues, not from the library's.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LSTM_BOOK_LANG": "en"}
    # jieba is written for older Pythons, and newer ones say so at length when they first read it.
    environment.setdefault("PYTHONWARNINGS", "ignore::SyntaxWarning")
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        shutil.rmtree(output / "_build" / ".doctrees", ignore_errors=True)
        raise SystemExit(1)
    return output / "_build" / "html"


def offer_notebooks(folder: Path) -> None:
    """Put the Chinese notebooks where the pages' buttons lead, and where they are tested.

    What is not translated yet stays English: a test fails on it, but who writes can go on.
    """
    try:
        notebooks.write_notebooks(notebooks.BUILT)
    except notebooks.TranslationError as error:
        print(f"not translated:\n{error}", file=sys.stderr)
    for path in find_notebooks(notebooks.BUILT):
        shutil.copy(path, folder / path.relative_to(notebooks.BUILT))


def main(arguments: list[str] | None = None) -> None:
    """Build the editions that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tools.editions", description=__doc__)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help=", ".join(LANGUAGES))
    languages = parser.parse_args(arguments).languages or list(LANGUAGES)
    for language in languages:
        if language not in LANGUAGES:
            parser.error(f"language: expected one of {', '.join(LANGUAGES)}, given {language!r}")
    shutil.rmtree(CHINESE, ignore_errors=True)
    has_python = python_in_page.are_there()
    wanted = [language for language in LANGUAGES if language in languages]
    # Side by side: the first time, packing Python takes longer than an edition.
    with ThreadPoolExecutor() as pool:
        packed = pool.submit(python_in_page.make) if has_python else None
        folders = list(pool.map(lambda each: build(each, languages, has_python), wanted))
    if packed:
        packed.result()
    for language, made in zip(wanted, folders, strict=True):
        if language != "en":
            shutil.copytree(made, CHINESE)
            offer_notebooks(CHINESE / "_sources")
        site = SITE if language == "en" else CHINESE
        print(f"the book, {language}: {site.relative_to(ROOT)}/index.html")
    python_in_page.publish(SITE)


if __name__ == "__main__":
    main()
