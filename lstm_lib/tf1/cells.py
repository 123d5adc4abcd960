"""TF1's own cells and layers, from `tf_keras`, building in the graph and obeying its seed."""

from __future__ import annotations

import functools
from typing import Any, TypeAlias

from lstm_lib.tf1.graph import bound, tf, v1

try:
    # The path that TensorFlow itself uses when TF_USE_LEGACY_KERAS is set. Taken
    # from here, the cells need no such variable, and it does not matter whether
    # TensorFlow was imported before.
    from tf_keras.api._v1.keras.__internal__.legacy import layers as legacy_layers
    from tf_keras.api._v1.keras.__internal__.legacy import rnn_cell as legacy
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "lstm_lib.tf1 needs TF1's cells, which are in the package tf_keras; "
        "install it, in the version of your TensorFlow, with: "
        "pip install tf_keras, "
        'or with the extra: pip install "inside-the-lstm[tensorflow]"',
        name=error.name,
    ) from None

LSTMStateTuple: TypeAlias = legacy.LSTMStateTuple
Layer: TypeAlias = legacy_layers.Layer


def genuine(cls: Any) -> Any:
    """A class of `tf_keras`, made and called in the graph, its weights drawn as TF1 draws them."""

    def add_weight(self: Any, name: str, shape: Any, *args: Any, **kwargs: Any) -> Any:
        mother: Any = super(seeded, self)
        return mother.add_weight(name, shape, *args, **initialised(self, args, kwargs))

    namespace = {"__doc__": cls.__doc__, "__module__": cls.__module__, "add_weight": add_weight}
    seeded = type(cls)(cls.__name__, (cls,), namespace)
    return bound(seeded)


def sized(cls: Any) -> Any:
    """The cell, which also takes the `input_size` of TensorFlow 1.0 and, as that did, warns."""

    class Sized(cls):
        @functools.wraps(cls.__init__)  # type: ignore[misc]  # Keras reads its signature
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            if kwargs.pop("input_size", None) is not None:
                tf.get_logger().warning("%s: The input_size parameter is deprecated.", self)
            super().__init__(*args, **kwargs)

    Sized.__name__, Sized.__qualname__ = cls.__name__, cls.__qualname__
    Sized.__doc__, Sized.__module__ = cls.__doc__, cls.__module__
    return Sized


def initialised(layer: Any, args: tuple, kwargs: dict) -> dict:
    """The arguments of `add_weight`, with TF1's initialiser where none is given.

    Keras' own default draws from a generator that `tf.set_random_seed` does not reach.
    """
    dtype = kwargs.get("dtype") or (args[0] if args else None) or layer.dtype or "float32"
    given = kwargs.get("initializer") or (args[1] if len(args) > 1 else None)
    scope = layer._scope or v1.get_variable_scope()
    if given is None and scope.initializer is None and tf.as_dtype(dtype).is_floating:
        return kwargs | {"initializer": v1.glorot_uniform_initializer()}
    return kwargs


RNNCell: Any = genuine(legacy.RNNCell)
BasicLSTMCell = genuine(sized(legacy.BasicLSTMCell))
BasicRNNCell = genuine(sized(legacy.BasicRNNCell))
GRUCell = genuine(sized(legacy.GRUCell))
LSTMCell = genuine(sized(legacy.LSTMCell))
MultiRNNCell = genuine(legacy.MultiRNNCell)
DropoutWrapper = genuine(legacy.DropoutWrapper)
ResidualWrapper = genuine(legacy.ResidualWrapper)
DeviceWrapper = genuine(legacy.DeviceWrapper)

NAMES: dict[str, Any] = {
    cls.__name__: cls
    for cls in (
        RNNCell,
        BasicLSTMCell,
        BasicRNNCell,
        GRUCell,
        LSTMCell,
        MultiRNNCell,
        DropoutWrapper,
        ResidualWrapper,
        DeviceWrapper,
        LSTMStateTuple,
    )
}
