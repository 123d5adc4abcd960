"""How a stored result was made: the same note beside each of them."""

from __future__ import annotations

import platform
import time

import numpy as np


def how(command: str, seconds: float) -> dict[str, str | int]:
    """Return the note that is stored with a result."""
    return {
        "command": command,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "date": time.strftime("%Y-%m-%d"),
        "seconds": round(seconds),
    }
