"""What the tests of the pages share."""

import importlib

import pytest

from tools.notebook_files import ROOT


@pytest.fixture(scope="session")
def lstm_book():
    """The book's extension, as the builder finds it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "website")
        yield importlib.import_module("lstm_book")
