"""Right answers, each written in another way: none of them may be refused."""
# ruff: noqa: NPY002, RUF005, RUF059 - written as learners write them

import functools
import math

import numpy as np

from lstm_lib import interop
from lstm_lib import numpy_backend as L
from lstm_lib.state import LSTMStateTuple


def textbook(z):
    return 1.0 / (1.0 + np.exp(-z))


# One affine map and a squashing: rnn_step and the gates.


def split_rows(squash):
    def answer(h, x, W, b):
        units = h.shape[1]
        return squash(h @ W[:units] + x @ W[units:] + b)

    return answer


def loops(squash):
    def answer(h, x, W, b):
        rows = []
        for n in range(len(h)):
            row = []
            for k in range(W.shape[1]):
                z = b[k]
                for m, value in enumerate([*h[n], *x[n]]):
                    z += value * W[m, k]
                row.append(float(squash(z)))
            rows.append(row)
        return rows

    return answer


def x_first_with_moved_rows(squash):
    def answer(h, x, W, b):
        units = h.shape[1]
        moved = np.concatenate([W[units:], W[:units]])
        return squash(np.concatenate([x, h], axis=1) @ moved + b)

    return answer


def columns(squash):
    """With the batch as columns, as the text writes it: W on the left."""

    def answer(h, x, W, b):
        return squash(W.T @ np.vstack([h.T, x.T]) + b[:, None]).T

    return answer


def ones_for_the_bias(squash):
    def answer(h, x, W, b):
        return squash(np.column_stack([h, x, np.ones(len(h))]) @ np.vstack([W, b]))

    return answer


def einsum(squash):
    return lambda h, x, W, b: squash(np.einsum("bi,ij->bj", np.hstack((h, x)), W) + b)


def single(squash):
    def answer(h, x, W, b):
        h, x, W, b = (each.astype(np.float32) for each in (h, x, W, b))
        return squash(np.concatenate([h, x], axis=1) @ W + b)

    return answer


def tensorflow_gate(name):
    def answer(h, x, W, b):
        import tensorflow as tf

        return getattr(tf, name)(tf.concat([h, x], 1) @ W + b)

    return answer


def tensorflow_float32(name):
    def answer(h, x, W, b):
        import tensorflow as tf

        h, x, W, b = (tf.constant(each, tf.float32) for each in (h, x, W, b))
        return getattr(tf.nn, name)(tf.matmul(tf.concat([h, x], axis=1), W) + b)

    return answer


def compiled_gate(name):
    def answer(h, x, W, b):
        import tensorflow as tf

        return tf.function(tensorflow_gate(name))(h, x, W, b)

    return answer


class Callable:
    """A callable that is no function."""

    def __init__(self, function, extra=None):
        self.function = function

    def __call__(self, first, second, *others, scale=1.0):
        return self.function(first, second, *others) * scale


def affine(squash, name, library):
    return [
        split_rows(squash),
        loops(squash),
        x_first_with_moved_rows(squash),
        columns(squash),
        ones_for_the_bias(squash),
        einsum(squash),
        single(squash),
        tensorflow_gate(name),
        tensorflow_float32(name),
        compiled_gate(name),
        Callable(split_rows(squash)),
        functools.partial(lambda scale, h, x, W, b: split_rows(squash)(h, x, W, b) * scale, 1),
        lambda h, x, W, b: np.ma.asarray(split_rows(squash)(h, x, W, b)),
        lambda h, x, W, b: np.asmatrix(split_rows(squash)(h, x, W, b)),
        *library,
        lambda h, x, W, b: split_rows(squash)(h, x, W, b).tolist(),
        lambda h, x, W, b: [list(row) for row in split_rows(squash)(h, x, W, b)],
        lambda h, x, W, b: np.asfortranarray(split_rows(squash)(h, x, W, b)),
        lambda h, x, W, b: split_rows(squash)(h, x, W, b).astype(np.longdouble),
        lambda *args: einsum(squash)(*args),
    ]


def tensorflow_backend(name):
    def answer(*arguments):
        from lstm_lib import tensorflow_backend

        return getattr(tensorflow_backend, name)(*arguments)

    return answer


def sigmoid_gate(name):
    library = [getattr(L, name), tensorflow_backend(name)]
    return affine(textbook, "sigmoid", library) + [
        split_rows(lambda z: 0.5 * (1 + np.tanh(z / 2))),
        split_rows(lambda z: np.exp(z) / (1 + np.exp(z))),
        split_rows(lambda z: 1 - 1 / (1 + np.exp(z))),
        split_rows(lambda z: np.where(z > 0, textbook(abs(z)), 1 - textbook(abs(z)))),
    ]


# Numbers by numbers.


