"""RNN, LSTM and GRU cells on NumPy, forward and backward by hand.

The names and signatures are those of ``tensorflow_backend``. The layout is that
of TF1's ``BasicLSTMCell``: the rows of ``kernel`` are [inputs; h], its columns
are the blocks i, j, f, o (j is the candidate), and ``forget_bias`` is added at
run time and not stored.

A NaN in the inputs is not refused: it spreads through its own row of the batch,
in the outputs and in the state, and leaves the other rows as they are.

To see how an LSTM is coded, read ``step``: one step forward and one step back, as
equations. ``gates`` has the gates one by one, ``cells`` the weights around a step.
``sequence`` runs a cell over a sequence; ``fast`` and ``memory`` are about speed alone,
``plain`` runs the other cells step by step, and ``ragged`` is about different lengths.
"""

from lstm_lib.dropout import DropoutWrapper
from lstm_lib.numpy_backend.cells import (
    BasicLSTMCell,
    BasicRNNCell,
    CoupledLSTMCell,
    GRUCell,
    PeepholeLSTMCell,
)
from lstm_lib.numpy_backend.gates import (
    candidate,
    forget_gate,
    input_gate,
    output_gate,
    update_cell,
    update_hidden,
)
from lstm_lib.numpy_backend.scan import linear_scan
from lstm_lib.numpy_backend.sequence import (
    bidirectional_dynamic_rnn,
    bidirectional_gradients,
    dynamic_rnn,
    forward,
    gradients,
)
from lstm_lib.numpy_backend.step import sigmoid
from lstm_lib.stack import MultiRNNCell
from lstm_lib.state import LSTMStateTuple

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
