"""What is refused, on both backends: every message says what was expected and what was given."""

from collections import namedtuple
from functools import partial

import numpy as np
import pytest

from lstm_lib import interop
from lstm_lib._tensorflow import tf
from lstm_lib.state import LSTMStateTuple
from tests.library.cells import (
    BATCH,
    INPUTS,
    UNITS,
    backend,
    random_cell,
    random_sequence,
    random_state,
)

X = random_sequence("float32")[:, 0]
SEQUENCE = random_sequence("float32")
D_OUTPUTS = random_sequence("float32", inputs=UNITS)
STATE = random_state("BasicLSTMCell", "float32")
PLAIN_STATE = random_state("BasicRNNCell", "float32")
Swapped = namedtuple("Swapped", ["h", "c"])


def refuses(call, error, expected, given):
    with pytest.raises(error) as caught:
        call()
    message = str(caught.value)
    assert f"expected {expected}" in message
    assert f"given {given}" in message.partition(f"expected {expected}")[2]
    return message


def table(*rows):
    """Rows of (name, argument, error, expected, given)."""
    return pytest.mark.parametrize(
        ("argument", "error", "expected", "given"),
        [pytest.param(*row, id=name.replace(" ", "-")) for name, *row in rows],
    )


def lstm(L):
    return random_cell(L, "BasicLSTMCell", "float32")


def plain(L):
    return random_cell(L, "BasicRNNCell", "float32")


# Making a cell.

NOT_POSITIVE_INTEGERS = [
    ("zero", 0, ValueError, "a positive integer", "0"),
    ("negative", -3, ValueError, "a positive integer", "-3"),
    ("a bool", True, TypeError, "a positive integer", "True (bool)"),
    ("a float", 5.0, TypeError, "a positive integer", "5.0 (float)"),
    ("text", "5", TypeError, "a positive integer", "'5' (str)"),
    ("none", None, TypeError, "a positive integer", "None (NoneType)"),
    ("a tuple", (5,), TypeError, "a positive integer", "(5,) (tuple)"),
]


@table(*NOT_POSITIVE_INTEGERS)
def test_num_units(L, kind, argument, error, expected, given):
    message = refuses(lambda: getattr(L, kind)(argument), error, expected, given)
    assert message.startswith("num_units: ")


@table(
    ("negative", -1, ValueError, "None or an integer of at least 0", "-1"),
    ("a float", 1.5, TypeError, "None or an integer of at least 0", "1.5 (float)"),
    ("text", "1", TypeError, "None or an integer of at least 0", "'1' (str)"),
    ("a bool", True, TypeError, "None or an integer of at least 0", "True (bool)"),
)
def test_seed(L, kind, argument, error, expected, given):
    message = refuses(lambda: getattr(L, kind)(3, seed=argument), error, expected, given)
    assert message.startswith("seed: ")


@table(*NOT_POSITIVE_INTEGERS)
def test_batch_size(L, kind, argument, error, expected, given):
    message = refuses(lambda: getattr(L, kind)(5).zero_state(argument), error, expected, given)
    assert message.startswith("batch_size: ")


@table(*NOT_POSITIVE_INTEGERS)
def test_input_size(L, kind, argument, error, expected, given):
    message = refuses(lambda: getattr(L, kind)(5).build(argument), error, expected, given)
    assert message.startswith("input_size: ")


def test_integers_of_numpy_are_integers(L, kind):
    cell = getattr(L, kind)(np.int64(UNITS))
    cell.build(np.int32(INPUTS))
    assert (cell.num_units, cell.input_size) == (UNITS, INPUTS)
    assert type(cell.num_units) is int


@table(
    ("infinite", float("inf"), ValueError, "a finite number", "inf"),
    ("minus infinite", float("-inf"), ValueError, "a finite number", "-inf"),
    ("nan", float("nan"), ValueError, "a finite number", "nan"),
    ("beyond float64", 10**400, ValueError, "a finite number", "inf"),
    ("text", "1", TypeError, "a number", "'1' (str)"),
    ("none", None, TypeError, "a number", "None (NoneType)"),
    ("a bool", True, TypeError, "a number", "True (bool)"),
    ("complex", 1j, TypeError, "a number", "1j (complex)"),
    ("complex of numpy", np.complex64(1), TypeError, "a number", "np.complex64"),
    ("an array", np.ones(1), TypeError, "a number", "array([1.]) (ndarray)"),
    ("a list", [1.0], TypeError, "a number", "[1.0] (list)"),
)
def test_forget_bias(L, argument, error, expected, given):
    message = refuses(lambda: L.BasicLSTMCell(5, argument), error, expected, given)
    assert message.startswith("forget_bias: ")


