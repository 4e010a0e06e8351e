"""Trains the network on MNIST and saves it: python mnist_backward.py [--steps 2500]"""

import argparse
import os
import sys
import time

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

import mnist_forward

BATCH = 200
RATE, RATE_DECAY = 0.1, 0.99  # the learning rate, and what is left of it after each epoch
MOMENTUM = 0.9
WEIGHT_DECAY = 0.0001
AVERAGE_DECAY = 0.99
SEED = 1


def training(images, labels, batches_per_epoch):
    """Builds the loss and the op of one step; returns (train_op, loss, learning_rate, step)."""
    step = tf.train.get_or_create_global_step()
    scores = mnist_forward.scores(images, WEIGHT_DECAY)
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores)
    loss = tf.reduce_mean(errors) + tf.add_n(tf.get_collection("losses"))
    rate = tf.train.exponential_decay(RATE, step, batches_per_epoch, RATE_DECAY, staircase=True)
    descend = tf.train.MomentumOptimizer(rate, MOMENTUM).minimize(loss, global_step=step)
    # The test uses these averages: they are steadier than the weights after the last batch.
    averages = tf.train.ExponentialMovingAverage(AVERAGE_DECAY, step)
    with tf.control_dependencies([descend]):
        train_op = averages.apply(tf.trainable_variables())
    return train_op, loss, rate, step


class Progress:
    """One line that is written over on a terminal, and one line after another elsewhere."""

    def __init__(self, steps):
        self.steps = steps
        self.last_step, self.last_time = 0, time.time()

    def show(self, step, loss, rate):
        now = time.time()
        speed = (step - self.last_step) / (now - self.last_time)
        self.last_step, self.last_time = step, now
        line = (
            f"step {step:5d} of {self.steps}   loss {loss:.4f}   "
            f"learning rate {rate:.5f}   {speed:5.0f} steps/s"
        )
        if sys.stdout.isatty():
            line = "\r" + line
        if not sys.stdout.isatty() or step == self.steps:
            line += "\n"
        sys.stdout.write(line)
        sys.stdout.flush()


def train(mnist, steps, model):
    tf.set_random_seed(SEED)
    images = tf.placeholder(tf.float32, [None, mnist_forward.PIXELS], name="images")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    train_op, loss, rate, step = training(images, labels, mnist.train.num_examples / BATCH)
    saver = tf.train.Saver()
    progress = Progress(steps)
    every = 100 if sys.stdout.isatty() else 500
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(1, steps + 1):
            batch_images, batch_labels = mnist.train.next_batch(BATCH)
            feed = {images: batch_images, labels: batch_labels}
            if i % every and i < steps:
                sess.run(train_op, feed)
            else:
                _, loss_now, rate_now = sess.run([train_op, loss, rate], feed)
                progress.show(i, loss_now, rate_now)
        os.makedirs(model, exist_ok=True)
        saver.save(sess, os.path.join(model, "mnist"), global_step=step)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--data", default="./data", help="folder of the four MNIST files")
    parser.add_argument("--model", default="./model", help="folder for the checkpoint")
    options = parser.parse_args()
    train(input_data.read_data_sets(options.data, seed=SEED), options.steps, options.model)


if __name__ == "__main__":
    main()
