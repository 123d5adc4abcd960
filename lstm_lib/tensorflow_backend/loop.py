"""A step of a cell over a sequence, forward and backward, traced once and compiled.

The loop forward is the equation as it stands, [x, h] W + b and the gates: what XLA
makes of it is quicker than of the inputs' product taken before the loop. On the way
back the gradient of the kernel is one product after the loop, for the reasons of the
chapter on backpropagation, "The same, written for speed". How a step is
differentiated is not written here: a tape does that, one step at a time.

A function of TensorFlow's is *traced* into a graph, and a graph may be *compiled*
by XLA. Both cost time, and here they are done

- traced: once for each kind of cell and dtype, about 0.2 s. Batch, length, inputs
  and units stay open, so that no other size and no other cell traces anew.
- compiled: once for each batch size, number of inputs and units, and *power of
  two* that the length is rounded up to, about 0.4 s forward, 0.8 s forward and
  back. Zeros fill the room behind the last step; the loop counts to the real
  length only. Lengths of 65, 100 and 128 share what was compiled for 128.

Which sequences are compiled is a matter of their size alone (`worth_compiling`),
so that the same call always gives the same digits.

From the outside in, four layers: *calls* (`sequence`, `gradients`) choose what runs; a
*traced* function (`Traced`) makes room for a compiled one; a *pass* (`_pass_alone`,
`_pass_forward`, `_pass_backward`, `_pass_both`) has what all steps share; and a *loop*
(`_loop_forward`, `_loop_backward`) has what waits for the step before.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from lstm_lib._tensorflow import tf
from lstm_lib.tensorflow_backend import plain

Array: TypeAlias = tf.Tensor
State: TypeAlias = tuple[Array, ...]  # (c, h), or (h,) of the plain cell: h is the last
Step = Callable[[Array, State, Array], State]  # (z, state, forget_bias) -> new state

# Shorter sequences are done before the compiler has started.
FEWEST_STEPS = 8


class Weights(NamedTuple):
    """What a cell is made of."""

    kernel: Array
    bias: Array
    forget_bias: Array


class Kept(NamedTuple):
    """What the way back needs, time first; behind the real length all is 0."""

    z: Array  # pre-activations
    before: State  # the state before each step, all but h
    h: Array  # after each step


class Traced(NamedTuple):
    """The traced functions of one kind of cell and one dtype."""

    alone: Callable  # forward, with nothing kept for a way back
    forward: Callable
    backward: Callable
    both: Callable


def sequence(
    step: Step, inputs: Array, kernel: Array, bias: Array, state: State, forget_bias: float
) -> tuple[Array, State]:
    """Outputs (batch, time, units) and final state; a tape sees them as one operation."""
    if plain.in_forward_mode([inputs, kernel, bias, *state]):
        return plain.unrolled(step, inputs, kernel, bias, state, forget_bias)
    compiled, room = choose(inputs)
    traced = trace(step, len(state), inputs.dtype, compiled)
    if not plain.is_recorded():
        given = named((inputs, kernel, bias, *state), forget_bias)
        return traced.alone(*given, room)
    end = 4 + 2 * len(state)

    @tf.custom_gradient
    def run(*given: Array) -> Any:
        # A tape must not look into the loop: the way back is the one below.
        fixed = named(map(tf.stop_gradient, given), forget_bias)
        outputs, final, kept = traced.forward(*fixed, room)

        def backward(*arguments: Array) -> list[Array]:
            *given, d_outputs = arguments[: 4 + len(state)]
            d_final = arguments[4 + len(state) : end]
            again = tf.nest.pack_sequence_as(kept, arguments[end:])
            *d_given, d_state = traced.backward(
                *named(given, forget_bias), again, d_outputs, d_final
            )
            return [*d_given, *d_state]

        def gradient(*d_results: Array) -> list[Array]:
            slow = plain.gradient_of_gradients(step, len(state), forget_bias)
            return plain.with_gradient(backward, slow)(*given, *d_results, *tf.nest.flatten(kept))

        return (outputs, *final), gradient

    outputs, *final = run(inputs, kernel, bias, *state)
    return outputs, tuple(final)


def forward(
    step: Step, inputs: Array, kernel: Array, bias: Array, state: State, forget_bias: float
) -> tuple[Array, State, Callable]:
    """As `sequence`, of which no tape knows, with the way back: d_outputs, d_final to gradients."""
    compiled, room = choose(inputs)
    traced = trace(step, len(state), inputs.dtype, compiled)
    given = named((inputs, kernel, bias, *state), forget_bias)
    outputs, final, kept = traced.forward(*given, room)
    return outputs, final, functools.partial(traced.backward, *given, kept)


def gradients(
    step: Step,
    inputs: Array,
    kernel: Array,
    bias: Array,
    state: State,
    forget_bias: float,
    d_outputs: Array,
    d_final: State,
) -> tuple[Array, Array, Array, State]:
    """Gradients of inputs, kernel, bias and initial state: forward and back in one call."""
    given, d_results = [inputs, kernel, bias, *state], [d_outputs, *d_final]
    if plain.in_forward_mode([*given, *d_results]):
        d_inputs, d_kernel, d_bias, *d_state = plain.gradients(step, given, forget_bias, d_results)
        return d_inputs, d_kernel, d_bias, tuple(d_state)
    compiled, room = choose(inputs)
    traced = trace(step, len(state), inputs.dtype, compiled)

    def both(*arguments: Array) -> list[Array]:
        *given, d_outputs = arguments[: 4 + len(state)]
        d_final = arguments[4 + len(state) :]
        *d_given, d_state = traced.both(*named(given, forget_bias), room, d_outputs, d_final)
        return [*d_given, *d_state]

    slow = plain.gradient_of_gradients(step, len(state), forget_bias)
    way_back = plain.with_gradient(both, slow)
    d_inputs, d_kernel, d_bias, *d_state = way_back(*given, *d_results)
    return d_inputs, d_kernel, d_bias, tuple(d_state)


def named(given: Iterable[Array], forget_bias: float) -> tuple[Array, Weights, State]:
    """Inputs, kernel, bias and the parts of a state, as the traced functions take them."""
    inputs, kernel, bias, *state = given
    return inputs, Weights(kernel, bias, tf.constant(forget_bias, inputs.dtype)), tuple(state)


def worth_compiling(time: int | None, batch_size: int | None) -> bool:
    """Whether XLA makes a sequence of this size faster; an open size is not compiled."""
    return time is not None and batch_size is not None and time >= FEWEST_STEPS


@functools.cache
def xla_works() -> bool:
    """Whether XLA can compile here; if not, say so, once."""
    try:
        with tf.init_scope():
            tf.function(tf.negative, jit_compile=True)(tf.constant(1.0))
    except (tf.errors.OpError, NotImplementedError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        warnings.warn(
            "lstm_lib.tensorflow_backend: XLA cannot compile in this TensorFlow, so long "
            "sequences run as an ordinary graph: the results are the same, small networks "
            f"take two to four times as long. TensorFlow says: {reason}",
            RuntimeWarning,
            stacklevel=2,
        )
        return False
    return True


def choose(inputs: Array) -> tuple[bool, Array]:
    """Whether a sequence is compiled, and the number of steps that it has room for."""
    batch_size, time, _ = inputs.shape
    if worth_compiling(time, batch_size) and xla_works():
        return True, tf.constant(1 << (time - 1).bit_length())
    return False, tf.shape(inputs)[1]


@functools.cache
def trace(step: Step, parts: int, dtype: tf.DType, compiled: bool) -> Traced:
    """The functions, traced with all sizes open: two kinds of cell, two dtypes, two ways."""
    ways: tuple[Callable, ...] = (_pass_alone, _pass_forward, _pass_backward, _pass_both)
    passes: list[Callable] = [functools.partial(each, step) for each in ways]
    # A graph has room for just its steps, and padding by nothing would copy all of them.
    make_room: Callable = _same
    give_back: Callable = _same
    if compiled:
        make_room, give_back = _pad, _cut
        passes = [tf.function(each, jit_compile=True) for each in passes]
    pass_alone, pass_forward, pass_backward, pass_both = passes

    def alone(inputs: Array, weights: Weights, state: State, room: Array) -> tuple[Array, State]:
        time = tf.shape(inputs)[1]
        outputs, final = pass_alone(make_room(inputs, room), weights, state, time)
        return give_back(outputs, time), final

    def forward(inputs: Array, weights: Weights, state: State, room: Array) -> tuple:
        time = tf.shape(inputs)[1]
        outputs, final, kept = pass_forward(make_room(inputs, room), weights, state, time)
        return give_back(outputs, time), final, kept

    def backward(
        inputs: Array, weights: Weights, state: State, kept: Kept, d_outputs: Array, d_final: State
    ) -> tuple[Array, Array, Array, State]:
        time, room = tf.shape(inputs)[1], tf.shape(kept.h)[0]
        given = make_room(inputs, room), weights, state, time
        d_inputs, *others = pass_backward(*given, kept, make_room(d_outputs, room), d_final)
        return give_back(d_inputs, time), *others

    def both(
        inputs: Array, weights: Weights, state: State, room: Array, d_outputs: Array, d_final: State
    ) -> tuple[Array, Array, Array, State]:
        time = tf.shape(inputs)[1]
        given = make_room(inputs, room), weights, state, time
        d_inputs, *others = pass_both(*given, make_room(d_outputs, room), d_final)
        return give_back(d_inputs, time), *others

    return concrete(Traced(alone, forward, backward, both), parts, dtype)


def concrete(written: Traced, parts: int, dtype: tf.DType, *others: tf.TensorSpec) -> Traced:
    """Trace functions with all sizes open; `others` is what they take behind the state."""

    def of_rank(rank: int) -> tf.TensorSpec:
        return tf.TensorSpec([None] * rank, dtype)

    state, room = (of_rank(2),) * parts, tf.TensorSpec([], tf.int32)
    given = of_rank(3), Weights(of_rank(2), of_rank(1), of_rank(0)), state, *others
    kept = Kept(of_rank(3), (of_rank(3),) * (parts - 1), of_rank(3))
    # Traced now and called as they are: `tf.function` would look at the arguments of each call,
    # which takes as long as fifty steps of a small network.
    return Traced(
        tf.function(written.alone).get_concrete_function(*given, room),
        tf.function(written.forward).get_concrete_function(*given, room),
        tf.function(written.backward).get_concrete_function(*given, kept, of_rank(3), state),
        tf.function(written.both).get_concrete_function(*given, room, of_rank(3), state),
    )


def _pass_alone(
    step: Step, inputs: Array, weights: Weights, state: State, time: Array
) -> tuple[Array, State]:
    """Outputs and final state of the first `time` steps."""
    final, (h,) = _loop_forward(step, inputs, weights, state, time, keep=False)
    return tf.transpose(h, [1, 0, 2]), final


def _pass_forward(
    step: Step, inputs: Array, weights: Weights, state: State, time: Array
) -> tuple[Array, State, Kept]:
    """As `_pass_alone`, and what the way back needs."""
    final, (h, z, *before) = _loop_forward(step, inputs, weights, state, time, keep=True)
    return tf.transpose(h, [1, 0, 2]), final, Kept(z, tuple(before), h)


def _pass_backward(
    step: Step,
    inputs: Array,
    weights: Weights,
    state: State,
    time: Array,
    kept: Kept,
    d_outputs: Array,
    d_final: State,
) -> tuple[Array, Array, Array, State]:
    """Gradients of the inputs, the kernel, the bias and the initial state."""
    x = tf.transpose(inputs, [1, 0, 2])
    W_x, W_h = tf.split(weights.kernel, [tf.shape(x)[2], -1])
    d_h = tf.transpose(d_outputs, [1, 0, 2])
    # Behind the real length d_z is 0, and adds nothing to the products.
    d_z, d_state = _loop_backward(
        step, W_h, weights.forget_bias, kept.z, kept.before, d_h, d_final, time
    )
    h_before = tf.concat([state[-1][None], kept.h[:-1]], axis=0)
    rows = _flat(tf.concat([x, h_before], axis=2))
    d_kernel = tf.matmul(rows, _flat(d_z), transpose_a=True)
    d_x = tf.tensordot(d_z, tf.transpose(W_x), 1)
    d_bias = tf.reduce_sum(_flat(d_z), axis=0)
    return tf.transpose(d_x, [1, 0, 2]), d_kernel, d_bias, d_state


def _pass_both(
    step: Step,
    inputs: Array,
    weights: Weights,
    state: State,
    time: Array,
    d_outputs: Array,
    d_final: State,
) -> tuple[Array, Array, Array, State]:
    """Forward and back at once, so that XLA sees all of it."""
    given = inputs, weights, state, time
    _, _, kept = _pass_forward(step, *given)
    return _pass_backward(step, *given, kept, d_outputs, d_final)


def _loop_forward(
    step: Step, inputs: Array, weights: Weights, state: State, time: Array, keep: bool
) -> tuple[State, list[Array]]:
    """The loop forward over the first `time` steps of `inputs`, which may have room for more.

    Returns the final state and h after each step; with `keep`, z of each step and the state
    before it, all but h, as well.
    """
    x = tf.transpose(inputs, [1, 0, 2])

    def body(t: Array, state: State, stored: list[tf.TensorArray]) -> tuple:
        z = tf.concat([x[t], state[-1]], axis=1) @ weights.kernel + weights.bias
        after = step(z, state, weights.forget_bias)
        parts = (after[-1], z, *state[:-1]) if keep else (after[-1],)
        stored = [each.write(t, part) for each, part in zip(stored, parts, strict=True)]
        return t + 1, after, stored

    z_shape = tf.TensorShape([state[-1].shape[0], weights.bias.shape[0]])
    shapes = [each.shape for each in state]
    shapes = [shapes[-1], z_shape, *shapes[:-1]] if keep else shapes[-1:]
    room = tf.shape(x)[0]
    stored = [tf.TensorArray(x.dtype, room, element_shape=shape) for shape in shapes]
    _, state, stored = tf.while_loop(lambda t, *_: t < time, body, (0, state, stored))
    return state, [each.stack() for each in stored]


def _loop_backward(
    step: Step,
    W_h: Array,
    forget_bias: Array,
    z: Array,
    before: State,
    d_outputs: Array,
    d_final: State,
    time: Array,
) -> tuple[Array, State]:
    """The loop back: gradients of z, all steps, and of the initial state."""
    W_h = tf.transpose(W_h)

    def body(t: Array, d_state: State, d_z: tf.TensorArray) -> tuple:
        *d_carried, d_h = d_state
        # h reaches its step through z alone: what stands in its place here is not looked at.
        sources = z[t], *(each[t] for each in before)
        with tf.GradientTape() as tape:
            tape.watch(sources)
            new = step(sources[0], (*sources[1:], d_h), forget_bias)
        d_step, *d_carried = tape.gradient(
            new, sources, output_gradients=(*d_carried, d_h + d_outputs[t])
        )
        return t - 1, (*d_carried, d_step @ W_h), d_z.write(t, d_step)

    d_z = tf.TensorArray(z.dtype, tf.shape(z)[0], element_shape=z.shape[1:])
    _, d_state, d_z = tf.while_loop(lambda t, *_: t >= 0, body, (time - 1, d_final, d_z))
    return d_z.stack(), d_state


def _pad(sequence: Array, room: Array) -> Array:
    """Zeros behind the last step of (batch, time, n), up to `room` steps."""
    return tf.pad(sequence, [[0, 0], [0, room - tf.shape(sequence)[1]], [0, 0]])


def _cut(sequence: Array, time: Array) -> Array:
    """The first steps of (batch, room, n)."""
    return sequence[:, :time]


def _same(sequence: Array, length: Array) -> Array:
    return sequence


def _flat(array: Array) -> Array:
    """(time, batch, n) as (time * batch, n)."""
    return tf.reshape(array, [-1, tf.shape(array)[2]])
