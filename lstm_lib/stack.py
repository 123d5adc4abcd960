"""Cells on top of each other: the outputs of one are the inputs of the next. No backend.

Layer after layer, each runs the whole sequence at once, and so as fast as alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from lstm_lib.cell import Cell
from lstm_lib.checks import check_same_dtype, check_state
from lstm_lib.dropout import DropoutWrapper
from lstm_lib.state import Gradients, State

Array = Any


class MultiRNNCell:
    """Cells on top of each other, as TF1's ``MultiRNNCell``.

    Its state is a tuple with the state of each layer, the lowest first; its
    output is that of the highest. Gradients of `kernel` and `bias` are tuples
    likewise.

    Parameters
    ----------
    cells : list of cells of one backend
        A cell of its own for each layer, in a ``DropoutWrapper`` if you like, all with one
        dtype. Give each another seed: cells of one size and one seed start with the same kernel.

    Raises
    ------
    TypeError, ValueError
        If `cells` is not a list of cells of one backend and dtype, is empty,
        or has the same cell twice: ``[cell] * 2`` is one layer's weights.
    """

    def __init__(self, cells: Sequence[Cell | DropoutWrapper]) -> None:
        if not isinstance(cells, list | tuple) or not all(
            isinstance(c, Cell | DropoutWrapper) for c in cells
        ):
            names = [type(c).__name__ for c in cells] if isinstance(cells, list | tuple) else None
            given = f"a list of {', '.join(names)}" if names else type(cells).__name__
            raise TypeError(f"cells: expected a list of cells of one backend, given {given}")
        if not cells:
            raise ValueError("cells: expected at least one cell, given an empty list")
        if len(set(map(id, cells))) < len(cells):
            name = type(cells[0]).__name__
            raise ValueError(
                "cells: expected a cell of its own for each layer, given the same one twice; "
                f"write [{name}(...) for _ in range({len(cells)})]"
            )
        for what, values in {
            "dtype": [cell.dtype for cell in cells],
            "backend": [cell.backend.__name__ for cell in cells],
        }.items():
            if len(set(values)) > 1:
                raise TypeError(f"cells: expected one {what}, given {' and '.join(values)}")
        self.cells = tuple(cells)

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self.cells))}])"

    @property
    def backend(self) -> ModuleType:
        """The package of the cells, whose ``dynamic_rnn`` and ``gradients`` run them."""
        return self.cells[0].backend

    @property
    def dtype(self) -> str:
        """The dtype of all cells."""
        return self.cells[0].dtype

    @property
    def input_size(self) -> int | None:
        """Number of inputs of the lowest cell, or None before it is built."""
        return self.cells[0].input_size

    @property
    def output_size(self) -> int:
        """Size of the output, that of the highest cell."""
        return self.cells[-1].output_size

    @property
    def state_size(self) -> tuple[Any, ...]:
        """Sizes of the state of each layer."""
        return tuple(cell.state_size for cell in self.cells)

    def build(self, input_size: int) -> None:
        """Build each cell for the outputs of the one below; errors as of a cell's `build`."""
        for cell in self.cells:
            cell.build(input_size)
            input_size = cell.output_size

    def zero_state(self, batch_size: int, dtype: Any = None) -> tuple[State, ...]:
        """State of zeros of each layer; errors as of a cell's `zero_state`."""
        check_same_dtype(dtype, self.dtype)
        return tuple(cell.zero_state(batch_size) for cell in self.cells)

    def _zero_state_for(self, inputs: Array) -> tuple[State, ...]:
        return tuple(cell._zero_state_for(inputs) for cell in self.cells)

    def __call__(self, inputs: Array, state: tuple[State, ...]) -> tuple[Array, tuple[State, ...]]:
        """One step through all layers.

        Parameters
        ----------
        inputs : array of shape (batch_size, input_size)
        state : tuple of the layers' states

        Returns
        -------
        output : array of shape (batch_size, output_size)
        state : tuple of the layers' states

        Raises
        ------
        TypeError, ValueError
            If an array has another shape or dtype, or `state` another form.
        """
        check_state(state, self.state_size, "batch_size", self.dtype)
        new = []
        for cell, before in zip(self.cells, state, strict=True):
            inputs, after = cell(inputs, before)
            new.append(after)
        return inputs, tuple(new)


