"""Right answers, each written in another way: none of them may be refused."""
# ruff: noqa: NPY002, RUF005, RUF059 - written as learners write them

import functools
import math
from fractions import Fraction

import numpy as np

from lstm_lib import interop
from lstm_lib import numpy_backend as L
from lstm_lib.state import LSTMStateTuple
from lstm_lib.training import clip_by_global_norm, softmax_cross_entropy


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


def broken_by_products(x, i, f, o, target):
    """With what each step leaves of each earlier one, instead of a loop over the state."""
    steps = np.arange(len(x))
    broken = []
    for left_out in "ifo":
        gate = {"i": i, "f": f, "o": o} | {left_out: np.ones(len(x))}
        kept = np.array(
            [[np.prod(gate["f"][s + 1 : t + 1]) if s <= t else 0.0 for s in steps] for t in steps]
        )
        read = gate["o"] * (kept @ (gate["i"] * x))
        broken.append(float(np.nanmax(abs(read - target)) > 1e-9))
    return broken


def broken_step_by_step(x, i, f, o, target):
    states, broken = [0.0] * 3, [0, 0, 0]
    for x_t, i_t, f_t, o_t, wanted in zip(x, i, f, o, target, strict=True):
        for n in range(3):
            let_in, kept, read = [1 if n == k else gate for k, gate in enumerate((i_t, f_t, o_t))]
            states[n] = kept * states[n] + let_in * x_t
            if not math.isnan(wanted) and not math.isclose(read * states[n], wanted, abs_tol=1e-9):
                broken[n] = 1
    return broken


def unfair_by_list(settings, sequences, tuned_on, reported, training, test):
    broken = [
        len(set(settings)) > 1,
        len(set(sequences)) > 1,
        bool(np.isin(tuned_on[0], reported[0]).any() or np.isin(tuned_on[1], reported[1]).any()),
        bool((np.sort(reported[0]) != np.sort(reported[1])).any()),
        bool(np.isin(training, test).any()),
    ]
    return broken.index(True) + 1 if any(broken) else 0


def unfair_in_loops(settings, sequences, tuned_on, reported, training, test):
    rule = 0
    for seen in training:
        for each in test:
            if each in seen:
                rule = 5
    if sorted(reported[0]) != sorted(reported[1]):
        rule = 4
    for n in range(2):
        for seed in tuned_on[n]:
            if seed in reported[n]:
                rule = 3
    if sequences[0] - sequences[1]:
        rule = 2
    if settings[0] - settings[1]:
        rule = 1
    return rule


def join_by_trying(f, b, f_next, b_next):
    """The factor and the sum read off two states, 0 and 1."""
    from_zero, from_one = ((f * c + b) * f_next + b_next for c in (0.0, 1.0))
    return from_one - from_zero, from_zero


def scaled_column_by_column(train, test):
    train, test = train.copy(), test.copy()
    for k in range(train.shape[1]):
        center = sum(train[:, k]) / len(train)
        spread = math.sqrt(sum((value - center) ** 2 for value in train[:, k]) / len(train))
        train[:, k] = (train[:, k] - center) / spread
        test[:, k] = (test[:, k] - center) / spread
    return train, test


def windows_in_a_loop(series, start, stop, context, horizon):
    inputs, targets = [], []
    k = start
    while k + context + horizon <= stop:
        inputs.append(series[k : k + context])
        targets.append(series[k + context + horizon - 1])
        k += 1
    return np.array(inputs), targets


def windows_by_view(series, start, stop, context, horizon):
    part = series[start : stop - horizon]
    views = np.lib.stride_tricks.sliding_window_view(part, context)
    return views, series[start + context + horizon - 1 : stop]


def windows_from_the_part(series, start, stop, context, horizon):
    part = series[start:stop]
    rows = [part[k : k + context + horizon] for k in range(len(part) - context - horizon + 1)]
    return np.stack(rows)[:, :context], [row[-1] for row in rows]