@pytest.mark.parametrize("number", [2, np.float32(2), np.int64(2)])
def test_forget_bias_may_be_any_real_number(L, number):
    assert L.BasicLSTMCell(5, forget_bias=number).forget_bias == 2.0


UNKNOWN_DTYPES = [
    ("float16", "float16", TypeError, "float32 or float64", "'float16'"),
    ("an integer dtype", np.int32, TypeError, "float32 or float64", "'int32'"),
    ("a complex dtype", np.dtype("complex64"), TypeError, "float32 or float64", "'complex64'"),
    ("python's float", float, TypeError, "float32 or float64", "'float'"),
    ("nonsense", "single", TypeError, "float32 or float64", "'single'"),
]


@table(*UNKNOWN_DTYPES, ("none", None, TypeError, "float32 or float64", "None"))
def test_dtype(L, kind, argument, error, expected, given):
    message = refuses(lambda: getattr(L, kind)(5, dtype=argument), error, expected, given)
    assert message.startswith("dtype: ")


@table(*UNKNOWN_DTYPES, ("another", "float64", TypeError, "float32", "float64"))
def test_dtype_of_a_zero_state(L, kind, argument, error, expected, given):
    refuses(lambda: getattr(L, kind)(5).zero_state(4, argument), error, expected, given)


# Weights.


@pytest.mark.parametrize("name", ["kernel", "bias"])
def test_weights_of_a_cell_that_is_not_built(L, kind, name):
    message = refuses(
        lambda: getattr(getattr(L, kind)(5), name), ValueError, "a built cell", "one that is not"
    )
    assert message.startswith(f"{name}: ")
    assert "cell.build(input_size)" in message


def test_building_for_another_size(L, kind):
    cell = random_cell(L, kind, "float32")
    refuses(lambda: cell.build(INPUTS + 1), ValueError, f"{INPUTS}, ", INPUTS + 1)


@table(
    ("rank", np.zeros(20, "f"), ValueError, "rank 2, shape (8, 20)", "rank 1, shape (20,)"),
    ("columns", np.zeros((8, 5), "f"), ValueError, "shape (8, 20)", "(8, 5)"),
    ("rows", np.zeros((9, 20), "f"), ValueError, "shape (8, 20)", "(9, 20)"),
    ("transposed", np.zeros((20, 8), "f"), ValueError, "shape (8, 20)", "(20, 8)"),
    ("dtype", np.zeros((8, 20)), TypeError, "dtype float32", "float64"),
    ("integers", np.zeros((8, 20), int), TypeError, "dtype float32", "int64"),
    ("a list", [[0.0] * 20] * 8, TypeError, "an array of shape (8, 20)", "list"),
    ("none", None, TypeError, "an array of shape (8, 20)", "NoneType"),
)
def test_kernel(L, argument, error, expected, given):
    cell = lstm(L)
    before = np.asarray(cell.kernel).copy()
    message = refuses(lambda: setattr(cell, "kernel", argument), error, expected, given)
    assert message.startswith("kernel: ")
    assert np.array_equal(cell.kernel, before)


def test_kernel_of_a_cell_that_is_not_built(L, kind):
    cell, columns = getattr(L, kind)(5), 20 if kind == "BasicLSTMCell" else 5
    rows = f"shape (input_size + num_units, {columns})"
    for wrong in (columns + 1, columns - 1):
        kernel = np.zeros((8, wrong), "f")
        refuses(
            lambda kernel=kernel: setattr(cell, "kernel", kernel), ValueError, rows, kernel.shape
        )
    kernel = np.zeros((5, columns), "f")
    refuses(
        lambda: setattr(cell, "kernel", kernel), ValueError, "more than num_units = 5 rows", "5"
    )
    assert cell.input_size is None


@table(
    ("rank", np.zeros((1, 20), "f"), ValueError, "rank 1, shape (20,)", "rank 2, shape (1, 20)"),
    ("size", np.zeros(5, "f"), ValueError, "shape (20,)", "(5,)"),
    ("dtype", np.zeros(20), TypeError, "dtype float32", "float64"),
    ("a number", 0.0, TypeError, "an array of shape (20,)", "float"),
)
def test_bias(L, argument, error, expected, given):
    cell = lstm(L)
    message = refuses(lambda: setattr(cell, "bias", argument), error, expected, given)
    assert message.startswith("bias: ")


