"""A sequence as TensorFlow differentiates it by itself, as often as asked.

The way back of ``loop`` is written for speed, and no tape can look into it. Whoever
differentiates it once more (a penalty on a gradient, a Hessian, forward mode) gets the
derivative of what is computed here: the same numbers from an open loop.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from lstm_lib._tensorflow import tf

Array: TypeAlias = tf.Tensor
State: TypeAlias = tuple[Array, ...]
Step = Callable[[Array, State, float], State]  # (z, state, forget_bias) -> new state


def sequence(
    step: Step, inputs: Array, kernel: Array, bias: Array, state: State, forget_bias: float
) -> tuple[Array, State]:
    """Outputs (batch, time, units) and final state."""
    time = tf.shape(inputs)[1]
    x = tf.transpose(inputs, [1, 0, 2])
    h = tf.TensorArray(inputs.dtype, time, element_shape=state[-1].shape)

    def body(t: Array, state: State, h: tf.TensorArray) -> tuple:
        z = tf.concat([x[t], state[-1]], axis=1) @ kernel + bias
        state = step(z, state, forget_bias)
        return t + 1, state, h.write(t, state[-1])

    _, state, h = tf.while_loop(lambda t, *_: t < time, body, (0, state, h))
    return tf.transpose(h.stack(), [1, 0, 2]), state


def unrolled(
    step: Step, inputs: Array, kernel: Array, bias: Array, state: State, forget_bias: float
) -> tuple[Array, State]:
    """As `sequence`, step after step: an accumulator cannot follow a loop in a graph.

    Raises
    ------
    ValueError
        If the number of steps is open.
    """
    if inputs.shape[1] is None:
        raise ValueError(
            "inputs: expected a known number of steps, because a tf.autodiff.ForwardAccumulator "
            "watches while this graph is traced, given an open one (None); name it in the "
            "input_signature, or use a GradientTape"
        )
    outputs = []
    for x in tf.unstack(inputs, axis=1):
        state = step(tf.concat([x, state[-1]], axis=1) @ kernel + bias, state, forget_bias)
        outputs.append(state[-1])
    return tf.stack(outputs, axis=1), state


def gradients(
    step: Step, given: Sequence[Array], forget_bias: float, d_results: Sequence[Array]
) -> list[Array]:
    """Gradients of `given` (inputs, kernel, bias, parts of the first state), `unrolled`."""
    with tf.GradientTape() as tape:
        tape.watch(given)
        inputs, kernel, bias, *state = given
        outputs, final = unrolled(step, inputs, kernel, bias, tuple(state), forget_bias)
    return tape.gradient([outputs, *final], given, d_results, unconnected_gradients="zero")


def in_forward_mode(tensors: Sequence[Array]) -> bool:
    """Whether an accumulator of forward mode watches one of these while a graph is traced.

    There, TensorFlow takes no notice of a custom gradient: the tangents of its results are 0.
    """
    return not tf.executing_eagerly() and bool(_tangents(list(tensors)))


def is_recorded() -> bool:
    """Whether a tape or an accumulator may want to know what is computed now."""
    if not tf.executing_eagerly():
        return True  # whoever asks for gradients comes later
    # As below: private, and a test says so if it goes.
    try:
        from tensorflow.python.eager.record import could_possibly_record
    except ImportError:
        return True
    return could_possibly_record()


def _tangents(tensors: list[Array]) -> list[Array]:
    # No public function tells. A test says so if this one goes; then nothing is watched.
    try:
        from tensorflow.python.eager.forwardprop_util import pack_tangents
    except ImportError:
        return []
    return pack_tangents(tensors).tangents


@functools.cache
def gradient_of_gradients(step: Step, parts: int, forget_bias: float) -> Callable:
    """How the gradients of a sequence whose state has so many parts change.

    The function returned takes what they are computed from (inputs, kernel, bias, first state,
    and the gradients of outputs and final state; more is not looked at) and the gradients of
    them, and gives the gradient of each that it takes.
    """

    def gradients(*arguments: Array) -> list[Array]:
        inputs, kernel, bias, *state = given = arguments[: 3 + parts]
        outputs, final = sequence(step, inputs, kernel, bias, tuple(state), forget_bias)
        return _gradients([outputs, *final], given, arguments[3 + parts : 4 + 2 * parts])

    # A tape sees nothing while an accumulator of forward mode computes; a graph needs none.
    @tf.function(reduce_retracing=True)
    def gradient(arguments: list[Array], d_results: list[Array]) -> list[Array]:
        return _gradients(gradients(*arguments), arguments, d_results)

    return gradient


def with_gradient(function: Callable, gradient: Callable) -> Callable:
    """Return `function`, with gradient(arguments, gradients of the results) as its gradient."""
    if not is_recorded():
        return function

    @tf.custom_gradient
    def with_it(*arguments: Array) -> Any:
        # Tensors of this graph, not of one around it, which the graph of a gradient would miss.
        given = list(map(tf.identity, arguments))
        results = function(*map(tf.stop_gradient, given))
        return results, lambda *d_results: gradient(given, list(d_results))

    return with_it


def _gradients(
    results: Sequence[Array], sources: Sequence[Array], d_results: Sequence[Array]
) -> list[Array]:
    return tf.gradients(results, sources, d_results, unconnected_gradients="zero")
