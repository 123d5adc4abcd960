"""What is refused, in sentences that name what was expected and what was given.

Nothing here knows a backend: a check asks an array only for its ``shape`` and
its ``dtype``, which NumPy arrays and TensorFlow tensors both have.
"""

from __future__ import annotations

import math
import numbers
import operator
from typing import Any

from lstm_lib.state import LSTMStateTuple

FLOAT_DTYPES = ("float32", "float64")


def float_dtype(dtype: Any, name: str = "dtype") -> str:
    """Return ``"float32"`` or ``"float64"`` for any usual way to say so.

    An error starts with `name`.

    Raises
    ------
    TypeError
        If `dtype` names anything else.
    """
    given = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or dtype
    if given not in FLOAT_DTYPES:
        raise TypeError(f"{name}: expected float32 or float64, given {given!r}")
    return given


def positive_int(name: str, value: Any) -> int:
    """Return `value` as an int of at least 1.

    Raises
    ------
    TypeError
        If `value` is not an integer (a bool is not).
    ValueError
        If `value` is below 1.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(
            f"{name}: expected a positive integer, given {value!r} ({type(value).__name__})"
        )
    if number < 1:
        raise ValueError(f"{name}: expected a positive integer, given {number}")
    return number


def check_seed(seed: Any) -> int | None:
    """Return a seed of random numbers, or None, as it is.

    Raises
    ------
    TypeError, ValueError
        If it is neither None nor an integer of at least 0.
    """
    if seed is not None and (not hasattr(seed, "__index__") or isinstance(seed, bool)):
        raise TypeError(
            f"seed: expected None or an integer of at least 0, given {seed!r} "
            f"({type(seed).__name__})"
        )
    if seed is not None and seed < 0:
        raise ValueError(f"seed: expected None or an integer of at least 0, given {seed}")
    return seed


def finite_float(name: str, value: Any) -> float:
    """Return `value` as a float.

    Raises
    ------
    TypeError
        If `value` is not a real number.
    ValueError
        If it is infinite or NaN.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: expected a number, given {value!r} ({type(value).__name__})")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name}: expected a finite number, given {number}")
    return number


def check_array(name: str, array: Any, expected: tuple[int | str, ...], dtype: str) -> None:
    """Check the shape and the dtype of one array.

    Parameters
    ----------
    name : str
        What the caller calls the array; the message starts with it.
    array : array
        Anything with a shape and a dtype. A size unknown while TensorFlow
        traces a graph (None) is taken as right.
    expected : tuple of int or str
        One entry per axis: a size that must be met, or the name of a free one.
    dtype : str
        ``"float32"`` or ``"float64"``.

    Raises
    ------
    TypeError
        If `array` is not an array, or of another dtype.
    ValueError
        If its rank or one of its sizes is another.
    """
    if not (hasattr(array, "shape") and hasattr(array, "dtype")):
        raise TypeError(
            f"{name}: expected an array of shape {_shape(expected)} and dtype {dtype}, "
            f"given {type(array).__name__}"
        )
    check_own(name, array)
    shape = tuple(array.shape)
    if len(shape) != len(expected):
        raise ValueError(
            f"{name}: expected rank {len(expected)}, shape {_shape(expected)}, "
            f"given rank {len(shape)}, shape {shape}"
        )
    for size, want in zip(shape, expected, strict=True):
        if isinstance(want, int) and size is not None and size != want:
            raise ValueError(f"{name}: expected shape {_shape(expected)}, given {shape}")
    # The first comparison is quick; the second takes any byte order for the same.
    if array.dtype != dtype and _name_of(array.dtype) != dtype:
        raise TypeError(
            f"{name}: expected dtype {dtype}, given {_name_of(array.dtype)}; "
            "convert it yourself, so that no precision is lost unseen"
        )


def check_own(name: str, array: Any) -> None:
    """Check that an array is NumPy's, TensorFlow's or of a library that uses NumPy's dtypes.

    Raises
    ------
    TypeError
        If it is another library's, which says `float32` and means a type of its own.
    """
    if not hasattr(array.dtype, "name"):
        kind = type(array)
        raise TypeError(
            f"{name}: expected an array of NumPy or TensorFlow, given a {kind.__name__} of "
            f"{kind.__module__.partition('.')[0]}; turn it into a NumPy array first "
            "(in PyTorch: tensor.detach().cpu().numpy())"
        )


