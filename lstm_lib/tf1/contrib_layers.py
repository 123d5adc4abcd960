"""``tf.contrib.layers``, as far as scripts with recurrent networks use it.

Source: TensorFlow 1.15, ``contrib/layers/python/layers``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lstm_lib.tf1.graph import in_graph, tf, v1
from lstm_lib.tf1.layer_names import layers

_ZEROS = v1.zeros_initializer()


def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: Any = tf.float32
) -> Callable:
    """Glorot's initialiser: ±√(6 / (in + out)), or a normal distribution of that variance."""
    return variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = tf.float32,
) -> Callable:
    """An initialiser of variance factor / n; n counts inputs, outputs, or is their mean."""
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError(f"mode: expected FAN_IN, FAN_OUT or FAN_AVG, given {mode!r}")
    default = dtype

    @in_graph
    def initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        dtype = tf.as_dtype(dtype or default)
        sizes = [float(size) for size in shape] or [1.0]
        field = math.prod(sizes[:-2])
        fan_in, fan_out = field * sizes[max(len(sizes) - 2, 0)], field * sizes[-1]
        n = {"FAN_IN": fan_in, "FAN_OUT": fan_out, "FAN_AVG": (fan_in + fan_out) / 2}[mode]
        if uniform:
            limit = math.sqrt(3 * factor / n)
            return v1.random_uniform(shape, -limit, limit, dtype, seed=seed)
        # 1.3 makes up for what is cut off.
        return v1.truncated_normal(shape, 0.0, math.sqrt(1.3 * factor / n), dtype, seed=seed)

    return initializer


def _regularizer(penalty: Callable, scale: float, name: str) -> Callable:
    if isinstance(scale, int):
        raise ValueError(f"scale: expected a float, given the integer {scale}")
    if isinstance(scale, float) and scale < 0:
        raise ValueError(f"scale: expected at least 0, given {scale}")
    if isinstance(scale, float) and not scale:
        return lambda weights: None

    @in_graph
    def regularizer(weights: Any) -> Any:
        with v1.name_scope(name):
            return scale * penalty(tf.convert_to_tensor(weights))

    return regularizer


def l1_regularizer(scale: float, scope: str | None = None) -> Callable:
    """Scale times the sum of absolute values."""
    return _regularizer(lambda w: tf.reduce_sum(tf.abs(w)), scale, scope or "l1_regularizer")


def l2_regularizer(scale: float, scope: str | None = None) -> Callable:
    """Scale times half the sum of squares."""
    return _regularizer(tf.nn.l2_loss, scale, scope or "l2_regularizer")


def l1_l2_regularizer(
    scale_l1: float = 1.0, scale_l2: float = 1.0, scope: str | None = None
) -> Callable:
    """The sum of both."""
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope)


def sum_regularizer(regularizer_list: list, scope: str | None = None) -> Callable:
    """The sum of all that are not None."""
    parts = [part for part in regularizer_list if part is not None]

    @in_graph
    def regularizer(weights: Any) -> Any:
        terms = [term for term in (part(weights) for part in parts) if term is not None]
        return tf.add_n(terms) if terms else None

    return regularizer


@in_graph
def apply_regularization(regularizer: Callable, weights_list: list | None = None) -> Any:
    """The summed penalty, also put into the collection REGULARIZATION_LOSSES."""
    weights_list = weights_list or v1.get_collection(v1.GraphKeys.WEIGHTS)
    if not weights_list:
        raise ValueError("weights_list: expected weights to regularise, given none")
    terms = [regularizer(weights) for weights in weights_list]
    total = tf.add_n([tf.constant(0.0) if term is None else term for term in terms])
    v1.add_to_collection(v1.GraphKeys.REGULARIZATION_LOSSES, total)
    return total


def _renamed(getter: Callable, name: str, *args: Any, **kwargs: Any) -> Any:
    """Variables of tf.contrib.layers are `weights` and `biases`, also model variables."""
    scope, _, last = name.rpartition("/")
    names = {"kernel": "weights", "bias": "biases"}
    variable = getter(f"{scope}/{names.get(last, last)}".lstrip("/"), *args, **kwargs)
    if variable not in v1.get_collection(v1.GraphKeys.MODEL_VARIABLES):
        v1.add_to_collection(v1.GraphKeys.MODEL_VARIABLES, variable)
    return variable


