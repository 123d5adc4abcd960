"""Mistakes of the two questions that ask for a whole LSTM step.

Their references make the gates in different ways, and have in common ::

    c = f * c_prev + i * candidate
    h = o * np.tanh(c)
"""

from __future__ import annotations

from lstm_lib.exercises.engine.question import Mistake, Wrong
from lstm_lib.exercises.mistakes import squash as s
from lstm_lib.exercises.mistakes.squash import every_sigmoid, instead_of


def step_mistakes(f: str, i: str, candidate: str, o: str, content: str) -> tuple[Wrong, ...]:
    """Return the wrong ways to squash, and to make c and h.

    Parameters
    ----------
    f, i, candidate, o : str
        How the reference writes the three gates and the candidate in these two lines.
    content : str
        Piece of its text that ends with the tanh of the candidate.
    """
    kept, written, shown = f"{f} * c_prev", f"{i} * {candidate}", f"{o} * np.tanh(c)"
    c = f"{kept} + {written}"
    return (
        Mistake("no_tanh_on_c", ("np.tanh(c)", "c"), rows=16).says(
            "You leave out the tanh on the cell state: h = o * tanh(c)."
        ),
        Mistake("sigmoid_on_c", ("np.tanh(c)", "sigmoid(c)"), rows=15).says(
            "You put the sigmoid on the cell state: what h shows is content, so it is tanh(c), and "
            "o is the gate."
        ),
        Mistake("squash_together", (shown, f"np.tanh({o} * c)"), rows=15).says(
            "You squash o * c: the tanh belongs to c alone, before the output gate."
        ),
        Mistake("tan_on_c", ("np.tanh(c)", "np.tan(c)"), rows=24).says(
            "You use tan, the tangent of an angle, on the cell state: tanh is the hyperbolic one, "
            "`np.tanh`."
        ),
        Mistake("old_c_in_h", ("np.tanh(c)", "np.tanh(c_prev)"), rows=5).says(
            "You make h from the old cell state: it is the new c whose tanh the output gate shows."
        ),
        Mistake("no_output_gate", (shown, "np.tanh(c)"), rows=5).says(
            "You leave out the output gate: h = o * tanh(c)."
        ),
        Mistake("wrong_gate_in_h", (shown, f"{f} * np.tanh(c)", f"{i} * np.tanh(c)"), rows=25).says(
            "You make h with another gate: it is the output gate o that multiplies tanh(c)."
        ),
        Mistake(
            "c_squashed", (c, f"np.tanh({c})"), [(c, f"np.tanh({c})"), (shown, f"{o} * c")], rows=15
        ).says(
            "You squash c itself: the cell state is carried as it is, and its tanh goes into h "
            "only."
        ),
        Mistake("candidate_sigmoid", instead_of(content, s.SIGMOID), rows=15).says(
            "You squash the candidate with the sigmoid: it is content, which can be negative, so "
            "it takes tanh."
        ),
        Mistake("candidate_linear", instead_of(content, s.LINEAR), rows=(15, 24)).says(
            "You do not squash the candidate: it takes tanh."
        ),
        Mistake(
            "candidate_tan", instead_of(content, "np.tan(z)", "np.arctan(z)", s.COTH), rows=24
        ).says(
            "You squash the candidate with a function that only sounds like tanh: it is `np.tanh`."
        ),
        Mistake("candidate_relu", instead_of(content, s.RELU), rows=15).says(
            "You squash the candidate with a ReLU: it takes tanh, which has two ends, -1 and 1."
        ),
        Mistake("gates_tanh", every_sigmoid("np.tanh(z)"), rows=15).says(
            "You squash the gates with tanh: a gate says how much, from 0 to 1, so it takes the "
            "sigmoid."
        ),
        Mistake(
            "swapped_squash", [every_sigmoid("np.tanh(z)"), instead_of(content, s.SIGMOID)], rows=15
        ).says(
            "You swap the two squashings: the sigmoid is for the gates f, i and o, and tanh is for "
            "the candidate."
        ),
        Mistake(
            "gates_linear",
            every_sigmoid(s.LINEAR),
            [every_sigmoid(s.LINEAR), instead_of(content, s.LINEAR)],
            rows=(15, 24),
        ).says("You do not squash the gates: f, i and o take the sigmoid."),
        Mistake("hard_sigmoid", every_sigmoid(s.HARD_SIGMOID, s.HARD_SIGMOID_6), rows=21).says(
            "Your gates use a hard sigmoid, three straight lines, as in old Keras: use the smooth "
            "one, 1 / (1 + exp(-z))."
        ),
        Mistake("gates_upside_down", every_sigmoid(s.UPSIDE_DOWN), rows=9).says(
            "All your gates are upside down: the sigmoid is 1 / (1 + exp(-z)), with a minus."
        ),
        Mistake("brackets", every_sigmoid(s.NO_BRACKETS)).says(
            "Your sigmoid lacks brackets around its denominator: 1 / (1 + exp(-z))."
        ),
        Mistake("forget_upside_down", (kept, f"(1 - {f}) * c_prev"), rows=9).says(
            "You read the forget gate upside down: f = 1 keeps and f = 0 forgets, so it is f, not "
            "1 - f, that multiplies c_prev."
        ),
        Mistake("f_and_i_swapped", (c, f"{i} * c_prev + {f} * {candidate}"), rows=25).says(
            "You swap the forget gate and the input gate: f multiplies c_prev, and i multiplies "
            "the candidate."
        ),
        Mistake(
            "f_and_o_swapped", [(kept, f"{o} * c_prev"), (shown, f"{f} * np.tanh(c)")], rows=25
        ).says(
            "You swap the forget gate and the output gate: f multiplies c_prev, and o multiplies "
            "tanh(c)."
        ),
        Mistake(
            "i_and_o_swapped",
            [(written, f"{o} * {candidate}"), (shown, f"{i} * np.tanh(c)")],
            rows=25,
        ).says(
            "You swap the input gate and the output gate: i multiplies the candidate, and o "
            "multiplies tanh(c)."
        ),
        Mistake(
            "coupled", (written, f"(1 - {f}) * {candidate}"), (kept, f"(1 - {i}) * c_prev"), rows=27
        ).says(
            "You tie the two gates together, 1 - f in place of i: this cell has an input gate of "
            "its own."
        ),
        Mistake("no_forget_gate", (kept, "c_prev"), rows=9).says(
            "You leave out the forget gate, as the LSTM of 1997 did: c_prev is multiplied by f."
        ),
        Mistake("no_input_gate", (written, candidate)).says(
            "You leave out the input gate: the candidate is multiplied by i."
        ),
        Mistake("forgets_everything", (c, f"{f} * (c_prev + {written})"), rows=25).says(
            "You apply the forget gate to the whole sum: it acts on c_prev alone."
        ),
        Mistake("no_c_prev", (c, written), rows=14).says(
            "You ignore c_prev, as if the cell state were zero: f * c_prev is part of c."
        ),
        Mistake("no_candidate", (c, kept)).says(
            "You write nothing new: i times the candidate is added to f * c_prev."
        ),
        Mistake("minus", (f"+ {written}", f"- {written}")).says(
            "You subtract what is new: it is added to f * c_prev."
        ),
        Mistake("product", (f"+ {written}", f"* {written}")).says(
            "You multiply what is kept and what is new: the two are added."
        ),
        Mistake(
            "scalar",
            every_sigmoid(
                f"({s.SIGMOID}).mean(axis=1, keepdims=True)",
                "1 / (1 + np.exp(-z.mean(axis=1, keepdims=True)))",
                f"({s.SIGMOID}).mean()",
                f"({s.SIGMOID})[:, :1]",
            ),
            rows=22,
        ).says(
            "You give all units one gate value: gates are vectors, with one value for each unit."
        ),
    )
