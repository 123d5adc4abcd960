# tf.contrib.cudnn_rnn.CudnnLSTM, one direction and two, beside the cells that read its checkpoints.
import numpy as np
import tensorflow as tf

from fill import fill

data = np.random.RandomState(6).randn(7, 2, 3)
for direction in ("unidirectional", "bidirectional"):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [7, 2, 3])
        lstm = tf.contrib.cudnn_rnn.CudnnLSTM(2, 4, direction=direction)
        out, (h, c) = lstm(x)
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            fill(s, tf.trainable_variables())
            for v in tf.trainable_variables():
                print(v.name, v.shape.as_list())
            got = s.run([out, h, c], {x: data})
            print([a.shape for a in got], np.round(got[0][-1, 0].astype(float), 4).tolist())
            print(
                "last output is h:",
                np.allclose(
                    got[0][-1, :, :4],
                    got[1][2 * (len(got[1]) // 2) - (1 if direction == "unidirectional" else 2)],
                ),
            )
