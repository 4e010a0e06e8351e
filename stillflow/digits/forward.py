"""The network: fully connected layers from the pixels of an image to a score for each digit."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import stillflow as tf

SIDE = 28
PIXELS = SIDE * SIDE
DIGITS = 10
HIDDEN = (500,)
COURSE_STDDEV = 0.1


class Layers(NamedTuple):
    """What the network computes, and from what.

    hidden: each hidden layer after its ReLU, f32[n, h]; scores: f32[n, 10];
    parameters: (weights, biases) of each layer.
    """

    hidden: list[Any]
    scores: Any
    parameters: list[tuple[Any, Any]]


def get_weight(shape: Sequence[int], regularizer: float | None, stddev: float | None) -> Any:
    """A variable, f32[shape], drawn with `stddev`; None scales it to the layer's inputs (He).

    With a `regularizer`, that share of half its squares joins the collection 'losses'.
    """
    spread = math.sqrt(2 / shape[0]) if stddev is None else stddev
    weights = tf.Variable(tf.truncated_normal(shape, stddev=spread), name="weights")
    if regularizer:
        tf.add_to_collection("losses", tf.contrib.layers.l2_regularizer(regularizer)(weights))
    return weights


def get_bias(shape: Sequence[int]) -> Any:
    """A variable of zeros, f32[shape]."""
    return tf.Variable(tf.zeros(shape), name="biases")


def forward(
    images: Any,
    hidden: Sequence[int] = HIDDEN,
    regularizer: float | None = None,
    keep: float | None = None,
    stddev: float | None = COURSE_STDDEV,
) -> Layers:
    """images: f32[n, 784] in [0, 1] -> Layers. Variables are `layer1/weights`, `layer1/biases`, ...

    `keep` is the share of each hidden layer that dropout leaves; None for all, as when testing.
    """
    sizes = [PIXELS, *hidden, DIGITS]
    x, layers = images, Layers([], None, [])
    for number, shape in enumerate(itertools.pairwise(sizes), start=1):
        with tf.name_scope(f"layer{number}"):
            weights, biases = get_weight(shape, regularizer, stddev), get_bias(shape[1:])
            layers.parameters.append((weights, biases))
            x = tf.matmul(x, weights) + biases
            if number <= len(hidden):
                x = tf.nn.relu(x)
                layers.hidden.append(x)
                if keep is not None:
                    x = tf.nn.dropout(x, keep)
    return layers._replace(scores=x)


def scores(images: Any, parameters: Sequence[tuple[Any, Any]]) -> Any:
    """images: f32[n, 784] -> f32[n, 10], with given (weights, biases) of each layer."""
    x = images
    for number, (weights, biases) in enumerate(parameters, start=1):
        x = tf.matmul(x, weights) + biases
        if number < len(parameters):
            x = tf.nn.relu(x)
    return x
