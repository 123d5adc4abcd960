# tf.nn.raw_rnn with a loop function and its TensorArray, as interactive tutorials have it, at module level.
import numpy as np
import tensorflow as tf

from fill import fill

tf.reset_default_graph()
sess = tf.InteractiveSession()
x = tf.placeholder(tf.float32, [None, None, 3])  # (time, batch, inputs)
lengths = tf.placeholder(tf.int32, [None])
cell = tf.contrib.rnn.LSTMCell(4)
steps, batch = tf.unstack(tf.shape(x)[:2])
array = tf.TensorArray(tf.float32, size=steps, clear_after_read=False).unstack(x)


def loop(time, output, state, _):
    emit = output
    next_state = cell.zero_state(batch, tf.float32) if output is None else state
    done = time >= lengths
    following = tf.cond(tf.reduce_all(done), lambda: tf.zeros([batch, 3]), lambda: array.read(time))
    following.set_shape([None, 3])
    return done, following, next_state, emit, None


outputs, end, _ = tf.nn.raw_rnn(cell, loop)
outputs = outputs.stack()
again, end_again = tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32, time_major=True, scope="rnn")
sess.run(tf.global_variables_initializer())
fill(sess, tf.trainable_variables())
feed = {x: np.random.RandomState(2).randn(5, 2, 3), lengths: [5, 3]}
print([v.name for v in tf.trainable_variables()])
print(np.round(outputs.eval(feed)[4, 0], 4).tolist(), np.round(sess.run(end.c, feed)[1], 4).tolist())
print("as dynamic_rnn:", np.allclose(sess.run(outputs, feed), sess.run(again, feed), atol=1e-6))
print(np.allclose(sess.run(end, feed), sess.run(end_again, feed), atol=1e-6))
