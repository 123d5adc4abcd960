"""Memory that one layer takes forward and backward, beside its peers: ``make bench``.

Every entry is measured in a process of its own, because memory that was used once counts as used.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.scale import high_water
from benchmarks.speed import (
    CONDITIONS,
    RESULTS,
    SIZES,
    Size,
    case,
    how,
    in_a_process,
    peers_here,
    store,
)

SELECTED = (SIZES[0], SIZES[5], SIZES[6])  # many units, many steps, a large batch


def added(name: str, size: Size) -> float:
    """MiB that the first call of a peer adds: its numbers, and what it traces and compiles."""
    peer = peers_here(CONDITIONS[0])[name]
    peer(*case(size._replace(time=2, batch=1)))[1]()  # the libraries themselves do not count
    arguments = case(size)
    before = high_water()
    peer(*arguments)[1]()
    return round(high_water() - before, 1)


def main() -> None:
    """Measure all peers that have a backward pass at all sizes, print and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--point", nargs=5, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=RESULTS / "memory.json")
    options = parser.parse_args()
    if options.point:
        name, *size = options.point
        print(json.dumps(added(name, Size(*map(int, size)))))
        return
    names = [name for name in peers_here(CONDITIONS[0]) if name != "ONNX Runtime"]
    found = []
    for size in SELECTED:
        mib = {
            name: in_a_process(CONDITIONS[0], "benchmarks.memory", "--point", name, *size)
            for name in names
        }
        found.append({"size": list(size), "mib": mib})
        print(json.dumps(found[-1]), flush=True)
    store({"how": how(), "sizes": found}, options.out)


if __name__ == "__main__":
    main()
