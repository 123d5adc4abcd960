"""In the page each cell gives its stored text, or has a tag that says that it needs TensorFlow.

A cell that has the tag does not give it. `make test-page` runs these tests, which take minutes.
"""

import pytest

from tests.in_page.browser_python import compare
from tools.notebook_files import find_notebooks, name_of, read_notebook


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("path", find_notebooks(), ids=name_of)
def test_the_tag_tells_which_cells_run_in_the_page(path, language):
    unlike, works = compare(path, read_notebook(path), language)
    assert unlike == {}
    assert works == []