def _name_of(dtype: Any) -> str:
    return getattr(dtype, "name", None) or str(dtype)


def _shape(expected: tuple[int | str, ...]) -> str:
    return "(" + ", ".join(map(str, expected)) + ("," if len(expected) == 1 else "") + ")"


def check_same(arrays: dict[str, Any]) -> None:
    """Check that all arrays have the shape and the dtype of the first one.

    Raises
    ------
    TypeError
        If one is not an array, or of another dtype than the first.
    ValueError
        If one has another shape than the first: nothing is broadcast.
    """
    (first_name, first), *_ = arrays.items()
    if not hasattr(first, "shape") or not hasattr(first, "dtype"):
        raise TypeError(f"{first_name}: expected an array, given {type(first).__name__}")
    check_own(first_name, first)
    shape, dtype = tuple(first.shape), float_dtype(first.dtype, f"dtype of {first_name}")
    for name, array in arrays.items():
        try:
            check_array(name, array, shape, dtype)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{error} (as {first_name} has)") from None


def check_same_dtype(dtype: Any, expected: str) -> None:
    """Check that `dtype`, if given at all, is `expected`.

    Raises
    ------
    TypeError
        If it is another one.
    """
    if dtype is not None and float_dtype(dtype) != expected:
        raise TypeError(f"dtype: expected {expected}, as the cell has, given {float_dtype(dtype)}")


def check_gate(h_prev: Any, x: Any, W: Any, b: Any, gate: str) -> None:
    """Check the arguments of one gate, with rows of W for [h, x].

    Raises
    ------
    TypeError, ValueError
        As `check_array` does; the dtype is that of `h_prev`.
    """
    dtype = getattr(getattr(h_prev, "dtype", None), "name", None)
    dtype = dtype if dtype in FLOAT_DTYPES else "float32 or float64"
    check_array("h_prev", h_prev, ("batch_size", "num_units"), dtype)
    batch_size, num_units = h_prev.shape
    check_array("x", x, (batch_size, "input_size"), dtype)
    check_array(f"W_{gate}", W, (num_units + x.shape[1], num_units), dtype)
    check_array(f"b_{gate}", b, (num_units,), dtype)


def check_built(name: str, value: Any) -> Any:
    """Return `value`, a weight of a cell.

    Raises
    ------
    ValueError
        If it is None: the cell is not built yet.
    """
    if value is None:
        raise ValueError(
            f"{name}: expected a built cell, given one that is not built yet; "
            "call it once, call cell.build(input_size), or assign cell.kernel"
        )
    return value


def check_input_size(given: int, built_for: int | None) -> None:
    """Check that a cell, if built at all, is built for inputs of this size.

    Raises
    ------
    ValueError
        If it is built for another size.
    """
    if built_for is not None and given != built_for:
        raise ValueError(
            f"input_size: expected {built_for}, for which this cell is built, given {given}"
        )


def check_inputs(inputs: Any, input_size: int | None, dtype: str) -> None:
    """Check the inputs of one step, (batch_size, input_size).

    Raises
    ------
    TypeError, ValueError
        As `check_array` does.
    """
    check_array("inputs", inputs, ("batch_size", input_size or "input_size"), dtype)


def check_sequence(inputs: Any, input_size: int | None, dtype: str) -> None:
    """Check the inputs of a sequence, (batch_size, time, input_size).

    Raises
    ------
    TypeError, ValueError
        As `check_array` does.
    """
    check_array("inputs", inputs, ("batch_size", "time", input_size or "input_size"), dtype)


