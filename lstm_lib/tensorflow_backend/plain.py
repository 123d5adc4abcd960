"""A sequence as TensorFlow differentiates it by itself, as often as asked: for gradients of gradients.

The way back of ``loop`` is written for speed, and no tape can look into it. Whoever
differentiates it once more (a penalty on a gradient, a Hessian, forward mode) gets the
derivative of what is computed here: the same numbers from an open loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lstm_lib._tensorflow import tf

Array = tf.Tensor
State = tuple[Array, ...]
Step = Callable[[Array, State, Array], State]  # (z, state, forget_bias) -> new state


def sequence(
    step: Step, inputs: Array, kernel: Array, bias: Array, state: State, forget_bias: Array
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


def gradients(
    step: Step, given: Sequence[Array], forget_bias: Array, d_outputs: Array, d_final: State
) -> list[Array]:
    """Gradients of `given`: inputs, kernel, bias and the parts of the first state."""
    with tf.GradientTape() as tape:
        tape.watch(given)
        inputs, kernel, bias, *state = given
        outputs, final = sequence(step, inputs, kernel, bias, tuple(state), forget_bias)
    return tape.gradient(
        [outputs, *final],
        given,
        output_gradients=[d_outputs, *d_final],
        unconnected_gradients="zero",
    )


def differentiable(fast: Callable, slow: Callable) -> Callable:
    """Return `fast`, whose derivative is that of `slow`, which computes the same."""

    @tf.custom_gradient
    def function(*arguments: Array) -> Any:
        def gradient(*d_results: Array) -> list[Array]:
            with tf.GradientTape() as tape:
                tape.watch(arguments)
                results = slow(*arguments)
            return tape.gradient(
                results, arguments, output_gradients=d_results, unconnected_gradients="zero"
            )

        return fast(*map(tf.stop_gradient, arguments)), gradient

    return function
