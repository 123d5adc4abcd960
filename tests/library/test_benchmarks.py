"""A quick slice of the benchmarks, and whether the stored results are whole."""

import json

import numpy as np
import pytest

from benchmarks import lengths, memory, scale, speed
from benchmarks.peers import PEERS
from lstm_lib import numpy_backend

SMALL = speed.Size(7, 2, 3, 5)
STORED = json.loads((speed.RESULTS / "speed.json").read_text(encoding="utf-8"))


def there(name):
    if name == "PyTorch":
        pytest.importorskip("torch")
    return PEERS[name](*speed.case(SMALL))


@pytest.mark.parametrize("name", PEERS)
def test_all_peers_compute_the_same(name):
    """A benchmark of things that differ would say nothing."""
    for ours, theirs in zip(there("ours, NumPy"), there(name), strict=True):
        if theirs is not None:
            np.testing.assert_allclose(theirs(), ours(), rtol=0, atol=2e-6)


def test_a_slice_is_measured():
    peers = {name: PEERS[name] for name in ("ours, NumPy", "textbook NumPy")}
    record = speed.measure(SMALL, peers, seconds=0.01)
    assert record["difference"]["both"] < 1e-5
    for task in ("forward", "both"):
        for low, median, high in record[task].values():
            assert 0 < low <= median <= high


def test_peers_that_disagree_are_seen():
    calls = {"one": lambda: np.ones(3), "two": lambda: np.array([1.0, 1.0, 1.5])}
    assert speed.largest_difference(calls) == 0.5


def test_operations_of_a_small_case_by_hand():
    """Two steps, one sequence, one input, one unit: 4 gates, 2 rows, a product and a sum each."""
    assert speed.operations(speed.Size(2, 1, 1, 1)) == {"forward": 32, "both": 96}


def test_the_stored_results_are_whole():
    assert set(STORED["how"]) >= {"command", "date", "machine", "versions"}
    for condition, found in STORED["conditions"].items():
        assert condition in speed.CONDITIONS
        assert [tuple(each["size"]) for each in found["sizes"]] == list(speed.SIZES)
        for each in found["sizes"]:
            assert {"ours, NumPy", "ours, TensorFlow", "Keras", "PyTorch"} <= set(each["both"])
            assert each["difference"]["both"] < 1e-3


def medians(condition, task):
    found = STORED["conditions"][condition]["sizes"]
    return {tuple(each["size"]): {n: q[1] for n, q in each[task].items()} for each in found}


def test_what_the_page_says_of_both_directions_holds():
    """The sentences of "How fast is it?" that no table there makes for itself."""
    for size, t in medians("reader's machine", "both").items():
        if size[1] == 1 or size[3] == 32:  # a small network
            assert t["ours, NumPy"] < t["Keras"]
        if size[1] == 1:
            assert 1.1 <= round(t["Keras, XLA"] / t["ours, NumPy"], 1) <= 1.6


def test_what_the_page_says_of_the_forward_pass_alone_holds():
    found = medians("reader's machine", "forward")
    half = len(found) / 2
    assert sum(t["ours, NumPy"] > t["PyTorch"] for t in found.values()) > half


def test_what_the_page_says_of_lengths_holds():
    found = json.loads((speed.RESULTS / "lengths.json").read_text(encoding="utf-8"))["found"]
    assert [tuple(each["size"]) for each in found["Keras"]] == list(speed.SIZES)
    for backend in lengths.BACKENDS:
        assert [tuple(each["size"]) for each in found[backend]] == list(speed.SIZES[:4])
    for task in ("forward", "both"):
        # Where all sequences are short, the loop ends early; large networks on NumPy narrow theirs.
        for each in [*found["NumPy"], *found["TensorFlow"][:2]]:
            assert each[task]["short"] < 1
        assert max(each[task]["half"] for each in found["NumPy"][:2]) < 1
    for each in (*found["NumPy"][:2], *found["TensorFlow"][:2]):
        assert each["once"] > 0.75


def test_a_slice_of_the_lengths_is_measured():
    ends = lengths.lengths_of(SMALL)
    assert set(ends) == {"full", "near", "half", "short"}
    assert ends["half"].sum() == round(SMALL.time * SMALL.batch / 2)
    measured = lengths.with_lengths(numpy_backend, SMALL, seconds=0.01)
    assert set(measured) == {"once", "forward", "both"}
    assert measured["once"] > 0
    assert all(ratio > 0 for task in ("forward", "both") for ratio in measured[task].values())


def test_what_the_page_says_of_memory_holds():
    stored = json.loads((speed.RESULTS / "memory.json").read_text(encoding="utf-8"))
    assert [tuple(each["size"]) for each in stored["sizes"]] == list(memory.SELECTED)
    for each in stored["sizes"]:
        assert each["mib"]["ours, NumPy"] == min(each["mib"].values())
    long = stored["sizes"][1]["mib"]
    assert long["ours, TensorFlow"] > 10 * long["ours, NumPy"]


def test_the_memory_of_a_peer_is_measured():
    assert 0 <= memory.added("ours, NumPy", SMALL) < 50


def test_what_places_in_memory_cost_is_measured():
    found = speed.memory_tricks()
    assert all(ratio > 0 for ratio in found["pieces / one product"].values())
    assert found["behind / on a cache line"] > 0


def test_what_the_page_says_of_places_in_memory_holds():
    found = {name: each["memory_tricks"] for name, each in STORED["conditions"].items()}
    wide, narrow = found["reader's machine"], found["OPENBLAS_* as set here"]
    for batch in ("4", "8"):
        assert wide["pieces / one product"][batch] < 0.5
    for batch in ("4", "8", "16", "32"):
        assert abs(narrow["pieces / one product"][batch] - 1) < 0.1
    assert wide["behind / on a cache line"] > 1.3


def test_what_chapter_3_says_of_one_product_holds():
    found = medians("reader's machine", "forward")
    small, large = found[50, 1, 16, 32], found[100, 64, 128, 256]
    assert 1.8 < small["textbook NumPy"] / small["ours, NumPy"] < 2.3
    assert 1.1 < large["textbook NumPy"] / large["ours, NumPy"] < 1.5


def test_what_the_page_says_of_other_machines_holds():
    t = medians("OPENBLAS_* as set here", "both")[100, 64, 128, 256]
    assert t["ours, NumPy"] > 1.15 * t["PyTorch"]
    assert t["ours, NumPy"] > t["Keras"]
    rates = [found["product_rate"] for found in STORED["conditions"].values()]
    assert rates[2] < min(rates[:2])


def test_the_stored_scale_is_whole():
    stored = json.loads((speed.RESULTS / "scale.json").read_text(encoding="utf-8"))
    assert [(p["way"], p["length"], p["units"]) for p in stored["points"]] == scale.points()


def test_a_point_of_the_scale_is_measured():
    found = scale.point("in chunks of 100", 250, 4)
    assert found["seconds"] > 0
    assert found["mib"] >= 0
