"""What every pytest run needs, before the tests import NumPy, Matplotlib or TensorFlow."""

import importlib.util
import re
from collections.abc import Generator
from pathlib import Path

import nbval.kernel
import pytest
from jupyter_client.manager import KernelManager

from tools import runtime

# What needs TensorFlow is left out where there is none (Python 3.14, Macs with Intel's processors),
# and a line says so.
HAS_TENSORFLOW = importlib.util.find_spec("tensorflow") is not None
NEEDS_IT = {
    ".py": re.compile(r"tensorflow|keras|\btf1\b"),
    ".ipynb": re.compile("needs-tensorflow"),
}

runtime.set_environment()
_KERNEL_OPTIONS = runtime.kernel_options(runtime.make_private_folder())


def _private_kernel_manager(**options: object) -> KernelManager:
    return KernelManager(**options, **next(_KERNEL_OPTIONS))


# nbval has no option for it; without it two workers race for TCP ports.
nbval.kernel.KernelManager = _private_kernel_manager


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave a file out that cannot run here."""
    needs = NEEDS_IT.get(collection_path.suffix)
    if HAS_TENSORFLOW or needs is None or collection_path.name == "conftest.py":
        return None
    return bool(needs.search(collection_path.read_text(encoding="utf-8"))) or None


def _asks_for_tensorflow(value: object) -> bool:
    """Whether it is the name of a question that is answered in TensorFlow."""
    from lstm_lib.exercises.checking import QUESTIONS

    question = QUESTIONS.get(value) if isinstance(value, str) else None
    return question is not None and question.needs_tensorflow


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Leave one case of many out that cannot run here."""
    values = getattr(getattr(item, "callspec", None), "params", {}).values()
    if not HAS_TENSORFLOW and any(map(_asks_for_tensorflow, values)):
        pytest.skip("the answer to this question needs TensorFlow")
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if HAS_TENSORFLOW or error.name != "tensorflow":
            raise
        pytest.skip("needs TensorFlow")


def pytest_report_header() -> str | None:
    """Say so."""
    return None if HAS_TENSORFLOW else "no TensorFlow here: what needs it is left out"
