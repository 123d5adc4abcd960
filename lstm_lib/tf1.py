"""The TF1 surface of the exercise, on today's TensorFlow.

Change one line of an old script, ``import tensorflow as tf``, into
``from lstm_lib import tf1 as tf``, and its listing runs again::

    inputs = tf.placeholder(np.float32, [batch_size, n_inputs])
    lstm_cell = tf.nn.rnn_cell.BasicLSTMCell(num_units=n_units)
    h0 = lstm_cell.zero_state(batch_size=batch_size, dtype=np.float32)
    output, h1 = lstm_cell.__call__(inputs, h0)

The cells are TF1's own, from the package ``tf_keras``: TensorFlow 2.16 and newer
route ``tf.compat.v1.nn.rnn_cell`` to Keras 3, which does not have them.

TF1 builds a graph first and runs it in a session later, while TensorFlow 2 runs
each line at once. What this module defines works in a graph even so: in the one
you opened (``with tf.Graph().as_default():``), or else in one of its own, which
`reset_default_graph` replaces. Nothing is switched for the rest of your program.
Every other name is that of ``tensorflow.compat.v1``, unchanged; a longer script
that uses many of them goes inside ``with tf.Graph().as_default():``.
"""

from __future__ import annotations

import contextlib
import functools
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from lstm_lib._tensorflow import tf

v1 = tf.compat.v1

try:
    # The path that TensorFlow itself uses when TF_USE_LEGACY_KERAS is set. Taken
    # from here, the cells need no such variable, and it does not matter whether
    # TensorFlow was imported before.
    from tf_keras.api._v1.keras.__internal__.legacy import rnn_cell as _rnn_cell
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "lstm_lib.tf1 needs TF1's cells, which are in the package tf_keras; "
        "install it, in the version of your TensorFlow, with: "
        "pip install tf_keras",
        name=error.name,
    ) from None

_own_graph = tf.Graph()


def _graph() -> tf.Graph:
    """The graph that new operations go to: the caller's, or else our own."""
    return _own_graph if tf.executing_eagerly() else v1.get_default_graph()


@contextlib.contextmanager
def _building() -> Iterator[None]:
    """In the graph, and without the notices that TF1's names are deprecated.

    Whoever imports this module knows that they are: it is why it exists.
    """
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")
    try:
        with warnings.catch_warnings(), _graph().as_default():
            warnings.filterwarnings("ignore", message=".*(is deprecated|will be removed)")
            yield
    finally:
        logger.setLevel(level)


def _in_graph(function: Callable) -> Callable:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with _building():
            return function(*args, **kwargs)

    return wrapper


def _cell(name: str) -> type:
    """TF1's own cell of this name, which works in a graph."""
    legacy = getattr(_rnn_cell, name)
    methods = ("__init__", "__call__", "zero_state")
    namespace = {method: _in_graph(getattr(legacy, method)) for method in methods}
    namespace |= {"__doc__": legacy.__doc__, "__module__": __name__}
    return types.new_class(name, (legacy,), exec_body=lambda body: body.update(namespace))


class _Namespace(types.SimpleNamespace):
    """Names of ours, and behind them those of a TensorFlow module."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


BasicLSTMCell = _cell("BasicLSTMCell")
BasicRNNCell = _cell("BasicRNNCell")
LSTMCell = _cell("LSTMCell")
MultiRNNCell = _cell("MultiRNNCell")
LSTMStateTuple = _rnn_cell.LSTMStateTuple

nn = _Namespace(
    _behind=v1.nn,
    dynamic_rnn=_in_graph(v1.nn.dynamic_rnn),
    rnn_cell=_Namespace(
        _behind=_rnn_cell,
        BasicLSTMCell=BasicLSTMCell,
        BasicRNNCell=BasicRNNCell,
        LSTMCell=LSTMCell,
        MultiRNNCell=MultiRNNCell,
    ),
)

placeholder = _in_graph(v1.placeholder)
global_variables_initializer = _in_graph(v1.global_variables_initializer)
global_variables = _in_graph(v1.global_variables)
trainable_variables = _in_graph(v1.trainable_variables)
get_default_graph = _in_graph(v1.get_default_graph)


def Session(target: str = "", graph: tf.Graph | None = None, config: Any = None) -> v1.Session:
    """Open TF1's session, on the graph that this module builds in if none is given."""
    return v1.Session(target, graph or _graph(), config)


def reset_default_graph() -> None:
    """Start again with an empty graph: no variable of an earlier run is in it.

    Raises
    ------
    RuntimeError
        If called inside ``with tf.Graph().as_default():``.
    """
    global _own_graph
    if not tf.executing_eagerly():
        raise RuntimeError(
            "reset_default_graph: expected to be called outside of every graph, "
            "given a call inside one; leave its `with` block first"
        )
    _own_graph = tf.Graph()


def __getattr__(name: str) -> Any:
    # `__version__` is TensorFlow's; what makes a module a module, as `__path__`, is its own.
    if not name.startswith("__") or name.endswith("version__"):
        with contextlib.suppress(AttributeError):
            return getattr(v1, name)
    raise AttributeError(
        f"module 'lstm_lib.tf1' has no attribute {name!r}, nor has tensorflow.compat.v1",
        name=name,
    )
