"""Both backends as fixtures, and a quick, repeatable Hypothesis."""

import pytest
from hypothesis import settings

from tests.cells import backend

settings.register_profile("book", derandomize=True, deadline=None, max_examples=25, database=None)
settings.load_profile("book")


@pytest.fixture(scope="session", params=["numpy", "tensorflow"])
def L(request):
    return backend(request.param)


@pytest.fixture(scope="session", params=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.fixture(scope="session", params=["BasicLSTMCell", "BasicRNNCell"])
def kind(request):
    return request.param
