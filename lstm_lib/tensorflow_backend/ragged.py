"""Sequences of different lengths on TensorFlow: behind its end, a sequence stands still.

As in ``numpy_backend.ragged``, one more input is 1 there, and its weights open the forget gate
and shut the others, so that the loops of ``loop`` and what XLA compiled need not know of lengths.
The functions here are those of ``loop``; around its traced functions they put one more, because
each single operation outside of a graph takes as long as a step of a small network.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeAlias

from lstm_lib._tensorflow import tf
from lstm_lib.tensorflow_backend import loop, plain
from lstm_lib.tensorflow_backend.loop import Kept, State, Step, Traced, Weights

Array: TypeAlias = tf.Tensor
Ending = tuple[int, ...]  # of each block of the kernel, the sign of the weights of the new input

SHUT = 1e9  # what is added to z behind the end: sigmoid and tanh are 0 or 1 there


def sequence(
    step: Step,
    ending: Ending,
    inputs: Array,
    kernel: Array,
    bias: Array,
    state: State,
    forget_bias: float,
    lengths: Array,
) -> tuple[Array, State]:
    """Outputs (batch, time, units) and final state."""
    if not plain.is_recorded():
        traced, room = _choose(step, ending, inputs, state)
        given = loop.named((inputs, kernel, bias, *state), forget_bias)
        return traced.alone(*given, lengths, room)
    with_mark = _with_mark(kernel, ending)
    results = loop.sequence(step, _marked(inputs, lengths), with_mark, bias, state, forget_bias)
    return _after(*results, state, lengths)


def forward(
    step: Step,
    ending: Ending,
    inputs: Array,
    kernel: Array,
    bias: Array,
    state: State,
    forget_bias: float,
    lengths: Array,
) -> tuple[Array, State, Callable]:
    """As `sequence`, of which no tape knows, with the way back: d_outputs, d_final to gradients."""
    traced, room = _choose(step, ending, inputs, state)
    given = loop.named((inputs, kernel, bias, *state), forget_bias)
    outputs, final, kept = traced.forward(*given, lengths, room)
    return outputs, final, functools.partial(traced.backward, *given, lengths, kept)


def gradients(
    step: Step,
    ending: Ending,
    inputs: Array,
    kernel: Array,
    bias: Array,
    state: State,
    forget_bias: float,
    lengths: Array,
    d_outputs: Array,
    d_final: State,
) -> tuple[Array, Array, Array, State]:
    """Gradients of inputs, kernel, bias and initial state."""
    if not plain.is_recorded():
        traced, room = _choose(step, ending, inputs, state)
        given = loop.named((inputs, kernel, bias, *state), forget_bias)
        return traced.both(*given, lengths, room, d_outputs, d_final)
    d_outputs, d_final, past = _before_back(d_outputs, d_final, lengths)
    marked, with_mark = _marked(inputs, lengths), _with_mark(kernel, ending)
    results = loop.gradients(step, marked, with_mark, bias, state, forget_bias, d_outputs, d_final)
    return _after_back(results, past, ending)


def reverse(sequence: Array, lengths: Array | None) -> Array:
    """Return (batch, time, n) with the real steps of each sequence from last to first."""
    if lengths is None:
        return tf.reverse(sequence, [1])
    return tf.reverse_sequence(sequence, lengths, seq_axis=1)


def without_padding(sequence: Array, lengths: Array) -> Array:
    """Return (batch, time, n) with 0 behind each end, whatever stood there."""
    return tf.where(_ended(sequence, lengths), tf.zeros_like(sequence), sequence)


def _choose(step: Step, ending: Ending, inputs: Array, state: State) -> tuple[Traced, Array]:
    """As `loop.choose`, with the lengths behind the state among what the functions take."""
    compiled, room = loop.choose(inputs)
    return _trace(step, ending, len(state), inputs.dtype, compiled), room


@functools.cache
def _trace(step: Step, ending: Ending, parts: int, dtype: tf.DType, compiled: bool) -> Traced:
    full = loop.trace(step, parts, dtype, compiled)

    def marked(inputs: Array, weights: Weights, state: State, lengths: Array) -> tuple:
        with_mark = weights._replace(kernel=_with_mark(weights.kernel, ending))
        return _marked(_to_last_end(inputs, lengths), lengths), with_mark, state

    def alone(
        inputs: Array, weights: Weights, state: State, lengths: Array, room: Array
    ) -> tuple[Array, State]:
        outputs, final = full.alone(*marked(inputs, weights, state, lengths), room)
        outputs, final = _after(outputs, final, state, lengths)
        return _padded(outputs, inputs), final

    def forward(
        inputs: Array, weights: Weights, state: State, lengths: Array, room: Array
    ) -> tuple[Array, State, Kept]:
        outputs, final, kept = full.forward(*marked(inputs, weights, state, lengths), room)
        outputs, final = _after(outputs, final, state, lengths)
        return _padded(outputs, inputs), final, kept

    def backward(
        inputs: Array,
        weights: Weights,
        state: State,
        lengths: Array,
        kept: Kept,
        d_outputs: Array,
        d_final: State,
    ) -> tuple[Array, Array, Array, State]:
        d_outputs = _to_last_end(d_outputs, lengths)
        d_outputs, d_final, past = _before_back(d_outputs, d_final, lengths)
        given = marked(inputs, weights, state, lengths)
        d_given = full.backward(*given, kept, d_outputs, d_final)
        d_inputs, *others = _after_back(d_given, past, ending)
        return _padded(d_inputs, inputs), *others

    def both(
        inputs: Array,
        weights: Weights,
        state: State,
        lengths: Array,
        room: Array,
        d_outputs: Array,
        d_final: State,
    ) -> tuple[Array, Array, Array, State]:
        d_outputs = _to_last_end(d_outputs, lengths)
        d_outputs, d_final, past = _before_back(d_outputs, d_final, lengths)
        given = marked(inputs, weights, state, lengths)
        d_given = full.both(*given, room, d_outputs, d_final)
        d_inputs, *others = _after_back(d_given, past, ending)
        return _padded(d_inputs, inputs), *others

    written = Traced(alone, forward, backward, both)
    return loop.concrete(written, parts, dtype, tf.TensorSpec([None], tf.int32))


def _to_last_end(sequence: Array, lengths: Array) -> Array:
    """The steps of (batch, time, n) up to the end of the longest sequence: 1 at least."""
    return sequence[:, : tf.maximum(1, tf.reduce_max(lengths))]


def _padded(sequence: Array, like: Array) -> Array:
    """Zeros behind the last step, up to as many steps as `like` has."""
    missing = tf.shape(like)[1] - tf.shape(sequence)[1]
    return tf.pad(sequence, [[0, 0], [0, missing], [0, 0]])


def _ended(sequence: Array, lengths: Array) -> Array:
    """(batch, time, 1), true behind the end of each sequence."""
    return (tf.range(tf.shape(sequence)[1]) >= lengths[:, None])[:, :, None]


def _marked(inputs: Array, lengths: Array) -> Array:
    """The inputs, and one more that says where a sequence has ended."""
    mark = tf.cast(_ended(inputs, lengths), inputs.dtype)
    return tf.concat([without_padding(inputs, lengths), mark], axis=2)


def _with_mark(kernel: Array, ending: Ending) -> Array:
    """The kernel with the weights of that input."""
    units = tf.shape(kernel)[1] // len(ending)
    weights = tf.repeat(tf.constant([[SHUT * sign for sign in ending]], kernel.dtype), units, 1)
    return tf.concat([kernel[:-units], weights, kernel[-units:]], axis=0)


def _after(outputs: Array, final: State, first: State, lengths: Array) -> tuple[Array, State]:
    """Outputs with 0 behind the end, and the state with h of the last real step."""
    outputs = without_padding(outputs, lengths)
    ends = tf.stack([tf.range(tf.shape(outputs)[0]), tf.maximum(lengths - 1, 0)], axis=1)
    h = tf.where(lengths[:, None] > 0, tf.gather_nd(outputs, ends), first[-1])
    return outputs, (*final[:-1], h)


def _before_back(d_outputs: Array, d_final: State, lengths: Array) -> tuple[Array, State, Array]:
    """The gradients of what the loop returned, and what goes past it to the first h."""
    *d_carried, d_h = d_final
    at_end = tf.range(tf.shape(d_outputs)[1]) == lengths[:, None] - 1
    zeros = tf.zeros_like(d_h)
    d_outputs = without_padding(d_outputs, lengths)
    d_outputs += tf.where(at_end[:, :, None], d_h[:, None], zeros[:, None])
    return d_outputs, (*d_carried, zeros), tf.where(lengths[:, None] > 0, zeros, d_h)


def _after_back(
    d_given: tuple[Array, Array, Array, State], past: Array, ending: Ending
) -> tuple[Array, Array, Array, State]:
    """The gradients without those of the mark."""
    d_inputs, d_kernel, d_bias, d_first = d_given
    units = tf.shape(d_kernel)[1] // len(ending)
    d_kernel = tf.concat([d_kernel[: -units - 1], d_kernel[-units:]], axis=0)
    return d_inputs[:, :, :-1], d_kernel, d_bias, (*d_first[:-1], d_first[-1] + past)
