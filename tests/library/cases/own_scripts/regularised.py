# L2 in two ways: by a collection, and by the scope's regulariser; batches from tf.data; a moving average.
import numpy as np
import tensorflow as tf
from tensorflow.contrib.layers import fully_connected, l2_regularizer, xavier_initializer

from fill import fill

tf.set_random_seed(1)
data = np.random.RandomState(2).randn(8, 5, 3).astype(np.float32)
dataset = tf.data.Dataset.from_tensor_slices((data, data.sum((1, 2)))).repeat().batch(4)
x, y = dataset.make_one_shot_iterator().get_next()
with tf.variable_scope("model", initializer=xavier_initializer(), regularizer=l2_regularizer(0.01)):
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(n) for n in (4, 3)])
    out, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    w = tf.get_variable("w", [3, 2])
    hidden = tf.matmul(state[-1].h, w)
    hidden = fully_connected(
        hidden, 4, activation_fn=tf.nn.tanh, weights_initializer=xavier_initializer()
    )
    hidden = tf.layers.dropout(hidden, rate=0.5, training=False)
    guess = tf.squeeze(tf.layers.dense(hidden, 1, name="readout"), 1)
error = tf.losses.mean_squared_error(y, guess)
terms = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
print("terms:", sorted(t.name.split("/")[1] for t in terms))
l2 = 0.01 * tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables() if "bias" not in v.name])
global_step = tf.train.get_or_create_global_step()
rate = tf.train.exponential_decay(0.1, global_step, 10, 0.5, staircase=True)
train = tf.train.MomentumOptimizer(rate, 0.9).minimize(
    error + tf.add_n(terms) + l2, global_step=global_step
)
average = tf.train.ExponentialMovingAverage(0.9)
with tf.control_dependencies([train]):
    train = average.apply(tf.trainable_variables())
with tf.Session() as s:
    s.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    fill(s, tf.trainable_variables())
    print("penalty %.5f %.5f" % tuple(s.run([tf.add_n(terms), l2])))
    losses = [float(s.run([error, train])[0]) for _ in range(40)]
    print(
        "losses %.4f %.4f" % tuple(losses[:2]), "fell:", np.mean(losses[-4:]) < np.mean(losses[:4])
    )
    print("step", s.run(global_step), "rate %.4f" % s.run(rate))
    print("averaged:", s.run(average.average(w)).shape)
