"""The networks of 1997: which unit hears which, and the weights they start from.

A network has input units, a hidden layer of memory cells and their gates, and output units. Cells
come in blocks; the cells of a block share its gates. The hidden units stand in this order: all
cells, block by block; the input gates; the output gates; the forget gates, where there are any.

A *row* of a weight matrix is a unit that speaks, a *column* one that listens:

``hidden``
    rows: inputs, hidden units one step earlier, the constant 1; columns: hidden units
``output``
    rows: memory cells, inputs, the constant 1; columns: output units

Source: S. Hochreiter and J. Schmidhuber, Long Short-Term Memory, Neural Computation 9(8), 1997,
section 5 and appendix A.1; forget gates: F. Gers, J. Schmidhuber and F. Cummins, Learning to
Forget, Neural Computation 12(10), 2000.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray


class Wiring(NamedTuple):
    """Which units there are and which of them are connected.

    Attributes
    ----------
    inputs, outputs, blocks, cells : int
        Numbers of input units, output units, blocks, and cells of each block.
    output_gates, forget_gates : bool
        Whether blocks have them. Without an output gate, cells are always heard; without a
        forget gate, they keep everything.
    recurrent : {"all", "cells", "none"}
        The hidden units that the hidden layer hears one step later.
    shortcuts : bool
        Whether inputs are connected to the output units directly.
    biased : tuple of {"cells", "gates", "outputs"}
        The units that have a bias.
    open_cells : bool
        Let a cell be heard as it is, h(s) = s, as in experiment 2. Otherwise h is in [-1, 1].
    linear_outputs : bool
        Do not squash the output units into [0, 1].
    g : (float, float)
        Between what two numbers g squashes what comes into a cell.
    """

    inputs: int
    outputs: int
    blocks: int
    cells: int
    output_gates: bool = True
    forget_gates: bool = False
    recurrent: str = "all"
    shortcuts: bool = False
    biased: tuple[str, ...] = ()
    open_cells: bool = False
    linear_outputs: bool = False
    g: tuple[float, float] = (-2.0, 2.0)


class Network(NamedTuple):
    """Weights, their masks, and what the equations need to know of the wiring.

    Attributes
    ----------
    hidden, hidden_mask : array of shape (inputs + hidden units + 1, hidden units), float64
    output, output_mask : array of shape (memory cells + inputs + 1, outputs), float64
    inputs, blocks, cells : int
        Numbers of input units, of blocks, and of the cells of each block.
    output_gates, forget_gates, open_cells, linear_outputs : bool
    g : (float, float)
        As in `Wiring`.
    """

    hidden: Array
    hidden_mask: Array
    output: Array
    output_mask: Array
    inputs: int
    blocks: int
    cells: int
    output_gates: bool
    forget_gates: bool
    open_cells: bool
    linear_outputs: bool
    g: tuple[float, float]


def gate_columns(wiring: Wiring) -> dict[str, slice]:
    """Return the columns of the gates of each kind the wiring has, in the order of its blocks."""
    kinds = ["input"]
    kinds += ["output"] if wiring.output_gates else []
    kinds += ["forget"] if wiring.forget_gates else []
    first = wiring.blocks * wiring.cells
    return {
        kind: slice(first + n * wiring.blocks, first + (n + 1) * wiring.blocks)
        for n, kind in enumerate(kinds)
    }


def masks(wiring: Wiring) -> tuple[Array, Array]:
    """Return which connections exist, as ones and zeros of the shapes of the two weight matrices.

    Raises
    ------
    ValueError
        If ``recurrent`` or a name in ``biased`` is unknown.
    """
    if wiring.recurrent not in ("all", "cells", "none"):
        raise ValueError(f"recurrent must be all, cells or none, got {wiring.recurrent!r}")
    if unknown := set(wiring.biased) - {"cells", "gates", "outputs"}:
        raise ValueError(f"biased must name cells, gates or outputs, got {sorted(unknown)}")
    num_cells = wiring.blocks * wiring.cells
    num_hidden = num_cells + wiring.blocks * len(gate_columns(wiring))
    heard = {"all": num_hidden, "cells": num_cells, "none": 0}[wiring.recurrent]

    hidden = np.zeros((wiring.inputs + num_hidden + 1, num_hidden))
    hidden[: wiring.inputs + heard] = 1.0
    hidden[-1, :num_cells] = "cells" in wiring.biased
    hidden[-1, num_cells:] = "gates" in wiring.biased

    output = np.zeros((num_cells + wiring.inputs + 1, wiring.outputs))
    output[:num_cells] = 1.0
    output[num_cells:-1] = wiring.shortcuts
    output[-1] = "outputs" in wiring.biased
    return hidden, output


def count_weights(wiring: Wiring) -> int:
    """Return the number of weights, biases included: the number the paper's tables give."""
    return int(sum(mask.sum() for mask in masks(wiring)))


def make_network(
    wiring: Wiring,
    spread: float,
    gate_biases: dict[str, tuple[float, ...]],
    rng: np.random.Generator,
) -> Network:
    """Return a network with weights drawn uniformly between plus and minus ``spread``.

    Parameters
    ----------
    wiring : Wiring
    spread : float
        The largest size of an initial weight.
    gate_biases : dict
        Biases that are set rather than drawn: for ``"input"``, ``"output"`` or ``"forget"``
        gates, one number for each block.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If a gate bias is given for gates that are not there or have no bias, or not one a block.
    """
    hidden_mask, output_mask = masks(wiring)
    hidden = rng.uniform(-spread, spread, hidden_mask.shape) * hidden_mask
    output = rng.uniform(-spread, spread, output_mask.shape) * output_mask
    columns = gate_columns(wiring)
    for kind, biases in gate_biases.items():
        if kind not in columns or "gates" not in wiring.biased:
            raise ValueError(f"these {kind} gates cannot be biased: the wiring is {wiring}")
        if len(biases) != wiring.blocks:
            raise ValueError(
                f"expected {wiring.blocks} {kind} gate biases, one a block, got {biases}"
            )
        hidden[-1, columns[kind]] = biases
    return Network(
        hidden,
        hidden_mask,
        output,
        output_mask,
        wiring.inputs,
        wiring.blocks,
        wiring.cells,
        wiring.output_gates,
        wiring.forget_gates,
        wiring.open_cells,
        wiring.linear_outputs,
        wiring.g,
    )


def without_memory(network: Network) -> Network:
    """Return a network of its own whose memory cells are neither heard nor trained."""
    num_cells = network.blocks * network.cells
    output_mask = network.output_mask.copy()
    output_mask[:num_cells] = 0.0
    return network._replace(
        hidden=network.hidden.copy(),
        hidden_mask=np.zeros_like(network.hidden_mask),
        output=network.output * output_mask,
        output_mask=output_mask,
    )


def take_shortcuts(network: Network, other: Network) -> None:
    """Take over what another network's direct connections and output biases have learnt."""
    num_cells = network.blocks * network.cells
    network.output[num_cells:] = other.output[num_cells:]
