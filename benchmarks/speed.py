"""Time of one LSTM layer beside its peers, and the share of the machine it uses.

``make bench`` runs all conditions, each in a process of its own, because BLAS and oneDNN read
their settings once, when they are loaded. The results go to ``benchmarks/results/speed.json``.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

RESULTS = Path(__file__).parent / "results"
COMMAND = "make bench"
OPENBLAS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


class Size(NamedTuple):
    """One workload."""

    time: int
    batch: int
    inputs: int
    units: int

    def __str__(self) -> str:
        return " × ".join(map(str, self))


# The first four are those the goals are about.
SIZES = (
    Size(100, 64, 128, 256),
    Size(100, 32, 64, 128),
    Size(100, 32, 2, 32),
    Size(50, 1, 16, 32),
    Size(10, 1, 8, 8),
    Size(1000, 1, 8, 32),
    Size(50, 256, 32, 64),
    Size(20, 16, 64, 512),
)
CONDITIONS = ("reader's machine", "oneDNN off", "OPENBLAS_* as set here")
GATE = 32 * 128  # numbers of one gate, for a measurement of what their place in memory costs
SLOW = {"TF1 dynamic_rnn": 100}  # no longer sequences than these many steps


def interleaved(calls, seconds, most=25, clock=time.perf_counter):
    """Times of each call in seconds, all calls once a round, the order reversed every round."""
    times = {name: [] for name in calls}
    order = list(calls)
    for call in calls.values():
        call()
        call()
    deadline = time.perf_counter() + seconds
    while len(times[order[0]]) < 5 or (
        time.perf_counter() < deadline and len(times[order[0]]) < most
    ):
        for name in order:
            start = clock()
            calls[name]()
            times[name].append(clock() - start)
        order.reverse()
    return times


def quartiles(values):
    """Lower quartile, median and upper quartile."""
    import numpy as np

    return [float(f"{q:.4g}") for q in np.quantile(values, [0.25, 0.5, 0.75])]


def product_rate(seconds=0.5):
    """Matrix-product rate of NumPy in FLOP/s: 1024 × 1024, float32, the median."""
    import numpy as np

    a, b = np.random.default_rng(0).normal(size=(2, 1024, 1024)).astype("float32")
    out = np.empty_like(a)
    times = interleaved({"product": lambda: np.matmul(a, b, out=out)}, seconds)["product"]
    return 2 * 1024**3 / quartiles(times)[1]


def ratio(calls, seconds=0.3):
    """Time of the second call over that of the first, the median of pairs that ran side by side."""
    import numpy as np

    first, second = interleaved(calls, seconds, most=500).values()
    return float(f"{np.median(np.divide(second, first)):.3g}")


def memory_tricks():
    """What two habits of `lstm_lib.numpy_backend.memory` are worth here, as ratios of times."""
    import numpy as np

    from lstm_lib.numpy_backend import memory as arrays

    rng = np.random.default_rng(0)
    W = rng.normal(size=(4 * 256, 384)).astype("float32")
    found = {"pieces / one product": {}}
    for batch in (2, 4, 8, 16, 32):
        x = rng.normal(size=(384, batch)).astype("float32")
        out = arrays.empty((1, len(W), batch), "float32")
        pieces, outs = arrays.in_pieces(W, out)
        calls = {
            "one": lambda x=x, out=out: np.matmul(W, x, out=out[0]),
            "pieces": lambda x=x, pieces=pieces, outs=outs: np.matmul(pieces, x, out=outs[0]),
        }
        found["pieces / one product"][batch] = ratio(calls)
    calls = {}
    for name, start in (("on a cache line", 0), ("16 bytes behind one", 4)):
        a, b, out = (arrays.empty((GATE + start,), "float32")[start:] for _ in range(3))
        a[:], b[:] = 2, 3
        calls[name] = lambda a=a, b=b, out=out: np.multiply(a, b, out=out)
    found["behind / on a cache line"] = ratio(calls)
    return found


def operations(size):
    """Floating-point operations of the matrix products: forward, forward + backward."""
    forward = 2 * size.time * size.batch * (size.inputs + size.units) * 4 * size.units
    return {"forward": forward, "both": 3 * forward}


def case(size, seed=0):
    """A cell, an input and a gradient of the outputs, all float32."""
    import numpy as np

    from lstm_lib.numpy_backend import BasicLSTMCell

    cell = BasicLSTMCell(size.units, seed=seed)
    cell.build(size.inputs)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(size.batch, size.time, size.inputs)).astype("float32")
    d = rng.normal(size=(size.batch, size.time, size.units)).astype("float32")
    return cell, x, d


def largest_difference(calls):
    """How far any peer's result is from ours, relative to the largest number in ours."""
    import numpy as np

    ours, *others = [np.asarray(call()) for call in calls.values()]
    return max(
        (float(np.abs(each - ours).max() / np.abs(ours).max()) for each in others), default=0
    )


def measure(size, peers, seconds=1.0):
    """Quartiles of each peer's time, forward and forward + backward, and the agreement."""
    made = {
        name: peer(*case(size))
        for name, peer in peers.items()
        if size.time <= SLOW.get(name, size.time)
    }
    record = {"size": list(size), "operations": operations(size), "difference": {}}
    for index, task in enumerate(("forward", "both")):
        calls = {name: pair[index] for name, pair in made.items() if pair[index] is not None}
        record["difference"][task] = float(f"{largest_difference(calls):.1g}")
        times = interleaved(calls, seconds * len(calls))
        record[task] = {name: quartiles(values) for name, values in times.items()}
    return record


