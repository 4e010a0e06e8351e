"""Trains the network on distorted digits, then measures it: python train.py [--epochs 7]"""

import argparse
import os
import time

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

import augment
import network

RATE = 0.004  # of the first step; it falls to 0 along half a cosine
WEIGHT_DECAY = 0.0002
SEED = 1


class Model:
    """The graph: placeholders, what a step of training runs, and what a test asks for."""

    def __init__(self, steps):
        self.images = tf.placeholder(tf.float32, [None, network.SIDE**2], name="images")
        self.labels = tf.placeholder(tf.int64, [None], name="labels")
        self.training = tf.placeholder(tf.bool, [], name="training")
        scores = network.scores(self.images, self.training)
        errors = tf.losses.sparse_softmax_cross_entropy(self.labels, scores)
        kernels = [v for v in tf.trainable_variables() if "kernel" in v.name]
        self.loss = errors + WEIGHT_DECAY * tf.add_n([tf.nn.l2_loss(v) for v in kernels])
        step = tf.train.get_or_create_global_step()
        rate = tf.train.cosine_decay(RATE, step, steps)
        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
            self.step = tf.train.AdamOptimizer(rate).minimize(self.loss, global_step=step)
        hits = tf.equal(tf.argmax(scores, 1), self.labels)
        self.hits = tf.reduce_sum(tf.cast(hits, tf.int32))

    def feed(self, images, labels, training):
        return {self.images: images, self.labels: labels, self.training: training}


def accuracy(session, model, data, limit):
    """The share of right guesses, in percent, in the first `limit` pictures of a data set."""
    images, labels = data.images[:limit], data.labels[:limit]
    hits = 0
    for start in range(0, len(labels), 500):
        part = slice(start, start + 500)
        hits += session.run(model.hits, model.feed(images[part], labels[part], False))
    return 100.0 * hits / len(labels)


def train(session, model, mnist, options):
    random = np.random.RandomState(SEED)
    session.run(tf.global_variables_initializer())
    started, losses = time.time(), []
    for step in range(1, options.steps + 1):
        images, labels = mnist.train.next_batch(options.batch)
        feed = model.feed(augment.distorted(images, random), labels, True)
        _, loss = session.run([model.step, model.loss], feed)
        losses.append(loss)
        if step % options.every == 0 or step == options.steps:
            found = accuracy(session, model, mnist.validation, options.limit)
            print(
                f"step {step:5d} of {options.steps}   loss {np.mean(losses):.4f}   "
                f"validation accuracy {found:.2f} %   {time.time() - started:.0f} s",
                flush=True,
            )
            losses = []


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=float, default=7)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--data", default="./data", help="folder of the four MNIST files")
    parser.add_argument("--model", default="./model", help="folder for the checkpoint")
    parser.add_argument("--limit", type=int, help="how many pictures to measure by")
    options = parser.parse_args()
    mnist = input_data.read_data_sets(options.data, seed=SEED)
    options.every = mnist.train.num_examples // options.batch
    options.steps = int(options.epochs * options.every)
    tf.set_random_seed(SEED)
    model = Model(options.steps)
    saver = tf.train.Saver()
    with tf.Session() as session:
        train(session, model, mnist, options)
        os.makedirs(options.model, exist_ok=True)
        saver.save(session, os.path.join(options.model, "mnist_cnn"))
        found = accuracy(session, model, mnist.test, options.limit)
    print(f"After {options.steps} training steps, test accuracy = {found:.2f} %")


if __name__ == "__main__":
    main()
