"""Questions of chapter 2, the core idea."""
# ruff: noqa: ANN001, ANN201 - what a learner reads is the bare function

from __future__ import annotations

import numpy as np

from lstm_lib.exercises.question import Case, Question, Wrong, case
from lstm_lib.numpy_backend import sigmoid

Array = np.ndarray

EXAMPLE = (2, 3)
SIZES = [(4, 5), (6, 3), (3, 1), (2, 7)]
ONE_ROW = [(1, 4), (1, 6)]


def update_cell(f, c_prev, i, candidate):
    """Return the new cell state c, shape (batch_size, num_units)."""
    # ********** Begin **********
    return f * c_prev + i * candidate
    # ********** End **********


def carry(f):
    """Return how c after all steps depends on c before them: the shape is (num_units,)."""
    # ********** Begin **********
    return np.prod(f, axis=0)
    # ********** End **********


def elementwise_cases(rng: np.random.Generator, kinds: str) -> list[Case]:
    """Return cases of arrays of one shape: g is a gate, c a cell state, j a candidate."""
    draws = {
        "g": lambda size: rng.uniform(0.05, 0.95, size),
        "c": lambda size: rng.normal(0, 1.3, size),
        "j": lambda size: rng.uniform(-0.95, 0.95, size),
    }

    def draw(size: tuple[int, int], traits: str = "") -> Case:
        arrays = [draws[kind](size) for kind in kinds]
        if "example" in traits:
            arrays = [np.round(array, 1) + 0.0 for array in arrays]
        return case(*arrays, traits=traits)

    return [
        draw(EXAMPLE, "example"),
        *(draw(size) for size in SIZES),
        *(draw(size, "one_row") for size in ONE_ROW),
    ]


def _update_cases(rng: np.random.Generator) -> list[Case]:
    cases = elementwise_cases(rng, "gcgj")
    for size in [(3, 4), (5, 2)]:
        f, i = rng.uniform(0.05, 0.95, (2, *size))
        j = rng.uniform(-0.95, 0.95, size)
        cases.append(case(f, np.zeros(size), i, j, traits="zero_state"))
    return cases


