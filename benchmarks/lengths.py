"""What lengths cost, and what one run forward saves: ``python -m benchmarks.lengths``.

Each number is a time beside that of the same sequences without lengths: all full, nearly full
(the last tenth of the steps has the ends), and half padding. The last column is loss and gradients
by `forward` beside `dynamic_rnn` and `gradients`, which run forward twice.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

from benchmarks.speed import SIZES, Size, interleaved
from lstm_lib import numpy_backend, tensorflow_backend
from lstm_lib.printing import table

SECONDS = 4


def ratios(calls: dict[str, Callable]) -> list[float]:
    """The median time of each call but the first, beside that of the first."""
    times = interleaved(calls, SECONDS)
    first, *others = (float(np.median(each)) for each in times.values())
    return [each / first for each in others]


def row(L: ModuleType, size: Size) -> list[str]:
    """All ratios of one size on one backend."""
    rng = np.random.default_rng(0)
    cell = L.BasicLSTMCell(size.units)
    cell.build(size.inputs)
    inputs = rng.normal(size=(size.batch, size.time, size.inputs)).astype("float32")
    d_outputs = rng.normal(size=(size.batch, size.time, size.units)).astype("float32")
    near = rng.integers(size.time * 9 // 10, size.time, size.batch)
    half = rng.integers(1, size.time + 1, size.batch)
    lengths = {"none": None, "full": [size.time] * size.batch, "near": near, "half": half}

    def forward(each) -> Callable:
        return lambda: np.asarray(L.dynamic_rnn(cell, inputs, None, each)[0])

    def both(each) -> Callable:
        return lambda: np.asarray(L.gradients(cell, inputs, d_outputs, lengths=each).kernel)

    def twice() -> None:
        outputs = np.asarray(L.dynamic_rnn(cell, inputs)[0])
        np.asarray(L.gradients(cell, inputs, outputs).kernel)

    def once() -> None:
        outputs, _, back = L.forward(cell, inputs)
        np.asarray(back(np.asarray(outputs)).kernel)

    found = [
        *ratios({name: forward(each) for name, each in lengths.items()}),
        *ratios({name: both(each) for name, each in lengths.items()}),
        *ratios({"twice": twice, "once": once}),
    ]
    return [f"{ratio:.2f}" for ratio in found]


def main() -> None:
    """Print the table."""
    names = ["forward: full", "near", "half", "both ways: full", "near", "half", "once"]
    rows = [
        [L.__name__.split(".")[1].removesuffix("_backend"), str(size), *row(L, size)]
        for L in (numpy_backend, tensorflow_backend)
        for size in SIZES[:4]
    ]
    table(["backend", "time × batch × inputs × units", *names], rows)


if __name__ == "__main__":
    main()
