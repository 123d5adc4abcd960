"""The table that `python -m benchmarks.agreement` prints: no difference is larger than rounding."""

import pytest

from benchmarks import agreement
from tests.library.cells import TOLERANCE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*(is deprecated|will be removed)"),
]


@pytest.mark.slow
def test_both_backends_agree_with_their_peers(dtype):
    rows = list(agreement.differences(dtype))
    names = {name for name, *_ in rows}
    assert {"lengths", "two layers", "both directions", "peepholes", "dropout, off"} < names
    assert len(rows) >= 9
    assert max(max(found) for _, _, *found in rows) <= TOLERANCE[dtype]
