"""Wrong answers of creatLSTMCell, each with answers that make the mistake.

Which mistake it is, is seen by `watched.find_mistake`; the functions here prove that
it sees it, and are what its author may have written.
"""
# ruff: noqa: ANN001, RUF059 - written as learners write them

from __future__ import annotations

import numpy as np

from lstm_lib.exercises.question import Wrong


def _graph(build):
    """Return an answer on tf1: `build(tf, cell class, a, b, c)`."""

    def answer(a, b, c):
        from lstm_lib import tf1 as tf

        build(tf, tf.nn.rnn_cell.BasicLSTMCell, a, b, c)

    return answer


def _eager(build):
    """Return an answer on the TensorFlow backend: `build(L, inputs, a, b, c)`."""

    def answer(a, b, c):
        from lstm_lib import tensorflow_backend as L

        build(L, np.zeros((b, c), np.float32), a, b, c)

    return answer


def _printing(show):
    """Return answers that are right but for what they print: `show(output, state)`."""

    def graph(tf, cell_class, a, b, c):
        cell = cell_class(a)
        show(*cell(tf.placeholder(np.float32, [b, c]), cell.zero_state(b, np.float32)))

    def eager(L, inputs, a, b, c):
        cell = L.BasicLSTMCell(a)
        show(*cell(inputs, cell.zero_state(b)))

    return _graph(graph), _eager(eager)


def _calling(units, shape, dtype=np.float32, batch=None):
    """Return an answer on tf1 with these choices, functions of a, b, c."""

    def build(tf, cell_class, a, b, c):
        cell = cell_class(num_units=units(a, b, c))
        inputs = tf.placeholder(dtype, shape(a, b, c))
        size = batch(a, b, c) if batch else (inputs.shape[0] or b)
        output, state = cell(inputs, cell.zero_state(size, dtype))
        print(state.h)
        print(state.c)

    return _graph(build)


def _right_units(a, b, c):
    return a


def _right_shape(a, b, c):
    return [b, c]


def _tensorflow_2(a, b, c):
    import tensorflow as tf

    inputs = tf.placeholder(np.float32, [b, c])
    print(inputs)


def _tensorflow_2_cell(a, b, c):
    import tensorflow as tf

    print(tf.nn.rnn_cell.BasicLSTMCell(num_units=a))


def _compat_v1_cell(a, b, c):
    import tensorflow as tf

    print(tf.compat.v1.nn.rnn_cell.BasicLSTMCell(num_units=a))


def _other_cell(name):
    def build(tf, cell_class, a, b, c):
        cell = getattr(tf.nn.rnn_cell, name)(a)
        output, state = cell(tf.placeholder(np.float32, [b, c]), cell.zero_state(b, np.float32))
        print(output)
        print(state)

    return _graph(build)


def _stack(tf, cell_class, a, b, c):
    cell = tf.nn.rnn_cell.MultiRNNCell([cell_class(a) for _ in range(2)])
    output, state = cell(tf.placeholder(np.float32, [b, c]), cell.zero_state(b, np.float32))
    print(state[-1].h)
    print(state[-1].c)


def _shared_stack(tf, cell_class, a, b, c):
    cell = tf.nn.rnn_cell.MultiRNNCell([cell_class(a)] * 3)
    output, state = cell(tf.placeholder(np.float32, [b, a]), cell.zero_state(b, np.float32))
    print(state[-1].h)
    print(state[-1].c)


def _several_cells(tf, cell_class, a, b, c):
    inputs = tf.placeholder(np.float32, [b, c])
    for _ in range(2):
        cell = cell_class(a)
        output, state = cell(inputs, cell.zero_state(b, np.float32))
    print(state.h)
    print(state.c)


def _several_calls(tf, cell_class, a, b, c):
    inputs = tf.placeholder(np.float32, [b, c])
    cell = cell_class(a)
    state = cell.zero_state(b, np.float32)
    for _ in range(a):
        output, state = cell(inputs, state)
    print(state.h)
    print(state.c)


def _several_eager_calls(L, inputs, a, b, c):
    cell = L.BasicLSTMCell(a)
    print(cell(inputs, cell.zero_state(b))[1].h)
    print(cell(inputs, cell.zero_state(b))[1].c)


def _not_called(tf, cell_class, a, b, c):
    cell = cell_class(a)
    state = cell.zero_state(b, np.float32)
    print(state.h)
    print(state.c)


def _old_state(tf, cell_class, a, b, c):
    cell = cell_class(a)
    state = cell.zero_state(b, np.float32)
    cell(tf.placeholder(np.float32, [b, c]), state)
    print(state.h)
    print(state.c)


def _no_cell(tf, cell_class, a, b, c):
    tf.placeholder(np.float32, [b, c])


def _time_axis_eager(L, inputs, a, b, c):
    cell = L.BasicLSTMCell(a)
    output, state = cell(np.zeros((b, a, c), np.float32), cell.zero_state(b))
    print(state.h)
    print(state.c)


