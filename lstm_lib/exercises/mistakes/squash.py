"""What is mistaken for a sigmoid or for a tanh: formulas of z, as learners write them."""

from __future__ import annotations

from lstm_lib.exercises.engine.question import BEGIN

LINEAR = "z"
RELU = "np.maximum(z, 0)"
SIGMOID = "1 / (1 + np.exp(-z))"
# The three straight lines of old Keras; those of PyTorch and of Keras 3.
HARD_SIGMOID = "np.clip(0.2 * z + 0.5, 0, 1)"
HARD_SIGMOID_6 = "np.clip(z / 6 + 0.5, 0, 1)"
UPSIDE_DOWN = "1 / (1 + np.exp(z))"
NO_BRACKETS = "1 / 1 + np.exp(-z)"
SOFTMAX = "np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"
COTH = "1 / np.tanh(z)"


def instead_of(text: str, *formulas: str) -> tuple[str, ...]:
    """Return the edit that squashes by these formulas where a text ends with sigmoid or tanh."""
    before = text.removesuffix("sigmoid").removesuffix("np.tanh")
    return (text, *(f"{before}(lambda z: {formula})" for formula in formulas))


def every_sigmoid(*formulas: str) -> tuple[str, ...]:
    """Return the edit that lets `sigmoid` mean these formulas in the whole answer."""
    return (BEGIN, *(f"sigmoid = lambda z: {formula}" for formula in formulas))
