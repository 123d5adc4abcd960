"""Where TF1's operations go: into the graph you opened, or else into one of our own.

TF1 builds a graph first and runs it in a session later, while TensorFlow 2 runs each
line at once. What is taken from here builds in a graph even where the program around
it is eager, and nothing is switched for the rest of it: functions and methods are
called with the graph as the default one, and operators on its tensors, which
TensorFlow would compute at once, are sent to the graph they belong to.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from lstm_lib._tensorflow import tf
from lstm_lib.tf1 import shapes

v1 = tf.compat.v1

# Special methods that build operations; other methods say by their name that they are special.
_BINARY = ("add", "sub", "mul", "truediv", "div", "floordiv", "mod", "pow", "matmul", "and", "or")
_OPERATORS = {
    *("__call__", "__getitem__", "__iter__", "__hash__", "__neg__", "__abs__", "__invert__"),
    *("__enter__", "__exit__"),
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__xor__", "__rxor__"),
    *(f"__{side}{name}__" for name in _BINARY for side in ("", "r")),
}
# Keras reads their signatures, and calls them from `__call__` only.
_CALLED_BY_KERAS = {"call", "build"}

MIXED = (
    "a tensor of a TF1 graph meets a variable of eager TensorFlow, in one operation: fetch the "
    "tensor with session.run(…) first, or make the variable with tf.get_variable of lstm_lib.tf1; "
    "for a Keras layer on a tensor of the graph, call tf.disable_v2_behavior() first of all"
)
EMPTY = (
    "the graph of this session is empty: open the session inside of the `with graph.as_default():` "
    "in which you built, or name the graph: tf.Session(graph=graph)"
)
OTHER_GRAPH = (
    "what you fetch or feed is in another graph than that of this session: name its graph, "
    "tf.Session(graph=tensor.graph), and open a new session after tf.reset_default_graph()"
)
RESET_INSIDE = (
    "reset_default_graph: expected to be called outside of every graph, given a call inside of "
    "`with graph.as_default():` or `with tf.Session():`; leave that block first"
)


class _Quiet(logging.Filter):
    """Leaves out that a name of TF1 is deprecated: whoever is here knows. All else is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = str(record.msg)
        return not (text.startswith("From %s: ") or (text[:3] == "`tf" and "is deprecated" in text))


_QUIET = _Quiet()
_state = threading.local()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without the notices that TF1's names are deprecated."""
    logger = tf.get_logger()
    logger.addFilter(_QUIET)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*(is deprecated|will be removed)")
            yield
    finally:
        logger.removeFilter(_QUIET)


def be_quiet() -> None:
    """Leave those notices out for the rest of the program."""
    tf.get_logger().addFilter(_Quiet())
    warnings.filterwarnings("ignore", message=".*(is deprecated|will be removed)")


_own: tf.Graph | None = None
_creators: list = []


def own_graph() -> tf.Graph:
    """The graph for what is built outside of every graph; made when it is first needed."""
    global _own
    if _own is None:
        _own = tf.Graph()
        with _own.as_default():
            # Never left: a variable of this graph is used outside of it, too.
            _creators[:] = [v1.variable_creator_scope(_in_graph_variable)]
            _creators[0].__enter__()
    return _own


@contextlib.contextmanager
def fresh_graph() -> Iterator[None]:
    """With an own graph that is empty; the one of before comes back."""
    global _own
    kept, _own = (_own, _creators[:]), None
    try:
        yield
    finally:
        _own, _creators[:] = kept


def _in_graph_variable(next_creator: Callable, **kwargs: Any) -> Any:
    return rebound(next_creator(**kwargs))


def current_graph() -> tf.Graph:
    """The graph that new operations go to: the caller's, or else our own."""
    return own_graph() if tf.executing_eagerly() else v1.get_default_graph()


@contextlib.contextmanager
def _loops_and_variables_of_tf1() -> Iterator[None]:
    """With TF1's loops and variables.

    Those of TensorFlow 2 take no gradients once a session has run, and a variable that is
    fetched together with its update is the one of before.
    """
    loops, variables = v1.control_flow_v2_enabled(), v1.resource_variables_enabled()
    if loops:
        v1.disable_control_flow_v2()
    if variables:
        v1.disable_resource_variables()
    try:
        yield
    finally:
        if loops:
            v1.enable_control_flow_v2()
        if variables:
            v1.enable_resource_variables()