UPDATE_WRONG = (
    Wrong(
        "swapped",
        "You swap the two gates: f acts on what was there, c_prev, and i on what is new, the "
        "candidate.",
        (lambda f, c_prev, i, candidate: i * c_prev + f * candidate,),
        (25,),
    ),
    Wrong(
        "upside_down",
        "You read the forget gate upside down: f = 1 keeps the old number and f = 0 forgets it, "
        "so it is f, not 1 - f, that multiplies c_prev.",
        (lambda f, c_prev, i, candidate: (1 - f) * c_prev + i * candidate,),
        (9,),
    ),
    Wrong(
        "input_upside_down",
        "You read the input gate upside down: i = 1 writes the candidate and i = 0 does not, so "
        "it is i, not 1 - i, that multiplies it.",
        (lambda f, c_prev, i, candidate: f * c_prev + (1 - i) * candidate,),
        (9,),
    ),
    Wrong(
        "coupled",
        "You tie the two gates together, 1 - f in place of i: here the input gate i is one of its "
        "own.",
        (
            lambda f, c_prev, i, candidate: f * c_prev + (1 - f) * candidate,
            lambda f, c_prev, i, candidate: (1 - i) * c_prev + i * candidate,
        ),
        (25, 27),
    ),
    Wrong(
        "no_c_prev",
        "You ignore c_prev, as if the state were zero: f * c_prev is the conveyor belt.",
        (lambda f, c_prev, i, candidate: i * candidate,),
        (14,),
    ),
    Wrong(
        "no_candidate",
        "You write nothing new: i * candidate is added to what is kept.",
        (lambda f, c_prev, i, candidate: f * c_prev,),
    ),
    Wrong(
        "no_forget_gate",
        "You leave out the forget gate: c_prev is multiplied by f first.",
        (lambda f, c_prev, i, candidate: c_prev + i * candidate,),
        (9,),
    ),
    Wrong(
        "no_input_gate",
        "You leave out the input gate: the candidate is multiplied by i before it is added.",
        (lambda f, c_prev, i, candidate: f * c_prev + candidate,),
    ),
    Wrong(
        "no_gates",
        "You leave out both gates: f multiplies c_prev, and i multiplies the candidate.",
        (lambda f, c_prev, i, candidate: c_prev + candidate,),
    ),
    Wrong(
        "forgets_everything",
        "You apply f to the sum: it acts on c_prev alone.",
        (
            lambda f, c_prev, i, candidate: f * (c_prev + i * candidate),
            lambda f, c_prev, i, candidate: f * (c_prev + candidate),
        ),
        (25,),
    ),
    Wrong(
        "tanh",
        "You squash c with tanh: the cell state itself is not squashed; the tanh comes later, "
        "where h is made.",
        (lambda f, c_prev, i, candidate: np.tanh(f * c_prev + i * candidate),),
        (15,),
    ),
    Wrong(
        "squashed_again",
        "You squash a second time: f and i come out of their sigmoids already, and the candidate "
        "out of its tanh.",
        (
            lambda f, c_prev, i, candidate: sigmoid(f) * c_prev + sigmoid(i) * candidate,
            lambda f, c_prev, i, candidate: sigmoid(f) * c_prev + sigmoid(i) * np.tanh(candidate),
            lambda f, c_prev, i, candidate: f * c_prev + i * np.tanh(candidate),
        ),
        (15,),
    ),
    Wrong(
        "minus",
        "You subtract: what is new is added to what is kept, and a candidate below zero takes "
        "away by itself.",
        (lambda f, c_prev, i, candidate: f * c_prev - i * candidate,),
    ),
    Wrong(
        "product",
        "You multiply where the two parts are added: c is what is kept plus what is new.",
        (
            lambda f, c_prev, i, candidate: f * c_prev * i * candidate,
            lambda f, c_prev, i, candidate: (f + c_prev) * (i + candidate),
        ),
    ),
    Wrong(
        "matrix_product",
        "You use the matrix product: gates act number by number, unit by unit, which is `*`.",
        (
            lambda f, c_prev, i, candidate: f @ c_prev + i @ candidate,
            lambda f, c_prev, i, candidate: np.dot(f, c_prev) + np.dot(i, candidate),
            lambda f, c_prev, i, candidate: f @ c_prev.T + i @ candidate.T,
        ),
        (22,),
    ),
    Wrong(
        "scalar",
        "You give all units one gate value: f and i are vectors, with one value for each unit.",
        (
            lambda f, c_prev, i, candidate: f.mean() * c_prev + i.mean() * candidate,
            lambda f, c_prev, i, candidate: (
                f.mean(axis=1, keepdims=True) * c_prev + i.mean(axis=1, keepdims=True) * candidate
            ),
            lambda f, c_prev, i, candidate: f[:, :1] * c_prev + i[:, :1] * candidate,
            lambda f, c_prev, i, candidate: (f * c_prev + i * candidate).sum(axis=1),
            lambda f, c_prev, i, candidate: (f * c_prev + i * candidate).sum(),
        ),
        (22,),
    ),
)


def _carry_cases(rng: np.random.Generator) -> list[Case]:
    def draw(time: int, num_units: int, low: float, high: float, traits: str = "") -> Case:
        return case(rng.uniform(low, high, (time, num_units)), traits=traits)

    example = np.array([[0.9, 0.5], [0.8, 1.0], [1.0, 0.2]])
    by_hand = np.array([[1.0, 0.0, 0.5, 1.0, 0.9], [1.0, 1.0, 0.5, 0.0, 0.9]])
    return [
        case(example, traits="example"),
        draw(5, 4, 0.2, 0.9),
        draw(1, 3, 0.2, 0.9, "one_step"),
        draw(1, 5, 0.2, 0.9, "one_step"),
        draw(2, 6, 0.1, 0.9),
        case(by_hand),
        draw(6, 1, 0.3, 0.9),
        draw(50, 2, 0.8, 1.0),
        draw(60, 3, 0.3, 0.7),
        draw(400, 3, 0.97, 1.0),
    ]