# One step.


@table(
    ("rank 1", X[0], ValueError, "rank 2, shape (batch_size, 3)", "rank 1, shape (3,)"),
    ("rank 3", SEQUENCE, ValueError, "rank 2, shape (batch_size, 3)", "rank 3, shape (4, 6, 3)"),
    ("input size", X[:, :2], ValueError, "shape (batch_size, 3)", "(4, 2)"),
    ("integers", np.ones((4, 3), int), TypeError, "dtype float32", "int64"),
    ("bools", np.ones((4, 3), bool), TypeError, "dtype float32", "bool"),
    ("other float", X.astype("float64"), TypeError, "dtype float32", "float64"),
    ("half", X.astype("float16"), TypeError, "dtype float32", "float16"),
    ("a list", X.tolist(), TypeError, "an array of shape (batch_size, 3)", "list"),
    ("none", None, TypeError, "an array of shape (batch_size, 3)", "NoneType"),
)
def test_inputs_of_a_step(L, kind, argument, error, expected, given):
    cell, state = random_cell(L, kind, "float32"), random_state(kind, "float32")
    for call in (cell, cell.trace):
        message = refuses(lambda call=call: call(argument, state), error, expected, given)
        assert message.startswith("inputs: ")


def test_inputs_of_a_step_without_columns(L, kind):
    cell = getattr(L, kind)(UNITS)
    refuses(
        lambda: cell(np.zeros((BATCH, 0), "float32"), cell.zero_state(BATCH)),
        *(ValueError, "a positive integer", "0"),
    )
    assert cell.input_size is None


WRONG_STATES = [
    ("a bare tuple", tuple(STATE), TypeError, "LSTMStateTuple(c, h)", "a bare tuple of length 2"),
    ("a list", list(STATE), TypeError, "LSTMStateTuple(c, h)", "a bare list of length 2"),
    ("swapped names", Swapped(*STATE), TypeError, "LSTMStateTuple(c, h)", "Swapped(h, c)"),
    ("h alone", STATE.h, TypeError, "LSTMStateTuple(c, h)", "ndarray"),
    ("a dict", STATE._asdict(), TypeError, "LSTMStateTuple(c, h)", "dict"),
    ("text", "zeros", TypeError, "LSTMStateTuple(c, h)", "str"),
    ("batch of c", STATE._replace(c=STATE.c[:3]), ValueError, "shape (4, 5)", "(3, 5)"),
    ("batch of h", STATE._replace(h=STATE.h[:1]), ValueError, "shape (4, 5)", "(1, 5)"),
    ("units", STATE._replace(h=STATE.h[:, :1]), ValueError, "shape (4, 5)", "(4, 1)"),
    (
        "rank",
        STATE._replace(c=STATE.c[0]),
        ValueError,
        "rank 2, shape (4, 5)",
        "rank 1, shape (5,)",
    ),
    ("dtype", STATE._replace(h=STATE.h.astype("float64")), TypeError, "dtype float32", "float64"),
    ("integers", STATE._replace(c=np.ones((4, 5), int)), TypeError, "dtype float32", "int64"),
    ("lists", STATE._replace(c=STATE.c.tolist()), TypeError, "an array of shape (4, 5)", "list"),
    ("a number", STATE._replace(h=0.0), TypeError, "an array of shape (4, 5)", "float"),
]
WRONG_PLAIN_STATES = [
    ("an lstm state", STATE, TypeError, "an array of shape (4, 5)", "LSTMStateTuple"),
    ("a tuple", (PLAIN_STATE,), TypeError, "an array of shape (4, 5)", "tuple"),
    ("a list", PLAIN_STATE.tolist(), TypeError, "an array of shape (4, 5)", "list"),
    ("batch", PLAIN_STATE[:1], ValueError, "shape (4, 5)", "(1, 5)"),
    ("rank", PLAIN_STATE[0], ValueError, "rank 2, shape (4, 5)", "rank 1, shape (5,)"),
    ("dtype", PLAIN_STATE.astype("float64"), TypeError, "dtype float32", "float64"),
]


