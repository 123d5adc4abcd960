"""The first page keeps its word, and so do the measured tables of the site."""

import re

from benchmarks import site
from tools.generated import with_part
from tools.notebook_files import ROOT

PAGE = (ROOT / "index.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def block(words):
    """The one block of code that has these words in it, and its comments."""
    (found,) = (each for each in BLOCKS if words in each)
    said = [line.partition("#")[2].strip() for line in found.splitlines() if "#" in line]
    return found, said


def test_the_first_lines_give_the_shapes_they_say():
    code, said = block("num_units=5")
    names = {}
    exec(code, names)
    state = names["state"]
    assert said == [f"{state.c.shape}, {state.h.shape}"]


def test_the_check_says_what_the_page_says():
    answer, _ = block("def update_cell")
    call, _ = block("check(")
    *imports, last = call.strip().splitlines()
    names = {}
    exec("\n".join([answer, *imports]), names)
    (said,) = re.findall(r":::\{div\} incorrect\n(.*?)\n:::", PAGE, re.DOTALL)
    assert " ".join(said.replace("**", "").split()) == str(eval(last, names))


def test_the_tables_show_what_is_stored():
    page = site.PAGE.read_text(encoding="utf-8")
    assert with_part(page, site.MAKER, site.section(site.read())) == page


def test_a_changed_result_would_be_seen():
    results = site.read()
    before = site.section(results)
    next(iter(results["pages"].values()))["ours"]["requests"] += 1
    assert site.section(results) != before
