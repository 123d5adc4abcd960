# The block cells beside the plain ones, all with the same weights.
import numpy as np
import tensorflow as tf

from fill import fill


def run(build):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2, 6, 3])
        out = build(x)
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            fill(s, tf.trainable_variables())
            names = [v.op.name for v in tf.trainable_variables()]
            grad = tf.gradients(tf.reduce_sum(tf.square(out)), tf.trainable_variables()[0])[0]
            return names, s.run([out, grad], {x: np.random.RandomState(1).randn(2, 6, 3)})


def dynamic(cell):
    return lambda x: tf.nn.dynamic_rnn(cell(), x, dtype=tf.float32)[0]


def fused(**options):
    def build(x):
        out, state = tf.contrib.rnn.LSTMBlockFusedCell(4, name="lstm_cell", **options)(
            tf.transpose(x, [1, 0, 2]), dtype=tf.float32
        )
        return tf.transpose(out, [1, 0, 2])

    return build


rnn = tf.contrib.rnn
plain = run(dynamic(lambda: rnn.BasicLSTMCell(4)))
for name, build in (
    ("LSTMBlockCell", dynamic(lambda: rnn.LSTMBlockCell(4))),
    ("LSTMBlockFusedCell", fused()),
    ("LSTMCell", dynamic(lambda: rnn.LSTMCell(4))),
):
    names, (out, grad) = run(build)
    print(
        name,
        names,
        np.allclose(out, plain[1][0], atol=1e-6),
        np.allclose(grad, plain[1][1], atol=1e-5),
    )
peep = run(dynamic(lambda: rnn.LSTMCell(4, use_peepholes=True)))
for name, build in (
    ("LSTMBlockCell", dynamic(lambda: rnn.LSTMBlockCell(4, use_peephole=True))),
    ("LSTMBlockFusedCell", fused(use_peephole=True)),
):
    names, (out, grad) = run(build)
    print(
        name,
        names,
        np.allclose(out, peep[1][0], atol=1e-6),
        np.allclose(grad, peep[1][1], atol=1e-5),
    )
gru = run(dynamic(lambda: rnn.GRUCell(4)))
names, (out, grad) = run(dynamic(lambda: rnn.GRUBlockCellV2(4)))
print("GRUBlockCellV2", names, np.allclose(out, gru[1][0], atol=1e-6))
names, (out, grad) = run(dynamic(lambda: rnn.GRUBlockCell(num_units=4)))
print("GRUBlockCell", names)
names, (out, grad) = run(dynamic(lambda: rnn.LayerNormBasicLSTMCell(4)))
print(
    "LayerNormBasicLSTMCell", len(names), names[0], np.round(out[0, -1].astype(float), 4).tolist()
)
zero = run(dynamic(lambda: rnn.BasicLSTMCell(4, forget_bias=0.0)))
names, (out, grad) = run(dynamic(lambda: tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(4)))
print("CudnnCompatibleLSTMCell", names, np.allclose(out, zero[1][0], atol=1e-6))
