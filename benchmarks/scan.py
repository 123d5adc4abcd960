"""A linear recurrence step by step, and all at once, over lengths: ``make bench``.

Both ways compute the same numbers on one thread. What is stored is how much longer the loop takes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from benchmarks.speed import CONDITIONS, RESULTS, how, in_a_process, interleaved, store
from lstm_lib.numpy_backend.scan import linear_scan, linear_scan_back

LENGTHS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
UNITS = (1, 32, 256)
LARGEST = 4_000_000  # numbers in an array


def loop(f: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """All states, step by step."""
    states = np.empty_like(b)
    for t in range(f.shape[1]):
        c = f[:, t] * c + b[:, t]
        states[:, t] = c
    return states


def loop_back(d_c: np.ndarray, f: np.ndarray, c: np.ndarray, start: np.ndarray) -> tuple:
    """The way back, step by step: as `linear_scan_back`."""
    d_f, d_b = np.empty_like(f), np.empty_like(f)
    d = np.zeros_like(start)
    for t in reversed(range(f.shape[1])):
        d = d + d_c[:, t]
        d_b[:, t] = d
        d_f[:, t] = d * (c[:, t - 1] if t else start)
        d = f[:, t] * d
    return d_f, d_b, d


def numpy_calls(arrays: list[np.ndarray]) -> dict:
    """Loop and scan on NumPy, forward, and forward and back."""
    f, b, start, d_c = arrays
    return {
        "loop": lambda: loop(f, b, start),
        "scan": lambda: linear_scan(f, b, start),
        "loop, both": lambda: loop_back(d_c, f, loop(f, b, start), start),
        "scan, both": lambda: linear_scan_back(d_c, f, linear_scan(f, b, start), start),
    }


def tensorflow_calls(arrays: list[np.ndarray]) -> dict:
    """The same as two graphs of TensorFlow, a tape for the way back."""
    from lstm_lib import tensorflow_backend
    from lstm_lib._tensorflow import tf

    def tf_loop(f, b, start):
        def step(c, given):
            return given[0] * c + given[1]

        by_step = tf.scan(step, (tf.transpose(f, [1, 0, 2]), tf.transpose(b, [1, 0, 2])), start)
        return tf.transpose(by_step, [1, 0, 2])

    def there_and_back(way):
        def call(f, b, start, d_c):
            with tf.GradientTape() as tape:
                tape.watch((f, b, start))
                c = way(f, b, start)
            return tape.gradient(c, (f, b, start), d_c)

        return call

    tensors = [tf.constant(array) for array in arrays]
    calls = {}
    for name, way in (("loop", tf_loop), ("scan", tensorflow_backend.linear_scan)):
        calls[name] = (tf.function(way), tensors[:3])
        calls[f"{name}, both"] = (tf.function(there_and_back(way)), tensors)
    return {
        name: lambda graph=graph, given=given: [t.numpy() for t in tf.nest.flatten(graph(*given))]
        for name, (graph, given) in calls.items()
    }


CALLS = {"NumPy": numpy_calls, "TensorFlow": tensorflow_calls}


def point(backend: str, length: int, units: int, seconds: float = 2.0) -> dict:
    """How much longer the loop takes, forward, and forward and back; batch 1, float32."""
    rng = np.random.default_rng(0)
    shape = (1, length, units)
    arrays = [rng.random(shape), rng.normal(size=shape), rng.normal(size=shape[::2])]
    arrays = [array.astype("float32") for array in [*arrays, rng.normal(size=shape)]]
    times = interleaved(CALLS[backend](arrays), seconds)
    # The shortest: whatever else the machine does only adds to a time.
    best = {name: min(found) for name, found in times.items()}
    return {
        "backend": backend,
        "length": length,
        "units": units,
        "forward": float(f"{best['loop'] / best['scan']:.3g}"),
        "both": float(f"{best['loop, both'] / best['scan, both']:.3g}"),
    }


def points() -> list[tuple[str, int, int]]:
    """All that is measured."""
    numpy = [("NumPy", length, units) for units in UNITS for length in LENGTHS]
    fits = [each for each in numpy if each[1] * each[2] <= LARGEST]
    return fits + [("TensorFlow", length, 32) for length in LENGTHS[:5:2]]


def main() -> None:
    """Measure all points, print and store them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--point", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=RESULTS / "scan.json")
    options = parser.parse_args()
    if options.point:
        backend, length, units = options.point
        print(json.dumps(point(backend, int(length), int(units))))
        return
    found = []
    for each in points():
        found.append(in_a_process(CONDITIONS[0], "benchmarks.scan", "--point", *each))
        print(json.dumps(found[-1]), flush=True)
    store({"how": how(), "points": found}, options.out)


if __name__ == "__main__":
    main()
