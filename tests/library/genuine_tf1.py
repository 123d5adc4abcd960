"""TF1's own BasicLSTMCell in a graph and a session, as TF1 programs ran it.

Run as a program, it takes the cell from `tf.compat.v1.nn.rnn_cell`, with the legacy Keras that
TensorFlow then uses, and prints its results: the environment variable must be set before
TensorFlow is imported, so this needs a process of its own.
"""

import json
import os
import sys

import numpy as np


def final_states(tf, rnn_cell, kernel, bias, inputs, c, h, forget_bias):
    """outputs, c and h of `tf.nn.dynamic_rnn`, and output, c and h of the first step alone."""
    v1 = tf.compat.v1
    dtype = kernel.dtype
    with tf.Graph().as_default():
        cell = rnn_cell.BasicLSTMCell(bias.size // 4, forget_bias=forget_bias, dtype=dtype)
        state = rnn_cell.LSTMStateTuple(
            v1.placeholder(dtype, c.shape), v1.placeholder(dtype, h.shape)
        )
        x = v1.placeholder(dtype, inputs.shape)
        outputs, final = v1.nn.dynamic_rnn(cell, x, initial_state=state)
        output, step = cell(x[:, 0], state)
        with v1.Session() as session:
            for variable, value in zip(cell.weights, (kernel, bias), strict=True):
                variable.load(value, session)
            return session.run(
                [outputs, final.c, final.h, output, step.c, step.h],
                {x: inputs, state.c: c, state.h: h},
            )


def two_stacked_cells(tf, rnn_cell, dtype):
    """c and h of both layers in TF1's own unit test, `testBasicLSTMCell`."""
    v1 = tf.compat.v1
    with (
        tf.Graph().as_default(),
        v1.variable_scope("root", initializer=v1.constant_initializer(0.5)),
    ):
        cell = rnn_cell.MultiRNNCell([rnn_cell.BasicLSTMCell(2, dtype=dtype) for _ in range(2)])
        tenths = tf.constant(0.1, dtype, (1, 2))
        start = (rnn_cell.LSTMStateTuple(tenths, tenths),) * 2
        _, states = cell(tf.ones((1, 2), dtype), start)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            return [part for state in session.run(states) for part in state]


def random_case(dtype):
    """Arguments of `final_states`."""
    rng = np.random.default_rng(12)
    shapes = {"kernel": (8, 20), "bias": (20,), "inputs": (4, 6, 3), "c": (4, 5), "h": (4, 5)}
    return {name: rng.normal(0, 0.5, shape).astype(dtype) for name, shape in shapes.items()}


if __name__ == "__main__":
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf

    results = {
        dtype: [
            array.tolist()
            for array in final_states(
                tf, tf.compat.v1.nn.rnn_cell, **random_case(dtype), forget_bias=0.75
            )
        ]
        for dtype in ("float32", "float64")
    }
    json.dump(results, sys.stdout)
