"""The memory cells of 1997 and their truncated gradient, one step at a time, compiled.

No gradient travels back in time. Each weight into a cell or its input gate carries the derivative
of the cell's state with respect to it *forward*. That is exact as long as nothing else is carried:
the derivative stops where a hidden unit is heard one step later ("truncated", appendix A.1 of the
paper). So a step costs as many operations as there are weights, however long the sequence.

In the paper's names, for cell c of a block with gates in, out and φ (φ = 1 without forget gates)::

    s_c(t) = φ(t) s_c(t-1) + y_in(t) g(net_c(t))            y_c(t) = y_out(t) h(s_c(t))
    ∂s_c/∂w_cm(t)  = φ(t) ∂s_c/∂w_cm(t-1)  + y_in(t) g'(net_c(t)) y_m(t-1)
    ∂s_c/∂w_inm(t) = φ(t) ∂s_c/∂w_inm(t-1) + f'(net_in(t)) g(net_c(t)) y_m(t-1)
    ∂s_c/∂w_φm(t)  = φ(t) ∂s_c/∂w_φm(t-1)  + f'(net_φ(t)) s_c(t-1) y_m(t-1)

A step at which an answer is asked for changes the weights at once (online).

Inputs are sparse: at each step a few input units are active, so a symbol costs one row of weights
and not an alphabet of them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lstm_lib.reproduce.compiled import njit
from lstm_lib.reproduce.wiring import Network

Array = np.ndarray


class State(NamedTuple):
    """What a network carries from step to step; the functions below change it in place.

    Attributes
    ----------
    s : array of shape (memory cells,)
        The cell states.
    y : array of shape (hidden units,)
        The hidden units' activations.
    by_cell, by_input, by_forget : array of shape (rows of the hidden weights, memory cells)
        The derivatives of each cell's state with respect to its own weights, those of its input
        gate and those of its forget gate. ``by_forget`` has no rows without forget gates.
    """

    s: Array
    y: Array
    by_cell: Array
    by_input: Array
    by_forget: Array


def zero_state(network: Network) -> State:
    """Return the state at the start of a sequence: nothing stored, nothing heard."""
    rows, num_hidden = network.hidden.shape
    num_cells = network.blocks * network.cells
    return State(
        np.zeros(num_cells),
        np.zeros(num_hidden),
        np.zeros((rows, num_cells)),
        np.zeros((rows, num_cells)),
        np.zeros((rows if network.forget_gates else 0, num_cells)),
    )


class Rule(NamedTuple):
    """How a step that asks for an answer changes the weights.

    Attributes
    ----------
    rate : float
        The learning rate; 0 to test only.
    near : float
        Answers this close to their targets are left alone.
    slope : float
        Added to the slope y(1 - y) of an output unit, so that one that is far out on the wrong
        side still learns. Source: S. Fahlman, An Empirical Study of Learning Speed in
        Back-Propagation Networks, CMU-CS-88-162, 1988.
    """

    rate: float
    near: float = 0.0
    slope: float = 0.0


TESTING = Rule(rate=0.0)


class Sparse(NamedTuple):
    """A sequence of inputs: at each step the units that are active, and their activations.

    Attributes
    ----------
    units : array of shape (time, active), int64
    values : array of shape (time, active), float64
    """

    units: Array
    values: Array


def as_sparse(inputs: Array) -> Sparse:
    """Return symbols (time,) or numbers (time, inputs) as a sparse sequence."""
    if inputs.ndim == 1:
        return Sparse(inputs.reshape(-1, 1), np.ones((len(inputs), 1)))
    units = np.broadcast_to(np.arange(inputs.shape[1]), inputs.shape)
    return Sparse(np.ascontiguousarray(units), np.ascontiguousarray(inputs, dtype=np.float64))


@njit(cache=True)
def _sigmoid(x):
    return 1.0 / (1.0 + math.exp(-x))


@njit(cache=True)
def _net_inputs(network, y, units, values, net):
    """Every hidden unit's net input, from the inputs now and the hidden units a step earlier."""
    num_hidden = len(y)
    for u in range(num_hidden):
        net[u] = network.hidden[network.inputs + num_hidden, u]
    for a in range(len(units)):
        value = values[a]
        for u in range(num_hidden):
            net[u] += value * network.hidden[units[a], u]
    for m in range(num_hidden):
        value = y[m]
        if value != 0.0:
            for u in range(num_hidden):
                net[u] += value * network.hidden[network.inputs + m, u]