@in_graph
def fully_connected(
    inputs: Any,
    num_outputs: int,
    activation_fn: Callable | None = tf.nn.relu,
    normalizer_fn: Callable | None = None,
    normalizer_params: dict | None = None,
    weights_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = _ZEROS,
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: list | None = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """A dense layer with variables `weights` and `biases`, and a ReLU unless told otherwise."""
    with v1.variable_scope(
        scope, "fully_connected", [inputs], reuse=reuse, custom_getter=_renamed
    ) as inner:
        inputs = tf.convert_to_tensor(inputs)
        layer = layers.Dense(
            num_outputs,
            use_bias=normalizer_fn is None and biases_initializer is not None,
            kernel_initializer=weights_initializer or xavier_initializer(),
            bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer,
            trainable=trainable,
            name=inner.name,
            dtype=inputs.dtype.base_dtype,
            _scope=inner,
            _reuse=reuse,
        )
        outputs = layer.apply(inputs)
        for collection in variables_collections or ():
            for variable in layer.variables:
                v1.add_to_collection(collection, variable)
        if normalizer_fn is not None:
            outputs = normalizer_fn(outputs, **(normalizer_params or {}))
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        if outputs_collections:
            v1.add_to_collections(outputs_collections, outputs)
        return outputs


def linear(*args: Any, **kwargs: Any) -> Any:
    """`fully_connected` without an activation."""
    return fully_connected(*args, **{"activation_fn": None, **kwargs})


@in_graph
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Callable | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    begin_norm_axis: int = 1,
    begin_params_axis: int = -1,
    scope: Any = None,
) -> Any:
    """Normalise over all axes from `begin_norm_axis` on; variables `beta` and `gamma`."""
    with v1.variable_scope(scope, "LayerNorm", [inputs], reuse=reuse):
        shape, rank = inputs.shape[begin_params_axis:], len(inputs.shape)
        beta = gamma = None
        if center:
            beta = v1.get_variable(
                "beta", shape, inputs.dtype, v1.zeros_initializer(), trainable=trainable
            )
        if scale:
            gamma = v1.get_variable(
                "gamma", shape, inputs.dtype, v1.ones_initializer(), trainable=trainable
            )
        axes = list(range(begin_norm_axis % rank, rank))
        mean, variance = tf.nn.moments(inputs, axes, keepdims=True)
        outputs = tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, 1e-12)
        return activation_fn(outputs) if activation_fn else outputs


@in_graph
def flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Any:
    """(batch, …) as (batch, everything)."""
    with v1.name_scope(scope, "Flatten", [inputs]):
        return layers.flatten(inputs)


@in_graph
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: str | None = None,
    seed: int | None = None,
) -> Any:
    """Dropout by the probability to keep."""
    with v1.name_scope(scope, "Dropout", [inputs]):
        return layers.dropout(inputs, 1 - keep_prob, noise_shape, seed, is_training)


@in_graph
def one_hot_encoding(
    labels: Any, num_classes: int, on_value: float = 1.0, off_value: float = 0.0, **_: Any
) -> Any:
    """One row for each label."""
    return tf.one_hot(labels, num_classes, on_value, off_value)


@in_graph
def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Any:
    """Embed integers (batch, time) by the variable `embeddings`."""
    if not (vocab_size and embed_dim):
        raise ValueError(f"expected vocab_size and embed_dim, given {vocab_size} and {embed_dim}")
    with v1.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        embeddings = v1.get_variable(
            "embeddings",
            [vocab_size, embed_dim],
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        return tf.nn.embedding_lookup(embeddings, ids)


NAMES: dict[str, Any] = {
    "xavier_initializer_conv2d": xavier_initializer,
    "relu": fully_connected,
    "safe_embedding_lookup_sparse": in_graph(v1.nn.safe_embedding_lookup_sparse),
    **{
        function.__name__: function
        for function in (
            xavier_initializer,
            variance_scaling_initializer,
            l1_regularizer,
            l2_regularizer,
            l1_l2_regularizer,
            sum_regularizer,
            apply_regularization,
            fully_connected,
            linear,
            layer_norm,
            flatten,
            dropout,
            one_hot_encoding,
            embed_sequence,
        )
    },
}
