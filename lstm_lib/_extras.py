"""What is said where a part of the library needs more than NumPy and does not find it."""

from __future__ import annotations

import platform
import sys


def missing(package: str, extra: str, name: str | None = None) -> ModuleNotFoundError:
    """Return the error for a package that is not installed, with the extra that brings it.

    Parameters
    ----------
    package : str
        As one calls it.
    extra : str
        Of ``inside-the-lstm``.
    name : str, optional
        As ``pip`` and ``import`` call it.
    """
    name = name or package
    if extra == "tensorflow" and (here := _without_tensorflow()):
        return ModuleNotFoundError(
            f"This part of lstm_lib needs {package}, which is not installed; TensorFlow 2.21 is "
            f"for Python 3.11 to 3.13 and not for {here}, where all that needs NumPy alone runs",
            name=name,
        )
    return ModuleNotFoundError(
        f"This part of lstm_lib needs {package}, which is not installed; install it with: "
        f'pip install {name}, or with the extra: pip install "inside-the-lstm[{extra}]"',
        name=name,
    )


def _without_tensorflow() -> str:
    """What this machine has that the extra `tensorflow` finds no wheel for, or nothing."""
    if sys.version_info >= (3, 14):
        return f"Python {sys.version_info.major}.{sys.version_info.minor}"
    intel_mac = sys.platform == "darwin" and platform.machine() != "arm64"
    return "Macs with Intel's processors" if intel_mac else ""