def masked_in_loops(y, targets, lengths):
    total, count, d_y = 0.0, int(sum(lengths)), np.zeros_like(y)
    for n, length in enumerate(lengths):
        for t in range(length):
            total += (y[n, t] - targets[n, t]) ** 2
            d_y[n, t] = 2 * (y[n, t] - targets[n, t]) / count
    return total / count, d_y


def masked_by_weights(y, targets, lengths):
    weights = np.array([[t < n for t in range(y.shape[1])] for n in lengths]) / np.sum(lengths)
    return np.sum(weights * np.square(targets - y)), -2 * weights * (targets - y)


def masked_by_tape(y, targets, lengths):
    import tensorflow as tf

    y = tf.constant(y)
    mask = tf.sequence_mask(lengths, y.shape[1])
    with tf.GradientTape() as tape:
        tape.watch(y)
        loss = tf.reduce_mean(tf.boolean_mask((y - targets) ** 2, mask))
    return loss, tf.convert_to_tensor(tape.gradient(loss, y))


def last_by_one_hot(outputs, lengths):
    return np.einsum("btu,bt->bu", outputs, np.eye(outputs.shape[1])[lengths - 1])


def sampled_in_loops(scores, temperature, u):
    p, letters = [], []
    for row, drawn in zip(scores, u, strict=True):
        weights = [math.exp(score / temperature) for score in row]
        p.append([weight / sum(weights) for weight in weights])
        reached, letter = p[-1][0], 0
        while reached < drawn:
            letter += 1
            reached += p[-1][letter]
        letters.append(letter)
    return p, letters


def sampled_by_search(scores, temperature, u):
    p = np.exp(scores) ** (1 / temperature)
    p /= p.sum(axis=1)[:, None]
    return p, np.array(
        [np.searchsorted(row.cumsum(), drawn) for row, drawn in zip(p, u, strict=True)]
    )


def sampled_by_tensorflow(scores, temperature, u):
    import tensorflow as tf

    p = tf.nn.softmax(scores / temperature)
    return p, tf.reduce_sum(tf.cast(tf.cumsum(p, axis=1) < u[:, None], tf.int64), axis=1)


def scan_back_by_tape(d_c, f):
    import tensorflow as tf

    b = tf.zeros_like(d_c)
    with tf.GradientTape() as tape:
        tape.watch(b)
        c, loss = 0.0, 0.0
        for t in range(len(f)):
            c = f[t] * c + b[t]
            loss += tf.reduce_sum(c * d_c[t])
    return tape.gradient(loss, b)


def scan_back_by_scan(d_c, f):
    later = np.vstack([f[1:], np.zeros_like(f[:1])])
    return L.linear_scan(later[None, ::-1], d_c[None, ::-1])[0, ::-1]


def scan_back_in_sums(d_c, f):
    time = range(len(f))
    return [sum(d_c[s] * np.prod(f[t + 1 : s + 1], axis=0) for s in time if s >= t) for t in time]


def training_step_in_loops(h, targets, W, b, rate, max_norm):
    rows, classes = range(len(h)), range(len(b))
    loss, d_W, d_b = 0.0, np.zeros(W.shape), np.zeros(b.shape)
    for n in rows:
        y = [sum(h[n, k] * W[k, j] for k in range(len(W))) + b[j] for j in classes]
        total = sum(map(math.exp, y))
        loss += (math.log(total) - y[targets[n]]) / len(h)
        for j in classes:
            d_y = (math.exp(y[j]) / total - (j == targets[n])) / len(h)
            d_b[j] += d_y
            d_W[:, j] += h[n] * d_y
    length = math.hypot(*d_W.ravel(), *d_b)
    if length > max_norm:
        d_W, d_b = d_W / length * max_norm, d_b / length * max_norm
    return loss, W - rate * d_W, b - rate * d_b


def training_step_by_tape(h, targets, W, b, rate, max_norm):
    import tensorflow as tf

    W, b = tf.Variable(W), tf.Variable(b)
    with tf.GradientTape() as tape:
        of_rows = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, h @ W + b)
        loss = tf.reduce_mean(of_rows)
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, [W, b]), max_norm)
    return loss, W - rate * gradients[0], b - rate * gradients[1]


