# What is saved: a Saver, an imported meta graph, names of TensorFlow 1.0, a Supervisor, a MonitoredTrainingSession.
import os
import tempfile

import numpy as np
import tensorflow as tf

from fill import fill

folder = tempfile.mkdtemp()
x = tf.placeholder(tf.float32, [2, 4, 3], name="x")
_, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(5), x, dtype=tf.float32)
scores = tf.layers.dense(state.h, 2, name="scores")
step = tf.train.get_or_create_global_step()
loss = tf.losses.mean_squared_error(tf.zeros([2, 2]), scores)
rate = tf.train.exponential_decay(0.1, step, 2, 0.5, staircase=True)
train = tf.train.MomentumOptimizer(rate, 0.9).minimize(loss, global_step=step)
feed = {x: np.ones((2, 4, 3))}
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    fill(s, tf.trainable_variables())
    for _ in range(3):
        _, n, value = s.run([train, step, loss], feed)
        print(n, "%.5f" % value)
    path = tf.train.Saver(max_to_keep=1).save(s, os.path.join(folder, "model.ckpt"), global_step=step)
    wanted = s.run(scores, feed)
    old = {v.op.name.replace("kernel", "weights").replace("bias", "biases"): v for v in tf.global_variables()}
    tf.train.Saver(old).save(s, os.path.join(folder, "old.ckpt"))
with tf.Session() as s:
    tf.train.Saver().restore(s, os.path.join(folder, "old.ckpt"))
    print("old names:", np.array_equal(s.run(scores, feed), wanted))

tf.reset_default_graph()
with tf.Session() as s:
    saver = tf.train.import_meta_graph(path + ".meta")
    saver.restore(s, tf.train.latest_checkpoint(folder, "checkpoint"))
    graph = tf.get_default_graph()
    print("meta graph:", np.array_equal(s.run(graph.get_tensor_by_name("scores/BiasAdd:0"), {"x:0": feed[x]}), wanted))

graph = tf.Graph()
with graph.as_default():
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    step = tf.train.get_or_create_global_step()
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(v * v), global_step=step)
    tf.summary.scalar("v", v[0])
    supervisor = tf.train.Supervisor(logdir=os.path.join(folder, "sv"), save_model_secs=600)
    with supervisor.managed_session() as s:
        while not supervisor.should_stop() and s.run(step) < 3:
            s.run(train)
        print("supervised:", tf.train.global_step(s, step), s.run(v).round(4).tolist())
        supervisor.saver.save(s, supervisor.save_path, global_step=supervisor.global_step)

tf.reset_default_graph()
v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
step = tf.train.get_or_create_global_step()
train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(v * v), global_step=step)
steps = 0
with tf.train.MonitoredTrainingSession(checkpoint_dir=folder + "/monitored", hooks=[tf.train.StopAtStepHook(4)]) as s:
    while not s.should_stop():
        s.run(train)
        steps += 1
print("monitored:", steps, os.path.basename(tf.train.latest_checkpoint(folder + "/monitored")))
