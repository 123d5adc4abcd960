"""Questions of chapter 3, the gates."""
# ruff: noqa: ANN001, ANN201 - what a learner reads is the bare function

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_lib.exercises import squash as s
from lstm_lib.exercises.affine import (
    gate_cases,
    joined,
    shape_mistakes,
    sigmoid_mistakes,
    squashed,
    tanh_mistakes,
)
from lstm_lib.exercises.cells import MISTAKES, RIGHT, Gates
from lstm_lib.exercises.chapter2 import elementwise_cases
from lstm_lib.exercises.question import Case, Question, Wrong, case
from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray


def forget_gate(h_prev, x, W_f, b_f):
    """Return the forget gate f, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return sigmoid(hx @ W_f + b_f)
    # ********** End **********


def input_gate(h_prev, x, W_i, b_i):
    """Return the input gate i, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return sigmoid(hx @ W_i + b_i)
    # ********** End **********


def candidate(h_prev, x, W_c, b_c):
    """Return the candidate, what could be written to c, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return np.tanh(hx @ W_c + b_c)
    # ********** End **********


def output_gate(h_prev, x, W_o, b_o):
    """Return the output gate o, shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    return sigmoid(hx @ W_o + b_o)
    # ********** End **********


def update_hidden(o, c):
    """Return the new hidden state h, shape (batch_size, num_units)."""
    # ********** Begin **********
    return o * np.tanh(c)
    # ********** End **********


