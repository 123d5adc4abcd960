"""The surroundings in which notebooks are run: by ``make refresh`` and by pytest alike."""

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SETTINGS_FILE = Path(__file__).with_name("determinism.env")

# Settings of your own shell that would change what a notebook prints or draws.
UNWANTED = (
    "KERAS_BACKEND",
    "LSTM_BOOK_LANG",
    "MPLBACKEND",
    "PYTHONSTARTUP",
    "TF_USE_LEGACY_KERAS",
)

# A Unix socket's path may have 103 characters on macOS and 107 on Linux.
LONGEST_SOCKET_PATH = 100
SOCKET_NAME_LENGTH = len("/k99999-99")


def settings() -> dict[str, str]:
    """Return the variables of ``determinism.env``."""
    lines = SETTINGS_FILE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def set_environment() -> None:
    """Put the settings into this process, whose kernels inherit them.

    Call it before anything imports NumPy, Matplotlib or TensorFlow: they read them once.
    """
    for name in UNWANTED:
        os.environ.pop(name, None)
    os.environ.update(settings())


def make_private_folder() -> Path:
    """Make a temporary folder for this process's kernels and point Jupyter and IPython to it.

    The kernels' sockets live in it, and your IPython profile and history stay out of the runs.
    It is removed when the process ends.
    """
    folder = Path(tempfile.mkdtemp(prefix="lstm-"))
    if len(str(folder)) + SOCKET_NAME_LENGTH > LONGEST_SOCKET_PATH:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="lstm-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["JUPYTER_RUNTIME_DIR"] = str(folder)
    os.environ["IPYTHONDIR"] = str(folder / "ipython")
    return folder


def kernel_options(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield, kernel by kernel, the options that let it speak over sockets of its own.

    TCP ports are chosen first and bound later: two processes that start kernels at the same
    time may choose the same one. A path in a private folder cannot be taken by another. Windows
    has no such sockets, and gets the usual ones.
    """
    if os.name == "nt":
        yield from itertools.repeat({})
    for number in itertools.count():
        yield {"transport": "ipc", "ip": str(folder / f"k{number}")}