@njit(cache=True)
def _step(network, state, units, values, net, before, h, learn):
    """One step of the hidden layer; ``before`` becomes the activations a step earlier."""
    s, y, by_cell, by_input, by_forget = state
    num_hidden, num_cells, blocks = len(y), len(s), network.blocks
    inputs = network.inputs
    before[:num_hidden] = y
    _net_inputs(network, y, units, values, net)
    for gate in range(num_cells, num_hidden):
        y[gate] = _sigmoid(net[gate])
    for c in range(num_cells):
        block = c // network.cells
        i = y[num_cells + block]
        o = y[num_cells + blocks + block] if network.output_gates else 1.0
        squashed = _sigmoid(net[c])
        low, high = network.g
        slope = (high - low) * squashed * (1.0 - squashed)
        g = (high - low) * squashed + low
        if learn:
            to_cell = i * slope
            to_input = i * (1.0 - i) * g
            if network.forget_gates:
                gate = num_hidden - blocks + block
                f = y[gate]
                to_forget = f * (1.0 - f) * s[c]
                for m in range(len(by_cell)):
                    by_cell[m, c] *= f
                    by_input[m, c] *= f
                    by_forget[m, c] *= f
                for a in range(len(units)):
                    by_forget[units[a], c] += to_forget * values[a]
                for m in range(num_hidden + 1):
                    by_forget[inputs + m, c] += to_forget * before[m]
            for a in range(len(units)):
                by_cell[units[a], c] += to_cell * values[a]
                by_input[units[a], c] += to_input * values[a]
            for m in range(num_hidden + 1):
                by_cell[inputs + m, c] += to_cell * before[m]
                by_input[inputs + m, c] += to_input * before[m]
        if network.forget_gates:
            s[c] *= y[num_hidden - blocks + block]
        s[c] += i * g
        h[c] = s[c] if network.open_cells else 2.0 * _sigmoid(s[c]) - 1.0
        y[c] = o * h[c]


@njit(cache=True)
def _answer(network, state, units, values, out):
    """The output units, from the memory cells and, by shortcuts, the inputs of the same step."""
    num_cells = len(state.s)
    weights = network.output
    for k in range(len(out)):
        out[k] = weights[len(weights) - 1, k]
    for c in range(num_cells):
        for k in range(len(out)):
            out[k] += state.y[c] * weights[c, k]
    for a in range(len(units)):
        for k in range(len(out)):
            out[k] += values[a] * weights[num_cells + units[a], k]
    if not network.linear_outputs:
        for k in range(len(out)):
            out[k] = _sigmoid(out[k])


@njit(cache=True)
def _update(network, changed, state, units, values, before, h, error, rate):
    """Add ``rate`` times the truncated gradient to ``changed``; ``error`` is ∂E/∂net_k, negated.

    As in the appendix, errors of a step reach the cells through the output weights as they were.
    """
    hidden, output = changed
    s, y, by_cell, by_input, by_forget = state
    num_hidden, num_cells, blocks = len(y), len(s), network.blocks
    inputs, rows = network.inputs, len(network.hidden)
    for block in range(blocks):
        o_column = num_cells + blocks + block
        o = y[o_column] if network.output_gates else 1.0
        to_gate = 0.0
        for c in range(block * network.cells, (block + 1) * network.cells):
            reaching = 0.0
            for k in range(len(error)):
                reaching += network.output[c, k] * error[k]
            to_gate += h[c] * reaching
            slope = 1.0 if network.open_cells else 0.5 * (1.0 - h[c] * h[c])
            change = rate * o * slope * reaching
            for m in range(rows):
                hidden[m, c] += change * by_cell[m, c] * network.hidden_mask[m, c]
                column = num_cells + block
                hidden[m, column] += change * by_input[m, c] * network.hidden_mask[m, column]
            if network.forget_gates:
                column = num_hidden - blocks + block
                for m in range(rows):
                    hidden[m, column] += change * by_forget[m, c] * network.hidden_mask[m, column]
        if network.output_gates:
            change = rate * o * (1.0 - o) * to_gate
            for a in range(len(units)):
                m = units[a]
                hidden[m, o_column] += change * values[a] * network.hidden_mask[m, o_column]
            for m in range(num_hidden + 1):
                hidden[inputs + m, o_column] += (
                    change * before[m] * network.hidden_mask[inputs + m, o_column]
                )
    last = len(network.output) - 1
    for k in range(len(error)):
        for c in range(num_cells):
            output[c, k] += rate * error[k] * y[c] * network.output_mask[c, k]
        for a in range(len(units)):
            m = num_cells + units[a]
            output[m, k] += rate * error[k] * values[a] * network.output_mask[m, k]
        output[last, k] += rate * error[k] * network.output_mask[last, k]


