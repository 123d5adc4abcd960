"""Real data of the book: small, stored beside this file, with source, terms and checksum.

Nothing is downloaded. ``TERMS.txt`` beside this file says where each data set comes from,
under which terms, and what was changed. What is read is compared with the checksum of the
file that the book's results were made from.
"""

from __future__ import annotations

import hashlib
import importlib.resources
from typing import NamedTuple

import numpy as np

Array = np.ndarray

__all__ = [
    "FILES",
    "Utterances",
    "first_names",
    "heartbeat",
    "sea_temperature",
    "sunspots",
    "vowels",
]

# SHA-256 of each file.
FILES = {
    "first_names.txt": "cba14f452b7768bd7fe093035a67491d4a334061634ccfd51522fb796910e75e",
    "heartbeat.txt": "4a63b4ce7cc979cbebddf98b14de6347b5215870fee0cd2ad7027646aa0118ef",
    "sea_temperature.txt": "865ce940204a976c0bc98abb5e723e684408d500a3481a335e86703779ee33df",
    "sunspots.txt": "157decba547534dcabf61edc4b858c446c81d331bce9546f75a50becad7fe27b",
    "vowels_test.txt": "cdf59a9c3c26a1dd687aa89e4fb1a508c9842a1778fa84fd2e6df48ab1cb9130",
    "vowels_train.txt": "4572a4c395f8b8eeda8d1ddb0d007a2e8da4f6988ee7964a4782ac5b407c9398",
}


class Utterances(NamedTuple):
    """Sequences of different lengths, and who spoke them.

    Attributes
    ----------
    frames : list of array of shape (time, 12), float64
        Twelve cepstrum coefficients every 6.4 ms; `time` is another one for each.
    speakers : array of int of shape (utterances,)
        From 0 to 8.
    """

    frames: list[Array]
    speakers: Array


def sea_temperature() -> Array:
    """Return the temperature of the sea at a buoy in the Gulf of Maine, at every full hour.

    Source: NERACOOS, buoy B01; free to use and redistribute.

    Returns
    -------
    array of shape (9625,), float64
        °C, from 15 February 2016, 0:00 UTC, to 22 March 2017; NaN in twelve hours of July 2016
        in which nothing was measured.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing, or is another one than the book's.
    """
    return _numbers("sea_temperature.txt")


def heartbeat() -> Array:
    """Return an electrocardiogram of five minutes, 60 values a second.

    Source: record 208 of the MIT-BIH Arrhythmia Database, Moody and Mark (2001), from minute
    19:35 on; ODC-By 1.0. Each value is the mean of six that were recorded.

    Returns
    -------
    array of shape (18000,), float64
        Millivolt.

    Raises
    ------
    FileNotFoundError, ValueError
        As `sea_temperature`.
    """
    return _numbers("heartbeat.txt")


def sunspots() -> Array:
    """Return the yearly number of sunspots, 1700 to 2008.

    Source: National Geophysical Data Center; public domain.

    Returns
    -------
    array of shape (309,), float64

    Raises
    ------
    FileNotFoundError, ValueError
        As `sea_temperature`.
    """
    return _numbers("sunspots.txt")


def first_names() -> list[str]:
    """Return the first names of the 1990 census of the USA, in lower case and in order.

    Source: U.S. Census Bureau; public domain. A name that women and men have is there once.

    Returns
    -------
    list of 5163 str

    Raises
    ------
    FileNotFoundError, ValueError
        As `sea_temperature`.
    """
    return _text("first_names.txt").split()


def vowels() -> tuple[Utterances, Utterances]:
    """Return two vowels, /ae/, spoken by nine men: to train on, and to test on.

    Source: Kudo, Toyama and Shimbo (1999), Japanese Vowels; CC BY 4.0. The coefficients are
    rounded to three decimals.

    Returns
    -------
    train : Utterances
        270, thirty of each speaker.
    test : Utterances
        370, recorded at other times.

    Raises
    ------
    FileNotFoundError, ValueError
        As `sea_temperature`.
    """
    return _utterances("vowels_train.txt"), _utterances("vowels_test.txt")


def _numbers(name: str) -> Array:
    return np.array(_text(name).split(), dtype=float)


def _utterances(name: str) -> Utterances:
    """An utterance is a line with its speaker, 1 to 9, and a line of thousandths a frame."""
    frames, speakers = [], []
    for utterance in _text(name).split("speaker ")[1:]:
        speaker, *lines = utterance.splitlines()
        speakers.append(int(speaker) - 1)
        frames.append(np.array([line.split() for line in lines], dtype=float) / 1000)
    return Utterances(frames, np.array(speakers))


def _text(name: str) -> str:
    """The text of a file, which is compared with its checksum."""
    try:
        content = importlib.resources.files(__name__).joinpath(name).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"lstm_lib/data/{name}: expected this file of the book, given none; install "
            "inside-the-lstm again"
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != FILES[name]:
        raise ValueError(
            f"lstm_lib/data/{name}: expected the file with SHA-256 {FILES[name]}, given one with "
            f"{found}; install inside-the-lstm again"
        )
    return content.decode("ascii")