def training_step_by_library(h, targets, W, b, rate, max_norm):
    loss, d_y = softmax_cross_entropy((h @ W + b)[:, None], targets[:, None])
    gradients = {"W": h.T @ d_y[:, 0], "b": d_y.sum(axis=(0, 1))}
    gradients = clip_by_global_norm(gradients, max_norm)
    return [loss, W - rate * gradients["W"], b - rate * gradients["b"]]


def run_by_hand(kernel, bias, inputs):
    """A cell of one unit, step by step, in plain numbers."""
    h, c, answers = 0.0, 0.0, []
    for x in inputs:
        z = [sum(a * w[k] for a, w in zip([*x, h], kernel, strict=True)) for k in range(4)]
        i, f, o = (1 / (1 + math.exp(-(z[k] + bias[k]))) for k in (0, 2, 3))
        c = f * c + i * math.tanh(z[1] + bias[1])
        h = o * math.tanh(c)
        answers.append(int(h > 0.5))
    return answers


def latch_with_other_weights(inputs):
    return run_by_hand([[30, 5, -40, 0], [0, 30, 0, 0], [0, 0, 0, 0]], [-14, -18, 12, 9], inputs)


def latch_without_a_cell(inputs):
    held, answers = 0, []
    for flag, bit in inputs:
        held = bit if flag else held
        answers.append(held)
    return answers


def parity_that_adds(inputs):
    """It never erases: c goes between 0 and 1."""
    return run_by_hand([[30, 0, 0, 0], [0, -40, 0, 0]], [-15, 12, 15, 15], inputs)


def luck_by_factorials(solved, other, trials):
    def chance(k):
        rest = both - k
        if k > trials or rest > trials:
            return 0
        ways = math.factorial(trials) ** 2 * math.factorial(both)
        ways *= math.factorial(2 * trials - both)
        places = map(math.factorial, (k, rest, trials - k, trials - rest, 2 * trials))
        return Fraction(ways, math.prod(places))

    both = solved + other
    return float(sum(chance(k) for k in range(solved, both + 1)))


def luck_run_by_run(solved, other, trials):
    # How likely each number on the first side is, after each run that is dealt out.
    chances = {0: 1.0}
    for dealt in range(solved + other):
        after = {}
        for k, chance in chances.items():
            here = (trials - k) / (2 * trials - dealt)
            after[k + 1] = after.get(k + 1, 0) + chance * here
            after[k] = after.get(k, 0) + chance * (1 - here)
        chances = after
    return sum(chance for k, chance in chances.items() if k >= solved)


