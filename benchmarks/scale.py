"""How time and memory grow with the length of the sequence and with the units: ``make bench``.

Every point is measured in a process of its own, because memory that was used once counts as used.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from pathlib import Path

from benchmarks.speed import CONDITIONS, RESULTS, how, in_a_process, store

LENGTHS = (1_000, 3_000, 10_000, 30_000, 100_000)
UNITS = (8, 32, 128, 512, 1024)
WAYS = ("forward", "forward + backward", "in chunks of 100")
INPUTS, CHUNK = 8, 100


def point(way: str, length: int, units: int) -> dict:
    """Seconds (the best of three) and the memory that one run adds, in MiB; batch 1, float32."""
    import numpy as np

    from lstm_lib import numpy_backend, tasks, training

    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(1, length, INPUTS)).astype("float32")
    outputs = rng.normal(size=(1, length, units)).astype("float32")
    targets = rng.normal(size=(1, length, 1)).astype("float32")
    cell = numpy_backend.BasicLSTMCell(units)
    readout = training.make_readout(cell, 1)
    stream = tasks.Batch(inputs, targets)
    calls = {
        WAYS[0]: lambda: numpy_backend.dynamic_rnn(cell, inputs),
        WAYS[1]: lambda: numpy_backend.gradients(cell, inputs, outputs),
        WAYS[2]: lambda: training.fit_stream(
            cell, readout, stream, chunk=CHUNK, loss=training.squared_error, progress=False
        ),
    }
    numpy_backend.gradients(cell, inputs[:, :2], outputs[:, :2])
    before = high_water()
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        calls[way]()
        seconds.append(time.perf_counter() - start)
    return {
        "way": way,
        "length": length,
        "units": units,
        "seconds": float(f"{min(seconds):.3g}"),
        "mib": round(high_water() - before, 1),
    }


def high_water() -> float:
    """Largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def points() -> list[tuple[str, int, int]]:
    """All that is measured: lengths at 32 units, units at 1,000 steps."""
    return [
        *((way, length, 32) for way in WAYS for length in LENGTHS),
        *((way, 1_000, units) for way in WAYS[:2] for units in UNITS),
    ]


def main() -> None:
    """Measure all points, print and store them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--point", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=RESULTS / "scale.json")
    options = parser.parse_args()
    if options.point:
        way, length, units = options.point
        print(json.dumps(point(way, int(length), int(units))))
        return
    found = []
    for each in points():
        found.append(in_a_process(CONDITIONS[0], "benchmarks.scale", "--point", *each))
        print(json.dumps(found[-1]), flush=True)
    store({"how": {**how(), "cores": os.cpu_count()}, "points": found}, options.out)


if __name__ == "__main__":
    main()
