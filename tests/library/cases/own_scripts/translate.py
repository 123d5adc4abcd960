# A small sequence-to-sequence model of the old kind: embeddings, no attention, and a decoder that feeds itself.
import numpy as np
import tensorflow as tf

from fill import fill

STEPS, BATCH, SYMBOLS = 5, 6, 9
encoder_inputs = [tf.placeholder(tf.int32, [None], name="encoder%d" % i) for i in range(STEPS)]
decoder_inputs = [tf.placeholder(tf.int32, [None], name="decoder%d" % i) for i in range(STEPS)]
weights = [tf.ones_like(d, dtype=tf.float32) for d in decoder_inputs]
targets = decoder_inputs[1:] + [tf.zeros_like(decoder_inputs[0])]
with tf.variable_scope("seq2seq"):
    outputs, state = tf.contrib.legacy_seq2seq.embedding_rnn_seq2seq(
        encoder_inputs, decoder_inputs, tf.contrib.rnn.GRUCell(12), SYMBOLS, SYMBOLS, 8
    )
with tf.variable_scope("seq2seq", reuse=True):
    own, _ = tf.contrib.legacy_seq2seq.embedding_rnn_seq2seq(
        encoder_inputs,
        decoder_inputs,
        tf.contrib.rnn.GRUCell(12),
        SYMBOLS,
        SYMBOLS,
        8,
        feed_previous=True,
    )
loss = tf.contrib.legacy_seq2seq.sequence_loss(outputs, targets, weights)
train = tf.train.AdamOptimizer(0.02).minimize(loss)
for v in tf.trainable_variables():
    print(v.name, v.get_shape().as_list())
source = np.random.RandomState(4).randint(1, SYMBOLS, (STEPS, BATCH))
goal = np.vstack([np.zeros((1, BATCH), int), source[::-1][:-1]])
feed = dict(zip(encoder_inputs, source))
feed.update(zip(decoder_inputs, goal))
sess = tf.Session()
sess.run(tf.global_variables_initializer())
fill(sess, tf.trainable_variables())
print("loss %.5f" % sess.run(loss, feed))
for _ in range(200):
    sess.run(train, feed)
print("learned:", sess.run(loss, feed) < 0.05)
guess = np.argmax(sess.run(own, feed), 2)
print("feeds itself right:", bool((guess[:-1] == goal[1:]).all()))
sess.close()