@contextlib.contextmanager
def building() -> Iterator[None]:
    """In the graph, and quietly."""
    if getattr(_state, "building", False) and not tf.executing_eagerly():
        yield
        return
    _prepare()
    before, _state.building = getattr(_state, "building", False), True
    try:
        with quiet(), _loops_and_variables_of_tf1(), current_graph().as_default() as graph:
            graph._is_of_tf1 = True
            yield
    finally:
        _state.building = before


def in_graph(function: Callable) -> Callable:
    """The function, called in the graph."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with building():
            return rebound(function(*args, **kwargs))

    return wrapper


def opened_in_graph(context: Callable) -> Callable:
    """The context manager, as a block in which the graph is the default one."""

    @contextlib.contextmanager
    def block(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with own_graph().as_default(), context(*args, **kwargs) as value:
            yield value

    @functools.wraps(context, updated=())
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if tf.executing_eagerly():
            return block(*args, **kwargs)
        with quiet():
            return context(*args, **kwargs)

    return wrapper


@functools.cache
def bound(cls: type) -> type:
    """The class, whose objects are made, and whose methods are called, in the graph.

    An object of the class itself counts as one of it, so that `isinstance` says what TF1 says.
    """

    class InGraph(type(cls)):  # type: ignore[misc]  # the metaclass of the class at hand
        def __call__(klass, *args: Any, **kwargs: Any) -> Any:
            with building():
                return super().__call__(*args, **kwargs)

        def __instancecheck__(klass, instance: Any) -> bool:
            if klass is new:
                return cls in type(instance).__mro__
            return super().__instancecheck__(instance)

        def __subclasscheck__(klass, subclass: type) -> bool:
            if klass is new:
                return cls in subclass.__mro__
            return super().__subclasscheck__(subclass)

    namespace: dict[str, Any] = {
        "__doc__": cls.__doc__,
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
    }
    for name in dir(cls):
        if (name.startswith("_") and name not in _OPERATORS) or name in _CALLED_BY_KERAS:
            continue
        method = inspect.getattr_static(cls, name)
        if inspect.isfunction(method):
            namespace[name] = in_graph(method)
        elif isinstance(method, staticmethod | classmethod):
            namespace[name] = type(method)(in_graph(method.__func__))
    new = InGraph(cls.__name__, (cls,), namespace)
    new.__wrapped_class__ = cls
    return new


# Objects that functions return and whose methods build.
_REBOUND = (
    *(tf.Variable, tf.TensorArray, v1.data.Dataset, v1.data.Iterator),
    *(v1.train.MonitoredSession, v1.train.SingularMonitoredSession),
)


def rebound(value: Any) -> Any:
    """The object itself, its methods from now on in the graph, where it is of such a kind.

    Of a tuple or list, each of its objects is.
    """
    while isinstance(value, tf.TensorArray) and hasattr(value, "mark_used"):
        value.mark_used()  # the array within what TensorFlow wraps around to see that it is used
        value = value._tf_should_use_wrapped_value
    if isinstance(value, tuple | list):
        for each in value:
            rebound(each)
    elif (
        isinstance(value, _REBOUND)
        and not hasattr(type(value), "__wrapped_class__")
        and _graph_of(value) is _own
        and _own is not None
    ):
        kind: Any = type(value)
        value.__class__ = bound(kind)
    return value


def _graph_of(value: Any) -> tf.Graph | None:
    """The graph a tensor, an operation, a variable or a data set is in, if in one of TF1's kind."""
    if isinstance(value, v1.data.Dataset):
        value = value._variant_tensor
    elif isinstance(value, v1.data.Iterator):
        value = value._iterator_resource
    elif isinstance(value, tf.TensorArray):
        value = value.flow
    graph = getattr(value, "graph", None)
    return graph if isinstance(graph, tf.Graph) and not graph.building_function else None


