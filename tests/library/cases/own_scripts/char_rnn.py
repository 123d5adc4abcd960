# A char-rnn: legacy_seq2seq.rnn_decoder, trained with Adam, saved, then read back by a model that samples.
from __future__ import print_function

import argparse
import os
import tempfile

import numpy as np
import tensorflow as tf
from six.moves import cPickle
from tensorflow.contrib import legacy_seq2seq, rnn

from fill import fill


class Model:
    def __init__(self, args, training=True):
        self.args = args
        if not training:
            args.batch_size = 1
            args.seq_length = 1
        if args.model == "rnn":
            cell_fn = rnn.BasicRNNCell
        elif args.model == "gru":
            cell_fn = rnn.GRUCell
        elif args.model == "lstm":
            cell_fn = rnn.BasicLSTMCell
        elif args.model == "nas":
            cell_fn = rnn.NASCell
        else:
            raise Exception("model type not supported: {}".format(args.model))
        cells = []
        for _ in range(args.num_layers):
            cell = cell_fn(args.rnn_size)
            if training and (args.output_keep_prob < 1.0 or args.input_keep_prob < 1.0):
                cell = rnn.DropoutWrapper(
                    cell,
                    input_keep_prob=args.input_keep_prob,
                    output_keep_prob=args.output_keep_prob,
                )
            cells.append(cell)
        self.cell = cell = rnn.MultiRNNCell(cells, state_is_tuple=True)
        self.input_data = tf.placeholder(tf.int32, [args.batch_size, args.seq_length])
        self.targets = tf.placeholder(tf.int32, [args.batch_size, args.seq_length])
        self.initial_state = cell.zero_state(args.batch_size, tf.float32)
        with tf.variable_scope("rnnlm"):
            softmax_w = tf.get_variable("softmax_w", [args.rnn_size, args.vocab_size])
            softmax_b = tf.get_variable("softmax_b", [args.vocab_size])
        embedding = tf.get_variable("embedding", [args.vocab_size, args.rnn_size])
        inputs = tf.nn.embedding_lookup(embedding, self.input_data)
        if training and args.output_keep_prob:
            inputs = tf.nn.dropout(inputs, args.output_keep_prob)
        inputs = tf.split(inputs, args.seq_length, 1)
        inputs = [tf.squeeze(input_, [1]) for input_ in inputs]

        def loop(prev, _):
            prev = tf.matmul(prev, softmax_w) + softmax_b
            prev_symbol = tf.stop_gradient(tf.argmax(prev, 1))
            return tf.nn.embedding_lookup(embedding, prev_symbol)

        outputs, last_state = legacy_seq2seq.rnn_decoder(
            inputs,
            self.initial_state,
            cell,
            loop_function=loop if not training else None,
            scope="rnnlm",
        )
        output = tf.reshape(tf.concat(outputs, 1), [-1, args.rnn_size])
        self.logits = tf.matmul(output, softmax_w) + softmax_b
        self.probs = tf.nn.softmax(self.logits)
        loss = legacy_seq2seq.sequence_loss_by_example(
            [self.logits],
            [tf.reshape(self.targets, [-1])],
            [tf.ones([args.batch_size * args.seq_length])],
        )
        with tf.name_scope("cost"):
            self.cost = tf.reduce_sum(loss) / args.batch_size / args.seq_length
        self.final_state = last_state
        self.lr = tf.Variable(0.0, trainable=False)
        tvars = tf.trainable_variables()
        grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, tvars), args.grad_clip)
        with tf.name_scope("optimizer"):
            optimizer = tf.train.AdamOptimizer(self.lr)
        self.train_op = optimizer.apply_gradients(zip(grads, tvars))
        tf.summary.histogram("logits", self.logits)
        tf.summary.histogram("loss", loss)
        tf.summary.scalar("train_loss", self.cost)

    def sample(self, sess, chars, vocab, num, prime):
        state = sess.run(self.cell.zero_state(1, tf.float32))
        for char in prime[:-1]:
            feed = {self.input_data: [[vocab[char]]], self.initial_state: state}
            [state] = sess.run([self.final_state], feed)
        ret, char = prime, prime[-1]
        for _ in range(num):
            feed = {self.input_data: [[vocab[char]]], self.initial_state: state}
            [probs, state] = sess.run([self.probs, self.final_state], feed)
            char = chars[int(np.argmax(probs[0]))]
            ret += char
        return ret


parser = argparse.ArgumentParser()
parser.add_argument("--model", type=str, default="lstm")
parser.add_argument("--rnn_size", type=int, default=16)
parser.add_argument("--num_layers", type=int, default=2)
parser.add_argument("--batch_size", type=int, default=4)
parser.add_argument("--seq_length", type=int, default=8)
parser.add_argument("--grad_clip", type=float, default=5.0)
parser.add_argument("--output_keep_prob", type=float, default=1.0)
parser.add_argument("--input_keep_prob", type=float, default=1.0)
args = parser.parse_args()

text = "hello old world " * 20
chars = sorted(set(text))
args.vocab_size = len(chars)
vocab = {c: i for i, c in enumerate(chars)}
data = np.array([vocab[c] for c in text])
n = args.batch_size * args.seq_length
folder = tempfile.mkdtemp()
with open(os.path.join(folder, "chars_vocab.pkl"), "wb") as f:
    cPickle.dump((chars, vocab), f)

model = Model(args)
with tf.Session() as sess:
    summaries = tf.summary.merge_all()
    writer = tf.summary.FileWriter(os.path.join(folder, "logs"))
    writer.add_graph(sess.graph)
    sess.run(tf.global_variables_initializer())
    saver = tf.train.Saver(tf.global_variables())
    fill(sess, tf.trainable_variables())
    sess.run(tf.assign(model.lr, 0.02))
    losses = []
    for epoch in range(40):
        state = sess.run(model.initial_state)
        for b in range(3):
            x = data[b * n : b * n + n].reshape(args.batch_size, -1)
            y = data[b * n + 1 : b * n + n + 1].reshape(args.batch_size, -1)
            feed = {model.input_data: x, model.targets: y}
            for i, (c, h) in enumerate(model.initial_state):
                feed[c] = state[i].c
                feed[h] = state[i].h
            summ, train_loss, state, _ = sess.run(
                [summaries, model.cost, model.final_state, model.train_op], feed
            )
            writer.add_summary(summ, epoch * 3 + b)
            losses.append(train_loss)
    path = saver.save(sess, os.path.join(folder, "model.ckpt"), global_step=epoch)
    print("losses: %.4f %.4f %.4f ... last below 0.1: %s" % (*losses[:3], losses[-1] < 0.1))
    print("summaries:", sorted(os.listdir(os.path.join(folder, "logs")))[0].startswith("events"))

tf.reset_default_graph()
model = Model(args, training=False)
with tf.Session() as sess:
    tf.global_variables_initializer().run()
    saver = tf.train.Saver(tf.global_variables())
    ckpt = tf.train.get_checkpoint_state(folder)
    if ckpt and ckpt.model_checkpoint_path:
        saver.restore(sess, ckpt.model_checkpoint_path)
        print(model.sample(sess, chars, vocab, 30, "hello "))
