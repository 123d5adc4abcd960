"""Answers that were once told something misleading, as learners write them."""

import numpy as np

from lstm_lib.numpy_backend import sigmoid


def keeps_the_axis(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel):
    d_c = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    d_i = d_c * candidate * i * (1 - i)
    d_j = d_c * i * (1 - candidate**2)
    d_f = d_c * c_prev * f * (1 - f)
    d_o = d_h * np.tanh(c) * o * (1 - o)
    d_z = np.concatenate([d_i, d_j, d_f, d_o], axis=1)
    d_W = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_b = d_z.sum(axis=0, keepdims=True)
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return d_x, d_h_prev, d_c * f, d_W, d_b


def weights_of_another_gate(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_i + b_f)
    i = sigmoid(hx @ W_i + b_i)
    g = np.tanh(hx @ W_c + b_c)
    o = sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def forget_gate_without_bias(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_f)
    i = sigmoid(hx @ W_i + b_i)
    g = np.tanh(hx @ W_c + b_c)
    o = sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def forget_gate_without_brackets(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = 1 / 1 + np.exp(-(hx @ W_f + b_f))
    i = 1 / (1 + np.exp(-(hx @ W_i + b_i)))
    g = np.tanh(hx @ W_c + b_c)
    o = 1 / (1 + np.exp(-(hx @ W_o + b_o)))
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def forget_gate_of_its_own(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_f + b_f) ** 1.3
    i = sigmoid(hx @ W_i + b_i)
    g = np.tanh(hx @ W_c + b_c)
    o = sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def slope_as_sigmoid(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel):
    d_c = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    d_i = d_c * candidate * i * (1 - i)
    d_j = d_c * i * (1 - candidate**2)
    d_f = d_c * c_prev * sigmoid(f)
    d_o = d_h * np.tanh(c) * o * (1 - o)
    d_z = np.concatenate([d_i, d_j, d_f, d_o], axis=1)
    d_W = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return d_x, d_h_prev, d_c * f, d_W, d_z.sum(axis=0)


def slope_turned(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel):
    d_c = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    d_i = d_c * candidate * i * (1 - i)
    d_j = d_c * i * (1 - candidate**2)
    d_f = d_c * c_prev * f * (f - 1)
    d_o = d_h * np.tanh(c) * o * (1 - o)
    d_z = np.concatenate([d_i, d_j, d_f, d_o], axis=1)
    d_W = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return d_x, d_h_prev, d_c * f, d_W, d_z.sum(axis=0)


def blocks_f_j_i_o(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel):
    d_c = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    d_i = d_c * candidate * i * (1 - i)
    d_j = d_c * i * (1 - candidate**2)
    d_f = d_c * c_prev * f * (1 - f)
    d_o = d_h * np.tanh(c) * o * (1 - o)
    d_z = np.concatenate([d_f, d_j, d_i, d_o], axis=1)
    d_W = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return d_x, d_h_prev, d_c * f, d_W, d_z.sum(axis=0)


def blocks_of_cs231n(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel):
    d_c = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    d_i = d_c * candidate * i * (1 - i)
    d_j = d_c * i * (1 - candidate**2)
    d_f = d_c * c_prev * f * (1 - f)
    d_o = d_h * np.tanh(c) * o * (1 - o)
    d_z = np.concatenate([d_i, d_f, d_o, d_j], axis=1)
    d_W = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return d_x, d_h_prev, d_c * f, d_W, d_z.sum(axis=0)


def blocks_of_onnx(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel):
    d_c = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    d_i = d_c * candidate * i * (1 - i)
    d_j = d_c * i * (1 - candidate**2)
    d_f = d_c * c_prev * f * (1 - f)
    d_o = d_h * np.tanh(c) * o * (1 - o)
    d_z = np.concatenate([d_i, d_o, d_f, d_j], axis=1)
    d_W = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    return d_x, d_h_prev, d_c * f, d_W, d_z.sum(axis=0)


def pasted_convention(inputs, c_prev, h_prev, kernel, bias, forget_bias):
    z = np.concatenate([h_prev, inputs], axis=1) @ kernel + bias
    i, f, g, o = np.split(z, 4, axis=1)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return c, h


def pasted_transposed(inputs, c_prev, h_prev, kernel, bias, forget_bias):
    z = np.concatenate([inputs, h_prev], axis=1) @ kernel.T + bias
    i, f, g, o = np.split(z, 4, axis=1)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return c, h


def pasted_columns(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.vstack([h_prev, x])
    f = sigmoid(W_f @ hx + b_f[:, None])
    i = sigmoid(W_i @ hx + b_i[:, None])
    g = np.tanh(W_c @ hx + b_c[:, None])
    o = sigmoid(W_o @ hx + b_o[:, None])
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def third_value(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_f + b_f)
    i = sigmoid(hx @ W_i + b_i)
    g = np.tanh(hx @ W_c + b_c)
    o = sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c, (hx, f, i, g, o, c)


def slope_in_d_c_prev(d_h, d_c, x, h_prev, c_prev, f, i, candidate, o, c, kernel):
    d_s = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    d_i = d_s * candidate * i * (1 - i)
    d_j = d_s * i * (1 - candidate**2)
    d_f = d_s * c_prev * f * (1 - f)
    d_o = d_h * np.tanh(c) * o * (1 - o)
    d_z = np.concatenate([d_i, d_j, d_f, d_o], axis=1)
    d_W = np.concatenate([x, h_prev], axis=1).T @ d_z
    d_x, d_h_prev = np.split(d_z @ kernel.T, [x.shape[1]], axis=1)
    d_c_prev = (d_c + d_h * o * (1 - c**2)) * f
    return d_x, d_h_prev, d_c_prev, d_W, d_z.sum(axis=0)


def mean_of_a_gate(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_f + b_f)
    i = sigmoid(hx @ W_i + b_i).mean(axis=1, keepdims=True)
    g = np.tanh(hx @ W_c + b_c)
    o = sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def first_of_a_gate(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_f + b_f)
    i = sigmoid(hx @ W_i + b_i)
    g = np.tanh(hx @ W_c + b_c)
    o = sigmoid(hx @ W_o + b_o)[:, :1]
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def mean_of_an_update(f, c_prev, i, candidate):
    return f * c_prev + (i * candidate).mean(axis=1, keepdims=True)


def slope_of_the_candidate(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_f + b_f)
    i = sigmoid(hx @ W_i + b_i)
    g = 1 - np.tanh(hx @ W_c + b_c) ** 2
    o = sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


def tanh_too_many(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_f + b_f)
    i = sigmoid(hx @ W_i + b_i)
    g = np.tanh(np.tanh(hx @ W_c + b_c))
    o = sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


# The question, the answer, and what is said: all of these pieces.
ANSWERS = [
    ("lstm_step_backward", keeps_the_axis, ["`d_bias` has an axis too many: it is summed"]),
    (
        "lstm_step",
        weights_of_another_gate,
        ["In the forget gate: You use the weights of another part", "line 3, `f = sigmoid"],
    ),
    (
        "lstm_step",
        forget_gate_without_bias,
        ["In the forget gate: You leave out the bias: add `b_f`", "line 3, `f = sigmoid"],
    ),
    (
        "lstm_step",
        forget_gate_without_brackets,
        ["In the forget gate: Your sigmoid lacks brackets", "line 3, `f = 1 / 1 +"],
    ),
    (
        "lstm_step",
        forget_gate_of_its_own,
        ["What you write into c is right", "look at the forget gate", "f * c_prev is", "yours is"],
    ),
    ("lstm_step_backward", slope_as_sigmoid, ["sigmoid of a gate for its slope", "`d_f = d_c *"]),
    ("lstm_step_backward", slope_turned, ["slope of a gate has the wrong sign", "`d_f = d_c *"]),
    ("lstm_step_backward", blocks_f_j_i_o, ["the four blocks into the order f, j, i, o"]),
    ("lstm_step_backward", blocks_of_cs231n, ["the order i, f, o, j of CS231n's course"]),
    ("lstm_step_backward", blocks_of_onnx, ["the order i, o, f, j of ONNX"]),
    (
        "basic_lstm_step",
        pasted_convention,
        [
            "three mistakes",
            "i, f, j, o of Keras and PyTorch",
            "h_prev before the inputs",
            "f before",
        ],
    ),
    (
        "basic_lstm_step",
        pasted_transposed,
        ["three mistakes", "as PyTorch stores them", "of Keras and PyTorch", "forget bias"],
    ),
    ("lstm_step", pasted_columns, ["You take the columns of the arrays for the members"]),
    ("lstm_step", third_value, ["You return 3 values: the first 2, h, c, are asked for"]),
    (
        "lstm_step_backward",
        slope_in_d_c_prev,
        ["another slope of the tanh on the cell state in `d_c_prev`", "`d_c_prev = (d_c"],
    ),
    ("lstm_step", mean_of_a_gate, ["In the input gate: You give", "one value for each unit"]),
    ("lstm_step", first_of_a_gate, ["In the output gate: You give", "one value for each unit"]),
    ("update_cell", mean_of_an_update, ["What you keep of `c_prev` is right", "i * candidate is"]),
    (
        "lstm_step",
        slope_of_the_candidate,
        ["In the candidate: You return the slope of tanh", "line 5, `g = 1 -"],
    ),
    ("lstm_step", tanh_too_many, ["In the candidate: You squash twice", "line 5, `g = np.tanh(np"]),
]