@njit(cache=True)
def _error(target, answer, linear, rule):
    """What an output unit learns from: -∂E/∂net for E = (target - answer)² / 2."""
    off = target - answer
    if abs(off) < rule.near:
        return 0.0
    return off if linear else off * (answer * (1.0 - answer) + rule.slope)


@njit(cache=True)
def run(network, changed, state, sequence, targets, rule, outputs):
    """Run on from ``state``, learning at every step that asks for an answer.

    Parameters
    ----------
    network : Network
    changed : pair of arrays of the shapes of the network's weights, hidden and output
        What is learnt is added to them, unless the rate is 0. The network's own weights change
        at each step; others leave the network as it is until they are added to it.
    state : State
        Changed in place: where the sequence ends, the next call goes on.
    sequence : Sparse
    targets : array of shape (time, outputs), float64
        NaN in the first place of a step: no answer asked for, nothing learnt.
    rule : Rule
    outputs : array of shape (time, outputs), float64
        Filled with the answers, those of asked-for steps from before the weights change; NaN
        where no answer is asked for.
    """
    num_hidden, num_cells, asked = len(state.y), len(state.s), targets.shape[1]
    net = np.empty(num_hidden)
    before = np.ones(num_hidden + 1)
    h = np.empty(num_cells)
    error = np.empty(asked)
    for t in range(len(sequence.units)):
        units, values = sequence.units[t], sequence.values[t]
        _step(network, state, units, values, net, before, h, rule.rate != 0.0)
        if math.isnan(targets[t, 0]):
            outputs[t, :] = np.nan
            continue
        out = outputs[t]
        _answer(network, state, units, values, out)
        if rule.rate != 0.0:
            for k in range(asked):
                error[k] = _error(targets[t, k], out[k], network.linear_outputs, rule)
            _update(network, changed, state, units, values, before, h, error, rule.rate)


def run_sequence(
    network: Network,
    sequence: Sparse,
    targets: Array,
    rule: Rule = TESTING,
    *,
    each_step: bool = False,
    rest: float = 0.0,
) -> Array:
    """Run one sequence from an empty state; learn from it if the rate is above 0.

    Parameters
    ----------
    network : Network
        Its weights are changed in place, unless the rate is 0.
    sequence : Sparse
    targets : array of shape (time, outputs), float64
        NaN in the first place of a step: no answer asked for, nothing learnt.
    rule : Rule
        By default the weights stay as they are.
    each_step : bool
        Change the weights at each step that asks for an answer, not once at the end.
    rest : float
        The activation of all hidden units before the first step.

    Returns
    -------
    array of shape (time, outputs)
        The answers, NaN where none is asked for.
    """
    outputs = np.empty_like(targets)
    state = zero_state(network)
    state.y[:] = rest
    weights = network.hidden, network.output
    # Where one step alone asks for an answer, there is no difference.
    later = rule.rate != 0.0 and not each_step and np.isfinite(targets[:, 0]).sum() > 1
    changed = (np.zeros_like(weights[0]), np.zeros_like(weights[1])) if later else weights
    run(network, changed, state, sequence, targets, rule, outputs)
    if later:
        for weight, change in zip(weights, changed, strict=True):
            weight += change
    return outputs
