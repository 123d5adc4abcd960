"""Stored results: what is there already, and how it was made."""

from __future__ import annotations

import json
import platform
import time
from pathlib import Path
from typing import Any

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


def stored(path: Path, setting: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    """Return what is stored for this setting, or the frame of it."""
    record = json.loads(path.read_text()) if path.exists() else {}
    if record.get("setting") == setting:
        return record
    return {"how": {"seconds": 0}, "setting": setting} | frame