def check_lengths(lengths: Any, batch_size: int, time: int) -> list[int]:
    """Return the lengths of the sequences of a batch, as integers.

    Parameters
    ----------
    lengths : list, tuple or array of shape (batch_size,)
        Whole numbers from 0 to `time`.

    Raises
    ------
    TypeError
        If these are not whole numbers.
    ValueError
        If there are more or fewer than `batch_size`, or one is below 0 or above `time`.
    """
    # A tensor of TensorFlow's has no list of its own.
    numbers = lengths.numpy() if hasattr(lengths, "numpy") else lengths
    numbers = numbers.tolist() if hasattr(numbers, "tolist") else numbers
    expected = f"lengths: expected {batch_size} whole numbers from 0 to {time}, one a sequence"
    if not isinstance(numbers, list | tuple):
        raise TypeError(f"{expected}, given {numbers!r} ({type(lengths).__name__})")
    if len(numbers) != batch_size:
        raise ValueError(f"{expected}, given {len(numbers)}")
    for place, number in enumerate(numbers):
        if isinstance(number, bool) or not hasattr(number, "__index__"):
            kind = type(number).__name__
            raise TypeError(f"{expected}, given {number!r} ({kind}) at index {place}")
        if not 0 <= number <= time:
            raise ValueError(f"{expected}, given {number} at index {place}")
    return [operator.index(number) for number in numbers]


def check_kernel(
    kernel: Any, input_size: int | None, num_units: int, blocks: int, dtype: str
) -> None:
    """Check a kernel, (input_size + num_units, blocks * num_units).

    Raises
    ------
    TypeError, ValueError
        As `check_array` does, or if no row is left for the inputs.
    """
    rows = "input_size + num_units" if input_size is None else input_size + num_units
    check_array("kernel", kernel, (rows, blocks * num_units), dtype)
    if kernel.shape[0] <= num_units:
        raise ValueError(
            f"kernel: expected more than num_units = {num_units} rows "
            f"(one per input, then one per unit), given {kernel.shape[0]}"
        )


def check_lstm_state(
    state: Any, batch_size: int | str, num_units: int, dtype: str, name: str = "state"
) -> None:
    """Check that `state` is a named (c, h) of two arrays that fit.

    A bare tuple is refused: its order cannot be seen, and a swapped state has
    the right shapes and the wrong numbers.

    Raises
    ------
    TypeError
        If `state` has no fields named c and h, in this order.
    ValueError
        If c or h does not have shape (batch_size, num_units).
    """
    fields = getattr(state, "_fields", None)
    if fields != ("c", "h"):
        if fields is not None:
            given = f"{type(state).__name__}({', '.join(fields)})"
        elif isinstance(state, tuple | list):
            kind = type(state).__name__
            given = f"a bare {kind} of length {len(state)}, which does not say which is which"
        else:
            given = type(state).__name__
        raise TypeError(
            f"{name}: expected LSTMStateTuple(c, h), given {given}; "
            "write LSTMStateTuple(c=..., h=...) (Keras and PyTorch put h first)"
        )
    check_array(f"{name}.c", state.c, (batch_size, num_units), dtype)
    check_array(f"{name}.h", state.h, (batch_size, num_units), dtype)


def check_rnn_state(
    state: Any, batch_size: int | str, num_units: int, dtype: str, name: str = "state"
) -> None:
    """Check the state of a plain cell: h alone, one array.

    Raises
    ------
    TypeError, ValueError
        As `check_array` does.
    """
    check_array(name, state, (batch_size, num_units), dtype)


def check_state(
    state: Any, state_size: Any, batch_size: int | str, dtype: str, name: str = "state"
) -> None:
    """Check a state against a cell's ``state_size``.

    Raises
    ------
    TypeError, ValueError
        As `check_lstm_state` or `check_rnn_state` does, or if a state of several
        layers is not a tuple of as many states.
    """
    if isinstance(state_size, tuple) and not isinstance(state_size, LSTMStateTuple):
        layers = len(state_size)
        if not isinstance(state, tuple | list) or hasattr(state, "_fields"):
            raise TypeError(
                f"{name}: expected a tuple of {layers} states, one a layer, "
                f"given {type(state).__name__}"
            )
        if len(state) != layers:
            raise ValueError(
                f"{name}: expected a tuple of {layers} states, one a layer, given {len(state)}"
            )
        for layer, (part, size) in enumerate(zip(state, state_size, strict=True)):
            check_state(part, size, batch_size, dtype, f"{name}[{layer}]")
    elif isinstance(state_size, LSTMStateTuple):
        check_lstm_state(state, batch_size, state_size.h, dtype, name)
    else:
        check_rnn_state(state, batch_size, state_size, dtype, name)
