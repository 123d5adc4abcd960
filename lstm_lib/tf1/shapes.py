"""Sizes of TF1's graph: integers, as today, that have TF1's ``value`` as well.

In TF1 ``x.shape[1]`` is a ``Dimension`` whose number is its ``value``; today it is an integer,
or None where it is not known. Scripts ask for ``x.shape[1].value``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lstm_lib._tensorflow import tf

Dimension = tf.compat.v1.Dimension


class Size(int):
    """A size that is known."""

    @property
    def value(self) -> int:
        """The number itself."""
        return int(self)


class Shape(tf.TensorShape):
    """A shape whose items have a ``value``, and which is printed as TF1 printed it."""

    def __str__(self) -> str:
        if self.rank is None:
            return "<unknown>"
        sizes = ["?" if size is None else str(size) for size in self.as_list()]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    def __repr__(self) -> str:
        return f"TensorShape({None if self.rank is None else self.dims})"

    def __getitem__(self, key: Any) -> Any:
        return _with_value(super().__getitem__(key))

    def __iter__(self) -> Iterator:
        return map(_with_value, super().__iter__())


def _with_value(item: Any) -> Any:
    if isinstance(item, tf.TensorShape):
        return Shape(item)
    if isinstance(item, int):
        return Size(item)
    return Dimension(None) if item is None else item


def serve(kind: Any, is_of_tf1: Callable[[Any], bool]) -> None:
    """Let the shapes of such tensors or variables be TF1's, where they are in its graph."""
    genuine = kind.shape.fget

    def shape(self: Any) -> Any:
        found = genuine(self)
        return Shape(found) if type(found) is tf.TensorShape and is_of_tf1(self) else found

    kind.shape = property(shape, doc=kind.shape.__doc__)
