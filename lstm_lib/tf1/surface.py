"""Names of ours, and behind them those of a TensorFlow module, which build in the graph."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

from lstm_lib.tf1.gone import sentence
from lstm_lib.tf1.graph import bound, building, in_graph, opened_in_graph, v1

# Classes whose objects build operations when they are made or when they are used.
_BUILDERS = (
    v1.train.Optimizer,
    v1.train.Saver,
    v1.train.Supervisor,
    v1.train.Scaffold,
    v1.train.ExponentialMovingAverage,
    v1.train.QueueRunner,
    v1.summary.FileWriter,
    v1.data.Dataset,
    v1.data.Iterator,
    v1.TensorArray,
    v1.QueueBase,
    v1.ReaderBase,
    type(v1.zeros_initializer()).__mro__[-2],  # every initialiser
)
_BLOCKS = {
    *("variable_scope", "variable_op_scope", "name_scope", "op_scope"),
    *("device", "control_dependencies", "colocate_with", "container"),
}
# Switches of the whole program, and what runs the caller's own `main`.
_AS_THEY_ARE = ("enable_", "disable_", "executing_")
_RUNS_MAIN = {"run", "main"}


class Namespace(types.ModuleType):
    """Names of ours, and behind them those of a TensorFlow module.

    Parameters
    ----------
    name : str
        As the script writes it after ``tf.``; errors name it.
    behind : module or None
        Where names that are not given are taken from.
    later : dict of str to callable
        What makes a name of ours when it is first asked for: importing stays quick.
    **names : object
        Names of ours.
    """

    def __init__(
        self,
        name: str,
        behind: Any = None,
        later: dict[str, Callable[[], Any]] | None = None,
        **names: Any,
    ) -> None:
        super().__init__(name)
        self.__dict__.update(names)
        self._behind, self._later = behind, later or {}

    def __getattr__(self, name: str) -> Any:
        make = self.__dict__["_later"].get(name)
        value = make() if make else served(self.__name__, self.__dict__["_behind"], name)
        self.__dict__[name] = value
        return value

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *self._later, *dir(self._behind)})


def served(path: str, behind: Any, name: str) -> Any:
    """The value of `name` in the TensorFlow module `behind`, so that it builds in the graph.

    Raises
    ------
    AttributeError
        If it is not there; what took its place is in the message.
    """
    if name.startswith("__") or behind is None:
        raise _missing(path, name)
    try:
        with building():
            value = getattr(behind, name)
    except (AttributeError, ImportError):
        raise _missing(path, name) from None
    if isinstance(value, types.ModuleType):
        return Namespace(f"{path}.{name}".lstrip("."), value)
    if name in _BLOCKS:
        return opened_in_graph(value)
    if inspect.isclass(value):
        kind: Any = value
        return bound(kind) if issubclass(kind, _BUILDERS) else value
    if not inspect.isfunction(value) or name.startswith(_AS_THEY_ARE) or name in _RUNS_MAIN:
        return value
    return in_graph(value)


def _missing(path: str, name: str) -> AttributeError:
    full = f"{path}.{name}".lstrip(".")
    cure = sentence(full)
    return AttributeError(
        f"module 'lstm_lib.tf1' has no attribute {full!r}"
        + (f": {cure}" if cure else ", nor has tensorflow.compat.v1"),
        name=name,
    )