CARRY_WRONG = (
    Wrong(
        "sum",
        "You add the gates up: each step multiplies by its f, so it is a product over time.",
        (lambda f: f.sum(axis=0),),
        (20,),
    ),
    Wrong(
        "mean",
        "You average the gates: each step multiplies by its f, so it is a product over time.",
        (
            lambda f: f.mean(axis=0),
            lambda f: f.mean(axis=0) ** len(f),
        ),
        (20,),
    ),
    Wrong(
        "over_units",
        "You multiply over the units: the first axis of f is time, and the product runs along it, "
        "`axis=0`.",
        (lambda f: np.prod(f, axis=1), lambda f: np.prod(f, axis=-1)),
        (22, 3),
    ),
    Wrong(
        "scalar",
        "You multiply all numbers into one: every unit carries by itself, so the result has "
        "shape (num_units,).",
        (lambda f: np.prod(f), lambda f: np.prod(f, axis=0).mean(), lambda f: f.prod(0).prod()),
        (22,),
    ),
    Wrong(
        "last",
        "You take the last step alone: the gates of all steps before it act on the path as well.",
        (lambda f: f[-1],),
        (20,),
    ),
    Wrong(
        "first",
        "You take the first step alone: every later gate acts on the path as well.",
        (lambda f: f[0],),
        (20,),
    ),
    Wrong(
        "without_first",
        "You leave out the first step: its gate multiplies c_0 too.",
        (lambda f: np.prod(f[1:], axis=0),),
        (20,),
    ),
    Wrong(
        "without_last",
        "You leave out the last step: its gate multiplies what reaches c_T too.",
        (lambda f: np.prod(f[:-1], axis=0),),
        (20,),
    ),
    Wrong(
        "both_ends",
        "You take the first and the last step alone: all steps between them multiply as well.",
        (lambda f: f[0] * f[-1],),
        (20,),
    ),
    Wrong(
        "upside_down",
        "You multiply 1 - f: f = 1 keeps and f = 0 forgets, so it is f itself.",
        (lambda f: np.prod(1 - f, axis=0), lambda f: 1 - np.prod(f, axis=0)),
        (9,),
    ),
    Wrong(
        "sigmoid",
        "You squash f again: these are gates already, values between 0 and 1.",
        (lambda f: np.prod(sigmoid(f), axis=0),),
        (15,),
    ),
    Wrong(
        "slope",
        "You multiply the slopes f (1 - f): along the cell path the derivative of f * c by c is f.",
        (lambda f: np.prod(f * (1 - f), axis=0),),
        (20,),
    ),
    Wrong(
        "all_steps",
        "You return the product after every step: the question asks for the last one alone, shape "
        "(num_units,).",
        (lambda f: np.cumprod(f, axis=0), lambda f: np.cumprod(f, axis=0)[::-1]),
        (19,),
    ),
    Wrong(
        "constant",
        "You take for granted that c is carried unchanged: it is only where every f is 1.",
        (lambda f: np.ones(f.shape[1]),),
        (8,),
    ),
    Wrong(
        "vanishes",
        "You take for granted that nothing arrives: the product of the gates says how much does.",
        (lambda f: np.zeros(f.shape[1]),),
        (8,),
    ),
    Wrong(
        "smallest",
        "You take the smallest gate: each step multiplies by its f, so all of them count.",
        (lambda f: f.min(axis=0),),
        (20,),
    ),
    Wrong(
        "inverse",
        "You divide by the gates: each step multiplies by its f.",
        (lambda f: 1 / np.prod(f, axis=0),),
        (20,),
    ),
)


QUESTIONS = (
    Question(
        chapter=2,
        reference=update_cell,
        results=("c",),
        draw=_update_cases,
        wrong=UPDATE_WRONG,
        hints=(
            "Two things meet in c: what is kept of c_prev, and what is written of the candidate.",
            "Each has a gate of its own, and a gate acts by multiplying number by number, `*`.",
            "Keep with `f * c_prev`, write with `i * candidate`, and add the two.",
        ),
        praise="Nothing squashes c on its way: this sum is the conveyor belt.",
    ),
    Question(
        chapter=2,
        reference=carry,
        results=("factor",),
        draw=_carry_cases,
        wrong=CARRY_WRONG,
        hints=(
            "One step is c = f * c_prev + ... What is its derivative by c_prev?",
            "It is f, for each unit by itself. The chain rule multiplies the f of all steps.",
            "Time is the first axis of f: `np.prod` along `axis=0`, or a loop over the rows.",
        ),
        praise="Where every f is 1 the path carries a gradient unchanged, however long it is.",
        atol=1e-30,
    ),
)
