"""Wrong answers of the two questions that ask for a whole LSTM step.

A step takes the pre-activations of the four gates and the old c, and gives the new
(c, h). Each mistake is a step with one part exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_lib.exercises import squash as s
from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray


class Gates(NamedTuple):
    """Pre-activations, or what the squashing makes of them; j is the candidate."""

    f: Array
    i: Array
    j: Array
    o: Array


def make_step(
    gate: Callable = sigmoid,
    content: Callable = np.tanh,
    update: Callable = lambda g, c_prev: g.f * c_prev + g.i * g.j,
    expose: Callable = lambda g, c, c_prev: g.o * np.tanh(c),
) -> Callable:
    """Return a step, (pre-activations, c_prev) to (c, h); the defaults are right."""

    def step(z: Gates, c_prev: Array) -> tuple[Array, Array]:
        g = Gates(gate(z.f), gate(z.i), content(z.j), gate(z.o))
        c = update(g, c_prev)
        return c, expose(g, c, c_prev)

    return step


RIGHT = make_step()


class Mistake(NamedTuple):
    """A wrong step: see `question.Wrong`, of which it becomes a part."""

    id: str
    says: str
    steps: tuple[Callable, ...]
    rows: tuple[int, ...]


def _update(*updates: Callable) -> tuple[Callable, ...]:
    return tuple(make_step(update=update) for update in updates)


def _expose(*exposes: Callable) -> tuple[Callable, ...]:
    return tuple(make_step(expose=expose) for expose in exposes)


MISTAKES = (
    Mistake(
        "no_tanh_on_c",
        "You leave out the tanh on the cell state: h = o * tanh(c).",
        _expose(lambda g, c, c_prev: g.o * c),
        (16,),
    ),
    Mistake(
        "sigmoid_on_c",
        "You put the sigmoid on the cell state: what h shows is content, so it is tanh(c), and o "
        "is the gate.",
        _expose(lambda g, c, c_prev: g.o * sigmoid(c)),
        (15,),
    ),
    Mistake(
        "squash_together",
        "You squash o * c: the tanh belongs to c alone, before the output gate.",
        _expose(lambda g, c, c_prev: np.tanh(g.o * c)),
        (15,),
    ),
    Mistake(
        "tan_on_c",
        "You use tan, the tangent of an angle, on the cell state: tanh is the hyperbolic one, "
        "`np.tanh`.",
        _expose(lambda g, c, c_prev: g.o * np.tan(c)),
        (24,),
    ),
    Mistake(
        "old_c_in_h",
        "You make h from the old cell state: it is the new c whose tanh the output gate shows.",
        _expose(lambda g, c, c_prev: g.o * np.tanh(c_prev)),
        (5,),
    ),
    Mistake(
        "no_output_gate",
        "You leave out the output gate: h = o * tanh(c).",
        _expose(lambda g, c, c_prev: np.tanh(c)),
        (5,),
    ),
    Mistake(
        "wrong_gate_in_h",
        "You make h with another gate: it is the output gate o that multiplies tanh(c).",
        _expose(lambda g, c, c_prev: g.f * np.tanh(c), lambda g, c, c_prev: g.i * np.tanh(c)),
        (25,),
    ),
    Mistake(
        "c_squashed",
        "You squash c itself: the cell state is carried as it is, and its tanh goes into h only.",
        (
            make_step(update=lambda g, c_prev: np.tanh(g.f * c_prev + g.i * g.j)),
            make_step(
                update=lambda g, c_prev: np.tanh(g.f * c_prev + g.i * g.j),
                expose=lambda g, c, c_prev: g.o * c,
            ),
        ),
        (15,),
    ),
    Mistake(
        "candidate_sigmoid",
        "You squash the candidate with the sigmoid: it is content, which can be negative, so it "
        "takes tanh.",
        (make_step(content=sigmoid),),
        (15,),
    ),
    Mistake(
        "candidate_linear",
        "You do not squash the candidate: it takes tanh.",
        (make_step(content=s.linear),),
        (15, 24),
    ),
    Mistake(
        "candidate_tan",
        "You squash the candidate with a function that only sounds like tanh: it is `np.tanh`.",
        (make_step(content=np.tan), make_step(content=np.arctan), make_step(content=s.coth)),
        (24,),
    ),
    Mistake(
        "candidate_relu",
        "You squash the candidate with a ReLU: it takes tanh, which has two ends, -1 and 1.",
        (make_step(content=s.relu),),
        (15,),
    ),
    Mistake(
        "gates_tanh",
        "You squash the gates with tanh: a gate says how much, from 0 to 1, so it takes the "
        "sigmoid.",
        (make_step(gate=np.tanh),),
        (15,),
    ),
    Mistake(
        "swapped_squash",
        "You swap the two squashings: the sigmoid is for the gates f, i and o, and tanh is for "
        "the candidate.",
        (make_step(gate=np.tanh, content=sigmoid),),
        (15,),
    ),
    Mistake(
        "gates_linear",
        "You do not squash the gates: f, i and o take the sigmoid.",
        (make_step(gate=s.linear), make_step(gate=s.linear, content=s.linear)),
        (15, 24),
    ),
    Mistake(
        "hard_sigmoid",
        "Your gates use a hard sigmoid, three straight lines, as in old Keras: use the smooth "
        "one, 1 / (1 + exp(-z)).",
        (make_step(gate=s.hard_sigmoid), make_step(gate=s.hard_sigmoid_6)),
        (21,),
    ),
    Mistake(
        "gates_upside_down",
        "All your gates are upside down: the sigmoid is 1 / (1 + exp(-z)), with a minus.",
        (make_step(gate=s.upside_down),),
        (9,),
    ),
    Mistake(
        "brackets",
        "Your sigmoid lacks brackets around its denominator: 1 / (1 + exp(-z)).",
        (make_step(gate=s.precedence),),
        (),
    ),
    Mistake(
        "forget_upside_down",
        "You read the forget gate upside down: f = 1 keeps and f = 0 forgets, so it is f, not "
        "1 - f, that multiplies c_prev.",
        _update(lambda g, c_prev: (1 - g.f) * c_prev + g.i * g.j),
        (9,),
    ),
    Mistake(
        "f_and_i_swapped",
        "You swap the forget gate and the input gate: f multiplies c_prev, and i multiplies the "
        "candidate.",
        _update(lambda g, c_prev: g.i * c_prev + g.f * g.j),
        (25,),
    ),
    Mistake(
        "f_and_o_swapped",
        "You swap the forget gate and the output gate: f multiplies c_prev, and o multiplies "
        "tanh(c).",
        (
            make_step(
                update=lambda g, c_prev: g.o * c_prev + g.i * g.j,
                expose=lambda g, c, c_prev: g.f * np.tanh(c),
            ),
        ),
        (25,),
    ),
    Mistake(
        "i_and_o_swapped",
        "You swap the input gate and the output gate: i multiplies the candidate, and o "
        "multiplies tanh(c).",
        (
            make_step(
                update=lambda g, c_prev: g.f * c_prev + g.o * g.j,
                expose=lambda g, c, c_prev: g.i * np.tanh(c),
            ),
        ),
        (25,),
    ),
    Mistake(
        "coupled",
        "You tie the two gates together, 1 - f in place of i: this cell has an input gate of its "
        "own.",
        _update(
            lambda g, c_prev: g.f * c_prev + (1 - g.f) * g.j,
            lambda g, c_prev: (1 - g.i) * c_prev + g.i * g.j,
        ),
        (27,),
    ),
    Mistake(
        "no_forget_gate",
        "You leave out the forget gate, as the LSTM of 1997 did: c_prev is multiplied by f.",
        _update(lambda g, c_prev: c_prev + g.i * g.j),
        (9,),
    ),
    Mistake(
        "no_input_gate",
        "You leave out the input gate: the candidate is multiplied by i.",
        _update(lambda g, c_prev: g.f * c_prev + g.j),
        (),
    ),
    Mistake(
        "forgets_everything",
        "You apply the forget gate to the whole sum: it acts on c_prev alone.",
        _update(lambda g, c_prev: g.f * (c_prev + g.i * g.j)),
        (25,),
    ),
    Mistake(
        "no_c_prev",
        "You ignore c_prev, as if the cell state were zero: f * c_prev is part of c.",
        _update(lambda g, c_prev: g.i * g.j),
        (14,),
    ),
    Mistake(
        "no_candidate",
        "You write nothing new: i times the candidate is added to f * c_prev.",
        _update(lambda g, c_prev: g.f * c_prev),
        (),
    ),
    Mistake(
        "minus",
        "You subtract what is new: it is added to f * c_prev.",
        _update(lambda g, c_prev: g.f * c_prev - g.i * g.j),
        (),
    ),
    Mistake(
        "product",
        "You multiply what is kept and what is new: the two are added.",
        _update(lambda g, c_prev: g.f * c_prev * g.i * g.j),
        (),
    ),
    Mistake(
        "scalar",
        "You give all units one gate value: gates are vectors, with one value for each unit.",
        (
            make_step(gate=lambda z: sigmoid(z).mean(axis=1, keepdims=True)),
            make_step(gate=lambda z: sigmoid(z.mean(axis=1, keepdims=True))),
            make_step(gate=lambda z: sigmoid(z).mean()),
            make_step(gate=lambda z: sigmoid(z)[:, :1]),
        ),
        (22,),
    ),
)
