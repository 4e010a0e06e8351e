"""The training graph: loss, step, averages of the weights, and what is reported of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import stillflow as tf
from stillflow.digits import forward
from stillflow.digits.settings import Settings

_MOMENTUM = 0.9
_SAMPLES = 10


class Training(NamedTuple):
    """Tensors and ops of the training graph.

    images: f32[n, 784] and labels: i64[n] are fed. train: one step; loss: f32[], of the batch and
    the weights; rate: f32[], the learning rate; step: the counter; right: f32[n], 1 for each image
    that the averaged weights classify as labelled.
    """

    images: Any
    labels: Any
    train: Any
    loss: Any
    rate: Any
    step: Any
    right: Any


def build(settings: Settings, examples: int) -> Training:
    """Builds the training graph in the default graph; an epoch has `examples` images."""
    tf.set_random_seed(settings.seed)
    images = tf.placeholder(tf.float32, [None, forward.PIXELS], name="images")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    step = tf.train.get_or_create_global_step()
    layers = forward.forward(images, settings.hidden, settings.l2, settings.keep, settings.stddev)
    with tf.name_scope("loss"):
        loss = loss_of(layers.scores, labels)
    with tf.name_scope("training"):
        epoch = examples / settings.batch
        rate = tf.train.exponential_decay(
            settings.rate, step, epoch, settings.decay, staircase=True, name="learning_rate"
        )
        descend = optimizer(settings.optimizer, rate).minimize(loss, global_step=step)
        averages = tf.train.ExponentialMovingAverage(settings.average, step)
        with tf.control_dependencies([descend]):
            train = averages.apply(tf.trainable_variables())
    with tf.name_scope("test"):
        averaged = [(averages.average(w), averages.average(b)) for w, b in layers.parameters]
        guesses = tf.argmax(forward.scores(images, averaged), 1)
        right = tf.cast(tf.equal(guesses, labels), tf.float32)
    return Training(images, labels, train, loss, rate, step, right)


def loss_of(scores: Any, labels: Any) -> Any:
    """The mean cross entropy, plus what the layers ask for their weights: f32[]."""
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores)
    return tf.add_n([tf.reduce_mean(errors), *tf.get_collection("losses")])


def optimizer(name: str, rate: Any) -> Any:
    """The optimizer called `name`, one of `settings.OPTIMIZERS`."""
    if name == "momentum":
        return tf.train.MomentumOptimizer(rate, _MOMENTUM)
    if name == "adam":
        return tf.train.AdamOptimizer(rate)
    return tf.train.GradientDescentOptimizer(rate)


class Reports(NamedTuple):
    """Summaries for TensorBoard, serialized: string[].

    numbers: of `loss` and the learning rate; accuracy: of `share`; weights: their histograms;
    digits: the first of the images that are fed. `loss` and `share`, f32[], are fed.
    """

    loss: Any
    share: Any
    numbers: Any
    accuracy: Any
    weights: Any
    digits: Any


def reports(training: Training) -> Reports:
    """Builds the summaries beside a training graph."""
    loss = tf.placeholder(tf.float32, [], name="report/loss")
    share = tf.placeholder(tf.float32, [], name="report/share")
    numbers = [tf.summary.scalar("batch_loss", loss)]
    numbers.append(tf.summary.scalar("learning_rate", training.rate))
    weights = [tf.summary.histogram(f"values/{v.op.name}", v) for v in tf.trainable_variables()]
    pictures = tf.reshape(training.images, [-1, forward.SIDE, forward.SIDE, 1])
    return Reports(
        loss,
        share,
        tf.summary.merge(numbers),
        tf.summary.scalar("accuracy", share),
        tf.summary.merge(weights),
        tf.summary.image("digits", pictures, max_outputs=_SAMPLES),
    )
