"""Neighbouring cells tagged `tab-NumPy`, `tab-TensorFlow` become tabs on the page."""

import os
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebook_files import ROOT
from tools.notebook_format import normalise, to_text

CONFIG = """
extensions = ["myst_nb", "sphinx_design", "tabs_only"]
nb_execution_mode = "off"
myst_enable_extensions = ["colon_fence"]
html_theme = "basic"
exclude_patterns = ["html"]
"""
# The book's extension without its other parts.
EXTENSION = "from lstm_book import tabs\n\n\ndef setup(app):\n    tabs.setup(app)\n"

WRITTEN = """\
:::::{tab-set}
::::{tab-item} NumPy
:sync: numpy
By hand.
::::
::::{tab-item} TensorFlow
:sync: tensorflow
By tape.
::::
:::::
"""


def code(name, *tags):
    output = new_output("stream", name="stdout", text=f"output of {name}\n")
    source = f"print('output of', '{name}')"
    return new_code_cell(source, outputs=[output], execution_count=1, metadata={"tags": list(tags)})


SOUND = [
    code("before"),
    code("one", "tab-NumPy"),
    code("two", "hide-input", "tab-TensorFlow"),
    code("three", "tab-NumPy"),
    code("four", "tab-NumPy"),
    code("five", "tab-TensorFlow"),
    code("after"),
    new_markdown_cell("## A part\n\nText between."),
    code("six", "tab-Keras 3"),
    code("seven", "tab-TensorFlow"),
    new_markdown_cell(WRITTEN),
]

# What is meant otherwise, by the name of its page, and what is said of it.
UNSOUND = {
    "alone": (
        [code("one", "tab-NumPy"), code("two")],
        "tab 'NumPy' stands alone",
    ),
    "apart": (
        [code("one", "tab-NumPy"), new_markdown_cell("x"), code("two", "tab-TensorFlow")],
        "tab 'TensorFlow' stands alone",
    ),
    "twice": (
        [code("one", "tab-NumPy", "tab-Keras"), code("two", "tab-TensorFlow")],
        "a cell is in one tab, not in several: NumPy, Keras",
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build a page of each; return the folder of the pages, and what Sphinx says."""
    folder = tmp_path_factory.mktemp("tabs")
    (folder / "conf.py").write_text(CONFIG, encoding="utf-8")
    (folder / "tabs_only.py").write_text(EXTENSION, encoding="utf-8")
    pages = {"index": SOUND, **{name: cells for name, (cells, _) in UNSOUND.items()}}
    for name, cells in pages.items():
        notebook = new_notebook(cells=[new_markdown_cell("# A page"), *cells])
        text = to_text(normalise(notebook))
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-n", "-b", "html", ".", "html"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "website")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return folder / "html", run.stderr


def read(site, name):
    text = (site[0] / f"{name}.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


@pytest.fixture(scope="module")
def page(site):
    return read(site, "index")


def tabs_of(tab_set):
    """The labels of a set of tabs with the text of each."""
    contents = tab_set.select(":scope > .sd-tab-content")
    labels = [label.get_text(strip=True) for label in tab_set.find_all("label", recursive=False)]
    return dict(zip(labels, (content.get_text() for content in contents), strict=True))


def test_cells_share_a_place_by_their_tags(page):
    found = [
        {label: text.count("output of") // 2 for label, text in tabs_of(each).items()}
        for each in page.select(".cell-tabs")
    ]
    assert found == [
        {"NumPy": 1, "TensorFlow": 1},
        {"NumPy": 2, "TensorFlow": 1},
        {"Keras 3": 1, "TensorFlow": 1},
    ]


def test_each_tab_has_code_and_outputs(page):
    for tab_set in page.select(".cell-tabs"):
        for cell in tab_set.select("div.cell"):
            assert cell.select_one(".cell_input pre").get_text().startswith("print(")
            assert cell.select_one(".cell_output pre").get_text().startswith("output of")
    assert "output of two" in tabs_of(page.select_one(".cell-tabs"))["TensorFlow"]


def test_other_cells_stay_where_they_were_and_in_order(page):
    names = [cell.select_one(".cell_output pre").get_text() for cell in page.select("div.cell")]
    order = ["before", "one", "two", "three", "four", "five", "after", "six", "seven"]
    assert names == [f"output of {name}\n" for name in order]
    outside = [cell for cell in page.select("div.cell") if not cell.find_parent(class_="cell-tabs")]
    assert len(outside) == 2


def test_a_hidden_source_stays_hidden_in_its_tab(page):
    assert page.select_one(".cell-tabs details .cell_input")


def test_tabs_work_without_a_script(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for tab_set in page.select(".cell-tabs"):
        radios = tab_set.find_all("input", type="radio", recursive=False)
        assert [radio.has_attr("checked") for radio in radios] == [True, False]
        assert len({radio["name"] for radio in radios}) == 1
        for radio in radios:
            label = radio.find_next_sibling()
            assert (label.name, label["for"]) == ("label", radio["id"])
            assert "sd-tab-content" in label.find_next_sibling()["class"]


def test_one_choice_holds_for_all_sets(page):
    labels = page.select(".sd-tab-set > label")
    keys = {(label["data-sync-group"], label["data-sync-id"]) for label in labels}
    assert keys == {("tab", "numpy"), ("tab", "tensorflow"), ("tab", "keras-3")}
    written = [each for each in page.select(".sd-tab-set") if "By hand." in each.get_text()]
    assert [label["data-sync-id"] for label in written[0].find_all("label")] == [
        "numpy",
        "tensorflow",
    ]


def test_a_sound_page_gets_no_warning(site):
    assert "index.ipynb" not in site[1]


@pytest.mark.parametrize("name", UNSOUND)
def test_what_is_meant_otherwise_is_a_warning(site, name):
    said = [line for line in site[1].splitlines() if f"{name}.ipynb" in line]
    assert any(UNSOUND[name][1] in line for line in said), site[1]
    assert len(read(site, name).select("div.cell")) == 2, "nothing is lost"