def fault_in_questions(best, loss, fall, tried, reordered, padded):
    if max(abs(reordered - tried)) > 0:
        return 1
    if max(abs(padded - tried)) > 0:
        return 2
    end = sum(loss[-4:]) / 4
    way = loss[0] - best
    if end < best - 0.05 * way:
        return 3
    middle = sorted(fall)[len(fall) // 2]
    if middle > 2:
        return 4
    if middle < 0.4:
        return 5
    return 6 if end > best + 0.6 * way else 0


def coupled_as_a_step_towards(f, c_prev, candidate):
    return candidate + f * (c_prev - candidate)


def coupled_in_loops(f, c_prev, candidate):
    return [
        [a * b + (1 - a) * d for a, b, d in zip(*rows, strict=True)]
        for rows in zip(f, c_prev, candidate, strict=True)
    ]


def reset_by_einsum(r, h_prev, W, b):
    return np.einsum("bh,bh,hk->bk", r, h_prev, W), np.einsum("bk,bh,hk->bk", r, h_prev, W) + r * b


def reset_by_gru_cells(r, h_prev, W, b):
    """From what the book's two cells make of it: u = 0, so that h is the candidate alone."""
    found = []
    for after in (False, True):
        units = len(b)
        cell = L.GRUCell(units, reset_after=after, dtype="float64")
        zeros = np.zeros((units, units))
        # One input each for the reset gate: a kernel of its logits.
        gate = np.hstack([np.eye(units), zeros, zeros])
        cell.kernel = np.vstack([gate, np.hstack([zeros, zeros, W])])
        cell.bias = np.concatenate(
            [np.zeros(units), np.full(units, -1e3), np.zeros(units), *([b] if after else [])]
        )
        _, h = cell(np.log(r / (1 - r)), np.asarray(h_prev, "float64"))
        found.append(np.arctanh(h))
    return tuple(found)


def stabilised_in_two_ways(log_f, log_i, m_prev):
    old = log_f + m_prev
    larger = old > log_i
    gap = np.abs(old - log_i)
    f, i = np.where(larger, 1.0, np.exp(-gap)), np.where(larger, np.exp(-gap), 1.0)
    return f, i, np.where(larger, old, log_i)


def stabilised_by_tensorflow(log_f, log_i, m_prev):
    import tensorflow as tf

    m = tf.maximum(log_f + m_prev, log_i)
    return tf.exp(log_f + m_prev - m), tf.exp(log_i - m), m


def judged_in_one_line(first, second, rates):
    if len(set(rates)) > 1:
        return -1
    return int(min(first) > max(second)) + 2 * int(min(second) > max(first))


def judged_by_gaps(first, second, rates):
    tuned_alike = np.ptp(rates) == 0
    gaps = np.array([first[0] - second[1], second[0] - first[1]])
    return (
        np.float32([*(gaps > 0), True].index(True) + 1 if (gaps > 0).any() else 0)
        if tuned_alike
        else -1.0
    )


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


# The backward pass.


def backward_gate_by_gate(d_h, d_c, x, h_prev, c_prev, f, i, j, o, c, kernel):
    """With a kernel and a bias for each gate, put together at the end."""
    W_i, W_j, W_f, W_o = np.hsplit(kernel, 4)
    hidden = np.tanh(c)
    into_c = d_h * o * (1 + hidden) * (1 - hidden) + d_c
    zs = [
        into_c * j * (i - i**2),
        into_c * i * (1 - np.square(j)),
        into_c * c_prev * (f - f**2),
        d_h * hidden * (o - o**2),
    ]
    rows = sum(z @ W.T for z, W in zip(zs, (W_i, W_j, W_f, W_o), strict=True))
    weights = [np.vstack([x.T @ z, h_prev.T @ z]) for z in zs]
    biases = [np.ones(len(x)) @ z for z in zs]
    sizes = x.shape[1]
    return rows[:, :sizes], rows[:, sizes:], f * into_c, np.hstack(weights), np.hstack(biases)


def backward_in_loops(d_h, d_c, x, h_prev, c_prev, f, i, j, o, c, kernel):
    """One member of the batch after the other, one outer product each."""
    B, D = x.shape
    H = h_prev.shape[1]
    d_x, d_h_prev, d_c_prev = np.zeros((B, D)), np.zeros((B, H)), np.zeros((B, H))
    d_kernel, d_bias = np.zeros_like(kernel), np.zeros(4 * H)
    for n in range(B):
        dz = np.empty(4 * H)
        for k in range(H):
            t = math.tanh(c[n, k])
            dc = d_c[n, k] + d_h[n, k] * o[n, k] * (1 - t * t)
            dz[k] = dc * j[n, k] * i[n, k] * (1 - i[n, k])
            dz[H + k] = dc * i[n, k] * (1 - j[n, k] ** 2)
            dz[2 * H + k] = dc * c_prev[n, k] * f[n, k] * (1 - f[n, k])
            dz[3 * H + k] = d_h[n, k] * t * o[n, k] * (1 - o[n, k])
            d_c_prev[n, k] = dc * f[n, k]
        d_kernel += np.outer(np.append(x[n], h_prev[n]), dz)
        d_bias += dz
        d_x[n] = kernel[:D] @ dz
        d_h_prev[n] = kernel[D:] @ dz
    return d_x, d_h_prev, d_c_prev, d_kernel, d_bias


def backward_by_tape(d_h, d_c, x, h_prev, c_prev, f, i, j, o, c, kernel):
    """The bias is not given: what the gates say of z serves for it."""
    import tensorflow as tf

    def logit(gate):
        return np.log(gate / (1 - gate))

    z = np.concatenate([logit(i), np.arctanh(j), logit(f), logit(o)], axis=1)
    rest = z - np.concatenate([x, h_prev], axis=1) @ kernel
    x, h_prev, c_prev, kernel = (tf.constant(each) for each in (x, h_prev, c_prev, kernel))
    bias = tf.zeros(z.shape[1], tf.float64)
    sources = [x, h_prev, c_prev, kernel, bias]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        i, j, f, o = tf.split(tf.concat([x, h_prev], 1) @ kernel + bias + rest, 4, axis=1)
        c = tf.sigmoid(f) * c_prev + tf.sigmoid(i) * tf.tanh(j)
        loss = tf.reduce_sum(d_h * tf.sigmoid(o) * tf.tanh(c)) + tf.reduce_sum(d_c * c)
    return tape.gradient(loss, sources)


def backward_units_first(d_h, d_c, x, h_prev, c_prev, f, i, j, o, c, kernel):
    """With the batch as columns, in float32."""
    given = (d_h, d_c, x, h_prev, c_prev, f, i, j, o, c, kernel)
    d_h, d_c, x, h, c_prev, f, i, j, o, c, W = (each.T.astype(np.float32) for each in given)
    hidden = np.tanh(c)
    dc = d_c + d_h * o * (1 - hidden**2)
    gates = [dc * j * i * (1 - i), dc * i * (1 - j**2), dc * c_prev * f * (1 - f)]
    dz = np.concatenate([*gates, d_h * hidden * o * (1 - o)])
    rows = np.concatenate([x, h])
    d_rows = W.T @ dz
    return d_rows[: len(x)].T, d_rows[len(x) :].T, (dc * f).T, rows @ dz.T, dz.sum(1)


def backward_einsum(d_h, d_c, x, h_prev, c_prev, f, i, j, o, c, kernel):
    B, H = h_prev.shape
    dc = d_c + d_h * o / np.cosh(c) ** 2
    dz = np.zeros((B, 4, H))
    dz[:, 0] = dc * j * i * (1 - i)
    dz[:, 1] = dc * i * (1 - j**2)
    dz[:, 2] = dc * c_prev * f * (1 - f)
    dz[:, 3] = d_h * np.tanh(c) * o * (1 - o)
    dz = dz.reshape(B, 4 * H)
    rows = np.c_[x, h_prev]
    d_rows = np.einsum("bz,rz->br", dz, kernel)
    d_kernel = np.einsum("br,bz->rz", rows, dz)
    return [d_rows[:, : x.shape[1]], d_rows[:, -H:], dc * f, d_kernel, np.einsum("bz->z", dz)]


def backward_by_name(d_h, d_c, x, h_prev, c_prev, *others):
    d_x, d_h_prev, d_c_prev, d_kernel, d_bias = backward_einsum(
        d_h, d_c, x, h_prev, c_prev, *others
    )
    return {
        "d_kernel": d_kernel.tolist(),
        "d_bias": d_bias,
        "d_x": d_x,
        "d_c_prev": d_c_prev,
        "d_h_prev": d_h_prev,
    }


def relative_error(found, expected):
    return np.linalg.norm(found - expected) / max(np.linalg.norm(expected), 1e-8)


def by_differences(loss, arrays, step=1e-4):
    """Of fourth order, changing each array in place and back."""
    arrays = [each.copy() for each in arrays]
    for array in arrays:
        gradient = np.empty_like(array)
        for index in range(array.size):
            old, losses = array.flat[index], []
            for n in (-2, -1, 1, 2):
                array.flat[index] = old + n * step
                losses.append(loss(*arrays))
            array.flat[index] = old
            gradient.flat[index] = np.dot(losses, [1, -8, 8, -1]) / (12 * step)
        yield gradient


def bug_by_the_kernel(backward, loss, *arrays):
    """By the relative error of each gradient, and of the kernel's blocks where all are wrong."""
    numeric = list(by_differences(loss, arrays))
    errors = [relative_error(a, b) for a, b in zip(backward(*arrays), numeric, strict=True)]
    bad = {
        name
        for name, error in zip(("x", "h", "c", "kernel", "bias"), errors, strict=True)
        if error > 1e-4
    }
    if not bad:
        return 0
    if len(bad) == 1:
        return {"kernel": 6, "bias": 7, "x": 8, "h": 9, "c": 10}[bad.pop()]
    if "c" in bad:
        return 1
    given, right = np.hsplit(backward(*arrays).d_kernel, 4), np.hsplit(numeric[3], 4)
    return 2 + int(np.argmax([relative_error(a, b) for a, b in zip(given, right, strict=True)]))


def bug_by_the_bias_alone(backward, loss, x, h_prev, c_prev, kernel, bias):
    """Differences of the bias show the gradient of z; the rest follows from what is there."""
    step, units = 1e-6, h_prev.shape[1]
    found = backward(x, h_prev, c_prev, kernel, bias)

    def difference(k, place):
        losses = []
        for sign in (1, -1):
            arrays = [x.copy(), h_prev.copy(), c_prev.copy(), kernel.copy(), bias.copy()]
            arrays[k][place] += sign * step
            losses.append(loss(*arrays))
        return (losses[0] - losses[1]) / (2 * step)

    def bad(k):
        return [
            place
            for place in np.ndindex(found[k].shape)
            if not np.isclose(found[k][place], difference(k, place), rtol=1e-4, atol=1e-5)
        ]

    gates = {place[0] // units for place in bad(4)}
    if gates == {0, 1, 2}:
        return 1.0
    if len(gates) == 1:
        return 2.0 + gates.pop()
    return next((line for line, k in ((7, 4), (6, 3), (10, 2), (9, 1), (8, 0)) if bad(k)), 0)


PATTERNS = {
    "": 0,
    "d_x d_h_prev d_c_prev d_kernel d_bias i j f": 1,
    "d_x d_h_prev d_kernel d_bias i": 2,
    "d_x d_h_prev d_kernel d_bias j": 3,
    "d_x d_h_prev d_kernel d_bias f": 4,
    "d_x d_h_prev d_kernel d_bias o": 5,
    "d_kernel": 6,
    "d_bias i j f o": 7,
    "d_x": 8,
    "d_h_prev": 9,
    "d_c_prev": 10,
}


def bug_by_pattern(backward, loss, *arrays):
    """By a table of which line spoils what."""
    found = backward(*arrays)
    pairs = list(zip(found, by_differences(loss, arrays, 1e-3), strict=True))
    names = [
        name
        for name, (a, b) in zip(found._fields, pairs, strict=True)
        if not np.allclose(a, b, atol=1e-3)
    ]
    bias = zip(*(np.split(each, 4) for each in pairs[4]), strict=True)
    gates = [g for g, (a, b) in zip("ijfo", bias, strict=True) if not np.allclose(a, b, atol=1e-3)]
    return np.float32(PATTERNS[" ".join(names + gates)])


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
    "broken_without": [
        broken_by_products,
        broken_step_by_step,
        lambda *given: tuple(broken_by_products(*given)),
        lambda *given: np.array(broken_step_by_step(*given)),
    ],
    "find_the_unfair": [
        unfair_by_list,
        unfair_in_loops,
        lambda *given: float(unfair_in_loops(*given)),
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
    "lstm_step_backward": [
        backward_gate_by_gate,
        backward_in_loops,
        backward_by_tape,
        backward_units_first,
        backward_einsum,
        backward_by_name,
        in_container(backward_einsum, lambda *gradients: [each.tolist() for each in gradients]),
    ],
    "find_the_bug": [
        bug_by_the_kernel,
        bug_by_the_bias_alone,
        bug_by_pattern,
        lambda *given: np.int64(bug_by_pattern(*given)),
    ],
    "join_steps": [
        join_by_trying,
        lambda f, b, g, d: [(f * g).tolist(), (b * g + d).tolist()],
        lambda f, b, g, d: np.stack([g * f, g * b + d]).astype(np.float32),
        lambda f, b, g, d: (np.einsum("ab,ab->ab", f, g), d + np.multiply(g, b)),
    ],
    "scan_back": [
        scan_back_by_tape,
        scan_back_by_scan,
        scan_back_in_sums,
        lambda d_c, f: np.array(scan_back_in_sums(d_c, f), np.float32),
    ],
    "training_step": [
        training_step_in_loops,
        training_step_by_tape,
        training_step_by_library,
        lambda *given: tuple(np.float32(each) for each in training_step_in_loops(*given)),
    ],
    "latch_by_hand": [
        latch_with_other_weights,
        latch_without_a_cell,
        lambda inputs: np.array(latch_without_a_cell(inputs), bool).astype(float),
    ],
    "parity_by_hand": [
        parity_that_adds,
        lambda inputs: np.cumsum(inputs[:, 0]) % 2,
        lambda inputs: [int(sum(inputs[: t + 1, 0]) % 2) for t in range(len(inputs))],
    ],
    "name_the_fault": [
        fault_in_questions,
        lambda *given: np.int64(fault_in_questions(*given)),
        lambda *given: float(fault_in_questions(*given)),
    ],
    "by_luck": [
        luck_by_factorials,
        luck_run_by_run,
        lambda *given: np.float32(luck_run_by_run(*given)),
    ],
    "scale_parts": [
        scaled_column_by_column,
        lambda train, test: [
            (each - np.average(train, 0)) / train.var(0) ** 0.5 for each in (train, test)
        ],
        lambda train, test: tuple(
            np.split((np.concatenate([train, test]) - train.mean(0)) / train.std(0), [len(train)])
        ),
        lambda train, test: [
            np.float32((each - train.mean(0)) / train.std(0)).tolist() for each in (train, test)
        ],
    ],
    "cut_windows": [
        windows_in_a_loop,
        windows_by_view,
        windows_from_the_part,
    ],
    "masked_loss": [
        masked_in_loops,
        masked_by_weights,
        masked_by_tape,
    ],
    "last_valid": [
        lambda outputs, lengths: [each[n - 1] for each, n in zip(outputs, lengths, strict=True)],
        lambda outputs, lengths: np.take_along_axis(outputs, lengths[:, None, None] - 1, axis=1)[
            :, 0
        ],
        last_by_one_hot,
        lambda outputs, lengths: np.float32(last_by_one_hot(outputs, lengths)),
    ],
    "sample_letter": [
        sampled_in_loops,
        sampled_by_search,
        sampled_by_tensorflow,
    ],
    "coupled_cell": [
        coupled_as_a_step_towards,
        coupled_in_loops,
        lambda f, c, j: (f * c + j - f * j).astype(np.float32),
    ],
    "reset_places": [
        reset_by_einsum,
        reset_by_gru_cells,
        lambda r, h, W, b: [(r * h @ W).tolist(), (r * h.dot(W) + b * r).tolist()],
    ],
    "stabilise": [
        stabilised_in_two_ways,
        stabilised_by_tensorflow,
        lambda f, i, m: np.stack(
            [np.exp(f + m - np.fmax(f + m, i)), np.exp(i - np.fmax(f + m, i)), np.fmax(f + m, i)]
        ),
    ],
    "judge_claim": [
        judged_in_one_line,
        judged_by_gaps,
        lambda a, b, n: -1 if n[0] - n[1] else 1 if a[0] > b[1] else 2 if a[1] < b[0] else 0,
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