@table(*WRONG_STATES, ("none", None, TypeError, "LSTMStateTuple(c, h)", "NoneType"))
def test_state_of_a_step(L, argument, error, expected, given):
    cell = lstm(L)
    for call in (cell, cell.trace):
        message = refuses(lambda call=call: call(X, argument), error, expected, given)
        assert message.startswith("state")


@table(*WRONG_PLAIN_STATES)
def test_state_of_a_plain_step(L, argument, error, expected, given):
    cell = plain(L)
    for call in (cell, cell.trace):
        message = refuses(lambda call=call: call(X, argument), error, expected, given)
        assert message.startswith("state: ")


def test_a_bare_tuple_is_told_both_orders(L):
    message = refuses(lambda: lstm(L)(X, tuple(STATE)), TypeError, "LSTMStateTuple(c, h)", "a bare")
    assert "LSTMStateTuple(c=..., h=...)" in message
    assert "Keras and PyTorch put h first" in message


def test_a_state_is_taken_by_its_names(L):
    """By keyword the order in the source does not matter, and another class with c, h will do."""
    cell, other = lstm(L), namedtuple("State", ["c", "h"])
    right = np.asarray(cell(X, STATE)[0])
    assert np.array_equal(cell(X, L.LSTMStateTuple(h=STATE.h, c=STATE.c))[0], right)
    assert np.array_equal(cell(X, other(*STATE))[0], right)
    assert not np.array_equal(cell(X, L.LSTMStateTuple(h=STATE.c, c=STATE.h))[0], right)


def test_a_refused_step_does_not_build_the_cell(L):
    cell = L.BasicLSTMCell(UNITS)
    refuses(lambda: cell(X, tuple(STATE)), TypeError, "LSTMStateTuple(c, h)", "a bare tuple")
    assert cell.input_size is None


def test_tensors_are_refused_in_the_same_words():
    L = backend("tensorflow")
    cell = lstm(L)
    refuses(lambda: cell(tf.ones((4, 2)), STATE), ValueError, "shape (batch_size, 3)", "(4, 2)")
    refuses(lambda: cell(tf.ones((4, 3), "int32"), STATE), TypeError, "dtype float32", "int32")
    refuses(
        lambda: cell(X, L.LSTMStateTuple(*tf.zeros((2, 3, 5)))),
        ValueError,
        "shape (4, 5)",
        "(3, 5)",
    )


def test_nan_inputs_are_documented(L):
    """They are not refused: test_contract shows what happens, and here the docs say it."""
    assert "A NaN in the inputs is not refused: it spreads through its own row" in L.__doc__


# Sequences and gradients.


def both(L, cell):
    """`dynamic_rnn` and `gradients` as functions of inputs and initial state."""
    return (
        lambda inputs, state: L.dynamic_rnn(cell, inputs, state),
        lambda inputs, state: L.gradients(cell, inputs, D_OUTPUTS, state),
    )


@table(
    ("rank 2", X, ValueError, "rank 3, shape (batch_size, time, 3)", "rank 2, shape (4, 3)"),
    ("rank 4", SEQUENCE[None], ValueError, "rank 3", "rank 4, shape (1, 4, 6, 3)"),
    ("input size", SEQUENCE[..., :2], ValueError, "shape (batch_size, time, 3)", "(4, 6, 2)"),
    ("integers", np.ones((4, 6, 3), int), TypeError, "dtype float32", "int64"),
    ("other float", SEQUENCE.astype("float64"), TypeError, "dtype float32", "float64"),
    ("a list", SEQUENCE.tolist(), TypeError, "an array of shape (batch_size, time, 3)", "list"),
)
def test_inputs_of_a_sequence(L, kind, argument, error, expected, given):
    for call in both(L, random_cell(L, kind, "float32")):
        message = refuses(lambda call=call: call(argument, None), error, expected, given)
        assert message.startswith("inputs: ")


def test_a_sequence_without_a_batch(L, kind):
    cell = random_cell(L, kind, "float32")
    refuses(lambda: L.dynamic_rnn(cell, SEQUENCE[:0]), ValueError, "a positive integer", "0")


@table(*WRONG_STATES)
def test_initial_state(L, argument, error, expected, given):
    for call in both(L, lstm(L)):
        message = refuses(lambda call=call: call(SEQUENCE, argument), error, expected, given)
        assert message.startswith("initial_state")


@table(*WRONG_PLAIN_STATES)
def test_plain_initial_state(L, argument, error, expected, given):
    for call in both(L, plain(L)):
        message = refuses(lambda call=call: call(SEQUENCE, argument), error, expected, given)
        assert message.startswith("initial_state: ")


