# Cells of one's own, in each way they were written, and sizes asked for their value.
import numpy as np
import tensorflow as tf
from tensorflow.contrib.rnn import RNNCell, LSTMStateTuple

from fill import fill


class WithScope(RNNCell):
    """__call__ and get_variable."""

    def __init__(self, num_units):
        self.num_units = num_units

    @property
    def state_size(self):
        return (self.num_units, self.num_units)

    @property
    def output_size(self):
        return self.num_units

    def __call__(self, x, state, scope=None):
        with tf.variable_scope(scope or type(self).__name__):
            c, h = state
            kernel = tf.get_variable("W", [x.get_shape()[1].value + self.num_units, 4 * self.num_units])
            i, j, f, o = tf.split(tf.matmul(tf.concat([x, h], 1), kernel), 4, 1)
            c = c * tf.sigmoid(f) + tf.sigmoid(i) * tf.tanh(j)
            h = tf.tanh(c) * tf.sigmoid(o)
            return h, (c, h)


class WithBuild(tf.nn.rnn_cell.RNNCell):
    """build and call, as TensorFlow's own."""

    def __init__(self, num_units):
        super(WithBuild, self).__init__()
        self._num_units = num_units

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self):
        return self._num_units

    def build(self, inputs_shape):
        rows = inputs_shape[1].value + self._num_units
        self._kernel = self.add_variable("kernel", shape=[rows, 4 * self._num_units])
        self._bias = self.add_variable("bias", [4 * self._num_units], initializer=tf.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs, state):
        c, h = state
        i, j, f, o = tf.split(tf.matmul(tf.concat([inputs, h], 1), self._kernel) + self._bias, 4, 1)
        c = tf.sigmoid(f + 1.0) * c + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        return h, LSTMStateTuple(c, h)


class WithLinear(tf.nn.rnn_cell.RNNCell):
    """_linear of TensorFlow's inside."""

    state_size = output_size = 4

    def call(self, inputs, state):
        h = tf.tanh(tf.nn.rnn_cell._linear([inputs, state], 4, True))
        return h, h


class Kept(tf.nn.rnn_cell.BasicLSTMCell):
    def call(self, inputs, state):
        output, state = super(Kept, self).call(inputs, state)
        return tf.nn.relu(output), state


x = tf.placeholder(tf.float32, [None, 4, 3])
print(x.shape, x.get_shape()[0].value, x.shape[1].value + 1, [d.value for d in x.shape])
ends = []
for n, cell in enumerate([WithScope(4), WithBuild(4), WithLinear(), Kept(4), tf.nn.rnn_cell.BasicLSTMCell(4)]):
    out, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="n%d" % n)
    ends.append(out[:, -1])
total = 0
for v in tf.trainable_variables():
    count = 1
    for dim in v.get_shape():
        count *= dim.value
    total += count
    print(v.name, count)
print("parameters:", total)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    fill(s, tf.trainable_variables())
    for end in s.run(ends, {x: np.arange(24).reshape(2, 4, 3) / 24.0}):
        print(np.round(end[0], 4).tolist())
