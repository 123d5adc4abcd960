"""lstm_step: a whole step of an LSTM, gate by gate."""

import numpy as np

from lstm_lib.exercises.engine import messages as m
from lstm_lib.exercises.engine.conventions import Convention, layouts, rows_swapped
from lstm_lib.exercises.engine.question import BEGIN, Mistake, Question
from lstm_lib.exercises.mistakes.cases import step_cases
from lstm_lib.exercises.mistakes.parts import separate_parts
from lstm_lib.exercises.mistakes.steps import step_mistakes
from lstm_lib.numpy_backend import sigmoid


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


JOINED = "np.concatenate([h_prev, x], axis=1)"
WRONG = (
    *step_mistakes(f="f", i="i", candidate="candidate", o="o", content="candidate = np.tanh"),
    Mistake("returns_c_first", ("return h, c", "return c, h"), rows=4).says(
        "You return (c, h): this question wants (h, c), as Keras and PyTorch give it; TF1's "
        "LSTMStateTuple is the one with c first."
    ),
    Mistake("h_twice", ("return h, c", "return h, h"), rows=5).says(
        "You return h twice: the second value is the cell state c, which `output` never shows."
    ),
    Mistake("c_twice", ("return h, c", "return c, c"), rows=5).says(
        "You return c twice: the first value is h = o * tanh(c)."
    ),
    Mistake("h_alone", ("return h, c", "return h", "return (h,)"), rows=(5, 19)).says(
        "You return h alone: the next step needs the cell state as well, so return h, c."
    ),
    Mistake("c_alone", ("return h, c", "return c", "return (c,)"), rows=(5, 19)).says(
        "You return c alone: return both, h, c."
    ),
    Mistake("output_and_state", ("return h, c", "return h, h, c", "return h, c, h"), rows=19).says(
        "You return three values, the output and both states, as Keras does with return_state: "
        "the output is h itself, so return h, c."
    ),
    Mistake(
        "output_and_pair", ("return h, c", "return h, (h, c)", "return h, (c, h)"), rows=19
    ).says(
        "You return the output and a pair of states, as PyTorch's layers do: the output is h "
        "itself, so return h, c."
    ),
    Mistake("x_first", ("[h_prev, x]", "[x, h_prev]"), rows=(13, 25)).says(
        "You put x before h_prev: the rows of each W are [h, x], so its first num_units rows "
        "belong to h_prev."
    ),
    Mistake("stacked", (JOINED, "np.stack([h_prev, x])"), rows=13).says(
        "You stack h_prev and x, which differ in width: put them side by side, "
        "`np.concatenate([h_prev, x], axis=1)`."
    ),
    Mistake("below", (JOINED, "np.concatenate([h_prev, x])"), rows=13).says(
        "You join h_prev and x one below the other, along the batch: join them along `axis=1`."
    ),
    Mistake("added", (JOINED, "h_prev + x"), rows=13).says(
        "You add h_prev and x: [h, x] means one beside the other, not a sum."
    ),
    Mistake("no_h", ("[h_prev, x]", "[0 * h_prev, x]"), rows=14).says(
        "You ignore h_prev, as if the hidden state were zero: it goes into all four gates."
    ),
    Mistake("no_state", (BEGIN, "h_prev, c_prev = 0 * h_prev, 0 * c_prev"), rows=(14, 30)).says(
        "You ignore the state and start from zeros: h_prev goes into all four gates, and c_prev "
        "is multiplied by f."
    ),
    Mistake("no_x", ("[h_prev, x]", "[h_prev, 0 * x]")).says(
        "You ignore x: it goes into all four gates."
    ),
    Mistake("states_swapped", (BEGIN, "h_prev, c_prev = c_prev, h_prev"), rows=(4, 5)).says(
        "You swap the two old states: h_prev goes into the gates, and c_prev is multiplied by f."
    ),
    Mistake("c_in_gates", ("[h_prev, x]", "[c_prev, x]"), rows=5).says(
        "You feed c_prev to the gates: they see h_prev and x; the cell state stays inside."
    ),
    Mistake("h_for_c", ("f * c_prev", "f * h_prev"), rows=5).says(
        "You carry h_prev in place of c_prev: f multiplies the cell state."
    ),
    Mistake("no_bias", (BEGIN, "b_f = b_i = b_c = b_o = 0")).says(
        "You leave out the biases: each gate adds its own b before it squashes."
    ),
    Mistake("forget_bias", ("+ b_f", "+ b_f + 1"), rows=7).says(
        "You add a forget bias of 1 as TF1's cell does at run time: here `b_f` is the whole bias."
    ),
    Mistake(
        "candidate_weights",
        (BEGIN, "W_c, b_c, W_i, b_i = W_i, b_i, W_c, b_c"),
        (BEGIN, "W_c, b_c, W_f, b_f = W_f, b_f, W_c, b_c"),
        (BEGIN, "W_c, b_c, W_o, b_o = W_o, b_o, W_c, b_c"),
        rows=(6, 25),
    ).says(
        "You mix up the weights of the candidate with those of a gate: `W_c` and `b_c` are the "
        "candidate's, `W_i`, `b_i` the input gate's, `W_f`, `b_f` the forget gate's, `W_o`, `b_o` "
        "the output gate's."
    ),
    Mistake(
        "same_weights",
        (BEGIN, "W_i = W_c = W_o = W_f; b_i = b_c = b_o = b_f"),
        (BEGIN, "W_c = W_o = W_i; b_c = b_o = b_i", "W_c = W_i; b_c = b_i"),
        rows=25,
    ).says("You use one gate's weights for all four: each gate has a W and a b of its own."),
)


def _x_first(inputs: tuple) -> tuple:
    h_prev, c_prev, x, *weights = inputs
    units = h_prev.shape[1]
    weights[::2] = [rows_swapped(W, units) for W in weights[::2]]
    return h_prev, c_prev, x, *weights


def _arguments(*order: int) -> Convention:
    """For an answer that takes the first three arguments in this order."""
    return Convention(
        m.FIRST_ARGUMENTS, lambda inputs: (*(inputs[n] for n in order), *inputs[3:]), list
    )


CONVENTIONS = (
    (
        *layouts(weights=[3, 5, 7, 9], biases=[4, 6, 8, 10]),
        Convention("states_swapped", lambda inputs: (inputs[1], inputs[0], *inputs[2:]), list),
        _arguments(2, 0, 1),
        _arguments(2, 1, 0),
        _arguments(0, 2, 1),
        _arguments(1, 2, 0),
    ),
    (Convention("x_first", _x_first, list),),
    (Convention("returns_c_first", tuple, lambda arrays: arrays[::-1]),),
)

QUESTION = Question(
    chapter=3,
    reference=lstm_step,
    results=("h", "c"),
    draw=lambda rng: step_cases(rng, states=2, gates=4),
    wrong=WRONG,
    causes=("c", "h"),
    states=("c_prev", "h_prev"),
    conventions=CONVENTIONS,
    parts=lstm_step,
    slips=separate_parts({"f": "f", "i": "i", "c": "candidate", "o": "o"}),
    hints=(
        "You have all the parts: three gates, the candidate, the update of c, the update of "
        "h. In which order can they be computed?",
        "f, i, the candidate and o all start from the same [h, x]. Then c, then h from the new c.",
        "`c = f * c_prev + i * candidate`, then `h = o * np.tanh(c)`, then `return h, c`.",
    ),
    praise="This is a whole LSTM step, the one inside every LSTM layer.",
)