@table(*WRONG_STATES)
def test_d_final_state(L, argument, error, expected, given):
    call = partial(L.gradients, lstm(L), SEQUENCE, D_OUTPUTS, STATE)
    message = refuses(lambda: call(argument), error, expected, given)
    assert message.startswith("d_final_state")


@table(*WRONG_PLAIN_STATES)
def test_plain_d_final_state(L, argument, error, expected, given):
    cell = plain(L)
    message = refuses(
        lambda: L.gradients(cell, SEQUENCE, D_OUTPUTS, PLAIN_STATE, argument),
        error,
        expected,
        given,
    )
    assert message.startswith("d_final_state: ")


@table(
    ("rank", D_OUTPUTS[:, 0], ValueError, "rank 3, shape (4, 6, 5)", "rank 2, shape (4, 5)"),
    ("batch", D_OUTPUTS[:1], ValueError, "shape (4, 6, 5)", "(1, 6, 5)"),
    ("time", D_OUTPUTS[:, :1], ValueError, "shape (4, 6, 5)", "(4, 1, 5)"),
    ("units", D_OUTPUTS[..., :1], ValueError, "shape (4, 6, 5)", "(4, 6, 1)"),
    ("dtype", D_OUTPUTS.astype("float64"), TypeError, "dtype float32", "float64"),
    ("integers", np.ones((4, 6, 5), int), TypeError, "dtype float32", "int64"),
    ("a number", 1.0, TypeError, "an array of shape (4, 6, 5)", "float"),
    ("none", None, TypeError, "an array of shape (4, 6, 5)", "NoneType"),
)
def test_d_outputs(L, kind, argument, error, expected, given):
    cell = random_cell(L, kind, "float32")
    message = refuses(lambda: L.gradients(cell, SEQUENCE, argument), error, expected, given)
    assert message.startswith("d_outputs: ")


# The gates of the text.

GATES = {"forget_gate": "f", "input_gate": "i", "candidate": "c", "output_gate": "o"}
GATE_ARGUMENTS = {
    "h_prev": STATE.h,
    "x": X,
    "W": np.ones((UNITS + INPUTS, UNITS), "float32"),
    "b": np.zeros(UNITS, "float32"),
}


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize(
    ("name", "argument", "error", "expected", "given"),
    [
        ("W", np.ones((3, 5), "f"), ValueError, "shape (8, 5)", "(3, 5)"),
        ("W", np.ones((5, 8), "f"), ValueError, "shape (8, 5)", "(5, 8)"),
        ("W", np.ones((8, 20), "f"), ValueError, "shape (8, 5)", "(8, 20)"),
        ("W", np.ones(8, "f"), ValueError, "rank 2, shape (8, 5)", "rank 1, shape (8,)"),
        ("W", np.ones((8, 5)), TypeError, "dtype float32", "float64"),
        ("W", [[1.0] * 5] * 8, TypeError, "an array of shape (8, 5)", "list"),
        ("b", np.zeros(1, "f"), ValueError, "shape (5,)", "(1,)"),
        ("b", np.zeros((4, 5), "f"), ValueError, "rank 1, shape (5,)", "rank 2, shape (4, 5)"),
        ("b", 0.0, TypeError, "an array of shape (5,)", "float"),
        ("x", X[:1], ValueError, "shape (4, input_size)", "(1, 3)"),
        ("x", X[0], ValueError, "rank 2, shape (4, input_size)", "rank 1, shape (3,)"),
        ("x", np.ones((4, 3), int), TypeError, "dtype float32", "int64"),
        ("h_prev", STATE.h[0], ValueError, "rank 2, shape (batch_size, num_units)", "rank 1"),
        ("h_prev", np.ones((4, 5), int), TypeError, "dtype float32 or float64", "int64"),
        ("h_prev", STATE, TypeError, "an array of shape (batch_size", "LSTMStateTuple"),
    ],
)
def test_gates(L, gate, name, argument, error, expected, given):
    arguments = (GATE_ARGUMENTS | {name: argument}).values()
    message = refuses(lambda: getattr(L, gate)(*arguments), error, expected, given)
    suffix = f"_{GATES[gate]}" if name in "Wb" else ""
    assert message.startswith(f"{name}{suffix}: ")


FULL = np.ones((4, 5), "float32")


