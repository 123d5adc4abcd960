"""Names of TensorFlow 1 and before that are not served, and what took their place."""

from __future__ import annotations

_RENAMED = {
    # TensorFlow 0.x, renamed in 1.0.
    "mul": "multiply",
    "sub": "subtract",
    "neg": "negative",
    "pack": "stack",
    "unpack": "unstack",
    "select": "where",
    "batch_matmul": "matmul",
    "batch_norm_with_global_normalization": "nn.batch_norm_with_global_normalization",
    "complex_abs": "abs",
    "inv": "reciprocal",
    "listdiff": "setdiff1d",
    "scalar_summary": "summary.scalar",
    "histogram_summary": "summary.histogram",
    "image_summary": "summary.image",
    "audio_summary": "summary.audio",
    "merge_summary": "summary.merge",
    "merge_all_summaries": "summary.merge_all",
    "train.SummaryWriter": "summary.FileWriter",
    "nn.rnn": "nn.static_rnn",
    "nn.state_saving_rnn": "nn.static_state_saving_rnn",
    "nn.bidirectional_rnn": "nn.static_bidirectional_rnn",
    "nn.seq2seq": "contrib.legacy_seq2seq",
    "nn.rnn_cell.EmbeddingWrapper": "contrib.rnn.EmbeddingWrapper",
    "nn.rnn_cell.InputProjectionWrapper": "contrib.rnn.InputProjectionWrapper",
    "nn.rnn_cell.OutputProjectionWrapper": "contrib.rnn.OutputProjectionWrapper",
    "contrib.rnn.BasicRNN": "contrib.rnn.BasicRNNCell",
}

_ADDONS = "it went to the package tensorflow_addons, which has ended with TensorFlow 2.15; "
_SEQ2SEQ = (
    "of tf.contrib.seq2seq, sequence_loss, BasicDecoder, dynamic_decode, TrainingHelper, "
    "GreedyEmbeddingHelper, SampleEmbeddingHelper and CustomHelper are served; in place of "
    "attention and beam search use keras.layers.LSTM and keras.layers.Attention"
)
_ATTENTION = (
    "decoders with attention are not served; use keras.layers.LSTM and keras.layers.Attention"
)
_CELL = "the cell is not served; write its step as a class on tf.nn.rnn_cell.RNNCell, or use "

