"""``tf.train.Supervisor``, whose threads work on the graph, too.

Each thread of a program is eager, as its main thread is, unless it opens the graph itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from lstm_lib.tf1.graph import bound, quiet, v1


class _Supervisor(v1.train.Supervisor):
    """TF1's Supervisor."""

    def __init__(self, graph: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(graph, *args, **kwargs)
        graph = graph or v1.get_default_graph()
        stop_on_exception = self.coord.stop_on_exception

        @contextlib.contextmanager
        def in_graph() -> Iterator[None]:
            with quiet(), graph.as_default(), stop_on_exception():
                yield

        self.coord.stop_on_exception = in_graph  # each thread's first step


_Supervisor.__name__ = _Supervisor.__qualname__ = "Supervisor"
Supervisor = bound(_Supervisor)