def _shape_eager(L, inputs, a, b, c):
    cell = L.BasicLSTMCell(a)
    output, state = cell(inputs.T, cell.zero_state(c))
    print(state.h)
    print(state.c)


def _double_eager(L, inputs, a, b, c):
    cell = L.BasicLSTMCell(a, dtype="float64")
    output, state = cell(inputs.astype(np.float64), cell.zero_state(b))
    print(state.h)
    print(state.c)


def _zero_state_eager(L, inputs, a, b, c):
    cell = L.BasicLSTMCell(a)
    output, state = cell(inputs, cell.zero_state(a))
    print(state.h)
    print(state.c)


def _unpacking(tf, cell_class, a, b, c):
    cell = cell_class(a)
    output, h, c_new = cell(tf.placeholder(np.float32, [b, c]), cell.zero_state(b, np.float32))
    print(h)
    print(c_new)


def _uninitialised(tf, cell_class, a, b, c):
    cell = cell_class(a)
    inputs = tf.placeholder(np.float32, [b, c])
    output, state = cell(inputs, cell.zero_state(b, np.float32))
    with tf.Session() as session:
        print(session.run(state.h, {inputs: np.ones((b, c), np.float32)}))
        print(session.run(state.c, {inputs: np.ones((b, c), np.float32)}))


def _exists_already(tf, cell_class, a, b, c):
    with tf.get_default_graph().as_default():
        for _ in range(2):
            tf.get_variable("kernel", [c + a, 4 * a])
    print(cell_class(a))


def _nothing(output, state):
    return state.h, state.c


def _c_first(output, state):
    print(state.c)
    print(state.h)


def _h_c_swapped(output, state):
    h, c = state
    print(h)
    print(c)


def _output_and_h(output, state):
    print(output)
    print(state.h)


def _h_alone(output, state):
    print(state.h)


def _output_alone(output, state):
    print(output)


def _c_alone(output, state):
    print(state.c)


def _whole_state(output, state):
    print(state)


def _output_and_state(output, state):
    print(output, state)


def _shapes(output, state):
    print(state.h.shape)
    print(state.c.shape)


def _constants(output, state):
    print(np.zeros(state.h.shape))
    print(np.ones(state.h.shape))


def _words(output, state):
    print("h")
    print("c")


def _only_prints(a, b, c):
    print(f'Tensor("basic_lstm_cell/mul_2:0", shape=({b}, {a}), dtype=float32)')
    print(f'Tensor("basic_lstm_cell/add_1:0", shape=({b}, {a}), dtype=float32)')


