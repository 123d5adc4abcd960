"""Memory that one layer takes forward and backward, beside its peers: ``make bench``.

Every entry is measured in a process of its own, because memory that was used once counts as used.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time

from benchmarks.scale import high_water
from benchmarks.speed import (
    COMMAND,
    CONDITIONS,
    RESULTS,
    SIZES,
    Size,
    case,
    environment,
    machine,
    peers_here,
    versions,
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
    options = parser.parse_args()
    if options.point:
        name, *size = options.point
        print(json.dumps(added(name, Size(*map(int, size)))))
        return
    names = [name for name in peers_here(CONDITIONS[0]) if name not in ("ONNX Runtime",)]
    found = []
    for size in SELECTED:
        mib = {}
        for name in names:
            command = [sys.executable, "-m", "benchmarks.memory", "--point", name]
            child = subprocess.run(
                [*command, *map(str, size)],
                env=environment(CONDITIONS[0]),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            mib[name] = json.loads(child.stdout.splitlines()[-1])
        found.append({"size": list(size), "mib": mib})
        print(json.dumps(found[-1]), flush=True)
    how = {"command": COMMAND, "date": time.strftime("%Y-%m-%d")}
    how |= {"machine": machine(), "versions": versions()}
    result = {"how": how, "sizes": found}
    path = RESULTS / "memory.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
