"""``tf.contrib.crf``: conditional random fields over the tags of a sequence.

A sequence of tags scores the sum of its unary scores, ``inputs[b, t, tag]``, and of the
transitions between neighbours, ``transition_params[tag, next_tag]``. What lies after the
length of a sequence counts for nothing.

Sources: Lafferty, McCallum, Pereira 2001; TensorFlow 1.15, ``contrib/crf/python/ops/crf.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_lib.tf1.block_cells import input_size_of
from lstm_lib.tf1.graph import in_graph, tf, v1


@in_graph
def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Any:
    """The sum of the tags' own scores, (batch,)."""
    inputs = tf.convert_to_tensor(inputs)
    scores = tf.gather(inputs, tag_indices, batch_dims=2)
    return tf.reduce_sum(scores * _mask(sequence_lengths, tag_indices, inputs.dtype), 1)


@in_graph
def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The sum of the transitions' scores, (batch,)."""
    transition_params = tf.convert_to_tensor(transition_params)
    pairs = tf.stack([tag_indices[:, :-1], tag_indices[:, 1:]], -1)
    scores = tf.gather_nd(transition_params, pairs)
    mask = _mask(sequence_lengths, tag_indices, transition_params.dtype)
    return tf.reduce_sum(scores * mask[:, 1:], 1)


@in_graph
def crf_sequence_score(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any
) -> Any:
    """The score of the tags, not normalised, (batch,)."""
    tag_indices = tf.convert_to_tensor(tag_indices)
    return crf_unary_score(tag_indices, sequence_lengths, inputs) + crf_binary_score(
        tag_indices, sequence_lengths, transition_params
    )


@in_graph
def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The logarithm of the sum of exp(score) over all sequences of tags, (batch,)."""
    inputs, lengths = tf.convert_to_tensor(inputs), tf.cast(sequence_lengths, tf.int32)

    def step(alphas: Any, t: Any) -> Any:
        new = inputs[:, t] + tf.reduce_logsumexp(alphas[:, :, None] + transition_params, 1)
        return tf.where((t < lengths)[:, None], new, alphas)

    alphas = v1.foldl(step, tf.range(1, v1.shape(inputs)[1]), inputs[:, 0])
    norm = tf.reduce_logsumexp(alphas, 1)
    return tf.where(lengths > 0, norm, tf.zeros_like(norm))


@in_graph
def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Any, Any]:
    """The log-likelihood of the tags, (batch,), and the transitions.

    Without `transition_params` they are the variable ``transitions`` of the current scope.
    """
    inputs, tag_indices = tf.convert_to_tensor(inputs), tf.convert_to_tensor(tag_indices)
    if transition_params is None:
        tags = input_size_of(inputs.shape)
        transition_params = v1.get_variable("transitions", [tags, tags])
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return score - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


@in_graph
def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[Any, Any]:
    """The best tags, (batch, time), zeros after each length, and their score, (batch,)."""
    potentials, lengths = tf.convert_to_tensor(potentials), tf.cast(sequence_length, tf.int32)
    tags = input_size_of(potentials.shape)
    times = tf.range(v1.shape(potentials)[1])
    stays = tf.zeros_like(potentials[:, 0], tf.int32) + tf.range(tags)

    def forward(before: tuple, t: Any) -> tuple:
        scores = before[0][:, :, None] + transition_params
        on = ((t > 0) & (t < lengths))[:, None]
        best = potentials[:, t] + tf.reduce_max(scores, 1)
        from_tag = tf.argmax(scores, 1, tf.int32)
        return tf.where(on, best, before[0]), tf.where(on, from_tag, stays)

    scores, came_from = v1.scan(forward, times, (potentials[:, 0], stays))
    last = tf.argmax(scores[-1], 1, tf.int32)

    def backward(tag: Any, pointers: Any) -> Any:
        return tf.gather(pointers, tag, batch_dims=1)

    earlier = v1.scan(backward, came_from, last, reverse=True)  # the tag one step before each
    found = tf.transpose(tf.concat([earlier[1:], last[None]], 0))
    return found * _mask(lengths, found, tf.int32), tf.reduce_max(scores[-1], 1)


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], float]:
    """The best tags of one sequence and their score, in NumPy; `score` is (time, tags)."""
    score, best, came_from = np.asarray(score), np.asarray(score)[0], []
    for unary in score[1:]:
        with_transition = best[:, None] + transition_params
        came_from.append(np.argmax(with_transition, 0))
        best = unary + np.max(with_transition, 0)
    tags = [int(np.argmax(best))]
    for pointers in reversed(came_from):
        tags.append(int(pointers[tags[-1]]))
    return tags[::-1], np.max(best)


def _mask(lengths: Any, tag_indices: Any, dtype: Any) -> Any:
    return tf.sequence_mask(lengths, v1.shape(tag_indices)[1], dtype)


NAMES: dict[str, Any] = {
    function.__name__: function
    for function in (
        crf_unary_score,
        crf_binary_score,
        crf_sequence_score,
        crf_log_norm,
        crf_log_likelihood,
        crf_decode,
        viterbi_decode,
    )
}
