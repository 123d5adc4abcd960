"""TF1's Saver, which also reads checkpoints of TensorFlow 1.0 and before."""

from __future__ import annotations

import re
from typing import Any

from lstm_lib.interop.checkpoint import NAMINGS
from lstm_lib.tf1.graph import bound, in_graph, tf, v1

MISSING = (
    "the checkpoint has no arrays for {missing}; it has {there}. Give the variables the scopes of "
    "the checkpoint, name the pairs, tf.train.Saver({{name_there: variable}}), or read its LSTM "
    "cells with lstm_lib.interop.from_checkpoint(path)"
)


class _Saver(v1.train.Saver):
    """TF1's Saver; `restore` also takes a checkpoint with the names of TensorFlow 1.0."""

    def restore(self, sess: Any, save_path: str) -> None:
        """Restore the variables."""
        try:
            super().restore(sess, save_path)
        except tf.errors.NotFoundError:
            there = v1.train.load_checkpoint(save_path).get_variable_to_shape_map()
            with sess.graph.as_default():
                variables = self._var_list or v1.global_variables()
                if not isinstance(variables, dict):
                    variables = {variable.op.name: variable for variable in variables}
                names = {name: _old_name(name, there) for name in variables}
                missing = sorted(name for name, old in names.items() if old is None)
                if missing:
                    raise ValueError(
                        MISSING.format(missing=", ".join(missing), there=", ".join(sorted(there)))
                    ) from None
                old = {names[name]: variable for name, variable in variables.items()}
                v1.train.Saver(old).restore(sess, save_path)


def _old_name(name: str, there: Any) -> str | None:
    """The name under which a variable is in the checkpoint: its own, or an older one."""
    candidates = [name]
    for kernel, bias in NAMINGS:
        old = re.sub(r"(?<=/)kernel(?=/|$)", kernel, name)
        candidates.append(re.sub(r"(?<=/)bias(?=/|$)", bias, old))
    return next((candidate for candidate in candidates if candidate in there), None)


_Saver.__name__ = _Saver.__qualname__ = "Saver"
Saver = bound(_Saver)


@in_graph
def import_meta_graph(*args: Any, **kwargs: Any) -> Any:
    """``tf.train.import_meta_graph``, whose Saver is the one above; None without variables."""
    saver = v1.train.import_meta_graph(*args, **kwargs)
    if saver is not None:
        saver.__class__ = Saver
    return saver
