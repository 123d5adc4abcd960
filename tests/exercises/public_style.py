"""Answers in the manner of public courses, their own conventions left in. The texts are ours.

Each is marked with what the check has to say: pieces of its sentences. "helps" is an answer
whose every difference is named, or shown with its number and in its place; "neutral" one that
is told something true that does not lead to all of it. None may be misled: what is said is
that which is there.
"""

import numpy as np

from lstm_lib.numpy_backend import sigmoid

STYLES = []


def style(question, judged, *pieces):
    """Keep an answer: the question, helps or neutral, and what is said."""

    def keep(answer):
        STYLES.append((question, answer, judged, pieces))
        return answer

    return keep


# Whole steps, gate by gate ---------------------------------------------------------------------


@style("lstm_step", "helps", "columns of the arrays for the members of the batch")
def columns_of_a_specialisation(a_prev, c_prev, xt, Wf, bf, Wi, bi, Wc, bc, Wo, bo):
    concat = np.concatenate((a_prev, xt), axis=0)
    ft = sigmoid(np.dot(Wf, concat) + bf)
    it = sigmoid(np.dot(Wi, concat) + bi)
    cct = np.tanh(np.dot(Wc, concat) + bc)
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(Wo, concat) + bo)
    a_next = ot * np.tanh(c_next)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt)
    return a_next, c_next, cache


@style("lstm_step", "helps", "You return 3 values: the first 2, h, c")
def cache_of_a_specialisation(a_prev, c_prev, xt, Wf, bf, Wi, bi, Wc, bc, Wo, bo):
    concat = np.concatenate((a_prev, xt), axis=1)
    ft = sigmoid(np.dot(concat, Wf) + bf)
    it = sigmoid(np.dot(concat, Wi) + bi)
    cct = np.tanh(np.dot(concat, Wc) + bc)
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(concat, Wo) + bo)
    a_next = ot * np.tanh(c_next)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, {"Wf": Wf, "bf": bf})
    return a_next, c_next, cache


@style("lstm_step", "helps", "columns of the arrays for the members of the batch")
def filled_columns(a_prev, c_prev, xt, Wf, bf, Wi, bi, Wc, bc, Wo, bo):
    n_x, m = xt.shape
    n_a = Wf.shape[0]
    concat = np.zeros((n_a + n_x, m))
    concat[:n_a, :] = a_prev
    concat[n_a:, :] = xt
    ft = sigmoid(Wf.dot(concat) + bf.reshape(-1, 1))
    it = sigmoid(Wi.dot(concat) + bi.reshape(-1, 1))
    cct = np.tanh(Wc.dot(concat) + bc.reshape(-1, 1))
    c_next = ft * c_prev + it * cct
    ot = sigmoid(Wo.dot(concat) + bo.reshape(-1, 1))
    return ot * np.tanh(c_next), c_next


@style("lstm_step", "helps", "You leave out the tanh on the cell state", "x before h_prev")
def state_without_tanh(h_prev, s_prev, x, wf, bf, wi, bi, wg, bg, wo, bo):
    xc = np.hstack((x, h_prev))
    g = np.tanh(np.dot(xc, wg) + bg)
    i = sigmoid(np.dot(xc, wi) + bi)
    f = sigmoid(np.dot(xc, wf) + bf)
    o = sigmoid(np.dot(xc, wo) + bo)
    s = g * i + s_prev * f
    h = s * o
    return h, s


@style("lstm_step", "helps", "x before h_prev")
def separate_products(H, C, X, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    d = X.shape[1]
    I = sigmoid(X @ W_i[:d] + H @ W_i[d:] + b_i)  # noqa: E741
    F = sigmoid(X @ W_f[:d] + H @ W_f[d:] + b_f)
    O = sigmoid(X @ W_o[:d] + H @ W_o[d:] + b_o)  # noqa: E741
    C_tilda = np.tanh(X @ W_c[:d] + H @ W_c[d:] + b_c)
    C = F * C + I * C_tilda
    H = O * np.tanh(C)
    return H, C


@style("lstm_step", "helps", "the output and a pair of states")
def output_and_pair(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h_prev, x], axis=1)
    c = sigmoid(hx @ W_f + b_f) * c_prev + sigmoid(hx @ W_i + b_i) * np.tanh(hx @ W_c + b_c)
    h = sigmoid(hx @ W_o + b_o) * np.tanh(c)
    return h, (h, c)


