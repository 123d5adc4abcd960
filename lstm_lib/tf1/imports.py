"""What ``import tensorflow as tf`` finds in a process of ``python -m lstm_lib.tf1``.

Only the script and its own modules are given TensorFlow 1: a package that is installed,
as TensorFlow itself, goes on to find today's.
"""

from __future__ import annotations

import builtins
import functools
import importlib.util
import sysconfig
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lstm_lib import tf1
from lstm_lib.tf1.gone import sentence
from lstm_lib.tf1.surface import Namespace

# Paths of TF1's own source tree that scripts import from, and where their names are served.
_PUBLIC = {
    "contrib.rnn.python.ops": "contrib.rnn",
    "contrib.layers.python.layers": "contrib.layers",
    "contrib.legacy_seq2seq.python.ops": "contrib.legacy_seq2seq",
    "contrib.seq2seq.python.ops": "contrib.seq2seq",
    "contrib.cudnn_rnn.python": "contrib.cudnn_rnn",
    "contrib.framework.python": "contrib.framework",
    "contrib.training.python": "contrib.training",
    "python.ops.rnn_cell": "nn.rnn_cell",
    "python.ops.rnn_cell_impl": "nn.rnn_cell",
    "python.ops.rnn": "nn",
    "python.ops.nn": "nn",
    "python.ops.seq2seq": "contrib.legacy_seq2seq",
    "python.layers": "layers",
    "models.rnn.rnn_cell": "nn.rnn_cell",
    "models.rnn.rnn": "nn",
    "models.rnn.seq2seq": "contrib.legacy_seq2seq",
}
# Folders whose files are not the script's.
_INSTALLED = {Path(sysconfig.get_path("stdlib")).resolve(), Path(tf1.__file__).resolve().parents[1]}


def install() -> None:
    """Let the scripts of this process find TensorFlow 1; for the rest of its life."""
    builtins.__import__ = _importing(builtins.__import__)


def _importing(genuine: Callable) -> Callable:
    @functools.wraps(genuine)
    def find(
        name: str,
        globals: dict | None = None,
        locals: dict | None = None,
        fromlist: tuple = (),
        level: int = 0,
    ) -> types.ModuleType:
        top, _, rest = name.partition(".")
        if level or top != "tensorflow" or _installed((globals or {}).get("__file__")):
            return genuine(name, globals, locals, fromlist, level)
        module = module_at(rest) if rest else tf1
        if not fromlist:
            return tf1
        for each in fromlist:
            if each != "*" and not hasattr(module, each):
                _submodule(module, rest, each)
        return _starred(module) if "*" in fromlist else module

    return find


def _installed(file: str | None) -> bool:
    """Whether a file is part of a package, and not of the script."""
    if not file:
        return False
    parents = Path(file).resolve().parents
    return any(p in _INSTALLED or p.name in ("site-packages", "dist-packages") for p in parents)


def _submodule(module: types.ModuleType, rest: str, name: str) -> None:
    """Put a module into the one it is imported from, as Python does."""
    module.__dict__[name] = module_at(f"{rest}.{name}".lstrip("."))


def module_at(path: str) -> types.ModuleType:
    """The module of a path of TF1, written after ``tensorflow.``.

    Raises
    ------
    ModuleNotFoundError
        If it is not served; what took its place is in the message.
    """
    for start, public in _PUBLIC.items():
        if path == start or path.startswith(f"{start}."):
            return _public(public)
    if path == "python" or path.startswith("python."):
        return _internal(path)
    if _inside(path):
        return Namespace(path, **_inside(path))
    if path.removeprefix("compat.").startswith("v1"):
        path = path.removeprefix("compat.").removeprefix("v1").lstrip(".")
        return module_at(path) if path else tf1
    try:
        return _public(path)
    except AttributeError:
        cure = sentence(path)
        raise ModuleNotFoundError(
            f"No module named 'tensorflow.{path}'" + (f": {cure}" if cure else ""),
            name=f"tensorflow.{path}",
        ) from None


def _public(path: str) -> types.ModuleType:
    return functools.reduce(getattr, path.split("."), tf1)


@functools.cache
def _internal(path: str) -> types.ModuleType:
    """A module of TensorFlow's own source tree: today's, with the places of `_PUBLIC` put right."""
    full = f"tensorflow.{path}"
    if importlib.util.find_spec(full) is None:
        raise ModuleNotFoundError(
            f"No module named {full!r}: it is a part of TensorFlow's inside that is gone; "
            "import the names you need from tensorflow itself",
            name=full,
        )
    return Namespace(path, importlib.import_module(full), **_inside(path))


def _inside(path: str) -> dict[str, Any]:
    """What `_PUBLIC` puts into a folder of TF1's source tree."""
    parts = {inner.rpartition(".")[::2]: public for inner, public in _PUBLIC.items()}
    return {name: _public(public) for (folder, name), public in parts.items() if folder == path}


def _starred(module: types.ModuleType) -> types.ModuleType:
    """The module with all its names in it, for ``from … import *``."""
    for name in dir(module):
        if not name.startswith("_"):
            getattr(module, name, None)
    return module
