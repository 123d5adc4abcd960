"""What is said where a part of the library needs more than NumPy and does not find it."""

from __future__ import annotations


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
    return ModuleNotFoundError(
        f"This part of lstm_lib needs {package}, which is not installed; install it with: "
        f'pip install {name}, or with the extra: pip install "inside-the-lstm[{extra}]"',
        name=name,
    )
