"""``tf.contrib.legacy_seq2seq``, and ``sequence_loss`` of ``tf.contrib.seq2seq``.

Source: TensorFlow 1.15, ``contrib/legacy_seq2seq`` and ``contrib/seq2seq/python/ops/loss.py``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from lstm_lib.tf1.graph import in_graph, tf, v1
from lstm_lib.tf1.wrappers import EmbeddingWrapper, OutputProjectionWrapper


@in_graph
def rnn_decoder(
    decoder_inputs: Iterable,
    initial_state: Any,
    cell: Any,
    loop_function: Callable | None = None,
    scope: Any = None,
) -> tuple[list, Any]:
    """Run the cell over a list of inputs, each (batch, input_size).

    With a `loop_function(output, step)`, each input but the first is what it makes of the
    output before. Returns the list of outputs, and the final state.
    """
    with v1.variable_scope(scope or "rnn_decoder"):
        outputs: list[Any] = []
        state = initial_state
        for n, inputs in enumerate(decoder_inputs):
            if n and loop_function is not None:
                with v1.variable_scope("loop_function", reuse=True):
                    inputs = loop_function(outputs[-1], n)
            if n:
                v1.get_variable_scope().reuse_variables()
            output, state = cell(inputs, state)
            outputs.append(output)
    return outputs, state


@in_graph
def basic_rnn_seq2seq(
    encoder_inputs: list,
    decoder_inputs: list,
    cell: Any,
    dtype: Any = tf.float32,
    scope: Any = None,
) -> tuple[list, Any]:
    """An encoder and a decoder of the same kind of cell, with weights of their own."""
    with v1.variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = v1.nn.static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


@in_graph
def tied_rnn_seq2seq(
    encoder_inputs: list,
    decoder_inputs: list,
    cell: Any,
    loop_function: Callable | None = None,
    dtype: Any = tf.float32,
    scope: Any = None,
) -> tuple[list, Any]:
    """An encoder and a decoder with the same weights."""
    with v1.variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = v1.nn.static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        v1.get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function, scope)


@in_graph
def embedding_rnn_decoder(
    decoder_inputs: list,
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: tuple | None = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> tuple[list, Any]:
    """A decoder of integers (batch,), which may feed itself the symbol that was most likely."""

    def most_likely(previous: Any, step: int) -> Any:
        if output_projection is not None:
            previous = v1.nn.xw_plus_b(previous, *output_projection)
        chosen = tf.nn.embedding_lookup(embedding, tf.argmax(previous, 1))
        return chosen if update_embedding_for_previous else tf.stop_gradient(chosen)

    with v1.variable_scope(scope or "embedding_rnn_decoder"):
        embedding = v1.get_variable("embedding", [num_symbols, embedding_size])
        inputs = (tf.nn.embedding_lookup(embedding, each) for each in decoder_inputs)
        return rnn_decoder(inputs, initial_state, cell, most_likely if feed_previous else None)


@in_graph
def embedding_rnn_seq2seq(
    encoder_inputs: list,
    decoder_inputs: list,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: tuple | None = None,
    feed_previous: bool = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[list, Any]:
    """Encoder and decoder of integers, each with an embedding of its own."""
    if not isinstance(feed_previous, bool):
        raise TypeError(
            "feed_previous: expected True or False, given a tensor; "
            "build the decoder twice, in a scope with reuse"
        )
    with v1.variable_scope(scope or "embedding_rnn_seq2seq") as inner:
        if dtype is not None:
            inner.set_dtype(dtype)
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        _, state = v1.nn.static_rnn(encoder, encoder_inputs, dtype=dtype or inner.dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
        return embedding_rnn_decoder(
            decoder_inputs,
            state,
            cell,
            num_decoder_symbols,
            embedding_size,
            output_projection,
            feed_previous,
        )


def _cross_entropy(softmax_loss_function: Callable | None) -> Callable:
    return softmax_loss_function or tf.nn.sparse_softmax_cross_entropy_with_logits


@in_graph
def sequence_loss_by_example(
    logits: list,
    targets: list,
    weights: list,
    average_across_timesteps: bool = True,
    softmax_loss_function: Callable | None = None,
    name: str | None = None,
) -> Any:
    """Cross entropy of each sequence of the batch, (batch,); the arguments are lists over time."""
    if not len(targets) == len(logits) == len(weights):
        given = len(logits), len(targets), len(weights)
        raise ValueError(f"expected logits, targets and weights of one length, given {given}")
    loss = _cross_entropy(softmax_loss_function)
    with v1.name_scope(name, "sequence_loss_by_example", logits + targets + weights):
        costs = []
        for logit, target, weight in zip(logits, targets, weights, strict=True):
            if softmax_loss_function is None:
                target = tf.reshape(target, [-1])
            costs.append(loss(labels=target, logits=logit) * weight)
        cost = tf.add_n(costs)
        return cost / (tf.add_n(weights) + 1e-12) if average_across_timesteps else cost


@in_graph
def legacy_sequence_loss(
    logits: list,
    targets: list,
    weights: list,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable | None = None,
    name: str | None = None,
) -> Any:
    """``legacy_seq2seq.sequence_loss``: the cross entropy of the batch, one number."""
    with v1.name_scope(name, "sequence_loss", logits + targets + weights):
        cost = tf.reduce_sum(
            sequence_loss_by_example(
                logits, targets, weights, average_across_timesteps, softmax_loss_function
            )
        )
        return cost / tf.cast(v1.shape(targets[0])[0], cost.dtype) if average_across_batch else cost


@in_graph
def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable | None = None,
    name: str | None = None,
) -> Any:
    """``seq2seq.sequence_loss``: weighted cross entropy of logits (batch, time, symbols).

    ``average_…`` divides by the sum of the weights, ``sum_…`` by the count of those that are
    not zero; with neither, an axis stays.
    """
    for what, tensor, rank in (
        ("logits", logits, 3),
        ("targets", targets, 2),
        ("weights", weights, 2),
    ):
        if len(tensor.shape) != rank:
            raise ValueError(f"{what}: expected rank {rank}, given shape {tensor.shape}")
    if average_across_timesteps and sum_over_timesteps:
        raise ValueError(
            "expected one of average_across_timesteps and sum_over_timesteps, given both"
        )
    if average_across_batch and sum_over_batch:
        raise ValueError("expected one of average_across_batch and sum_over_batch, given both")
    with v1.name_scope(name, "sequence_loss", [logits, targets, weights]):
        flat = tf.reshape(logits, [-1, v1.shape(logits)[2]])
        costs = _cross_entropy(softmax_loss_function)(labels=tf.reshape(targets, [-1]), logits=flat)
        costs = tf.reshape(costs * tf.reshape(weights, [-1]), v1.shape(logits)[:2])
        time = average_across_timesteps or sum_over_timesteps
        batch = average_across_batch or sum_over_batch
        if time and batch and average_across_timesteps != average_across_batch:
            batch, time = average_across_batch, average_across_timesteps  # as TF1: the average wins
        if not time and not batch:
            return costs
        axes = [axis for axis, wanted in ((0, batch), (1, time)) if wanted]
        if average_across_timesteps or average_across_batch:
            size = tf.reduce_sum(weights, axes)
        else:
            size = tf.cast(tf.math.count_nonzero(weights, axes), costs.dtype)
        return tf.math.divide_no_nan(tf.reduce_sum(costs, axes), size)
