"""Sequences of different lengths on TensorFlow: a step that stands still behind an end.

How many steps are left is one more part of the state, so that the loop, its way back and what
XLA compiled need not know of it. Behind the end, h is 0, as TF1's outputs are; its last value is
found among the outputs.
"""

from __future__ import annotations

import functools

from lstm_lib._tensorflow import tf
from lstm_lib.tensorflow_backend.loop import State, Step

Array = tf.Tensor


def before(step: Step, inputs: Array, parts: State, lengths: Array) -> tuple[Step, Array, State]:
    """Return step, inputs and first state of sequences that end after so many steps."""
    left = tf.cast(lengths, inputs.dtype)[:, None]
    return _until_end(step), without_padding(inputs, lengths), (*parts[:-1], left, parts[-1])


def after(outputs: Array, final: State, first: State, lengths: Array) -> State:
    """Return the final state, h of the last real step in it, or of the first state if none is."""
    ends = tf.stack([tf.range(tf.shape(outputs)[0]), tf.maximum(lengths - 1, 0)], axis=1)
    h = tf.where(lengths[:, None] > 0, tf.gather_nd(outputs, ends), first[-1])
    return *final[:-2], h


def back(d_outputs: Array, d_final: State, lengths: Array) -> tuple[Array, State, Array]:
    """Return the gradients of what the loop returned, and what goes past it to the first h."""
    *d_carried, d_h = d_final
    time, dtype = tf.shape(d_outputs)[1], d_outputs.dtype
    at_end = tf.one_hot(lengths - 1, time, dtype=dtype)[:, :, None]
    d_outputs = without_padding(d_outputs, lengths) + at_end * d_h[:, None]
    zeros = tf.zeros_like(d_h)
    d_left = tf.zeros_like(d_h[:, :1])
    past = tf.where(lengths[:, None] > 0, zeros, d_h)
    return d_outputs, (*d_carried, d_left, zeros), past


def without_lengths(d_parts: State, past: Array) -> State:
    """Return the gradients of the first state; `past` is what `back` said."""
    return *d_parts[:-2], d_parts[-1] + past


def without_padding(sequence: Array, lengths: Array) -> Array:
    """Return (batch, time, n) with 0 behind each end, whatever stood there."""
    real = tf.sequence_mask(lengths, tf.shape(sequence)[1])[:, :, None]
    return tf.where(real, sequence, tf.zeros_like(sequence))


def reverse(sequence: Array, lengths: Array | None) -> Array:
    """Return (batch, time, n) with the real steps of each sequence from last to first."""
    if lengths is None:
        return tf.reverse(sequence, [1])
    return tf.reverse_sequence(sequence, lengths, seq_axis=1)


@functools.cache
def _until_end(step: Step) -> Step:
    def until_end(z: Array, state: State, forget_bias: Array) -> State:
        *carried, left, h = state
        runs = left > 0
        *new, new_h = step(z, (*carried, h), forget_bias)
        new = [tf.where(runs, a, b) for a, b in zip(new, carried, strict=True)]
        return *new, left - 1, tf.where(runs, new_h, tf.zeros_like(new_h))

    return until_end
