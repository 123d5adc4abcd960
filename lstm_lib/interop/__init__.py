"""Weights and layers to and from TF1, Keras, PyTorch and ONNX.

The same LSTM is stored in four ways. D is the input size, H the number of units:

=======  ================================  ==========  ===================
layout   arrays                            gate order  forget bias
=======  ================================  ==========  ===================
TF1      kernel (D+H, 4H), bias (4H,)      i, j, f, o  added at run time
Keras    kernel (D, 4H),                   i, f, c, o  in the bias
         recurrent_kernel (H, 4H),
         bias (4H,)
PyTorch  weight_ih_l0 (4H, D),             i, f, g, o  in the biases, of
         weight_hh_l0 (4H, H),                         which there are two
         bias_ih_l0 (4H,),
         bias_hh_l0 (4H,)
ONNX     W (1, 4H, D), R (1, 4H, H),       i, o, f, c  in the biases,
         B (1, 8H)                                     [input; recurrent]
=======  ================================  ==========  ===================

j, c and g are three names of the candidate. All arrays are NumPy's, copies, of
the cell's dtype. PyTorch and ONNX have two biases, which are only ever added:
``to_...`` writes the whole bias into the first and zeros into the second,
``from_...`` adds the two.

``to_...`` takes a ``BasicLSTMCell`` of either backend and folds its forget bias
into the bias. ``from_...`` returns a cell of the NumPy backend whose run-time
forget bias is the one you ask for, subtracted from the stored bias. With 0.0, the
default, the numbers are moved and not changed: ``to_...(from_...(w))`` is w bit for
bit, for a w that ``to_...`` gave. (Two biases that are both not zero, as PyTorch
trains them, come back as their sum and zeros: the same function, other arrays.)

``from_keras``, ``from_pytorch`` and ``from_onnx`` take the layer, the module or the
model itself, too, and then see its options: each is honoured, or refused by its name.
Arrays alone do not show an option such as another activation; the docstrings say which
ones to check. Several layers or two directions come as a dict of cells by the number of
the layer, from 0, and ``"forward"`` or ``"backward"``: a backward cell reads its sequence
from the end. ``to_pytorch``, ``to_onnx`` and ``to_keras`` take such a dict too, and
``to_pytorch`` a ``MultiRNNCell``. A ``GRUCell`` goes to all three, and comes back.
``from_checkpoint`` finds the cells of a TF1 checkpoint by their names.

Sources: TensorFlow 1, ``rnn_cell_impl.py``; Keras, ``LSTMCell``; PyTorch,
``torch.nn.LSTM``; ONNX, operator ``LSTM``.
"""

from lstm_lib.interop.checkpoint import CheckpointCells, from_checkpoint
from lstm_lib.interop.keras import from_keras, to_keras
from lstm_lib.interop.layout import KERAS_ORDER, ONNX_ORDER, PYTORCH_ORDER, TF1_ORDER
from lstm_lib.interop.onnx import from_onnx, to_onnx
from lstm_lib.interop.pytorch import from_pytorch, to_pytorch
from lstm_lib.interop.tf1 import from_tf1, to_tf1

__all__ = [
    "KERAS_ORDER",
    "ONNX_ORDER",
    "PYTORCH_ORDER",
    "TF1_ORDER",
    "CheckpointCells",
    "from_checkpoint",
    "from_keras",
    "from_onnx",
    "from_pytorch",
    "from_tf1",
    "to_keras",
    "to_onnx",
    "to_pytorch",
    "to_tf1",
]
