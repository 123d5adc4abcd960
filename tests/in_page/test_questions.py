"""Each answer gets in the page the verdict and the message that CPython gives it.

That is, for every question: the blank, the reference, the right answers of the tests, and all ways
to make each named mistake. `make test-page` runs these tests, which take minutes.
"""

import pytest

from lstm_lib.exercises import names
from tests.in_page.browser_python import differences


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_answer_gets_the_verdict_of_cpython(language, tmp_path):
    assert differences(names(), tmp_path, language) == {}