_GONE = {
    "contrib": "tf.contrib has ended with TensorFlow 2; of it, lstm_lib.tf1 serves what recurrent "
    "networks use: rnn, seq2seq, legacy_seq2seq, crf, layers, cudnn_rnn, framework, "
    "training.HParams",
    "contrib.slim": "it lives on as the package tf_slim (pip install tf_slim)",
    "contrib.learn": "its estimators have ended; use keras.Model and its fit",
    "contrib.learn.preprocessing": "use keras.layers.TextVectorization, or count words yourself",
    "contrib.estimator": "estimators have ended with TensorFlow 2.15; use keras.Model and its fit",
    "contrib.keras": "write tf.keras",
    "contrib.data": "write tf.data",
    "contrib.eager": "eager execution is today's TensorFlow: import tensorflow",
    "contrib.lookup": "write tf.lookup",
    "contrib.metrics": "write tf.metrics",
    "contrib.losses": "write tf.losses",
    "contrib.crf": "of tf.contrib.crf, crf_log_likelihood, crf_decode, viterbi_decode, "
    "crf_log_norm, crf_sequence_score, crf_unary_score and crf_binary_score are served",
    "contrib.lite": "write tf.lite",
    "contrib.tpu": "use tf.distribute.TPUStrategy of today's TensorFlow",
    "contrib.distribute": "use tf.distribute of today's TensorFlow",
    "contrib.distributions": "use the package tensorflow_probability",
    "contrib.opt": _ADDONS + "use keras.optimizers",
    "contrib.opt.NadamOptimizer": "use keras.optimizers.Nadam",
    "contrib.tensorboard": "use the package tensorboard",
    "contrib.seq2seq": _SEQ2SEQ,
    "contrib.legacy_seq2seq": "of tf.contrib.legacy_seq2seq, rnn_decoder, basic_rnn_seq2seq, "
    "tied_rnn_seq2seq, embedding_rnn_decoder, embedding_rnn_seq2seq, sequence_loss and "
    "sequence_loss_by_example are served",
    "contrib.legacy_seq2seq.attention_decoder": _ATTENTION,
    "contrib.legacy_seq2seq.embedding_attention_decoder": _ATTENTION,
    "contrib.legacy_seq2seq.embedding_attention_seq2seq": _ATTENTION,
    "contrib.rnn": "of tf.contrib.rnn, TF1's cells, their wrappers, the block cells, "
    "LayerNormBasicLSTMCell, NASCell and the functions for sequences are served",
    "contrib.rnn.AttentionCellWrapper": _CELL + "keras.layers.Attention",
    "contrib.rnn.GridLSTMCell": _CELL + "keras.layers.LSTMCell",
    "contrib.rnn.BidirectionalGridLSTMCell": _CELL + "keras.layers.LSTMCell",
    "contrib.rnn.TimeFreqLSTMCell": _CELL + "keras.layers.LSTMCell",
    "contrib.rnn.PhasedLSTMCell": _CELL + "keras.layers.LSTMCell",
    "contrib.rnn.IntersectionRNNCell": _CELL + "keras.layers.GRUCell",
    "contrib.rnn.GLSTMCell": _CELL + "keras.layers.LSTMCell",
    "contrib.rnn.SRUCell": _CELL + "keras.layers.GRUCell",
    "contrib.rnn.IndRNNCell": _CELL + "keras.layers.SimpleRNNCell",
    "contrib.rnn.IndyGRUCell": _CELL + "keras.layers.GRUCell",
    "contrib.rnn.IndyLSTMCell": _CELL + "keras.layers.LSTMCell",
    "contrib.rnn.UGRNNCell": _CELL + "keras.layers.GRUCell",
    "contrib.rnn.CoupledInputForgetGateLSTMCell": _CELL + "tf.nn.rnn_cell.LSTMCell",
    "contrib.rnn.ConvLSTMCell": _CELL + "keras.layers.ConvLSTM2D",
    "contrib.rnn.Conv1DLSTMCell": _CELL + "keras.layers.ConvLSTM1D",
    "contrib.rnn.Conv2DLSTMCell": _CELL + "keras.layers.ConvLSTM2D",
    "contrib.rnn.Conv3DLSTMCell": _CELL + "keras.layers.ConvLSTM3D",
    "contrib.rnn.HighwayWrapper": _CELL + "tf.nn.rnn_cell.ResidualWrapper",
    "contrib.rnn.CompiledWrapper": "leave it out: the numbers are the same without",
    "contrib.rnn.FusedRNNCell": "use tf.contrib.rnn.LSTMBlockFusedCell",
    "contrib.rnn.FusedRNNCellAdaptor": "use tf.nn.dynamic_rnn(cell, inputs, time_major=True)",
    "contrib.rnn.TimeReversedFusedRNN": "use tf.nn.bidirectional_dynamic_rnn",
    "contrib.cudnn_rnn": "use CudnnLSTM of tf.contrib.cudnn_rnn, computed on the CPU here, or "
    "CudnnCompatibleLSTMCell in tf.nn.dynamic_rnn",
    "contrib.layers": "use tf.layers, or keras.layers",
    "contrib.layers.batch_norm": "use tf.layers.batch_normalization",
    "contrib.layers.conv2d": "use tf.layers.conv2d",
    "contrib.layers.convolution2d": "use tf.layers.conv2d",
    "contrib.layers.max_pool2d": "use tf.layers.max_pooling2d",
    "contrib.layers.optimize_loss": "use minimize of an optimizer of tf.train",
    "contrib.layers.summarize_tensors": "use tf.summary.histogram for each",
    "contrib.framework.arg_scope": "it lives on in the package tf_slim (pip install tf_slim)",
    "contrib.framework": "use the name of the same spelling in tf, tf.train or tf.nest",
    "contrib.training.bucket_by_sequence_length": "use "
    " bucket_by_sequence_length of tf.data.Dataset",
    "contrib.training": "of tf.contrib.training, HParams is served; to read inputs use tf.data",
    "estimator": "estimators have ended with TensorFlow 2.15; use keras.Model and its fit",
    "examples": "the examples are no longer in the package; for the digits of MNIST use "
    "keras.datasets.mnist.load_data()",
    "nn.rnn_cell.linear": "use tf.layers.dense on tf.concat(args, 1)",
    "nn.rnn_cell": "of tf.nn.rnn_cell, TF1's cells and their wrappers are served; block cells, "
    "projections and layer normalisation are in tf.contrib.rnn",
    "python": "import the module first, as in `from tensorflow.python.ops import rnn_cell`, or use "
    "the names in tf itself",
    "models": "the models are no longer in the package; RNN cells are in tf.nn.rnn_cell",
}


def sentence(name: str) -> str | None:
    """What to do about a name that is not served, without ``tf.``; None if nothing is known.

    >>> sentence("contrib.slim.fully_connected")
    'it lives on as the package tf_slim (pip install tf_slim)'
    >>> sentence("mul")
    'it was renamed tf.multiply'
    """
    if name in _RENAMED:
        return f"it was renamed tf.{_RENAMED[name]}"
    while name:
        if name in _GONE:
            return _GONE[name]
        name = name.rpartition(".")[0]
    return None
