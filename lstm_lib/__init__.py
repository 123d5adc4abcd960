"""The shared library of the book *Inside the LSTM*.

The modules, each importing only those above it:

``language``
    Whether readers are told things in English or in Chinese.
``state``
    What flows between steps, and the checks with clear errors. No backend.
``numpy_backend``, ``tensorflow_backend``
    The same cells under the same names, one on NumPy with a backward pass by
    hand, one on TensorFlow with gradients by ``GradientTape``.
``tf1``
    The TF1 surface of the exercise on today's TensorFlow.
``interop``
    Weights to and from the layouts of TF1, Keras, PyTorch and ONNX.
``tasks``, ``training``, ``plotting``
    Seeded data, the training loop, and every figure of the book.

Importing the package imports none of them: a NumPy chapter never waits for
TensorFlow or Matplotlib.
"""

__version__ = "0.1.0"
