# Two directions: with lengths, step by step in a list, and stacked.
import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn

from fill import fill

x = tf.placeholder(tf.float32, [3, 6, 4])
lengths = tf.placeholder(tf.int32, [None])
fw, bw = rnn.BasicLSTMCell(5), rnn.BasicLSTMCell(5)
with tf.variable_scope("dynamic"):
    (out_fw, out_bw), (end_fw, end_bw) = tf.nn.bidirectional_dynamic_rnn(
        fw, bw, x, sequence_length=lengths, dtype=tf.float32
    )
with tf.variable_scope("static"):
    outs, s_fw, s_bw = rnn.static_bidirectional_rnn(
        rnn.LSTMCell(5), rnn.LSTMCell(5), tf.unstack(x, 6, 1), dtype=tf.float32
    )
with tf.variable_scope("stacked"):
    stacked, ends_fw, ends_bw = rnn.stack_bidirectional_dynamic_rnn(
        [rnn.GRUCell(3) for _ in range(2)], [rnn.GRUCell(3) for _ in range(2)], x, dtype=tf.float32
    )
names = sorted(v.name for v in tf.trainable_variables())
for name in names:
    print(name)
data = np.random.RandomState(5).randn(3, 6, 4)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    fill(s, tf.trainable_variables())
    feed = {x: data, lengths: [6, 2, 4]}
    for name, what in (
        ("end_fw.h", end_fw.h),
        ("end_bw.c", end_bw.c),
        ("static", outs[2]),
        ("stacked", stacked[:, 3]),
    ):
        print(name, np.round(s.run(what, feed)[1].astype(float), 4).tolist())
    print("zeros after the end:", not s.run(out_fw, feed)[1, 2:].any())
