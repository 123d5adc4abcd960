"""TensorFlow, imported without its start-up messages.

TensorFlow 2.21 writes to file descriptor 2 from C++ while it is imported and at
its first operation, whatever ``TF_CPP_MIN_LOG_LEVEL`` says. In a notebook those
lines would be stored as output that differs from machine to machine. An error
while importing is an exception, and still reaches the caller.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from lstm_lib._extras import missing


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    # A program without a window or a terminal may have no stderr, or a closed one.
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        kept = None
    nowhere = os.open(os.devnull, os.O_WRONLY)  # 2 itself, if that is free
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        if kept is None:
            os.close(2)
        else:
            os.dup2(kept, 2)
            os.close(kept)
        if nowhere != 2:
            os.close(nowhere)


def _import_tensorflow():
    if "tensorflow" in sys.modules:
        import tensorflow

        return tensorflow
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with _quiet_stderr():
            import tensorflow

            tensorflow.zeros([])
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        raise missing("TensorFlow", "tensorflow", "tensorflow") from None
    return tensorflow


tf = _import_tensorflow()
