# A forecast as in the textbooks of the time: OutputProjectionWrapper, eval, a Saver, a second session.
import os
import tempfile

import numpy as np
import tensorflow as tf

from fill import fill

tf.reset_default_graph()
n_steps, n_inputs, n_neurons, n_outputs = 10, 1, 12, 1
X = tf.placeholder(tf.float32, [None, n_steps, n_inputs])
y = tf.placeholder(tf.float32, [None, n_steps, n_outputs])
cell = tf.contrib.rnn.OutputProjectionWrapper(
    tf.contrib.rnn.BasicRNNCell(num_units=n_neurons, activation=tf.nn.relu), output_size=n_outputs
)
outputs, states = tf.nn.dynamic_rnn(cell, X, dtype=tf.float32)
loss = tf.reduce_mean(tf.square(outputs - y))
optimizer = tf.train.AdamOptimizer(learning_rate=0.01)
training_op = optimizer.minimize(loss)
init = tf.global_variables_initializer()
saver = tf.train.Saver()
t = np.linspace(0, 3, 8)[:, None] + np.arange(11) * 0.1
batch = np.sin(t)[:, :, None]
path = os.path.join(tempfile.mkdtemp(), "my_time_series_model")
with tf.Session() as sess:
    init.run()
    fill(sess, tf.trainable_variables())
    print(sorted(v.name for v in tf.trainable_variables()))
    print("MSE %.5f" % loss.eval(feed_dict={X: batch[:, :-1], y: batch[:, 1:]}))
    for iteration in range(150):
        sess.run(training_op, feed_dict={X: batch[:, :-1], y: batch[:, 1:]})
    last = loss.eval(feed_dict={X: batch[:, :-1], y: batch[:, 1:]})
    print("learned:", last < 0.02)
    saver.save(sess, path)
with tf.Session() as sess:
    saver.restore(sess, path)
    print("restored:", abs(loss.eval({X: batch[:, :-1], y: batch[:, 1:]}) - last) < 1e-6)

# The other way, with fully_connected over all steps.
tf.reset_default_graph()
X = tf.placeholder(tf.float32, [None, n_steps, n_inputs])
rnn_outputs, states = tf.nn.dynamic_rnn(
    tf.contrib.rnn.BasicLSTMCell(num_units=n_neurons), X, dtype=tf.float32
)
stacked = tf.reshape(rnn_outputs, [-1, n_neurons])
stacked = tf.contrib.layers.fully_connected(stacked, n_outputs, activation_fn=None)
outputs = tf.reshape(stacked, [-1, n_steps, n_outputs])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    fill(sess, tf.trainable_variables())
    print([v.name for v in tf.trainable_variables()])
    print(np.round(sess.run(outputs, {X: batch[:2, :-1]})[:, -1, 0].astype(float), 4).tolist())