@pytest.mark.parametrize(
    ("argument", "error", "expected", "given"),
    [
        (FULL[:1], ValueError, "shape (4, 5)", "(1, 5)"),
        (FULL[:, :1], ValueError, "shape (4, 5)", "(4, 1)"),
        (FULL[0], ValueError, "rank 2, shape (4, 5)", "rank 1, shape (5,)"),
        (FULL.astype("float64"), TypeError, "dtype float32", "float64"),
        (FULL.astype("int32"), TypeError, "dtype float32", "int32"),
        (1.0, TypeError, "an array of shape (4, 5)", "float"),
        (FULL.tolist(), TypeError, "an array of shape (4, 5)", "list"),
    ],
)
def test_updates_broadcast_nothing(L, argument, error, expected, given):
    for position, name in enumerate(("c_prev", "i", "candidate"), start=1):
        arguments = [FULL] * 4
        arguments[position] = argument
        message = refuses(
            lambda arguments=arguments: L.update_cell(*arguments), error, expected, given
        )
        assert message.startswith(f"{name}: ")
    message = refuses(lambda: L.update_hidden(FULL, argument), error, expected, given)
    assert message.startswith("c: ")


@table(
    ("a number", 1.0, TypeError, "an array", "float"),
    ("a list", FULL.tolist(), TypeError, "an array", "list"),
    ("integers", FULL.astype(int), TypeError, "float32 or float64", "'int64'"),
    ("smaller", FULL[:1], ValueError, "shape (1, 5)", "(4, 5)"),
)
def test_the_first_argument_of_an_update(L, argument, error, expected, given):
    message = refuses(lambda: L.update_cell(argument, FULL, FULL, FULL), error, expected, given)
    assert message.startswith(("f: ", "dtype of f: ", "c_prev: "))
    message = refuses(lambda: L.update_hidden(argument, FULL), error, expected, given)
    assert message.startswith(("o: ", "dtype of o: ", "c: "))


# Interop.


def weights(layout):
    return getattr(interop, f"to_{layout}")(lstm(backend("numpy")))


