"""The shared library of the book *Inside the LSTM*.

The modules, each importing only those above it:

``language``
    Whether readers are told things in English or in Chinese.
``state``, ``checks``
    What flows between steps; what is refused, in clear sentences. No backend.
``cell``
    What the cells of both backends share.
``dropout``, ``stack``
    A cell that leaves out inputs while it is trained; cells on top of each other.
``numpy_backend``, ``tensorflow_backend``
    The same cells under the same names, one on NumPy with a backward pass by
    hand, one on TensorFlow with gradients by ``GradientTape``. To see how an
    LSTM is coded, open ``numpy_backend/step.py``.
``tf1``
    The TF1 surface of the exercise on today's TensorFlow.
``interop``
    Weights to and from the layouts of TF1, Keras, PyTorch and ONNX.
``tasks``, ``training``, ``plotting``
    Seeded data, the training loop, and every figure of the book.
``data``, ``baselines``
    Real data with their terms, and what a network must beat on them.

Importing the package imports none of them: a NumPy chapter never waits for
TensorFlow or Matplotlib.
"""

__version__ = "0.1.0"
