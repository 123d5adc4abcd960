"""The decoders of ``tf.contrib.seq2seq``: a cell that is fed the targets, or its own samples.

Source: TensorFlow 1.15, ``contrib/seq2seq/python/ops`` (``decoder.py``, ``basic_decoder.py``,
``helper.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from lstm_lib.tf1.graph import bound, in_graph, tf, v1


class BasicDecoderOutput(NamedTuple):
    """What a step puts out: the cell's output, through the output layer, and the symbol."""

    rnn_output: Any
    sample_id: Any


class _Helper:
    """What is fed at each step: `initialize`, `sample` and `next_inputs`, as TF1 calls them."""

    sample_ids_shape: Any = tf.TensorShape([])
    sample_ids_dtype: Any = tf.int32
    batch_size: Any

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """The symbol that is most likely."""
        return tf.argmax(outputs, -1, tf.int32)


class _TrainingHelper(_Helper):
    """``TrainingHelper``: feeds the inputs (batch, time, size), whatever the cell puts out."""

    def __init__(
        self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None
    ) -> None:
        self.inputs = tf.convert_to_tensor(inputs)
        self.sequence_length = tf.cast(sequence_length, tf.int32)
        if len(self.sequence_length.shape) != 1:
            raise ValueError(
                "sequence_length: expected one length for each sequence, shape (batch_size,), "
                f"given shape {self.sequence_length.shape}"
            )
        self._axis = 0 if time_major else 1
        self.batch_size = v1.size(self.sequence_length)

    def _at(self, time: Any) -> tuple[Any, Any]:
        """Which sequences are at their ends, and the inputs of this step; at the end any."""
        last = v1.shape(self.inputs)[self._axis] - 1
        return time >= self.sequence_length, tf.gather(
            self.inputs, tf.minimum(time, last), axis=self._axis
        )

    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """Flags and inputs of the first step."""
        return self._at(0)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any = None, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Flags, inputs and state of the next step."""
        return *self._at(time + 1), state


class _GreedyEmbeddingHelper(_Helper):
    """``GreedyEmbeddingHelper``: feeds the symbol that was most likely, up to `end_token`."""

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        def looked_up(ids: Any) -> Any:
            return tf.nn.embedding_lookup(embedding, ids)

        self.embed = embedding if callable(embedding) else looked_up
        self.start_tokens = tf.cast(start_tokens, tf.int32)
        if len(self.start_tokens.shape) != 1:
            raise ValueError(
                "start_tokens: expected one symbol for each sequence, shape (batch_size,), "
                f"given shape {self.start_tokens.shape}"
            )
        self.end_token = end_token
        self.batch_size = v1.size(self.start_tokens)

    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """Flags and inputs of the first step."""
        return tf.fill([self.batch_size], False), self.embed(self.start_tokens)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Flags, inputs and state of the next step."""
        return tf.equal(sample_ids, self.end_token), self.embed(sample_ids), state


class _SampleEmbeddingHelper(_GreedyEmbeddingHelper):
    """``SampleEmbeddingHelper``: feeds a symbol drawn by its probability."""

    def __init__(
        self,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        softmax_temperature: Any = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(embedding, start_tokens, end_token)
        self._temperature = 1.0 if softmax_temperature is None else softmax_temperature
        self._seed = seed

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """A symbol drawn."""
        logits = outputs / self._temperature
        return v1.multinomial(logits, 1, self._seed, output_dtype=tf.int32)[:, 0]


class _CustomHelper(_Helper):
    """``CustomHelper``: three functions of the caller."""

    def __init__(
        self,
        initialize_fn: Callable,
        sample_fn: Callable,
        next_inputs_fn: Callable,
        sample_ids_shape: Any = None,
        sample_ids_dtype: Any = None,
    ) -> None:
        self._initialize, self._sample, self._next_inputs = (
            initialize_fn,
            sample_fn,
            next_inputs_fn,
        )
        self.sample_ids_shape = tf.TensorShape(sample_ids_shape or [])
        self.sample_ids_dtype = sample_ids_dtype or tf.int32

    def initialize(self, name: str | None = None) -> Any:
        """Flags and inputs of the first step."""
        finished, inputs = self._initialize()
        self.batch_size = v1.size(finished)
        return finished, inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """The caller's symbol."""
        return self._sample(time=time, outputs=outputs, state=state)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """Flags, inputs and state of the next step."""
        return self._next_inputs(time=time, outputs=outputs, state=state, sample_ids=sample_ids)


class _BasicDecoder:
    """``BasicDecoder``: a cell, a helper, and the layer that makes logits of the outputs."""

    tracks_own_finished = False

    def __init__(
        self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None
    ) -> None:
        self._cell, self._helper, self._state = cell, helper, initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self) -> Any:
        """The helper's."""
        return self._helper.batch_size

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        """Of the output and of the symbols."""
        dtype = tf.nest.flatten(self._state)[0].dtype
        return BasicDecoderOutput(dtype, self._helper.sample_ids_dtype)

    @property
    def output_size(self) -> BasicDecoderOutput:
        """Shapes of one sequence's output and symbol."""
        size = tf.TensorShape(self._cell.output_size)
        if self._output_layer is not None:
            size = self._output_layer.compute_output_shape(tf.TensorShape([None]) + size)[1:]
        return BasicDecoderOutput(size, self._helper.sample_ids_shape)

    def initialize(self, name: str | None = None) -> tuple[Any, Any, Any]:
        """Flags, inputs and state of the first step."""
        return *self._helper.initialize(), self._state

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> tuple:
        """Outputs, and state, inputs and flags of the next step."""
        with v1.name_scope(name, "BasicDecoderStep", [time, inputs]):
            outputs, state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            sample_ids = self._helper.sample(time=time, outputs=outputs, state=state)
            finished, inputs, state = self._helper.next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids
            )
        return BasicDecoderOutput(outputs, sample_ids), state, inputs, finished


