"""Both backends, both dtypes and both cells as fixtures."""

import pytest

from tests.library.cells import backend


@pytest.fixture(scope="session", params=["numpy", "tensorflow"])
def L(request):
    return backend(request.param)


@pytest.fixture(scope="session", params=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.fixture(scope="session", params=["BasicLSTMCell", "BasicRNNCell"])
def kind(request):
    return request.param
