"""Measures the newest saved network on the 10,000 test images: python mnist_test.py"""

import argparse
import sys

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

import mnist_backward
import mnist_forward


def accuracy_of(checkpoint, test):
    """The share of the test images whose highest score is at the right digit."""
    images = tf.placeholder(tf.float32, [None, mnist_forward.PIXELS])
    labels = tf.placeholder(tf.int64, [None])
    guesses = tf.argmax(mnist_forward.scores(images), 1)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(guesses, labels), tf.float32))
    averages = tf.train.ExponentialMovingAverage(mnist_backward.AVERAGE_DECAY)
    saver = tf.train.Saver(averages.variables_to_restore())
    with tf.Session() as sess:
        saver.restore(sess, checkpoint)
        return sess.run(accuracy, {images: test.images, labels: test.labels})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="./data", help="folder of the four MNIST files")
    parser.add_argument("--model", default="./model", help="folder of the checkpoint")
    options = parser.parse_args()
    checkpoint = tf.train.latest_checkpoint(options.model)
    if checkpoint is None:
        sys.exit(f"No checkpoint in {options.model}: run mnist_backward.py first.")
    accuracy = accuracy_of(checkpoint, input_data.read_data_sets(options.data).test)
    steps = checkpoint.rsplit("-", 1)[-1]
    print(f"After {steps} training steps, test accuracy = {100 * accuracy:.2f} %")


if __name__ == "__main__":
    main()
