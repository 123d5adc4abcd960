# An encoder and tf.contrib.seq2seq's decoders: fed with the targets, and with what they say themselves.
import numpy as np
import tensorflow as tf
from tensorflow.contrib.seq2seq import TrainingHelper, BasicDecoder, dynamic_decode

from fill import fill

SYMBOLS, SIZE, UNITS, BATCH, GO, END = 12, 6, 8, 3, 1, 2
source = tf.placeholder(tf.int32, [BATCH, None])
fed = tf.placeholder(tf.int32, [BATCH, None])
goal = tf.placeholder(tf.int32, [BATCH, None])
lengths = tf.placeholder(tf.int32, [BATCH])
embedded = tf.contrib.layers.embed_sequence(source, SYMBOLS, SIZE, scope="source")
_, state = tf.nn.dynamic_rnn(
    tf.contrib.rnn.LSTMCell(UNITS), embedded, sequence_length=lengths, dtype=tf.float32, scope="encoder"
)
table = tf.get_variable("table", [SYMBOLS, SIZE])
cell = tf.contrib.rnn.LSTMCell(UNITS)
readout = tf.layers.Dense(SYMBOLS, name="readout")
with tf.variable_scope("decode"):
    helper = TrainingHelper(tf.nn.embedding_lookup(table, fed), lengths)
    taught, end, steps = dynamic_decode(BasicDecoder(cell, helper, state, readout), impute_finished=True)
with tf.variable_scope("decode", reuse=True):
    helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(table, tf.fill([BATCH], GO), END)
    own, _, _ = dynamic_decode(BasicDecoder(cell, helper, state, readout), maximum_iterations=7)
mask = tf.sequence_mask(lengths, tf.reduce_max(lengths), dtype=tf.float32)
loss = tf.contrib.seq2seq.sequence_loss(taught.rnn_output, goal, mask)
optimizer = tf.train.AdamOptimizer(0.02)
pairs = [(tf.clip_by_value(g, -5.0, 5.0), v) for g, v in optimizer.compute_gradients(loss) if g is not None]
train = optimizer.apply_gradients(pairs)
for v in tf.trainable_variables():
    print(v.name, v.get_shape().as_list())
numbers = np.random.RandomState(0).randint(3, SYMBOLS, (BATCH, 5))
said = numbers.copy()
for row, length in zip(said, (5, 4, 3)):
    row[length - 1 :] = END
feed = {source: numbers, fed: np.c_[[GO] * BATCH, said[:, :4]], goal: said, lengths: [5, 4, 3]}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    fill(sess, tf.trainable_variables())
    out, last, counts = sess.run([taught, end, steps], feed)
    print(out.rnn_output.shape, counts.tolist(), np.round(out.rnn_output[1, 3], 4).tolist())
    print(out.rnn_output[2, 3:].any(), np.round(last.h[2], 4).tolist())
    for _ in range(150):
        value, _ = sess.run([loss, train], feed)
    print("learned:", bool(value < 0.1))
    guess = sess.run(own.sample_id, feed)
    print("says it alone:", [bool((g[:n] == s[:n]).all()) for g, s, n in zip(guess, said, (5, 4, 3))])