CELL_WRONG = (
    Wrong(
        "tensorflow_2",
        "Your `tf` is TensorFlow 2, which no longer has TF1's placeholders and cells: write "
        "`from lstm_lib import tf1 as tf`, and the old names work again.",
        (_tensorflow_2, _tensorflow_2_cell, _compat_v1_cell),
        (1,),
    ),
    Wrong(
        "no_cell",
        "You make no cell: `tf.nn.rnn_cell.BasicLSTMCell(num_units=a)` is one.",
        (_graph(_no_cell), lambda a, b, c: None),
    ),
    Wrong(
        "prints_without_cell",
        "You print, but you make no cell: the state to print comes out of a call of a "
        "`BasicLSTMCell`.",
        (_only_prints, lambda a, b, c: print(a, b, c)),
    ),
    Wrong(
        "rnn_cell",
        "You make a `BasicRNNCell`, which has h but no c: this task is about the `BasicLSTMCell`.",
        (_other_cell("BasicRNNCell"),),
        (5,),
    ),
    Wrong(
        "other_cell",
        "You make an `LSTMCell`, a relative with more options: this task is about the "
        "`BasicLSTMCell`.",
        (_other_cell("LSTMCell"),),
    ),
    Wrong(
        "stack",
        "You stack cells: one `BasicLSTMCell` with a units is asked for; a network of three "
        "layers in a paper means input, hidden and output.",
        (_graph(_stack), _graph(_shared_stack)),
        (11, 26),
    ),
    Wrong(
        "several_cells",
        "You make more than one cell: one with a units is enough, and each new one has weights "
        "of its own.",
        (_graph(_several_cells),),
        (3, 12),
    ),
    Wrong(
        "units_inputs",
        "You give the cell c units: c is the size of one input, and `num_units` is a, the size "
        "of h.",
        (_calling(lambda a, b, c: c, _right_shape),),
        (3,),
    ),
    Wrong(
        "units_batch",
        "You give the cell b units: b is the batch size, and `num_units` is a, the size of h.",
        (_calling(lambda a, b, c: b, _right_shape),),
        (3,),
    ),
    Wrong(
        "units_other",
        "You give the cell another number of units: `num_units` is a itself; the four gates "
        "come by themselves.",
        (
            _calling(lambda a, b, c: 4 * a, _right_shape),
            _calling(lambda a, b, c: a + c, _right_shape),
            _calling(lambda a, b, c: 128, _right_shape),
        ),
        (3, 17),
    ),
    Wrong(
        "not_called",
        "You never call the cell: `output, new_state = cell(inputs, state)` is the one step "
        "whose state is printed.",
        (_graph(_not_called),),
        (5,),
    ),
    Wrong(
        "several_calls",
        "You call the cell more than once: one call is one time step, and `num_units` says "
        "how wide the cell is, not how many steps it takes.",
        (_graph(_several_calls), _eager(_several_eager_calls)),
        (3,),
    ),
    Wrong(
        "shape_swapped",
        "You swap the two sizes of the input: its shape is [b, c], a row for each member of "
        "the batch.",
        (_calling(_right_units, lambda a, b, c: [c, b]), _eager(_shape_eager)),
        (23, 25),
    ),
    Wrong(
        "time_axis",
        "You give the input three axes: a cell takes one step, shape [b, c]; the time axis "
        "belongs to `dynamic_rnn`.",
        (
            _calling(_right_units, lambda a, b, c: [b, 1, c]),
            _calling(_right_units, lambda a, b, c: [b, a, c]),
            _eager(_time_axis_eager),
        ),
        (23,),
    ),
    Wrong(
        "batch_unknown",
        "You leave the batch size of the input open: here its shape is [b, c], both sizes known.",
        (_calling(_right_units, lambda a, b, c: [None, c], batch=lambda a, b, c: b),),
        (10,),
    ),
    Wrong(
        "shape_other",
        "Your input has another shape: it is [b, c], batch size by size of one input.",
        (
            _calling(_right_units, lambda a, b, c: [b, a]),
            _calling(_right_units, lambda a, b, c: [a, c]),
            _calling(_right_units, lambda a, b, c: [c], batch=lambda a, b, c: b),
        ),
        (23,),
    ),
    Wrong(
        "dtype",
        "Your input is not float32: `tf.placeholder(np.float32, [b, c])`; NumPy's own arrays "
        "are float64.",
        (_calling(_right_units, _right_shape, np.float64), _eager(_double_eager)),
    ),
    Wrong(
        "zero_state",
        "Your state is for another batch size than your input: `zero_state` takes b, and a "
        "state fits no other batch.",
        (
            _calling(_right_units, _right_shape, batch=lambda a, b, c: a),
            _calling(_right_units, _right_shape, batch=lambda a, b, c: c),
            _eager(_zero_state_eager),
        ),
        (10,),
    ),
    Wrong(
        "unpacking",
        "You take three things out of the call, and it returns two: the output, and a state "
        "that holds c and h.",
        (_graph(_unpacking),),
        (19,),
    ),
    Wrong(
        "uninitialised",
        "You run the graph before its variables have values: run "
        "`tf.global_variables_initializer()` in the session first, or print the tensors "
        "themselves.",
        (_graph(_uninitialised),),
        (2,),
    ),
    Wrong(
        "exists_already",
        "You make the same variable twice in one graph: start from a fresh graph, "
        "`tf.reset_default_graph()`, or make it once.",
        (_graph(_exists_already),),
        (12,),
    ),
    Wrong(
        "prints_nothing",
        "You print nothing: `print(new_state.h)`, then `print(new_state.c)`; returning them "
        "is not asked for.",
        _printing(_nothing),
    ),
    Wrong(
        "c_first",
        "You print c before h: h comes first here, though TF1's state tuple is (c, h); read "
        "its parts by name, `new_state.h` and `new_state.c`.",
        (*_printing(_c_first), *_printing(_h_c_swapped)),
        (4,),
    ),
    Wrong(
        "h_alone",
        "You print h, but not c: `output` is the same as `new_state.h`, and c is printed after it.",
        (*_printing(_h_alone), *_printing(_output_alone), *_printing(_output_and_h)),
        (5, 19),
    ),
    Wrong(
        "c_alone",
        "You print c, but not h: print `new_state.h` before it.",
        _printing(_c_alone),
        (5,),
    ),
    Wrong(
        "whole_state",
        "You print the whole state tuple, which shows c before h: print `new_state.h` first, "
        "then `new_state.c`.",
        (*_printing(_whole_state), *_printing(_output_and_state)),
        (4, 19),
    ),
    Wrong(
        "old_state",
        "You print the state from before the call: the call returns the new one, "
        "`output, new_state = cell(inputs, state)`.",
        (_graph(_old_state),),
        (5,),
    ),
    Wrong(
        "prints_other",
        "You print neither h nor c of the new state: print `new_state.h`, then "
        "`new_state.c`, as they come out of the call.",
        (*_printing(_shapes), *_printing(_constants), *_printing(_words)),
        (2,),
    ),
)
