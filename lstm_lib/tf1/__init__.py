"""TensorFlow 1 as old scripts expect it, on today's TensorFlow.

A whole script runs with no line changed::

    python -m lstm_lib.tf1 old_script.py its arguments

In that process, and only there, ``import tensorflow as tf`` and the like find what the
script looks for. Or change one line, ``import tensorflow as tf``, into
``from lstm_lib import tf1 as tf``, and the script runs by itself, the notebook too::

    inputs = tf.placeholder(np.float32, [batch_size, n_inputs])
    lstm_cell = tf.nn.rnn_cell.BasicLSTMCell(num_units=n_units)
    h0 = lstm_cell.zero_state(batch_size=batch_size, dtype=np.float32)
    output, h1 = lstm_cell.__call__(inputs, h0)

The cells are TF1's own, from the package ``tf_keras``: TensorFlow 2.16 and newer
route ``tf.compat.v1.nn.rnn_cell`` to Keras 3, which does not have them. Of ``tf.contrib``,
which TensorFlow 2 left behind, there is what recurrent networks use: ``rnn``, ``seq2seq``
without attention, ``legacy_seq2seq``, ``crf``, ``layers``, ``cudnn_rnn``, ``framework``,
``training.HParams``. A name that is not served says what took its place. Every other name
is that of ``tensorflow.compat.v1``.

TF1 builds a graph first and runs it in a session later, while TensorFlow 2 runs
each line at once. What this module gives works in a graph even so: in the one
you opened (``with tf.Graph().as_default():``), or else in one of its own, which
`reset_default_graph` replaces. Operators on its tensors do, too. Nothing is switched for
the rest of your program, unless you ask for it with ``tf.disable_v2_behavior()``.

In its graphs a dimension that is known, ``x.shape[1]``, is an integer that has TF1's
``.value``, too; one that is not known is a ``Dimension`` whose ``value`` is None.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from lstm_lib.tf1.graph import (
    InteractiveSession,
    Session,
    Variable,
    disable_v2_behavior,
    reset_default_graph,
    v1,
)
from lstm_lib.tf1.old_calls import CROSS_ENTROPIES, concat, split
from lstm_lib.tf1.surface import Namespace, served


def _rnn_cell() -> Namespace:
    from lstm_lib.tf1 import cells, wrappers

    return Namespace("nn.rnn_cell", **cells.NAMES, _linear=wrappers.linear_of_all)


def _of(module: str, name: str) -> Callable[[], Any]:
    return lambda: getattr(importlib.import_module(f"lstm_lib.tf1.{module}"), name)


train = Namespace(
    "train",
    v1.train,
    later={
        "Saver": _of("saving", "Saver"),
        "import_meta_graph": _of("saving", "import_meta_graph"),
        "Supervisor": _of("supervisor", "Supervisor"),
    },
)
nn = Namespace("nn", v1.nn, later={"rnn_cell": _rnn_cell}, **CROSS_ENTROPIES)

# Made when they are first asked for: importing this module stays quick.
_LATER = {
    "contrib": _of("contrib_names", "contrib"),
    "layers": _of("layer_names", "layers"),
    "keras": lambda: importlib.import_module("tf_keras.api._v1.keras"),
    "compat": lambda: Namespace("compat", v1.compat, v1=sys.modules[__name__]),
}
_CELLS = {"BasicLSTMCell", "BasicRNNCell", "LSTMCell", "LSTMStateTuple", "MultiRNNCell"}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        value = _LATER[name]()
    elif name in _CELLS:
        value = getattr(nn.rnn_cell, name)
    elif name.endswith("version__"):
        return getattr(v1, name)
    else:
        value = served("", v1, name)
    globals()[name] = value
    return value


__all__ = [
    "InteractiveSession",
    "Session",
    "Variable",
    "concat",
    "disable_v2_behavior",
    "nn",
    "reset_default_graph",
    "split",
    "train",
]
