"""creatLSTMCell: make a BasicLSTMCell, call it once, print its state.

Which mistake it is, is seen by `watching.find_mistake`; the edits here are what its author may have
written, and prove that it is seen.
"""

import numpy as np

from lstm_lib.exercises.creat_lstm_cell.watching import judge_watched
from lstm_lib.exercises.engine.edits import Edit
from lstm_lib.exercises.engine.question import BEGIN, Mistake, Question, case


def creatLSTMCell(a, b, c):
    """Call a BasicLSTMCell of a units once on a float32 input [b, c]; print h, then c."""
    from lstm_lib import tf1 as tf

    # ********** Begin **********
    inputs = tf.placeholder(np.float32, [b, c])
    cell = tf.nn.rnn_cell.BasicLSTMCell(num_units=a)
    state = cell.zero_state(batch_size=b, dtype=np.float32)
    output, new_state = cell(inputs, state)
    print(new_state.h)
    print(new_state.c)
    # ********** End **********


IMPORT, SHAPE = "from lstm_lib import tf1 as tf", "np.float32, [b, c]"
INPUTS, STATE = f"tf.placeholder({SHAPE})", "cell.zero_state(batch_size=b, dtype=np.float32)"
CELL = "tf.nn.rnn_cell.BasicLSTMCell(num_units=a)"
CALL = "output, new_state = cell(inputs, state)"
H, C = "print(new_state.h)", "print(new_state.c)"
PRINTS = f"{H}\n    {C}"
# The same answer on TensorFlow 2, which computes at once.
EAGER = [
    (IMPORT, "from lstm_lib import tensorflow_backend as L"),
    (INPUTS, "np.zeros((b, c), np.float32)"),
    (CELL, "L.BasicLSTMCell(a)"),
    (STATE, "cell.zero_state(b)"),
]
LAST_LAYER = (PRINTS, "print(new_state[-1].h); print(new_state[-1].c)")
OTHER_STATE = (PRINTS, "print(output); print(new_state)")
# Texts as they are printed by a right answer, and nothing behind them.
FROM_MEMORY = "; ".join(
    f"print(f'Tensor(\"basic_lstm_cell/{name}:0\", shape=({{b}}, {{a}}), dtype=float32)')"
    for name in ("mul_2", "add_1")
)
RUN = """with tf.Session() as session:
        print(session.run(new_state.h, {inputs: np.ones((b, c), np.float32)}))"""
TWICE = """with tf.get_default_graph().as_default():
        for _ in range(2):
            tf.get_variable("kernel", [c + a, 4 * a])"""
TENSORFLOW_2 = (IMPORT, "import tensorflow as tf")


def _printing(*texts: str) -> list[list[Edit]]:
    """Return the edits that print something else, in a graph and at once."""
    ways = []
    for text in texts:
        ways += [[(PRINTS, text)], [*EAGER, (PRINTS, text)]]
    return ways


