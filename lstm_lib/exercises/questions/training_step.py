"""training_step: one update of a readout, with softmax, cross-entropy and a clipped gradient."""

import numpy as np

from lstm_lib.exercises.engine.question import Case, Mistake, Question, case


def training_step(h, targets, W, b, rate, max_norm):
    """Return (loss, W, b): the loss before the update, and the weights after it."""
    # ********** Begin **********
    y = h @ W + b
    p = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
    right = np.eye(W.shape[1])[targets]
    loss = -np.log((p * right).sum(axis=1)).mean()
    d_y = (p - right) / len(h)
    d_W, d_b = h.T @ d_y, d_y.sum(axis=0)
    norm = np.sqrt((d_W**2).sum() + (d_b**2).sum())
    scale = min(1.0, max_norm / norm)
    return loss, W - rate * scale * d_W, b - rate * scale * d_b
    # ********** End **********


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(batch: int, units: int, classes: int, rate: float, norm: float, traits: str) -> Case:
        h = np.round(rng.normal(0, 1, (batch, units)), 1)
        W = np.round(rng.normal(0, 1, (units, classes)), 1)
        b = np.round(rng.normal(0, 1, classes), 1)
        targets = rng.integers(classes, size=batch)
        return case(h, targets, W, b, rate, norm, traits=traits)

    return [
        draw(3, 2, 4, 0.5, 10.0, "example"),
        draw(5, 3, 2, 0.1, 0.05, ""),
        draw(2, 4, 3, 1.5, 20.0, ""),
        draw(4, 2, 5, 2.0, 0.2, ""),
        draw(1, 3, 6, 0.3, 0.1, "one_row"),
        draw(6, 5, 3, 0.7, 5.0, ""),
    ]


UPDATED = "W - rate * scale * d_W, b - rate * scale * d_b"
SCALE = "scale = min(1.0, max_norm / norm)"
SOFTMAX = "np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)"
LOSS = "-np.log((p * right).sum(axis=1)).mean()"
WRONG = (
    Mistake("ascent", (UPDATED, "W + rate * scale * d_W, b + rate * scale * d_b")).says(
        "You climb: the gradient points to where the loss grows, so the step goes against it, "
        "W - rate * d_W."
    ),
    Mistake("summed_gradient", (" / len(h)", "")).says(
        "You take the mean for the loss and the sum for its gradient: divide d_y by the number of "
        "rows, too."
    ),
    Mistake("summed_loss", (LOSS, LOSS.replace("mean", "sum"))).says(
        "You sum the loss over the batch: it is the mean, so that it does not grow with the batch."
    ),
    Mistake("over_classes", (" / len(h)", " / W.shape[1]")).says(
        "You divide by the number of classes: the mean is over the rows of the batch."
    ),
    Mistake("mean_for_sum", ("h.T @ d_y, d_y.sum(axis=0)", "h.T @ d_y, d_y.mean(axis=0)")).says(
        "You take a mean over the batch twice in the bias: d_y is divided already, so add its rows."
    ),
    Mistake("softmax_of_the_batch", (SOFTMAX, "np.exp(y) / np.exp(y).sum(axis=0)")).says(
        "You let the rows of the batch share a softmax: the classes of one row sum to 1."
    ),
    Mistake("never_clips", (SCALE, "scale = 1.0")).says(
        "You never clip: a gradient longer than `max_norm` is scaled down to it."
    ),
    Mistake("always_scales", (SCALE, "scale = max_norm / norm")).says(
        "You stretch short gradients, too: only one that is longer than `max_norm` is scaled."
    ),
    Mistake("max_for_min", (SCALE, "scale = max(1.0, max_norm / norm)")).says(
        "You clip the wrong way round: the factor is at most 1, so take the smaller of the two."
    ),
    Mistake(
        "each_alone",
        (
            SCALE,
            "d_W = d_W * min(1.0, max_norm / np.sqrt((d_W**2).sum()))\n"
            "    d_b = d_b * min(1.0, max_norm / np.sqrt((d_b**2).sum()))\n    scale = 1.0",
        ),
    ).says(
        "You clip W and b each by its own length: they have one joint norm, and one factor that "
        "leaves the direction as it is."
    ),
    Mistake("without_bias", ("(d_W**2).sum() + (d_b**2).sum()", "(d_W**2).sum()")).says(
        "You leave the bias out of the norm: it is the length of all gradients together."
    ),
    Mistake(
        "not_rooted",
        ("np.sqrt((d_W**2).sum() + (d_b**2).sum())", "(d_W**2).sum() + (d_b**2).sum()"),
    ).says("You compare the square of the norm with `max_norm`: take the root."),
    Mistake(
        "clipped_number_by_number",
        [
            (SCALE, "scale = 1.0"),
            (
                "h.T @ d_y, d_y.sum(axis=0)",
                "(np.clip(each, -max_norm, max_norm) for each in (h.T @ d_y, d_y.sum(axis=0)))",
            ),
        ],
    ).says(
        "You clip each number by itself, which turns the gradient: scale all of it by one factor."
    ),
    Mistake("base_two", ("-np.log(", "-np.log2(")).says(
        "You take the logarithm to the base of 2: p - right is the gradient of the natural one."
    ),
    Mistake("gradients", (UPDATED, "scale * d_W, scale * d_b")).says(
        "You return the gradients: the weights after the update are asked for."
    ),
    Mistake("changes", (UPDATED, "rate * scale * d_W, rate * scale * d_b")).says(
        "You return the changes: take them away from the weights."
    ),
    Mistake("old_weights", (UPDATED, "W, b")).says(
        "You return the weights as they came: take rate * gradient away from them."
    ),
    Mistake("no_rate", (UPDATED, "W - scale * d_W, b - scale * d_b")).says(
        "You leave the rate out: it says how large the step against the gradient is."
    ),
    Mistake("bias_forgotten", (UPDATED, "W - rate * scale * d_W, b")).says(
        "You update W and forget b: the bias has a gradient, too."
    ),
    Mistake(
        "loss_after",
        (
            "return loss, W - rate * scale * d_W, b - rate * scale * d_b",
            "W, b = W - rate * scale * d_W, b - rate * scale * d_b\n"
            "    y = h @ W + b\n"
            "    p = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)\n"
            "    return -np.log((p * right).sum(axis=1)).mean(), W, b",
        ),
    ).says("You return the loss after the update: the one before it is asked for."),
    Mistake("no_softmax_gradient", ("(p - right)", "(y - right)")).says(
        "You take y for the probabilities: the gradient by y is softmax(y) minus the right class."
    ),
    Mistake("no_bias", ("y = h @ W + b", "y = h @ W")).says(
        "You leave the bias out of y: y = h W + b."
    ),
)

QUESTION = Question(
    chapter=8,
    reference=training_step,
    results=("loss", "W", "b"),
    draw=_cases,
    wrong=WRONG,
    hints=(
        "Four stations: y = h W + b and its softmax, the loss, the gradient, the step.",
        "The gradient by y is softmax minus one-hot, over the number of rows. From it, "
        "d_W = h.T @ d_y, and d_b is the sum of its rows.",
        "The norm is the root of the sum of all squares, of d_W and of d_b. The factor is "
        "min(1, max_norm / norm), and the step is rate * factor * gradient.",
    ),
    praise="Repeat it over many batches, and you have trained a network.",
)
