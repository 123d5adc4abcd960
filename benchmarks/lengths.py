"""What lengths cost, and what one run forward saves: ``python -m benchmarks.lengths``.

Each number is a time beside another, the median of pairs that ran side by side, in time of the
processor, which other processes do not take. Sequences with
lengths are compared with the same ones without: all full, nearly full (the ends lie in the last
tenth of the steps), half padding, and all half as long. ``once`` is loss and gradients by
`forward`, beside `dynamic_rnn` and `gradients`, which run forward twice. The last block is our
TensorFlow beside a Keras layer in a `tf.function`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from benchmarks.speed import (
    CONDITIONS,
    RESULTS,
    SIZES,
    Size,
    case,
    how,
    in_a_process,
    interleaved,
    store,
)
from lstm_lib.printing import table

BACKENDS = {"NumPy": "numpy_backend", "TensorFlow": "tensorflow_backend"}


def lengths_of(size: Size) -> dict[str, np.ndarray]:
    """The lengths that are measured: evenly spread, in no order."""
    spread = np.random.default_rng(0).permutation((np.arange(size.batch) + 0.5) / size.batch)
    return {
        "full": np.full(size.batch, size.time),
        "near": np.rint(size.time * (0.9 + 0.1 * spread)).astype(int),
        "half": np.rint(size.time * spread).astype(int),
        "short": np.full(size.batch, size.time // 2),
    }


def ratios(calls: dict[str, Callable], seconds: float) -> dict[str, float]:
    """Time of each call but the first over that of the first."""
    first, *others = interleaved(calls, seconds, most=500, clock=time.process_time).values()
    pairs = zip(list(calls)[1:], others, strict=True)
    return {name: float(f"{np.median(np.divide(each, first)):.3g}") for name, each in pairs}


def with_lengths(L: ModuleType, size: Size, seconds: float) -> dict:
    """All ratios of one size on one backend."""
    cell, inputs, d_outputs = case(size)
    twin = L.BasicLSTMCell(size.units)
    twin.kernel, twin.bias = cell.kernel, cell.bias

    def forward(lengths: np.ndarray | None) -> Callable:
        return lambda: np.asarray(L.dynamic_rnn(twin, inputs, None, lengths)[0])

    def both(lengths: np.ndarray | None) -> Callable:
        return lambda: np.asarray(L.gradients(twin, inputs, d_outputs, lengths=lengths).kernel)

    def twice() -> None:
        outputs = np.asarray(L.dynamic_rnn(twin, inputs)[0])
        np.asarray(L.gradients(twin, inputs, outputs).kernel)

    def once() -> None:
        outputs, _, back = L.forward(twin, inputs)
        np.asarray(back(np.asarray(outputs)).kernel)

    found: dict = ratios({"twice": twice, "once": once}, seconds)
    all_lengths = {"without": None, **lengths_of(size)}
    for task, run in {"forward": forward, "both": both}.items():
        found[task] = ratios({name: run(each) for name, each in all_lengths.items()}, seconds)
    return found


def beside_keras(size: Size, seconds: float) -> dict:
    """The time of our TensorFlow over that of Keras, forward alone and both ways."""
    from benchmarks.peers import keras_lstm, ours_tensorflow

    made = [peer(*case(size)) for peer in (keras_lstm, ours_tensorflow)]
    return {
        task: ratios({"Keras": theirs, "ours": ours}, seconds)["ours"]
        for task, theirs, ours in zip(("forward", "both"), *made, strict=True)
    }


def measure(what: str, seconds: float) -> list[dict]:
    """All sizes, on a backend or beside Keras, in this process."""
    import importlib

    if what == "Keras":
        return [{"size": list(size), **beside_keras(size, seconds)} for size in SIZES]
    L = importlib.import_module(f"lstm_lib.{BACKENDS[what]}")
    return [{"size": list(size), **with_lengths(L, size, seconds)} for size in SIZES[:4]]


def main() -> None:
    """Measure each in a process of its own, print the tables and store the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=4.0, help="per size and task")
    parser.add_argument("--out", type=Path, default=RESULTS / "lengths.json")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.seconds)))
        return
    result: dict = {"how": how(), "found": {}}
    for what in (*BACKENDS, "Keras"):
        arguments = "--measure", what, "--seconds", options.seconds
        result["found"][what] = in_a_process(CONDITIONS[0], "benchmarks.lengths", *arguments)
    store(result, options.out)
    rows = [
        [what, str(Size(*e["size"])), *e["forward"].values(), *e["both"].values(), e["once"]]
        for what in BACKENDS
        for e in result["found"][what]
    ]
    kinds = list(lengths_of(SIZES[0]))
    names = [f"{task}: {kind}" for task in ("forward", "both") for kind in kinds]
    table(["with lengths / without", "size", *names, "once"], rows)
    print()
    rows = [[str(Size(*e["size"])), e["forward"], e["both"]] for e in result["found"]["Keras"]]
    table(["our TensorFlow / Keras", "forward", "both"], rows)


if __name__ == "__main__":
    main()