WRONG = (
    Mistake(
        "tensorflow_2",
        [TENSORFLOW_2],
        [TENSORFLOW_2, (BEGIN, f"print({CELL})")],
        [TENSORFLOW_2, (BEGIN, "print(tf.compat.v1.nn.rnn_cell.BasicLSTMCell(num_units=a))")],
        rows=1,
    ).says(
        "Your `tf` is TensorFlow 2, which no longer has TF1's placeholders and cells: write "
        "`from lstm_lib import tf1 as tf`, and the old names work again."
    ),
    Mistake("no_cell", (BEGIN, f"{INPUTS}; return", "return")).says(
        "You make no cell: `tf.nn.rnn_cell.BasicLSTMCell(num_units=a)` is one."
    ),
    Mistake(
        "prints_without_cell", (BEGIN, "print(a, b, c); return", f"{FROM_MEMORY}; return")
    ).says(
        "You print, but you make no cell: the state to print comes out of a call of a "
        "`BasicLSTMCell`."
    ),
    Mistake(
        "rnn_cell", [("rnn_cell.BasicLSTMCell", "rnn_cell.BasicRNNCell"), OTHER_STATE], rows=5
    ).says(
        "You make a `BasicRNNCell`, which has h but no c: this task is about the `BasicLSTMCell`."
    ),
    Mistake("other_cell", [("rnn_cell.BasicLSTMCell", "rnn_cell.LSTMCell"), OTHER_STATE]).says(
        "You make an `LSTMCell`, a relative with more options: this task is about the "
        "`BasicLSTMCell`."
    ),
    Mistake(
        "stack",
        [(CELL, f"tf.nn.rnn_cell.MultiRNNCell([{CELL} for _ in range(2)])"), LAST_LAYER],
        [(CELL, f"tf.nn.rnn_cell.MultiRNNCell([{CELL}] * 3)"), ("[b, c])", "[b, a])"), LAST_LAYER],
        rows=(11, 26),
    ).says(
        "You stack cells: one `BasicLSTMCell` with a units is asked for; a network of three "
        "layers in a paper means input, hidden and output."
    ),
    Mistake(
        "several_cells", (H, f"output, new_state = {CELL}(inputs, state)\n    {H}"), rows=(3, 12)
    ).says(
        "You make more than one cell: one with a units is enough, and each new one has weights "
        "of its own."
    ),
    Mistake("units_inputs", ("num_units=a", "num_units=c"), rows=3).says(
        "You give the cell c units: c is the size of one input, and `num_units` is a, the size "
        "of h."
    ),
    Mistake("units_batch", ("num_units=a", "num_units=b"), rows=3).says(
        "You give the cell b units: b is the batch size, and `num_units` is a, the size of h."
    ),
    Mistake(
        "units_other", ("units=a", "units=4 * a", "units=a + c", "units=128"), rows=(3, 17)
    ).says(
        "You give the cell another number of units: `num_units` is a itself; the four gates "
        "come by themselves."
    ),
    Mistake("not_called", (CALL, "new_state = state"), rows=5).says(
        "You never call the cell: `output, new_state = cell(inputs, state)` is the one step "
        "whose state is printed."
    ),
    Mistake(
        "several_calls",
        (CALL, "for _ in range(a): output, state = cell(inputs, state)\n    new_state = state"),
        [*EAGER, (H, f"{H}\n    {CALL}")],
        rows=3,
    ).says(
        "You call the cell more than once: one call is one time step, and `num_units` says "
        "how wide the cell is, not how many steps it takes."
    ),
    Mistake(
        "shape_swapped",
        [("[b, c])", "[c, b])"), ("batch_size=b", "batch_size=c")],
        [*EAGER, ("((b, c)", "((c, b)"), ("zero_state(b)", "zero_state(c)")],
        rows=(23, 25),
    ).says(
        "You swap the two sizes of the input: its shape is [b, c], a row for each member of "
        "the batch."
    ),
    Mistake(
        "time_axis",
        ("[b, c])", "[b, 1, c])", "[b, a, c])"),
        [*EAGER, ("((b, c)", "((b, a, c)")],
        rows=23,
    ).says(
        "You give the input three axes: a cell takes one step, shape [b, c]; the time axis "
        "belongs to `dynamic_rnn`."
    ),
    Mistake("batch_unknown", ("[b, c])", "[None, c])"), rows=10).says(
        "You leave the batch size of the input open: here its shape is [b, c], both sizes known."
    ),
    Mistake(
        "shape_other",
        ("[b, c])", "[b, a])", "[c])"),
        [("[b, c])", "[a, c])"), ("batch_size=b", "batch_size=a")],
        rows=23,
    ).says("Your input has another shape: it is [b, c], batch size by size of one input."),
    Mistake(
        "dtype",
        [(SHAPE, "np.float64, [b, c]"), ("dtype=np.float32", "dtype=np.float64")],
        [*EAGER, (", np.float32)", ")"), ("Cell(a)", "Cell(a, dtype='float64')")],
    ).says(
        "Your input is not float32: `tf.placeholder(np.float32, [b, c])`; NumPy's own arrays "
        "are float64."
    ),
    Mistake(
        "zero_state",
        ("batch_size=b", "batch_size=a", "batch_size=c"),
        [*EAGER, ("zero_state(b)", "zero_state(a)")],
        rows=10,
    ).says(
        "Your state is for another batch size than your input: `zero_state` takes b, and a "
        "state fits no other batch."
    ),
    Mistake("unpacking", ("output, new_state =", "output, h, new_c ="), rows=19).says(
        "You take three things out of the call, and it returns two: the output, and a state "
        "that holds c and h."
    ),
    Mistake("uninitialised", (PRINTS, RUN), rows=2).says(
        "You run the graph before its variables have values: run "
        "`tf.global_variables_initializer()` in the session first, or print the tensors themselves."
    ),
    Mistake("exists_already", (BEGIN, TWICE), rows=12).says(
        "You make the same variable twice in one graph: start from a fresh graph, "
        "`tf.reset_default_graph()`, or make it once."
    ),
    Mistake("prints_nothing", *_printing("new_state.h, new_state.c")).says(
        "You print nothing: `print(new_state.h)`, then `print(new_state.c)`; returning them "
        "is not asked for."
    ),
    Mistake(
        "c_first", *_printing(f"{C}; {H}", "h, c = new_state; print(h); print(c)"), rows=4
    ).says(
        "You print c before h: h comes first here, though TF1's state tuple is (c, h); read "
        "its parts by name, `new_state.h` and `new_state.c`."
    ),
    Mistake("h_alone", *_printing(H, "print(output)", f"print(output); {H}"), rows=(5, 19)).says(
        "You print h, but not c: `output` is the same as `new_state.h`, and c is printed after it."
    ),
    Mistake("c_alone", *_printing(C), rows=5).says(
        "You print c, but not h: print `new_state.h` before it."
    ),
    Mistake(
        "whole_state", *_printing("print(new_state)", "print(output, new_state)"), rows=(4, 19)
    ).says(
        "You print the whole state tuple, which shows c before h: print `new_state.h` first, "
        "then `new_state.c`."
    ),
    Mistake("old_state", (PRINTS, "print(state.h); print(state.c)"), rows=5).says(
        "You print the state from before the call: the call returns the new one, "
        "`output, new_state = cell(inputs, state)`."
    ),
    Mistake(
        "prints_other",
        *_printing(
            "print(new_state.h.shape); print(new_state.c.shape)",
            "print(np.zeros(new_state.h.shape)); print(np.ones(new_state.h.shape))",
            "print('h'); print('c')",
        ),
        rows=2,
    ).says(
        "You print neither h nor c of the new state: print `new_state.h`, then "
        "`new_state.c`, as they come out of the call."
    ),
)

QUESTION = Question(
    chapter=4,
    reference=creatLSTMCell,
    results=(),
    draw=lambda rng: [case(5, 4, 3, traits="example"), case(2, 6, 7), case(3, 1, 2)],
    wrong=WRONG,
    hints=(
        "You need four things: an input, a cell, a state to start from, and one call.",
        "The input is `tf.placeholder(np.float32, [b, c])`, the cell has `num_units=a`, and "
        "`zero_state` wants to know the batch size, b.",
        "`output, new_state = cell(inputs, state)`, then print `new_state.h` and, after it, "
        "`new_state.c`.",
    ),
    praise="It makes one cell of a units, calls it once on [b, c], and prints h before c.",
    judge=judge_watched,
    needs_tensorflow=True,
)
