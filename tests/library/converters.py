"""Checkpoints that test_converters.py reads."""

import numpy as np

from tests.library.cells import ROOT

# Saved by genuine TensorFlow 1.15.5, with what it computed for X.
PATH = ROOT / "tests" / "library" / "cases" / "checkpoint_1.15.5" / "model.ckpt"
EXPECTED = np.load(PATH.parent / "expected.npy")
X = (np.arange(24).reshape(2, 4, 3) / 24).astype("float32")


def random_arrays(scopes, names=("kernel", "bias")):
    """Kernels (8, 20) and biases (20,) in these scopes."""
    rng = np.random.default_rng(4)
    shapes = (8, 20), (20,)
    return {
        f"{scope}/{name}": rng.normal(size=shape).astype("float32")
        for scope in scopes
        for name, shape in zip(names, shapes, strict=True)
    }


def forget_bias_of(name, forget_bias, folder):
    """A checkpoint with its graph, of a cell with this forget bias."""
    from lstm_lib import tf1 as tf

    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2, 4, 3])
        cell = getattr(tf.contrib.rnn, name)(5, forget_bias=forget_bias)
        tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        tf.get_variable("dense/kernel", [8, 20])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return tf.train.Saver().save(session, str(folder / "model.ckpt"))
