"""``tf.layers``: TF1's own, from `tf_keras`; its functions make the layers that obey the seed."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

from lstm_lib.tf1.cells import genuine, legacy_layers
from lstm_lib.tf1.graph import in_graph
from lstm_lib.tf1.surface import Namespace

# A function of tf.layers is named as its layer, in lower case with underscores.
_CLASSES = {
    name.lower(): name
    for name in dir(legacy_layers)
    if inspect.isclass(getattr(legacy_layers, name)) and name != "InputSpec"
}


class Layers(Namespace):
    """Makes each layer and each function when it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        value: Any
        if name in _CLASSES.values():
            value = genuine(getattr(legacy_layers, name))
        elif isinstance(getattr(legacy_layers, name, None), types.FunctionType):
            value = _function(name)
        else:
            return super().__getattr__(name)
        self.__dict__[name] = value
        return value


def _function(name: str) -> Callable:
    """``tf.layers.dense`` and its like: make the layer, and apply it to the inputs."""
    original = getattr(legacy_layers, name)
    signature = inspect.signature(original)
    layer_name = _CLASSES[name.replace("_", "")]

    def function(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        options = dict(given.arguments)
        inputs = options.pop("inputs")
        call = {"training": options.pop("training")} if "training" in options else {}
        scope = {}
        if "reuse" in options:
            scope = {"_scope": options["name"], "_reuse": options.pop("reuse")}
        return getattr(layers, layer_name)(**options, **scope).apply(inputs, **call)

    made: Any = function
    made.__name__, made.__doc__, made.__signature__ = name, original.__doc__, signature
    return in_graph(made)


layers = Layers("layers", legacy_layers)
