# A tagger of the old kind: two directions, lengths, and tf.contrib.crf.
import numpy as np
import tensorflow as tf

from fill import fill

WORDS, TAGS, UNITS = 11, 3, 5
words = tf.placeholder(tf.int32, [None, None])
lengths = tf.placeholder(tf.int32, [None])
labels = tf.placeholder(tf.int32, [None, None])
embedding = tf.get_variable("embedding", [WORDS, 4])
embedded = tf.nn.embedding_lookup(embedding, words)
with tf.variable_scope("bi-lstm"):
    (fw, bw), _ = tf.nn.bidirectional_dynamic_rnn(
        tf.contrib.rnn.LSTMCell(UNITS),
        tf.contrib.rnn.LSTMCell(UNITS),
        embedded,
        sequence_length=lengths,
        dtype=tf.float32,
    )
logits = tf.layers.dense(tf.concat([fw, bw], axis=-1), TAGS)
likelihood, transitions = tf.contrib.crf.crf_log_likelihood(logits, labels, lengths)
loss = tf.reduce_mean(-likelihood)
train = tf.train.AdamOptimizer(0.05).minimize(loss)
decoded, score = tf.contrib.crf.crf_decode(logits, transitions, lengths)
rng = np.random.RandomState(0)
feed = {words: rng.randint(0, WORDS, (4, 6)), labels: rng.randint(0, TAGS, (4, 6)), lengths: [6, 3, 1, 5]}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    fill(sess, tf.trainable_variables())
    print(["%.4f" % sess.run([loss, train], feed)[0] for _ in range(3)])
    unary, pairs, best, scores = sess.run([logits, transitions, decoded, score], feed)
    for scores_of_one, n, tags, total in zip(unary, feed[lengths], best, scores):
        same, value = tf.contrib.crf.viterbi_decode(scores_of_one[:n], pairs)
        print(same, tags.tolist(), "%.3f" % value, "%.3f" % total)