def peers_here(condition):
    """Those whose times the condition may change, as far as they are installed."""
    from benchmarks.peers import PEERS

    skip = {"ONNX Runtime"} if condition == "oneDNN off" else set()
    if condition != CONDITIONS[0]:
        skip |= {"TF1 dynamic_rnn", "textbook NumPy"}
    for package, name in (("torch", "PyTorch"), ("onnxruntime", "ONNX Runtime")):
        if importlib.util.find_spec(package) is None:
            print(f"{name}: skipped, `{package}` is not installed", file=sys.stderr)
            skip.add(name)
    return {name: peer for name, peer in PEERS.items() if name not in skip}


def memory_high_water():
    """Largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(condition, sizes=SIZES, seconds=1.0):
    """All sizes under one condition, in this process."""
    import threadpoolctl

    import numpy as np  # isort: skip  (loaded, so that its BLAS is listed)

    peers = peers_here(condition)
    rate = product_rate()
    records = [measure(size, peers, seconds) for size in sizes]
    return {
        "settings": {name: os.environ.get(name) for name in (*OPENBLAS, "TF_ENABLE_ONEDNN_OPTS")},
        "blas": [
            {
                key: each.get(key)
                for key in ("internal_api", "version", "architecture", "num_threads")
            }
            for each in threadpoolctl.threadpool_info()
        ],
        "numpy": np.__version__,
        "product_rate": float(f"{rate:.4g}"),
        "memory_tricks": memory_tricks(),
        "memory_high_water_mib": memory_high_water(),
        "sizes": records,
    }


def environment(condition):
    """Environment variables of the process that measures under a condition."""
    env = dict(os.environ)
    env.update(dict.fromkeys(THREADS, "1"))
    env["TF_ENABLE_ONEDNN_OPTS"] = "0" if condition == "oneDNN off" else "1"
    env["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if condition == CONDITIONS[2]:
        env.setdefault("OPENBLAS_CORETYPE", "Haswell")
    else:
        for name in OPENBLAS:
            env.pop(name, None)
    return env


def machine():
    """Processor, caches and system, in words of `lscpu`."""
    wanted = ("Model name", "L1d cache", "L2 cache", "L3 cache", "Flags")
    try:
        listing = subprocess.run(["lscpu"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return {"system": platform.platform()}
    pairs = dict(line.split(":", 1) for line in listing.splitlines() if ":" in line)
    found = {key: pairs[key].strip() for key in wanted if key in pairs}
    flags = found.pop("Flags", "").split()
    found["vector units"] = " ".join(f for f in ("avx2", "fma", "avx512f") if f in flags)
    return {**found, "system": f"{platform.system()} {platform.machine()}"}


def versions():
    """Of Python and of the packages that are compared."""
    names = ("numpy", "tensorflow", "keras", "tf_keras", "torch", "onnxruntime")
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def how():
    """How a result was made, to be stored with it."""
    return {
        "command": COMMAND,
        "date": time.strftime("%Y-%m-%d"),
        "machine": machine(),
        "versions": versions(),
    }


def in_a_process(condition, module, *arguments):
    """What a module prints last, read as JSON; it runs in a process of its own."""
    child = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        env=environment(condition),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(child.stdout.splitlines()[-1])


def store(result, path):
    """Write a result as JSON."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


def share_of_roofline(record, rate, peer="ours, NumPy", task="both"):
    """Time that the products alone would take at the measured rate, over the time taken."""
    return record["operations"][task] / rate / record[task][peer][1]


def table(result):
    """Medians as text, one block a condition."""
    lines = []
    for condition, found in result["conditions"].items():
        lines.append(f"{condition}: products at {found['product_rate'] / 1e9:.0f} GFLOP/s")
        for task in ("forward", "both"):
            names = list(found["sizes"][0][task])
            lines.append(f"  {task}, ms: " + " | ".join(["time × batch × inputs × units", *names]))
            for record in found["sizes"]:
                cells = [
                    f"{1e3 * record[task][n][1]:.3g}" if n in record[task] else "-" for n in names
                ]
                share = share_of_roofline(record, found["product_rate"], task=task)
                size = Size(*record["size"])
                lines.append(f"  {size}: " + " | ".join(cells) + f" | roofline {share:.0%}")
    return "\n".join(lines)


def main(argv=None) -> None:
    """Run every condition in a process of its own, print the table and store the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="per peer, size and task")
    parser.add_argument("--condition", choices=CONDITIONS, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=RESULTS / "speed.json")
    options = parser.parse_args(argv)
    if options.condition:
        print(json.dumps(run(options.condition, seconds=options.seconds)))
        return
    start = time.perf_counter()
    result = {"how": how(), "conditions": {}}
    for condition in CONDITIONS:
        arguments = "--condition", condition, "--seconds", options.seconds
        result["conditions"][condition] = in_a_process(condition, "benchmarks.speed", *arguments)
    result["how"]["seconds"] = round(time.perf_counter() - start)
    store(result, options.out)
    print(json.dumps(result["how"], ensure_ascii=False))
    print(table(result))


if __name__ == "__main__":
    main()
