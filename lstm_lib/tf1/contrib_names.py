"""``tf.contrib``: of what TensorFlow 2 left behind, what recurrent networks use."""

from __future__ import annotations

import types
from typing import Any

from lstm_lib.tf1 import (
    block_cells,
    cells,
    contrib_layers,
    crf,
    cudnn,
    decoders,
    seq2seq,
    sequences,
    wrappers,
)
from lstm_lib.tf1.graph import in_graph, tf, v1
from lstm_lib.tf1.surface import Namespace


def _of(module: types.ModuleType, *names: str) -> dict[str, Any]:
    return {name: getattr(module, name) for name in names}


rnn = Namespace(
    "contrib.rnn",
    **cells.NAMES,
    **_of(
        block_cells,
        *("LSTMBlockCell", "LSTMBlockFusedCell", "GRUBlockCell", "GRUBlockCellV2"),
        *("LayerNormBasicLSTMCell", "NASCell"),
    ),
    **_of(wrappers, "InputProjectionWrapper", "OutputProjectionWrapper", "EmbeddingWrapper"),
    _linear=wrappers.linear_of_all,
    **_of(sequences, "stack_bidirectional_dynamic_rnn", "stack_bidirectional_rnn"),
    transpose_batch_time=sequences.transpose_batch_time,
    static_rnn=in_graph(v1.nn.static_rnn),
    static_bidirectional_rnn=in_graph(v1.nn.static_bidirectional_rnn),
    static_state_saving_rnn=in_graph(v1.nn.static_state_saving_rnn),
)


class HParams(types.SimpleNamespace):
    """``tf.contrib.training.HParams``: named values, as attributes."""

    def values(self) -> dict:
        """Names and values."""
        return dict(self.__dict__)

    def add_hparam(self, name: str, value: Any) -> None:
        """Add a name."""
        if name in self.__dict__:
            raise ValueError(f"name: expected a new one, given {name!r}, which is there")
        self.__dict__[name] = value

    def set_hparam(self, name: str, value: Any) -> None:
        """Give a name that is there another value."""
        if name not in self.__dict__:
            raise KeyError(name)
        self.__dict__[name] = value

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or the default."""
        return self.__dict__.get(key, default)

    def __contains__(self, key: str) -> bool:
        return key in self.__dict__

    def parse(self, values: str) -> HParams:
        """Take ``name=value,name=value``, each value of the kind that is there."""
        for pair in filter(None, values.split(",")):
            name, _, text = pair.partition("=")
            kind = type(self.__dict__[name.strip()])
            value = text.strip().lower() in ("true", "1") if kind is bool else kind(text.strip())
            self.__dict__[name.strip()] = value
        return self


@in_graph
def _get_variables(
    scope: Any = None, suffix: str | None = None, collection: str = "variables"
) -> list:
    found = v1.get_collection(collection, getattr(scope, "name", scope))
    return [v for v in found if suffix is None or v.op.name.endswith(suffix)]


contrib = Namespace(
    "contrib",
    rnn=rnn,
    crf=Namespace("contrib.crf", **crf.NAMES),
    seq2seq=Namespace(
        "contrib.seq2seq",
        sequence_loss=seq2seq.sequence_loss,
        **_of(
            decoders,
            *("BasicDecoder", "BasicDecoderOutput", "dynamic_decode", "TrainingHelper"),
            *("GreedyEmbeddingHelper", "SampleEmbeddingHelper", "CustomHelper"),
        ),
    ),
    legacy_seq2seq=Namespace(
        "contrib.legacy_seq2seq",
        **_of(
            seq2seq,
            *("rnn_decoder", "basic_rnn_seq2seq", "tied_rnn_seq2seq"),
            *("embedding_rnn_decoder", "embedding_rnn_seq2seq", "sequence_loss_by_example"),
        ),
        sequence_loss=seq2seq.legacy_sequence_loss,
    ),
    layers=Namespace("contrib.layers", **contrib_layers.NAMES),
    cudnn_rnn=Namespace(
        "contrib.cudnn_rnn",
        CudnnLSTM=cudnn.CudnnLSTM,
        CudnnCompatibleLSTMCell=block_cells.CudnnCompatibleLSTMCell,
    ),
    framework=Namespace(
        "contrib.framework",
        nest=tf.nest,
        get_variables=_get_variables,
        get_or_create_global_step=in_graph(v1.train.get_or_create_global_step),
        get_global_step=in_graph(v1.train.get_global_step),
        load_variable=v1.train.load_variable,
        list_variables=v1.train.list_variables,
    ),
    training=Namespace("contrib.training", HParams=HParams),
)