def _is_of_tf1(value: Any) -> bool:
    """Whether a tensor or a variable is in a graph that this module built in."""
    return getattr(_graph_of(value), "_is_of_tf1", False)


def _as_constant(value: Any) -> Any:
    """An eager tensor as the array it holds, which is a constant of any graph."""
    if not isinstance(value, tf.Tensor | tf.Variable) or _graph_of(value) is not None:
        return value
    # A variable as a constant would never be trained, and nobody would see it.
    if isinstance(value, tf.Variable) or value.dtype in (tf.resource, tf.variant):
        raise TypeError(MIXED)
    return value.numpy() if hasattr(value, "numpy") else value


class _VariableType(type):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        with building():
            return rebound(v1.Variable(*args, **kwargs))

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, tf.Variable)


class Variable(metaclass=_VariableType):
    """TF1's variable: of which kind it is, TensorFlow decides where it is made."""


class _ToItsGraph(tf.__internal__.dispatch.GlobalOpDispatcher):
    """Sends an operation on tensors of a TF1 graph, met where the program is eager, to their graph.

    TensorFlow asks only when an operation has failed: `h1.h * 2` at module level, or a
    function of `tensorflow` itself on a tensor of the graph.
    """

    def handle(self, op: Callable, args: tuple, kwargs: dict) -> Any:
        if not tf.executing_eagerly():
            return self.NOT_SUPPORTED
        leaves = tf.nest.flatten([args, kwargs])
        graphs = [graph for graph in map(_graph_of, leaves) if graph is not None]
        if not graphs:
            return self.NOT_SUPPORTED
        args, kwargs = tf.nest.map_structure(_as_constant, (args, kwargs))
        try:
            with quiet(), graphs[0].as_default():
                return op(*args, **kwargs)
        except RuntimeError as error:
            if "capture an EagerTensor" in str(error):
                raise TypeError(MIXED) from None
            raise


@functools.cache
def _prepare() -> None:
    """Once, before the first operation.

    See `_ToItsGraph`; a tensor's type has TF1's name, and sizes in our graphs TF1's ``value``.
    """
    _ToItsGraph().register()
    with tf.Graph().as_default():
        tensor, variable = type(tf.constant(0)), type(tf.Variable(0))
        tensor.__name__ = "Tensor"
        shapes.serve(tensor, _is_of_tf1)
        shapes.serve(next(k for k in variable.__mro__ if "shape" in vars(k)), _is_of_tf1)


_Session: Any = v1.Session
_InteractiveSession: Any = v1.InteractiveSession


class _Cures:
    """A session whose errors say what to do."""

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Run the operations, as TF1's session does."""
        try:
            return super().run(*args, **kwargs)  # type: ignore[misc]  # the session's, behind it
        except (RuntimeError, TypeError, ValueError) as error:
            message = str(error)
            if "graph is empty" in message:
                raise RuntimeError(f"{message} In short: {EMPTY}.") from None
            if "is not an element of this graph" in message:
                raise type(error)(f"{message} In short: {OTHER_GRAPH}.") from None
            raise


class Session(_Cures, _Session):
    """TF1's session, on the graph that this module builds in if none is given."""

    def __init__(self, target: str = "", graph: tf.Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph or current_graph(), config)


class InteractiveSession(_Cures, _InteractiveSession):
    """TF1's interactive session: the default one until it is closed."""

    def __init__(self, target: str = "", graph: tf.Graph | None = None, config: Any = None) -> None:
        with building():
            super().__init__(target, graph, config)


def reset_default_graph() -> None:
    """Start again with an empty graph: no variable of an earlier run is in it.

    Raises
    ------
    RuntimeError
        If called inside ``with graph.as_default():`` or ``with tf.Session():``.
    """
    global _own
    if tf.executing_eagerly():
        _own = None
        return
    try:
        v1.reset_default_graph()
    except AssertionError:
        raise RuntimeError(RESET_INSIDE) from None


def disable_v2_behavior() -> None:
    """Switch the whole program to graphs, as TF1 programs are; call it first of all."""
    with quiet():
        v1.disable_v2_behavior()