def lstm_step(h_prev, c_prev, x, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    """Return (h, c), the state after one step, each of shape (batch_size, num_units)."""
    # ********** Begin **********
    hx = np.concatenate([h_prev, x], axis=1)
    f = sigmoid(hx @ W_f + b_f)
    i = sigmoid(hx @ W_i + b_i)
    candidate = np.tanh(hx @ W_c + b_c)
    o = sigmoid(hx @ W_o + b_o)
    c = f * c_prev + i * candidate
    h = o * np.tanh(c)
    return h, c
    # ********** End **********


PLUS_ONE = Wrong(
    "forget_bias",
    "You add a forget bias of 1 as TF1's cell does at run time: in this equation `{b}` is the "
    "whole bias.",
    (lambda h_prev, x, W, b: sigmoid(joined(h_prev, x) @ W + b + 1),),
    (7,),
)

TIMES_STATE = Wrong(
    "applied",
    "You apply the gate to the state already: the gate itself is asked for, and it is used later.",
    (lambda h_prev, x, W, b: sigmoid(joined(h_prev, x) @ W + b) * h_prev,),
    (5, 25),
)


HIDDEN_WRONG = (
    Wrong(
        "no_tanh",
        "You leave out the tanh on the cell state: c can be any number, and tanh brings it "
        "between -1 and 1 before the gate.",
        (lambda o, c: o * c,),
        (16,),
    ),
    Wrong(
        "sigmoid",
        "You put the sigmoid on the cell state: what h shows is content, which can be negative, "
        "so it is tanh(c).",
        (lambda o, c: o * sigmoid(c),),
        (15,),
    ),
    Wrong(
        "together",
        "You squash the product: the tanh belongs to c alone, and the gate multiplies what comes "
        "out.",
        (lambda o, c: np.tanh(o * c),),
        (15,),
    ),
    Wrong(
        "swapped",
        "You put the tanh on the gate: it belongs to c; o is squashed already.",
        (lambda o, c: np.tanh(o) * c,),
        (25,),
    ),
    Wrong(
        "squashed_again",
        "You squash o a second time: it comes out of its sigmoid already.",
        (lambda o, c: sigmoid(o) * np.tanh(c), lambda o, c: np.tanh(o) * np.tanh(c)),
        (15,),
    ),
    Wrong(
        "tanh_twice",
        "You take tanh twice: once on the cell state is enough.",
        (lambda o, c: o * np.tanh(np.tanh(c)), lambda o, c: np.tanh(o * np.tanh(c))),
        (15,),
    ),
    Wrong(
        "tan",
        "You use a function that only sounds like tanh: it is the hyperbolic one, `np.tanh`.",
        (lambda o, c: o * np.tan(c), lambda o, c: o * np.arctan(c), lambda o, c: o * np.sinh(c)),
        (24,),
    ),
    Wrong(
        "coth",
        "You use 1 / tanh, which is coth and has a pole at zero: it is tanh itself.",
        (lambda o, c: o / np.tanh(c),),
        (24,),
    ),
    Wrong(
        "relu",
        "You put a ReLU on the cell state: it is tanh, which has two ends, -1 and 1.",
        (lambda o, c: o * s.relu(c),),
        (15,),
    ),
    Wrong(
        "no_gate",
        "You leave out the output gate: o multiplies tanh(c) unit by unit.",
        (lambda o, c: np.tanh(c),),
        (5,),
    ),
    Wrong(
        "cell_state",
        "You return c: the hidden state is what the output gate shows of it, o * tanh(c).",
        (lambda o, c: c,),
        (5,),
    ),
    Wrong(
        "gate",
        "You return the gate: the hidden state is what it shows of c, o * tanh(c).",
        (lambda o, c: o,),
        (5,),
    ),
    Wrong(
        "upside_down",
        "You read the output gate upside down: o = 1 shows and o = 0 hides, so it is o, not 1 - o.",
        (lambda o, c: (1 - o) * np.tanh(c),),
        (9,),
    ),
    Wrong(
        "sum",
        "You add the gate: a gate acts by multiplying.",
        (lambda o, c: o + np.tanh(c), lambda o, c: o + c),
    ),
    Wrong(
        "minus",
        "Your h has the wrong sign: it is o times tanh(c).",
        (lambda o, c: -o * np.tanh(c), lambda o, c: o * np.tanh(-c)),
    ),
    Wrong(
        "matrix_product",
        "You use the matrix product: a gate acts number by number, unit by unit, which is `*`.",
        (
            lambda o, c: o @ np.tanh(c),
            lambda o, c: np.dot(o, np.tanh(c)),
            lambda o, c: o @ np.tanh(c).T,
        ),
        (22,),
    ),
    Wrong(
        "scalar",
        "You give all units one gate value: o is a vector, with one value for each unit.",
        (
            lambda o, c: o.mean() * np.tanh(c),
            lambda o, c: o.mean(axis=1, keepdims=True) * np.tanh(c),
            lambda o, c: o[:, :1] * np.tanh(c),
            lambda o, c: (o * np.tanh(c)).sum(axis=1),
            lambda o, c: (o * np.tanh(c)).sum(),
        ),
        (22,),
    ),
)


def _hidden_cases(rng: np.random.Generator) -> list[Case]:
    cases = elementwise_cases(rng, "gc")
    # Small c, where tanh(c) and c are nearly the same.
    return [*cases, case(rng.uniform(0, 1, (4, 2)), rng.normal(0, 0.01, (4, 2)), traits="small")]


def _pre_activations(
    h_prev: Array, x: Array, weights: tuple[Array, ...], join: Callable = joined
) -> Gates:
    W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o = weights
    hx = join(h_prev, x)
    return Gates(hx @ W_f + b_f, hx @ W_i + b_i, hx @ W_c + b_c, hx @ W_o + b_o)


def _stepped(step: Callable) -> Callable:
    """Return the answer that takes this step."""

    def answer(h_prev: Array, c_prev: Array, x: Array, *weights: Array) -> tuple:
        c, h = step(_pre_activations(h_prev, x, weights), c_prev)
        return h, c

    return answer


def _joining(join: Callable) -> Callable:
    """Return the answer that brings h and x together in this way."""

    def answer(h_prev: Array, c_prev: Array, x: Array, *weights: Array) -> tuple:
        c, h = RIGHT(_pre_activations(h_prev, x, weights, join), c_prev)
        return h, c

    return answer


def _returning(choose: Callable) -> Callable:
    """Return the answer that gives something else of the right values."""

    def answer(*arguments: Array) -> object:
        h, c = lstm_step(*arguments)
        return choose(h, c)

    return answer


def _weighted(change: Callable) -> Callable:
    """Return the answer that changes the list of weights."""

    def answer(h_prev: Array, c_prev: Array, x: Array, *weights: Array) -> tuple:
        return lstm_step(h_prev, c_prev, x, *change(*weights))

    return answer


def _zero(array: Array) -> Array:
    return np.zeros_like(array)


STEP_WRONG = (
    *(Wrong(m.id, m.says, tuple(map(_stepped, m.steps)), m.rows) for m in MISTAKES),
    Wrong(
        "returns_c_first",
        "You return (c, h): this question wants (h, c), as Keras and PyTorch give it; TF1's "
        "LSTMStateTuple is the one with c first.",
        (_returning(lambda h, c: (c, h)),),
        (4,),
    ),
    Wrong(
        "h_twice",
        "You return h twice: the second value is the cell state c, which `output` never shows.",
        (_returning(lambda h, c: (h, h)),),
        (5,),
    ),
    Wrong(
        "c_twice",
        "You return c twice: the first value is h = o * tanh(c).",
        (_returning(lambda h, c: (c, c)),),
        (5,),
    ),
    Wrong(
        "h_alone",
        "You return h alone: the next step needs the cell state as well, so return h, c.",
        (_returning(lambda h, c: h), _returning(lambda h, c: (h,))),
        (5, 19),
    ),
    Wrong(
        "c_alone",
        "You return c alone: return both, h, c.",
        (_returning(lambda h, c: c), _returning(lambda h, c: (c,))),
        (5, 19),
    ),
    Wrong(
        "output_and_state",
        "You return three values, the output and both states, as Keras does with return_state: "
        "the output is h itself, so return h, c.",
        (_returning(lambda h, c: (h, h, c)), _returning(lambda h, c: (h, c, h))),
        (19,),
    ),
    Wrong(
        "x_first",
        "You put x before h_prev: the rows of each W are [h, x], so its first num_units rows "
        "belong to h_prev.",
        (_joining(lambda h_prev, x: np.concatenate([x, h_prev], axis=1)),),
        (13, 25),
    ),
    Wrong(
        "stacked",
        "You stack h_prev and x, which differ in width: put them side by side, "
        "`np.concatenate([h_prev, x], axis=1)`.",
        (_joining(lambda h_prev, x: np.stack([h_prev, x])),),
        (13,),
    ),
    Wrong(
        "below",
        "You join h_prev and x one below the other, along the batch: join them along `axis=1`.",
        (_joining(lambda h_prev, x: np.concatenate([h_prev, x])),),
        (13,),
    ),
    Wrong(
        "added",
        "You add h_prev and x: [h, x] means one beside the other, not a sum.",
        (_joining(lambda h_prev, x: h_prev + x),),
        (13,),
    ),
    Wrong(
        "no_h",
        "You ignore h_prev, as if the hidden state were zero: it goes into all four gates.",
        (_joining(lambda h_prev, x: joined(_zero(h_prev), x)),),
        (14,),
    ),
    Wrong(
        "no_state",
        "You ignore the state and start from zeros: h_prev goes into all four gates, and c_prev "
        "is multiplied by f.",
        (lambda h_prev, c_prev, x, *weights: lstm_step(_zero(h_prev), _zero(c_prev), x, *weights),),
        (14, 30),
    ),
    Wrong(
        "no_x",
        "You ignore x: it goes into all four gates.",
        (_joining(lambda h_prev, x: joined(h_prev, _zero(x))),),
    ),
    Wrong(
        "states_swapped",
        "You swap the two old states: h_prev goes into the gates, and c_prev is multiplied by f.",
        (lambda h_prev, c_prev, x, *weights: lstm_step(c_prev, h_prev, x, *weights),),
        (4, 5),
    ),
    Wrong(
        "c_in_gates",
        "You feed c_prev to the gates: they see h_prev and x; the cell state stays inside.",
        (lambda h_prev, c_prev, x, *weights: _swapped_in_gates(c_prev, c_prev, x, weights),),
        (5,),
    ),
    Wrong(
        "h_for_c",
        "You carry h_prev in place of c_prev: f multiplies the cell state.",
        (lambda h_prev, c_prev, x, *weights: lstm_step(h_prev, h_prev, x, *weights),),
        (5,),
    ),
    Wrong(
        "no_bias",
        "You leave out the biases: each gate adds its own b before it squashes.",
        (_weighted(lambda *w: [each if k % 2 == 0 else _zero(each) for k, each in enumerate(w)]),),
    ),
    Wrong(
        "forget_bias",
        "You add a forget bias of 1 as TF1's cell does at run time: here `b_f` is the whole bias.",
        (_weighted(lambda W_f, b_f, *others: (W_f, b_f + 1, *others)),),
        (7,),
    ),
    Wrong(
        "candidate_weights",
        "You mix up the weights of the candidate with those of a gate: `W_c` and `b_c` are the "
        "candidate's, `W_i`, `b_i` the input gate's, `W_f`, `b_f` the forget gate's, `W_o`, `b_o` "
        "the output gate's.",
        (
            _weighted(lambda Wf, bf, Wi, bi, Wc, bc, Wo, bo: (Wf, bf, Wc, bc, Wi, bi, Wo, bo)),
            _weighted(lambda Wf, bf, Wi, bi, Wc, bc, Wo, bo: (Wc, bc, Wi, bi, Wf, bf, Wo, bo)),
            _weighted(lambda Wf, bf, Wi, bi, Wc, bc, Wo, bo: (Wf, bf, Wi, bi, Wo, bo, Wc, bc)),
        ),
        (6, 25),
    ),
    Wrong(
        "same_weights",
        "You use one gate's weights for all four: each gate has a W and a b of its own.",
        (
            _weighted(lambda Wf, bf, *others: (Wf, bf) * 4),
            _weighted(lambda Wf, bf, Wi, bi, *others: (Wf, bf, *(Wi, bi) * 3)),
            _weighted(lambda Wf, bf, Wi, bi, Wc, bc, Wo, bo: (Wf, bf, Wi, bi, Wi, bi, Wo, bo)),
        ),
        (25,),
    ),
)


def _swapped_in_gates(seen: Array, c_prev: Array, x: Array, weights: tuple) -> tuple:
    c, h = RIGHT(_pre_activations(seen, x, weights), c_prev)
    return h, c


def _gate(reference: Callable, wrong: tuple[Wrong, ...], letter: str, **texts: object) -> Question:
    """Return the question for one gate."""
    words = {"W": f"W_{letter}", "b": f"b_{letter}", **texts.pop("words")}
    return Question(
        chapter=3,
        reference=reference,
        results=(letter if reference is not candidate else "candidate",),
        draw=gate_cases,
        wrong=wrong,
        words=words,
        **texts,
    )


GATE_WRONG = (*shape_mistakes(sigmoid), *sigmoid_mistakes(), PLUS_ONE, TIMES_STATE)

QUESTIONS = (
    _gate(
        forget_gate,
        GATE_WRONG,
        "f",
        words={"one_means": "f = 1 keeps while f = 0 forgets"},
        hints=(
            "The gate looks at h_prev and x together. What shape must [h, x] have to fit the rows "
            "of `W_f`?",
            "Put them side by side with `np.concatenate([h_prev, x], axis=1)`, multiply by `W_f`, "
            "add `b_f`.",
            "That sum is z, any number at all. `sigmoid(z)` brings it between 0 and 1.",
        ),
        praise="It gives one number between 0 and 1 for each unit: 1 keeps, 0 forgets.",
    ),
    _gate(
        input_gate,
        GATE_WRONG,
        "i",
        words={"one_means": "i = 1 writes while i = 0 does not"},
        hints=(
            "What differs between the forget gate and the input gate? Not the equation.",
            "Only the weights differ: `W_i` and `b_i`.",
            "`sigmoid([h, x] @ W_i + b_i)`, with [h, x] made by `np.concatenate` along `axis=1`.",
        ),
        praise="It has the same form as the forget gate and learns its own weights.",
    ),
    _gate(
        candidate,
        (
            *shape_mistakes(np.tanh),
            *tanh_mistakes(),
            Wrong(
                "gated",
                "You apply the input gate already: the candidate is the tanh alone, and the "
                "update of c multiplies it by i.",
                squashed(lambda z: sigmoid(z) * np.tanh(z)),
                (25,),
            ),
        ),
        "c",
        words={"content": "the candidate"},
        hints=(
            "This is no gate: it is what could be written. Should it be able to be negative?",
            "The product and the bias are as in a gate, with `W_c` and `b_c`. The squashing is "
            "another one.",
            "`np.tanh([h, x] @ W_c + b_c)`, with [h, x] made by `np.concatenate` along `axis=1`.",
        ),
        praise="It is content, from -1 to 1: the input gate decides how much of it is written.",
    ),
    _gate(
        output_gate,
        GATE_WRONG,
        "o",
        words={"one_means": "o = 1 shows while o = 0 hides"},
        hints=(
            "This is a gate like the forget gate. Which weights are its own?",
            "`W_o` and `b_o`, and the squashing of every gate.",
            "`sigmoid([h, x] @ W_o + b_o)`, with [h, x] made by `np.concatenate` along `axis=1`.",
        ),
        praise="It decides how much of the cell state the rest of the network sees.",
    ),
    Question(
        chapter=3,
        reference=update_hidden,
        results=("h",),
        draw=_hidden_cases,
        wrong=HIDDEN_WRONG,
        hints=(
            "c can be any number, and h stays between -1 and 1. What brings it there?",
            "First the tanh of c, then the gate, which acts by multiplying number by number.",
            "`o * np.tanh(c)`.",
        ),
        praise="The network sees h; c itself stays inside the cell.",
    ),
    Question(
        chapter=3,
        reference=lstm_step,
        results=("h", "c"),
        draw=lambda rng: gate_cases(rng, states=2, gates=4),
        wrong=STEP_WRONG,
        hints=(
            "You have all the parts: three gates, the candidate, the update of c, the update of "
            "h. In which order can they be computed?",
            "f, i, the candidate and o all start from the same [h, x]. Then c, then h from the "
            "new c.",
            "`c = f * c_prev + i * candidate`, then `h = o * np.tanh(c)`, then `return h, c`.",
        ),
        praise="This is a whole LSTM step, the one inside every LSTM layer.",
    ),
)