def by_tensorflow(*arrays):
    import tensorflow as tf

    return [tf.constant(each) for each in arrays]


def update_in_loops(f, c, i, j):
    new = np.empty_like(c)
    for n in range(c.shape[0]):
        for k in range(c.shape[1]):
            new[n, k] = f[n, k] * c[n, k] + i[n, k] * j[n, k]
    return new


def update_by_tensorflow(f, c, i, j):
    f, c, i, j = by_tensorflow(f, c, i, j)
    return f * c + i * j


def update_stepwise(f, c, i, j):
    new = c.copy()
    new *= f
    new += i * j
    return new


def carry_in_a_loop(f):
    factor = 1.0
    for row in f:
        factor = factor * row
    return factor


def carry_from_ones(f):
    factor = np.ones(f.shape[1], dtype=np.float32)
    for t in reversed(range(len(f))):
        factor *= f[t].astype(np.float32)
    return factor


def carry_by_tape(f):
    """As the derivative that it is."""
    import tensorflow as tf

    c0 = tf.zeros(f.shape[1], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(c0)
        c = c0
        for row in f:
            c = row * c + 0.1
    return tape.gradient(c, c0)


def carry_by_reduce(f):
    return list(functools.reduce(np.multiply, f))


def power_in_a_loop(w, steps):
    factor = 1
    for _ in range(steps):
        factor *= w
    return factor


def power_by_logarithm(w, steps):
    return math.copysign(1, w) ** steps * math.exp(steps * math.log(abs(w)))


def power_by_tensorflow(w, steps):
    import tensorflow as tf

    return tf.pow(w, steps)


def power_by_recursion(w, steps):
    return 1.0 if steps == 0 else w * power_by_recursion(w, steps - 1)


def hidden_in_loops(o, c):
    return [[o[n, k] * math.tanh(c[n, k]) for k in range(c.shape[1])] for n in range(len(c))]


def hidden_by_tensorflow(o, c):
    import tensorflow as tf

    return tf.constant(o) * tf.tanh(c)


# Whole steps.


def step_by_parts(h, c, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    new = L.update_cell(
        L.forget_gate(h, x, W_f, b_f),
        c,
        L.input_gate(h, x, W_i, b_i),
        L.candidate(h, x, W_c, b_c),
    )
    return L.update_hidden(L.output_gate(h, x, W_o, b_o), new), new


def step_fused(h, c, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    z = np.hstack([h, x]) @ np.hstack([W_o, W_c, W_i, W_f]) + np.hstack([b_o, b_c, b_i, b_f])
    o, j, i, f = np.split(z, 4, axis=1)
    c = textbook(f) * c + textbook(i) * np.tanh(j)
    return textbook(o) * np.tanh(c), c


def step_by_tensorflow(h, c, x, *weights):
    import tensorflow as tf

    hx = tf.concat([h, x], 1)
    f, i, j, o = (hx @ W + b for W, b in zip(weights[::2], weights[1::2], strict=True))
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(j)
    return [tf.sigmoid(o) * tf.tanh(c), c]


def step_in_loops(h, c, x, *weights):
    hs, cs = np.zeros_like(h), np.zeros_like(c)
    for n in range(len(h)):
        hx = np.concatenate([h[n], x[n]])
        f, i, j, o = (hx @ W + b for W, b in zip(weights[::2], weights[1::2], strict=True))
        cs[n] = textbook(f) * c[n] + textbook(i) * np.tanh(j)
        hs[n] = textbook(o) * np.tanh(cs[n])
    return hs.astype(np.float32), cs.astype(np.float32)


def in_container(answer, container):
    return lambda *arguments: container(*answer(*arguments))


def cell_of_the_library(inputs, c, h, kernel, bias, forget_bias):
    cell = L.BasicLSTMCell(c.shape[1], forget_bias=forget_bias, dtype="float64")
    cell.kernel, cell.bias = kernel, bias
    return cell(inputs, LSTMStateTuple(c, h))[1]


def fused_by_slices(inputs, c, h, kernel, bias, forget_bias):
    n = c.shape[1]
    z = inputs @ kernel[:-n] + h @ kernel[-n:] + bias
    i, j, f, o = z[:, :n], z[:, n : 2 * n], z[:, 2 * n : 3 * n], z[:, 3 * n :]
    c = textbook(i) * np.tanh(j) + textbook(f + forget_bias) * c
    return c, textbook(o) * np.tanh(c)


def fused_with_moved_rows(inputs, c, h, kernel, bias, forget_bias):
    n = c.shape[1]
    moved = np.concatenate([kernel[-n:], kernel[:-n]])
    bias = bias.copy()
    bias[2 * n : 3 * n] += forget_bias
    z = (np.hstack([h, inputs]) @ moved + bias).reshape(len(h), 4, n)
    gates = textbook(z)
    c = gates[:, 2] * c + gates[:, 0] * np.tanh(z[:, 1])
    return np.stack([c, gates[:, 3] * np.tanh(c)])


def fused_by_tensorflow(inputs, c, h, kernel, bias, forget_bias):
    import tensorflow as tf

    z = tf.concat([inputs, h], axis=1) @ kernel + bias
    i, j, f, o = tf.split(z, 4, axis=1)
    c = tf.sigmoid(f + forget_bias) * c + tf.sigmoid(i) * tf.tanh(j)
    return tf.stack([c, tf.sigmoid(o) * tf.tanh(c)])


# Counting and converting.


def count_by_cell(num_units, input_size):
    cell = L.BasicLSTMCell(num_units)
    cell.build(input_size)
    return cell.kernel.size + cell.bias.size


def converted_by_interop(kernel, bias, forget_bias):
    return interop.to_keras(interop.from_tf1([kernel, bias], forget_bias))


def converted_by_index(kernel, bias, forget_bias):
    n = bias.size // 4
    order = np.r_[0:n, 2 * n : 3 * n, n : 2 * n, 3 * n : 4 * n]
    kernel, bias = kernel[:, order], bias[order]
    bias[n : 2 * n] += forget_bias
    return tuple(np.split(kernel, [len(kernel) - n])) + (bias,)


def converted_to_lists(kernel, bias, forget_bias):
    return [array.tolist() for array in converted_by_index(kernel, bias, forget_bias)]


def converted_to_tensors(kernel, bias, forget_bias):
    return by_tensorflow(*converted_by_index(kernel, bias, forget_bias))


def converted_to_objects(kernel, bias, forget_bias):
    arrays = np.empty(3, dtype=object)
    arrays[:] = converted_by_index(kernel, bias, forget_bias)
    return list(arrays)


# The cell of the exercise, in a graph and eagerly.


def with_call(a, b, c):
    from lstm_lib import tf1 as tf

    inputs = tf.placeholder(np.float32, [b, c])
    lstm_cell = tf.nn.rnn_cell.BasicLSTMCell(num_units=a)
    h0 = lstm_cell.zero_state(batch_size=b, dtype=np.float32)
    output, h1 = lstm_cell.__call__(inputs, h0)
    print(h1.h)
    print(h1.c)


def with_labels(a, b, c):
    from lstm_lib import tf1 as tf

    cell = tf.nn.rnn_cell.BasicLSTMCell(a)
    x = tf.placeholder(tf.float32, shape=(b, c), name="x")
    output, (c_new, h_new) = cell(x, state=cell.zero_state(b, tf.float32))
    print("input:", x)
    print("The new h is", h_new, "and the new c is", c_new)
    return h_new, c_new


def in_own_graph(a, b, c):
    import tensorflow

    from lstm_lib import tf1 as tf

    with tensorflow.Graph().as_default():
        cell = tf.nn.rnn_cell.BasicLSTMCell(a)
        output, state = cell(tf.placeholder("float32", [b, c]), cell.zero_state(b, "float32"))
        print(f"h = {output}\nc = {state.c}")


def in_session(a, b, c):
    from lstm_lib import tf1 as tf

    inputs = tf.placeholder(np.float32, [b, c])
    cell = tf.nn.rnn_cell.BasicLSTMCell(a)
    output, state = cell(inputs, cell.zero_state(b, np.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        new = session.run(state, {inputs: np.random.randn(b, c)})
    print(new.h)
    print(new.c)


def in_session_on_zeros(a, b, c):
    from lstm_lib import tf1 as tf

    inputs = tf.placeholder(np.float32, [b, c])
    cell = tf.nn.rnn_cell.BasicLSTMCell(a)
    output, state = cell(inputs, cell.zero_state(b, np.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        feed = {inputs: np.zeros((b, c))}
        print(session.run(state.h, feed_dict=feed))
        print(session.run(state.c, feed_dict=feed))


def eagerly(a, b, c):
    from lstm_lib import tensorflow_backend

    cell = tensorflow_backend.BasicLSTMCell(num_units=a)
    inputs = np.zeros((b, c), dtype=np.float32)
    output, state = cell(inputs, cell.zero_state(b))
    print(state.h)
    print(state.c)


def eagerly_with_numbers(a, b, c):
    import tensorflow as tf

    from lstm_lib import tensorflow_backend

    cell = tensorflow_backend.BasicLSTMCell(a)
    output, state = cell.__call__(tf.random.normal([b, c]), cell.zero_state(batch_size=b))
    print("h =", output.numpy().round(4), "shape", output.shape)
    print("c =", state.c.numpy().tolist())


def eagerly_by_tensorflow_print(a, b, c):
    import tensorflow as tf

    from lstm_lib.tensorflow_backend import BasicLSTMCell

    cell = BasicLSTMCell(a)
    _, state = cell(tf.ones((b, c)), cell.zero_state(b))
    tf.print("h:", state.h)
    tf.print("c:", state.c)


def by_hand(a, b, c):
    cell = L.BasicLSTMCell(a)
    _, state = cell(np.ones((b, c), "float32"), cell.zero_state(b))
    print(repr(state.h), repr(state.c), sep="\n")


RIGHT = {
    "rnn_step": affine(np.tanh, "tanh", []),
    "forget_gate": sigmoid_gate("forget_gate"),
    "input_gate": sigmoid_gate("input_gate"),
    "output_gate": sigmoid_gate("output_gate"),
    "candidate": affine(np.tanh, "tanh", [L.candidate, tensorflow_backend("candidate")])
    + [split_rows(lambda z: 2 * textbook(2 * z) - 1)],
    "gradient_factor": [
        power_in_a_loop,
        power_by_logarithm,
        power_by_tensorflow,
        power_by_recursion,
        lambda w, steps: np.prod([w] * steps),
        lambda w, steps: np.float32(w) ** steps,
        lambda w, steps: math.pow(w, steps),
        lambda w, steps: np.linalg.matrix_power(np.array([[w]]), steps)[0, 0],
        lambda w, steps: np.cumprod(np.full(steps, w))[-1],
    ],
    "update_cell": [
        update_in_loops,
        update_by_tensorflow,
        update_stepwise,
        L.update_cell,
        lambda f, c, i, j: (f * c + i * j).tolist(),
        lambda f, c, i, j: np.add(np.multiply(f, c), np.multiply(i, j)).astype(np.float32),
        lambda f, c, i, j: np.einsum("kab,kab->ab", np.stack([f, i]), np.stack([c, j])),
    ],
    "carry": [
        carry_in_a_loop,
        carry_from_ones,
        carry_by_tape,
        carry_by_reduce,
        lambda f: np.cumprod(f, axis=0)[-1],
        lambda f: np.exp(np.log(f).sum(axis=0)),
        lambda f: f.prod(0).tolist(),
        lambda f: [math.prod(column) for column in f.T],
    ],
    "update_hidden": [
        hidden_in_loops,
        hidden_by_tensorflow,
        L.update_hidden,
        lambda o, c: (o * np.tanh(c)).astype(np.float32),
        lambda o, c: o * np.sinh(c) / np.cosh(c),
        lambda o, c: o * (2 * textbook(2 * c) - 1),
        lambda o, c: (o * np.tanh(c)).tolist(),
    ],
    "lstm_step": [
        step_by_parts,
        step_fused,
        step_by_tensorflow,
        step_in_loops,
        in_container(step_fused, lambda h, c: LSTMStateTuple(c=c, h=h)),
        in_container(step_fused, lambda h, c: [h.tolist(), c.tolist()]),
        in_container(step_fused, lambda h, c: np.array([h, c])),
        in_container(step_fused, lambda h, c: {"c": c, "h": h}),
    ],
    "basic_lstm_step": [
        cell_of_the_library,
        fused_by_slices,
        fused_with_moved_rows,
        fused_by_tensorflow,
        in_container(fused_by_slices, lambda c, h: LSTMStateTuple(c=c, h=h)),
        in_container(fused_by_slices, lambda c, h: [c.astype("float32"), h.astype("float32")]),
        in_container(fused_by_slices, lambda c, h: (c.tolist(), h.tolist())),
    ],
    "count_parameters": [
        count_by_cell,
        lambda H, D: 4 * ((D + H) * H + H),
        lambda H, D: 4 * H * (D + H + 1),
        lambda H, D: sum(D * H + H * H + H for gate in "ijfo"),
        lambda H, D: np.int64(4 * H * (D + H + 1)),
        lambda H, D: 4.0 * H * (D + H + 1),
        lambda H, D: np.zeros((D + H + 1, 4 * H)).size,
    ],
    "keras_weights": [
        converted_by_interop,
        converted_by_index,
        converted_to_lists,
        converted_to_tensors,
        converted_to_objects,
        lambda *args: [array.astype(np.float32) for array in converted_by_index(*args)],
    ],
    "creatLSTMCell": [
        with_call,
        with_labels,
        in_own_graph,
        in_session,
        in_session_on_zeros,
        eagerly,
        eagerly_with_numbers,
        eagerly_by_tensorflow_print,
        by_hand,
    ],
}
