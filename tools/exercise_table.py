"""Which mistakes the exercises name: a table in CONTRIBUTING.md, a part of ``make refresh``.

The rows are the book's list of what learners get wrong about the LSTM, P1 to P48. Each wrong answer
of a question says in its `rows` which of them it belongs to.
"""

from pathlib import Path

from lstm_lib.exercises.checking import QUESTIONS
from tools.generated import with_part, write_part
from tools.notebook_files import ROOT

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
MAKER = "tools/exercise_table.py"

ROWS = {
    1: "the API of TF1 is gone",
    2: "a graph tensor prints no numbers, and needs its variables initialised",
    3: "`num_units` read as the number of steps, or of copies",
    4: "the order of c and h",
    5: "c, h and `output` confused",
    6: "the order of the gates in the kernel",
    7: "the forget bias: added at run time, or stored",
    8: "gradients taken to vanish, or to last, whatever the weights are",
    9: "the forget gate read upside down",
    10: "`zero_state` and the batch size",
    11: "one cell shared in a stack",
    12: "a variable made twice in one graph",
    13: "stacking for joining; [h, x] against [x, h]",
    14: "the state ignored",
    15: "sigmoid or tanh in the wrong place",
    16: "the tanh on the cell state left out",
    17: "the number of parameters",
    18: "two biases",
    19: "what is returned: output, state, all steps",
    20: "the chain rule through time",
    21: "the hard sigmoid of old Keras",
    22: "a gate as one number",
    23: "input size read as the number of steps",
    24: "tanh confused with tan, coth or nothing",
    25: "gates, inputs or weights swapped",
    26: "a three-layer net read as three stacked cells",
    27: "input gate and update gate, coupled gates",
    28: "the checker itself is wrong",
    29: "what the gates of a trained cell learned",
    30: "which state goes into the next step or batch",
    31: "padded sequences without lengths or masks",
    32: "options of a layer that its arrays do not show",
    33: "a layer without a bias, or with two halves of one",
    34: "which array of a stack or of two directions is whose",
    35: "a forecast by a net that reads the future",
    36: "the whole script of TF1 does not run",
    37: "the keys of a checkpoint are not found",
    38: "another result at each run although a seed was set",
    39: "clipping to zeros or NaN, because the norm overflows",
    40: "an infinite cross entropy",
    41: "training that turned to NaN and goes on",
    42: "the slope of a gate",
    43: "gradients of gradients through a loop",
    44: "a test that was met in training",
    45: "no naive baseline",
    46: "an unfair comparison",
    47: "state that is kept between batches",
    48: "dropout with a new mask at each step",
}
# Rows that no answer to a question can show, and where they are met instead.
ELSEWHERE = {
    28: "`tests/exercises`: right answers, wrong ones, junk and mutants",
    29: "chapter 3 reads a trained cell",
    31: "`reference/sequences.ipynb`: lengths",
    32: "`from_keras`, `from_pytorch`, `from_onnx`: each option honoured or refused by name",
    34: "`reference/sequences.ipynb`: layers and directions",
    35: "`reference/sequences.ipynb`: a forecaster caught",
    36: "chapter 4: `python -m lstm_lib.tf1 old.py`",
    37: "`interop.from_checkpoint`",
    38: "`reference/common_confusions.ipynb`: which seed reaches what",
    39: "`clip_by_global_norm`",
    40: "`softmax_cross_entropy`",
    41: "`fit` names the step and the array",
    43: "`tests/library/test_higher_gradients.py`",
    45: "`reference/common_confusions.ipynb`: persistence in the same table",
    47: "`reference/common_confusions.ipynb`: batches in another order",
    48: "`reference/sequences.ipynb`: dropout",
}


def table() -> str:
    """Return the table as Markdown."""
    lines = ["| row | what goes wrong | questions that name it |", "|---|---|---|"]
    for row, title in ROWS.items():
        naming = [
            f"`{name}`"
            for name, question in QUESTIONS.items()
            if any(row in wrong.rows for wrong in question.wrong)
        ]
        lines.append(f"| P{row} | {title} | {', '.join(naming) or ELSEWHERE[row]} |")
    return "\n".join(lines) + "\n"


def with_table(text: str) -> str:
    """Return the text of CONTRIBUTING.md with the table as it should be."""
    return with_part(text, MAKER, table())


def write_table(path: Path = CONTRIBUTING) -> bool:
    """Bring the table up to date; tell whether it changed."""
    return write_part(path, MAKER, table())


if __name__ == "__main__":
    write_table()