@in_graph
def dynamic_decode(
    decoder: Any,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """Step until all sequences are finished: outputs, the final state, and the lengths.

    With `impute_finished` a finished sequence keeps its state, and puts out zeros.
    """
    with v1.variable_scope(scope, "decoder"):
        finished, inputs, state = decoder.initialize()
        zeros = tf.nest.map_structure(
            lambda size, dtype: tf.zeros([decoder.batch_size, *size.as_list()], dtype),
            decoder.output_size,
            decoder.output_dtype,
        )
        arrays = tf.nest.map_structure(
            lambda zero: tf.TensorArray(
                zero.dtype, 0, dynamic_size=True, element_shape=[None, *zero.shape[1:]]
            ),
            zeros,
        )
        lengths = tf.zeros_like(finished, tf.int32)

        def going_on(time: Any, arrays: Any, state: Any, inputs: Any, finished: Any, _: Any) -> Any:
            limit = True if maximum_iterations is None else time < maximum_iterations
            return tf.logical_and(limit, tf.logical_not(tf.reduce_all(finished)))

        def body(
            time: Any, arrays: Any, state: Any, inputs: Any, finished: Any, lengths: Any
        ) -> tuple:
            outputs, new_state, new_inputs, now = decoder.step(time, inputs, state)
            _keep_shapes((state, inputs), (new_state, new_inputs))
            lengths = tf.where(finished, lengths, tf.fill(v1.shape(lengths), time + 1))
            if impute_finished:
                outputs = _where(finished, zeros, outputs)
                new_state = _where(finished, state, new_state)
            arrays = tf.nest.map_structure(
                lambda array, out: array.write(time, out), arrays, outputs
            )
            if not decoder.tracks_own_finished:
                now = tf.logical_or(now, finished)
            return time + 1, arrays, new_state, new_inputs, now, lengths

        _, arrays, state, _, _, lengths = v1.while_loop(
            going_on,
            body,
            (tf.constant(0), arrays, state, inputs, finished, lengths),
            parallel_iterations=parallel_iterations,
            swap_memory=swap_memory,
        )
        outputs = tf.nest.map_structure(lambda array: array.stack(), arrays)
        if hasattr(decoder, "finalize"):
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = tf.nest.map_structure(_batch_first, outputs)
        return outputs, state, lengths


def _keep_shapes(old: Any, new: Any) -> None:
    """What the loop carries has the same shape at each step."""
    for before, after in zip(tf.nest.flatten(old), tf.nest.flatten(new), strict=True):
        if isinstance(after, tf.Tensor):
            after.set_shape(before.shape)


def _where(finished: Any, old: Any, new: Any) -> Any:
    """The old where a sequence is finished, else the new."""

    def one(old: Any, new: Any) -> Any:
        if not isinstance(new, tf.Tensor) or not new.shape.rank:
            return new
        return tf.where(tf.reshape(finished, [-1] + [1] * (new.shape.rank - 1)), old, new)

    return tf.nest.map_structure(one, old, new)


def _batch_first(x: Any) -> Any:
    return tf.transpose(x, [1, 0, *range(2, len(x.shape))])


def _public(cls: type) -> type:
    cls.__name__ = cls.__qualname__ = cls.__name__.lstrip("_")
    return bound(cls)


BasicDecoder = _public(_BasicDecoder)
CustomHelper = _public(_CustomHelper)
GreedyEmbeddingHelper = _public(_GreedyEmbeddingHelper)
SampleEmbeddingHelper = _public(_SampleEmbeddingHelper)
TrainingHelper = _public(_TrainingHelper)
