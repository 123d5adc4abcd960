"""An LSTM as most tutorials write it in NumPy: a product a gate, a loop over time, lists.

It is a peer in the benchmark and no part of the library.
"""

import numpy as np


def sigmoid(z):
    """Logistic sigmoid."""
    return 1 / (1 + np.exp(-z))


def split(kernel, bias, forget_bias):
    """Weights of the gates i, j, f, o, rows [inputs; h], from TF1's one kernel."""
    biases = np.split(bias, 4)
    biases[2] = biases[2] + np.float32(forget_bias)
    return [np.ascontiguousarray(w) for w in np.split(kernel, 4, axis=1)], biases


def forward(weights, x):
    """Outputs (batch, time, units), and what each step computed."""
    (W_i, W_j, W_f, W_o), (b_i, b_j, b_f, b_o) = weights
    h = np.zeros((x.shape[0], len(b_i)), x.dtype)
    c = np.zeros_like(h)
    outputs, steps = [], []
    for t in range(x.shape[1]):
        rows = np.concatenate([x[:, t], h], axis=1)
        i = sigmoid(rows @ W_i + b_i)
        j = np.tanh(rows @ W_j + b_j)
        f = sigmoid(rows @ W_f + b_f)
        o = sigmoid(rows @ W_o + b_o)
        c_prev, c = c, f * c + i * j
        h = o * np.tanh(c)
        outputs.append(h)
        steps.append((rows, i, j, f, o, c_prev, c))
    return np.stack(outputs, axis=1), steps


def backward(weights, x, d_outputs):
    """Gradients of the weights (four, rows [inputs; h]), the biases (four) and the inputs."""
    matrices = weights[0]
    _, steps = forward(weights, x)
    input_size = x.shape[2]
    d_W = [np.zeros_like(w) for w in matrices]
    d_b = [np.zeros_like(b) for b in weights[1]]
    d_x = np.zeros_like(x)
    d_h = np.zeros_like(d_outputs[:, 0])
    d_c = np.zeros_like(d_h)
    for t in reversed(range(len(steps))):
        rows, i, j, f, o, c_prev, c = steps[t]
        d_h = d_h + d_outputs[:, t]
        tanh_c = np.tanh(c)
        d_c = d_c + d_h * o * (1 - tanh_c**2)
        d_z = [
            d_c * j * i * (1 - i),
            d_c * i * (1 - j**2),
            d_c * c_prev * f * (1 - f),
            d_h * tanh_c * o * (1 - o),
        ]
        d_rows = np.zeros_like(rows)
        for k in range(4):
            d_W[k] += rows.T @ d_z[k]
            d_b[k] += d_z[k].sum(axis=0)
            d_rows += d_z[k] @ matrices[k].T
        d_x[:, t], d_h = d_rows[:, :input_size], d_rows[:, input_size:]
        d_c = d_c * f
    return d_W, d_b, d_x