def dynamic_rnn(
    run: Callable, cell: MultiRNNCell, inputs: Array, state: tuple[State, ...], lengths: Any
) -> tuple[Array, tuple[State, ...]]:
    """Outputs of the highest layer, and the final state of each; `run` runs one layer."""
    finals = []
    for layer, before in zip(cell.cells, state, strict=True):
        inputs, final = run(layer, inputs, before, lengths)
        finals.append(final)
    return inputs, tuple(finals)


def forward(
    run: Callable, cell: MultiRNNCell, inputs: Array, state: tuple[State, ...], lengths: Any
) -> tuple[Array, tuple[State, ...], Callable]:
    """As `dynamic_rnn`, with the way back; `run` is the backend's ``forward``."""
    finals, ways_back = [], []
    for layer, before in zip(cell.cells, state, strict=True):
        inputs, final, back = run(layer, inputs, before, lengths)
        finals.append(final)
        ways_back.append(back)

    def back_through_all(d_outputs: Array, d_final: tuple[State, ...]) -> Gradients:
        layers: list[Gradients] = []
        for back, d_state in zip(reversed(ways_back), reversed(d_final), strict=True):
            layers.insert(0, back(d_outputs, d_state))
            d_outputs = layers[0].inputs
        kernels, biases, _, states = zip(*layers, strict=True)
        return Gradients(kernels, biases, d_outputs, states)

    return inputs, tuple(finals), back_through_all


def check_two(cell_fw: Cell, cell_bw: Cell) -> None:
    """Check that the cells of both directions are two, of one dtype.

    Raises
    ------
    TypeError, ValueError
        If they are not.
    """
    for name, cell in {"cell_fw": cell_fw, "cell_bw": cell_bw}.items():
        if not isinstance(cell, Cell | MultiRNNCell | DropoutWrapper):
            raise TypeError(f"{name}: expected a cell, given {type(cell).__name__}")
    if cell_fw is cell_bw:
        raise ValueError(
            "cell_bw: expected a cell of its own, given cell_fw itself; each direction has its "
            "own weights"
        )
    if cell_fw.dtype != cell_bw.dtype:
        raise TypeError(f"cell_bw: expected dtype {cell_fw.dtype}, given {cell_bw.dtype}")


def pair(name: str, value: Any) -> tuple[Any, Any]:
    """Return the two parts of what there is for each direction.

    Raises
    ------
    TypeError
        If `value` is not a tuple of two, or is a state, whose parts are c and h.
    """
    if not isinstance(value, tuple | list) or len(value) != 2 or hasattr(value, "_fields"):
        raise TypeError(
            f"{name}: expected a pair, for the forward and the backward cell, "
            f"given {type(value).__name__}"
        )
    return tuple(value)


def both_ways(
    run: Callable,
    reverse: Callable,
    cells: tuple[Cell, Cell],
    inputs: Array,
    states: tuple[State | None, State | None],
    lengths: Any,
) -> tuple[tuple[Array, Array], tuple[State, State]]:
    """Outputs and final states of both directions; `run` and `reverse` are the backend's."""
    (cell_fw, cell_bw), (state_fw, state_bw) = cells, states
    outputs_fw, final_fw = run(cell_fw, inputs, state_fw, lengths)
    outputs_bw, final_bw = run(cell_bw, reverse(inputs, lengths), state_bw, lengths)
    return (outputs_fw, reverse(outputs_bw, lengths)), (final_fw, final_bw)


def back_both_ways(
    run: Callable,
    reverse: Callable,
    cells: tuple[Cell, Cell],
    inputs: Array,
    d_outputs: tuple[Array, Array],
    states: tuple[State | None, State | None],
    d_finals: tuple[State | None, State | None],
    lengths: Any,
) -> Gradients:
    """Gradients of `both_ways`, as pairs; `run` is the backend's ``gradients``."""
    turned = inputs, reverse(inputs, lengths)
    d_outputs = d_outputs[0], reverse(d_outputs[1], lengths)
    fw, bw = (
        run(*given, lengths)
        for given in zip(cells, turned, d_outputs, states, d_finals, strict=True)
    )
    return Gradients(
        (fw.kernel, bw.kernel),
        (fw.bias, bw.bias),
        fw.inputs + reverse(bw.inputs, lengths),
        (fw.initial_state, bw.initial_state),
    )
