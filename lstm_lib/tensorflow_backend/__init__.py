"""RNN, LSTM and GRU cells on TensorFlow, gradients by the tape.

The names and signatures are those of ``numpy_backend``, and so are the weights'
layout, the checks and, from one seed, the initial kernel. Arguments may be
tensors or NumPy arrays; results are tensors, and a cell's ``kernel`` and
``bias`` are variables, so that a ``tf.GradientTape`` of yours sees them.

A single step runs at once, line by line. A sequence, `dynamic_rnn` or `gradients`,
runs as a graph, traced once for each kind of cell and dtype, and then good for
every size. From 8 steps on, unless the network is so large that its matrix
products take nearly all of the time, XLA compiles it: once for each batch
size, number of inputs and of units, and power of two that the length is rounded
up to. The first such call takes up to a second longer, the next ones a half
to a quarter of the time of the graph. Where XLA is missing, a warning says so
once, and the graph does it all.

A NaN in the inputs is not refused: it spreads through its own row of the batch,
in the outputs and in the state, and leaves the other rows as they are.

The files are those of ``numpy_backend``: ``step`` has one step as equations, ``gates``
the gates one by one, ``cells`` the weights around a step, ``sequence`` a whole
sequence, and ``loop`` what makes it fast. ``plain`` is for gradients of gradients,
``ragged`` for sequences of different lengths. A GRU runs step by step, and in a
``tf.function`` needs a known number of steps.
"""

from lstm_lib.dropout import DropoutWrapper
from lstm_lib.stack import MultiRNNCell
from lstm_lib.state import LSTMStateTuple
from lstm_lib.tensorflow_backend.cells import (
    BasicLSTMCell,
    BasicRNNCell,
    CoupledLSTMCell,
    GRUCell,
    PeepholeLSTMCell,
)
from lstm_lib.tensorflow_backend.gates import (
    candidate,
    forget_gate,
    input_gate,
    output_gate,
    update_cell,
    update_hidden,
)
from lstm_lib.tensorflow_backend.scan import linear_scan
from lstm_lib.tensorflow_backend.sequence import (
    bidirectional_dynamic_rnn,
    bidirectional_gradients,
    dynamic_rnn,
    forward,
    gradients,
)
from lstm_lib.tensorflow_backend.step import sigmoid

__all__ = [
    "BasicLSTMCell",
    "BasicRNNCell",
    "CoupledLSTMCell",
    "DropoutWrapper",
    "GRUCell",
    "LSTMStateTuple",
    "MultiRNNCell",
    "PeepholeLSTMCell",
    "bidirectional_dynamic_rnn",
    "bidirectional_gradients",
    "candidate",
    "dynamic_rnn",
    "forget_gate",
    "forward",
    "gradients",
    "input_gate",
    "linear_scan",
    "output_gate",
    "sigmoid",
    "update_cell",
    "update_hidden",
]
