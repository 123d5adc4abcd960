"""In place of what does not run in a browser: TensorFlow, and Numba's compiler.

- An import of TensorFlow, or of what is built on it, succeeds and gives a stand-in; using that
  raises one sentence. It is the import statement in the cell that is changed: `sys.modules` holds
  nothing of it, so the library finds TensorFlow missing, as it is;
- Numba's ``njit`` leaves a function as it is.
"""

import ast
import builtins
import os
import sys
import types

MISSING = {
    "en": "This needs TensorFlow, which does not run in a browser. "
    "Run the notebook on your own machine.",
    "zh_CN": "这里需要 TensorFlow，它不能在浏览器里运行。请在你自己的电脑上运行这个 notebook。",
}

TENSORFLOW = {"tensorflow", "keras", "tf_keras"}
BUILT_ON_IT = {"lstm_lib._tensorflow", "lstm_lib.tensorflow_backend", "lstm_lib.tf1"}


class StandIn:
    """In place of a module that needs TensorFlow, and of all that is imported from it."""

    def __init__(self, name):
        self.__name__ = name

    def _refuse(self, *arguments, **named):
        language = os.environ.get("LSTM_BOOK_LANG", "en")
        raise ModuleNotFoundError(MISSING.get(language, MISSING["en"]), name="tensorflow")

    __call__ = __getitem__ = __iter__ = __len__ = __array__ = __enter__ = _refuse

    def __exit__(self, *error):
        pass

    def __getattr__(self, name):
        # Whoever asks for such a name only wants to know what this is.
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


def needs_tensorflow(module):
    return module.partition(".")[0] in TENSORFLOW or any(
        f"{module}.".startswith(f"{name}.") for name in BUILT_ON_IT
    )


class WithoutTensorFlow(ast.NodeTransformer):
    """Turns imports of what needs TensorFlow into assignments of stand-ins."""

    def visit_Import(self, node):
        def names(alias):
            return alias.name, alias.asname or alias.name.partition(".")[0]

        return self._without(node, lambda alias: needs_tensorflow(alias.name), names)

    def visit_ImportFrom(self, node):
        if node.level or node.module == "__future__":
            return node

        def names(alias):
            return f"{node.module}.{alias.name}", alias.asname or alias.name

        return self._without(node, lambda alias: needs_tensorflow(names(alias)[0]), names)

    def _without(self, node, is_missing, names):
        missing = [each for each in node.names if is_missing(each) and each.name != "*"]
        node.names = [each for each in node.names if each not in missing]
        found = [node] if node.names else []
        for each in missing:
            module, name = names(each)
            text = f"{name} = _needs_tensorflow({module!r})"
            (stand_in,) = ast.parse(text).body
            for part in ast.walk(stand_in):
                ast.copy_location(part, node)
            found.append(stand_in)
        return found


def make_module(name, **contents):
    module = types.ModuleType(name)
    vars(module).update(contents)
    sys.modules[name] = module
    return module


def njit(function=None, **options):
    return function if function is not None else lambda function: function


def begin():
    """Make the stand-ins known to cells whose imports `WithoutTensorFlow` has changed."""
    builtins._needs_tensorflow = StandIn
    make_module("numba", njit=njit)


def begin_notebook(language):
    """The same in a notebook of JupyterLite, whose shell changes the imports."""
    from IPython import get_ipython

    os.environ["LSTM_BOOK_LANG"] = language
    begin()
    get_ipython().ast_transformers.append(WithoutTensorFlow())