@style("lstm_step", "helps", "leave out the forget gate, as the LSTM of 1997 did", "(c, h)")
def of_1997(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    z = np.concatenate([h_prev, x], axis=1)
    y_in = sigmoid(z @ W_i + b_i)
    y_out = sigmoid(z @ W_o + b_o)
    s = c_prev + y_in * np.tanh(z @ W_c + b_c)
    return s, y_out * np.tanh(s)


@style("lstm_step", "helps", "forget bias of 1", "hard sigmoid")
def old_layer(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    def hard_sigmoid(z):
        return np.clip(0.2 * z + 0.5, 0.0, 1.0)

    hx = np.concatenate([h_prev, x], axis=1)
    f = hard_sigmoid(hx @ W_f + b_f + 1.0)
    i = hard_sigmoid(hx @ W_i + b_i)
    o = hard_sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * np.tanh(hx @ W_c + b_c)
    return o * np.tanh(c), c


@style("lstm_step", "helps", "tie the two gates together")
def coupled_gates(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    z = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(z.dot(W_f) + b_f)
    c = f * c_prev + (1 - f) * np.tanh(z.dot(W_c) + b_c)
    return sigmoid(z.dot(W_o) + b_o) * np.tanh(c), c


@style("lstm_step", "helps", "into no gate and through no squashing")
def peepholes(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    z = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(z @ W_f + b_f + 0.1 * c_prev)
    i = sigmoid(z @ W_i + b_i + 0.1 * c_prev)
    c = f * c_prev + i * np.tanh(z @ W_c + b_c)
    o = sigmoid(z @ W_o + b_o + 0.1 * c)
    return o * np.tanh(c), c


@style("lstm_step", "helps", "In the forget gate", "brackets", "In the output gate", "bias")
def typed_by_hand(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    z = np.concatenate([h_prev, x], axis=1)
    f = 1 / 1 + np.exp(-(z @ W_f + b_f))
    i = 1 / (1 + np.exp(-(z @ W_i + b_i)))
    o = 1 / (1 + np.exp(-(z @ W_o)))
    g = np.tanh(z @ W_c + b_c)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


@style("lstm_step", "helps", "In the input gate: You use the weights of another part")
def pasted_line(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    z = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(z @ W_f + b_f)
    i = sigmoid(z @ W_f + b_f)
    g = np.tanh(z @ W_c + b_c)
    o = sigmoid(z @ W_o + b_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


@style("lstm_step", "helps", "takes its arguments in another order")
def arguments_of_a_cell(x, h, c, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    hx = np.concatenate([h, x], axis=1)
    f, i, o = (sigmoid(hx @ W + b) for W, b in ((W_f, b_f), (W_i, b_i), (W_o, b_o)))
    c = f * c + i * np.tanh(hx @ W_c + b_c)
    h = o * np.tanh(c)
    return h, c


# Steps with one product ------------------------------------------------------------------------


@style("basic_lstm_step", "helps", "CS231n", "leave out the forget bias", "(h, c)")
def assignment_of_a_vision_course(x, prev_c, prev_h, W, b, forget_bias):
    D, H = x.shape[1], prev_h.shape[1]
    a = x.dot(W[:D]) + prev_h.dot(W[D:]) + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c


@style("basic_lstm_step", "helps", "CS231n", "leave out the forget bias", "You return 3 values")
def batched_gist(x, c0, h0, WLSTM, bias, forget_bias):
    d = h0.shape[1]
    Hin = np.hstack([x, h0])
    IFOG = Hin.dot(WLSTM) + bias
    IFOGf = np.zeros_like(IFOG)
    IFOGf[:, : 3 * d] = 1.0 / (1.0 + np.exp(-IFOG[:, : 3 * d]))
    IFOGf[:, 3 * d :] = np.tanh(IFOG[:, 3 * d :])
    C = IFOGf[:, :d] * IFOGf[:, 3 * d :] + IFOGf[:, d : 2 * d] * c0
    Hout = IFOGf[:, 2 * d : 3 * d] * np.tanh(C)
    return C, Hout, {"IFOG": IFOG, "IFOGf": IFOGf}


@style("basic_lstm_step", "helps", "of Keras and PyTorch", "leave out the forget bias", "(h, c)")
def layer_of_keras(inputs, c_tm1, h_tm1, kernel, bias, forget_bias):
    units = h_tm1.shape[1]
    z = inputs @ kernel[:-units] + h_tm1 @ kernel[-units:] + bias
    z0, z1, z2, z3 = np.split(z, 4, axis=1)
    i, f = sigmoid(z0), sigmoid(z1)
    c = f * c_tm1 + i * np.tanh(z2)
    o = sigmoid(z3)
    return o * np.tanh(c), c


@style("basic_lstm_step", "helps", "as PyTorch stores them", "Keras and PyTorch", "forget bias")
def cell_of_pytorch(x, c, h, weight, bias, forget_bias):
    gates = np.concatenate([x, h], axis=1) @ weight.T + bias
    ingate, forgetgate, cellgate, outgate = np.split(gates, 4, axis=1)
    cy = sigmoid(forgetgate) * c + sigmoid(ingate) * np.tanh(cellgate)
    hy = sigmoid(outgate) * np.tanh(cy)
    return cy, hy


@style("basic_lstm_step", "helps", "of ONNX", "leave out the forget bias")
def operator(X, C_t1, H_t1, W, B, forget_bias):
    gates = np.concatenate([X, H_t1], axis=1) @ W + B
    i, o, f, c = np.split(gates, 4, axis=-1)
    C = sigmoid(f) * C_t1 + sigmoid(i) * np.tanh(c)
    return C, sigmoid(o) * np.tanh(C)


@style("basic_lstm_step", "helps", "of Keras and PyTorch", "h_prev before the inputs")
def gluon(x, c, h, W, b, forget_bias):
    i, f, g, o = np.split(np.hstack([h, x]) @ W + b, 4, axis=1)
    c = sigmoid(f + forget_bias) * c + sigmoid(i) * np.tanh(g)
    return c, sigmoid(o) * np.tanh(c)


@style("basic_lstm_step", "helps", "forget bias of 1 whatever is asked for")
def haiku(x, c, h, w, b, forget_bias):
    gated = np.concatenate([x, h], axis=-1) @ w + b
    i, g, f, o = np.split(gated, 4, axis=-1)
    f = sigmoid(f + 1)
    c = f * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return c, h


@style("basic_lstm_step", "helps", "take every fourth column")
def interleaved(x, c, h, W, b, forget_bias):
    z = (np.hstack([x, h]) @ W + b).reshape(len(x), -1, 4)
    i, j, f, o = (z[:, :, k] for k in range(4))
    c = sigmoid(f + forget_bias) * c + sigmoid(i) * np.tanh(j)
    return c, sigmoid(o) * np.tanh(c)


@style(
    "basic_lstm_step", "helps", "squash the candidate with the sigmoid", "of ONNX", "forget bias"
)
def all_gates_squashed_alike(x, c, h, W, b, forget_bias):
    i, o, f, g = np.split(sigmoid(np.hstack([x, h]) @ W + b), 4, axis=1)
    return c * f + i * g, o * np.tanh(c * f + i * g)


# Backward --------------------------------------------------------------------------------------


@style("lstm_step_backward", "helps", "CS231n", "axis too many")
def vision_course_backward(dh, dc, x, prev_h, prev_c, f, i, g, o, next_c, W):
    t = np.tanh(next_c)
    dc = dc + dh * o * (1 - t**2)
    do, df, di, dg = dh * t, dc * prev_c, dc * g, dc * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    dx, dprev_h = da @ W[: x.shape[1]].T, da @ W[x.shape[1] :].T
    dW = np.vstack([x.T @ da, prev_h.T @ da])
    return dx, dprev_h, dc * f, dW, da.sum(axis=0, keepdims=True)


@style("lstm_step_backward", "helps", "CS231n")
def gist_backward(dHout, dC, x, h0, c0, f, i, g, o, C, WLSTM):
    d = h0.shape[1]
    Hin = np.hstack([x, h0])
    tanhCt = np.tanh(C)
    dIFOGf = np.zeros((len(x), 4 * d))
    dIFOGf[:, 2 * d : 3 * d] = tanhCt * dHout
    dC = dC + (1 - tanhCt**2) * (o * dHout)
    dIFOGf[:, d : 2 * d] = c0 * dC
    dIFOGf[:, :d] = g * dC
    dIFOGf[:, 3 * d :] = i * dC
    y = np.hstack([i, f, o])
    dIFOG = np.zeros_like(dIFOGf)
    dIFOG[:, 3 * d :] = (1 - g**2) * dIFOGf[:, 3 * d :]
    dIFOG[:, : 3 * d] = y * (1.0 - y) * dIFOGf[:, : 3 * d]
    dHin = dIFOG.dot(WLSTM.T)
    return dHin[:, : x.shape[1]], dHin[:, x.shape[1] :], dC * f, Hin.T.dot(dIFOG), dIFOG.sum(0)


@style("lstm_step_backward", "helps", "mean over the batch", "text introduces")
def specialisation_backward(da_next, dc_next, xt, a_prev, c_prev, ft, it, cct, ot, c_next, W):
    m = len(xt)
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dct = dc_next + da_next * ot * (1 - np.square(np.tanh(c_next)))
    dcct = dct * it * (1 - cct**2)
    dit = dct * cct * (1 - it) * it
    dft = dct * c_prev * ft * (1 - ft)
    dz = np.concatenate([dft, dit, dcct, dot], axis=1)
    dW = np.concatenate([xt, a_prev], axis=1).T @ dz / m
    db = np.mean(dz, axis=0)
    back = dz @ W.T
    return back[:, : xt.shape[1]], back[:, xt.shape[1] :], dct * ft, dW, db


@style("lstm_step_backward", "helps", "leave out the slope of the tanh on the cell state")
def state_backward(top_diff_h, top_diff_s, x, h_prev, s_prev, f, i, g, o, s, w):
    ds = o * top_diff_h + top_diff_s
    do = np.tanh(s) * top_diff_h
    di, dg, df = g * ds, i * ds, s_prev * ds
    dz = np.hstack([i * (1 - i) * di, (1 - g**2) * dg, f * (1 - f) * df, o * (1 - o) * do])
    xc = np.hstack([x, h_prev])
    dxc = dz @ w.T
    return dxc[:, : x.shape[1]], dxc[:, x.shape[1] :], ds * f, xc.T @ dz, dz.sum(axis=0)


@style("lstm_step_backward", "helps", "sigmoid of a gate for its slope", "slope of the candidate")
def repeated_squashing(dh, dc, x, h_prev, c_prev, f, i, g, o, c, W):
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    d_f = dc * c_prev * sigmoid(f)
    d_i = dc * g * i * (1 - i)
    d_g = dc * i * (1 - np.tanh(g) ** 2)
    d_o = dh * np.tanh(c) * o * (1 - o)
    dz = np.concatenate([d_i, d_g, d_f, d_o], axis=1)
    dx, dhp = np.split(dz @ W.T, [x.shape[1]], axis=1)
    return dx, dhp, dc * f, np.concatenate([x, h_prev], axis=1).T @ dz, dz.sum(axis=0)


@style(
    "lstm_step_backward", "helps", "slope of a gate has the wrong sign", "the mean over the batch"
)
def turned_slope(dh, dc, x, h_prev, c_prev, f, i, g, o, c, W):
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    d_f = dc * c_prev * f * (f - 1)
    d_i = dc * g * i * (1 - i)
    d_g = dc * i * (1 - g**2)
    d_o = dh * np.tanh(c) * o * (1 - o)
    dz = np.concatenate([d_i, d_g, d_f, d_o], axis=1)
    dx, dhp = np.split(dz @ W.T, [x.shape[1]], axis=1)
    return dx, dhp, dc * f, np.hstack([x, h_prev]).T @ dz / len(x), dz.mean(axis=0)


# Single gates ----------------------------------------------------------------------------------


@style("forget_gate", "helps", "columns of the arrays for the members of the batch")
def gate_in_columns(a_prev, xt, Wf, bf):
    concat = np.zeros((len(a_prev) + len(xt), xt.shape[1]))
    concat[: len(a_prev)] = a_prev
    concat[len(a_prev) :] = xt
    return sigmoid(np.dot(Wf, concat) + bf.reshape(-1, 1))


@style("candidate", "helps", "x before h_prev", "sigmoid")
def candidate_of_keras(h_tm1, x, W, b):
    return sigmoid(np.concatenate([x, h_tm1], axis=-1) @ W + b)


@style("input_gate", "helps", "x before h_prev", "leave out the bias")
def gate_without_bias(h, x, W, b):
    d = x.shape[1]
    return sigmoid(x @ W[:d] + h @ W[d:])