LAYOUTS = ["tf1", "keras", "pytorch", "onnx"]
FIRST = {
    "tf1": "kernel, bias",
    "keras": "kernel, recurrent_kernel, bias",
    "pytorch": "weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0",
    "onnx": "W, R, B",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_only_a_built_lstm_has_weights_to_give(L, layout):
    to = getattr(interop, f"to_{layout}")
    refuses(lambda: to(L.BasicLSTMCell(5)), ValueError, "a built cell", "one that is not built")
    refuses(lambda: to(plain(L)), TypeError, "a BasicLSTMCell", "BasicRNNCell")
    refuses(lambda: to(None), TypeError, "a BasicLSTMCell", "NoneType")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_weights_of_another_kind(layout):
    back = getattr(interop, f"from_{layout}")
    refuses(lambda: back(None), TypeError, FIRST[layout], "NoneType")
    refuses(lambda: back(np.zeros((8, 20))), TypeError, FIRST[layout], "ndarray")
    refuses(lambda: back({}), ValueError, FIRST[layout], "nothing")
    refuses(lambda: back({"kernel_0": FULL}), ValueError, FIRST[layout], "kernel_0")
    count = FIRST[layout].count(",") + 1
    refuses(lambda: back([FULL]), ValueError, f"{count} arrays ({FIRST[layout]})", "1")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("forget_bias", [float("nan"), float("inf"), "1", None, 1j])
def test_forget_bias_of_a_converter(layout, forget_bias):
    back = getattr(interop, f"from_{layout}")
    error, kind = (ValueError, "a finite") if isinstance(forget_bias, float) else (TypeError, "a")
    given = forget_bias if isinstance(forget_bias, float) else repr(forget_bias)
    refuses(lambda: back(weights(layout), forget_bias), error, f"{kind} number", given)


@pytest.mark.parametrize(
    ("layout", "key", "change", "error", "expected", "given"),
    [
        ("tf1", 0, lambda a: a[:, :5], ValueError, "shape (input_size + num_units, 20)", "(8, 5)"),
        ("tf1", 0, lambda a: a[:5], ValueError, "more than num_units = 5 rows", "5"),
        ("tf1", 1, lambda a: a[:-1], ValueError, "shape (4 * num_units,)", "(19,)"),
        ("tf1", 1, lambda a: a[None], ValueError, "shape (4 * num_units,)", "(1, 20)"),
        ("tf1", 1, lambda a: a[:0], ValueError, "shape (4 * num_units,)", "(0,)"),
        ("tf1", 1, lambda a: a.astype(int), TypeError, "float32 or float64", "'int64'"),
        ("tf1", 1, lambda a: a.astype("float64"), TypeError, "dtype float64", "float32"),
        ("keras", 0, np.transpose, ValueError, "shape (input_size, 20)", "(20, 3)"),
        ("keras", 1, lambda a: a[:3], ValueError, "shape (5, 20)", "(3, 20)"),
        ("keras", 2, lambda a: a[:5], ValueError, "shape (4 * num_units,)", "(5,)"),
        ("keras", 0, lambda a: a.astype("float64"), TypeError, "dtype float32", "float64"),
        ("pytorch", "weight_ih_l0", np.transpose, ValueError, "shape (20, input_size)", "(3, 20)"),
        ("pytorch", "weight_hh_l0", lambda a: a[:, :3], ValueError, "shape (20, 5)", "(20, 3)"),
        ("pytorch", "bias_hh_l0", lambda a: a[:5], ValueError, "shape (20,)", "(5,)"),
        ("pytorch", "bias_hh_l0", lambda a: a.astype("f8"), TypeError, "dtype float32", "float64"),
        ("onnx", "W", lambda a: a[0], ValueError, "rank 3, shape (1, 20, input_size)", "rank 2"),
        ("onnx", "W", lambda a: a.repeat(2, 0), ValueError, "shape (1, 20, input", "(2, 20, 3)"),
        ("onnx", "R", lambda a: a[..., :3], ValueError, "shape (1, 20, 5)", "(1, 20, 3)"),
        ("onnx", "B", lambda a: a[0], ValueError, "shape (1, 8 * num_units)", "(40,)"),
        ("onnx", "B", lambda a: a.repeat(2, 0), ValueError, "shape (2, 20, input_s", "(1, 20, 3)"),
        ("onnx", "B", lambda a: a[:, :-1], ValueError, "shape (1, 8 * num_units)", "(1, 39)"),
    ],
)
def test_one_array_of_the_weights_is_wrong(layout, key, change, error, expected, given):
    changed = weights(layout)
    changed[key] = change(changed[key])
    refuses(lambda: getattr(interop, f"from_{layout}")(changed), error, expected, given)


def test_a_second_layer_is_whole():
    two = weights("pytorch") | {"weight_ih_l1": FULL}
    second = FIRST["pytorch"].replace("l0", "l1")
    refuses(lambda: interop.from_pytorch(two), ValueError, second, "weight_ih_l1")


def test_state_tuples_are_one_class():
    assert backend("numpy").LSTMStateTuple is backend("tensorflow").LSTMStateTuple is LSTMStateTuple


# Arrays of other libraries.


class Foreign:
    """As a tensor of PyTorch's: a shape, and a dtype that prints torch.float32 and has no name."""

    class dtype:  # noqa: N801 - torch's name
        def __str__(self):
            return "torch.float32"

    def __init__(self, shape):
        self.shape, self.dtype = shape, Foreign.dtype()


Foreign.__module__ = "torch"


def test_arrays_of_another_library_are_named(L, kind):
    cell, state = random_cell(L, kind, "float32"), random_state(kind, "float32")
    calls = {
        "inputs: ": lambda: cell(Foreign((BATCH, INPUTS)), state),
        "kernel: ": lambda: setattr(cell, "kernel", Foreign((INPUTS + UNITS, 5))),
        "d_outputs: ": lambda: L.gradients(cell, SEQUENCE, Foreign((BATCH, 6, UNITS))),
        "o: ": lambda: L.update_hidden(Foreign((BATCH, UNITS)), X),
        "h_prev: ": lambda: L.forget_gate(Foreign((BATCH, UNITS)), X, X, X),
    }
    for start, call in calls.items():
        message = refuses(
            call, TypeError, "an array of NumPy or TensorFlow", "a Foreign of torch; "
        )
        assert message.startswith(start)
        assert "tensor.detach().cpu().numpy()" in message


def test_a_tensor_of_pytorch_is_named(L):
    torch = pytest.importorskip("torch", reason="PyTorch is optional: pip install torch")
    call = partial(L.dynamic_rnn, lstm(L), torch.tensor(SEQUENCE))
    refuses(call, TypeError, "an array of NumPy or TensorFlow", "a Tensor of torch")
