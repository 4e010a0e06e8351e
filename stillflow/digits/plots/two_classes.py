"""The course's two-class example: points inside and outside a circle, and a network between them.

With L2 regularisation the network draws a smoother boundary than without.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import stillflow as tf
from stillflow.digits.plots import style

_POINTS, _SEED = 300, 2
_HIDDEN, _RATE, _BATCH = 11, 0.0001, 30
_L2 = 0.01
STEPS = 40_000
_EDGE, _SPACING = 3.0, 0.05


class Fit(NamedTuple):
    """A trained network: its mean squared error, and its scores f64[n, n] over the square."""

    error: float
    scores: np.ndarray


def points() -> tuple[np.ndarray, np.ndarray]:
    """f32[300, 2], and f32[300, 1]: 1 within the circle of radius sqrt(2), 0 outside."""
    places = np.random.RandomState(_SEED).randn(_POINTS, 2)
    inside = (places**2).sum(axis=1, keepdims=True) < 2
    return places.astype(np.float32), inside.astype(np.float32)


def _axis() -> np.ndarray:
    return np.arange(-_EDGE, _EDGE + _SPACING / 2, _SPACING, dtype=np.float32)


def fit(l2: float, steps: int) -> Fit:
    """Trains 2-11-1 units with Adam on the points; `l2` weighs half the squared weights."""
    places, classes = points()
    across, up = np.meshgrid(_axis(), _axis())
    square = np.stack([across.ravel(), up.ravel()], axis=1)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(_SEED)
        x = tf.placeholder(tf.float32, [None, 2])
        wanted = tf.placeholder(tf.float32, [None, 1])
        y = _scores(x)
        error = tf.reduce_mean(tf.square(y - wanted))
        penalty = tf.add_n([tf.nn.l2_loss(w) for w in tf.get_collection("weights")])
        step = tf.train.AdamOptimizer(_RATE).minimize(error + l2 * penalty)
        session.run(tf.global_variables_initializer())
        for i in range(steps):
            batch = slice(i * _BATCH % _POINTS, i * _BATCH % _POINTS + _BATCH)
            session.run(step, {x: places[batch], wanted: classes[batch]})
        final = session.run(error, {x: places, wanted: classes})
        return Fit(float(final), session.run(y, {x: square}).reshape(across.shape))


def _scores(x: Any) -> Any:
    """x: f32[n, 2] -> f32[n, 1]; the weights join the collection 'weights'."""
    for inputs, outputs in ((2, _HIDDEN), (_HIDDEN, 1)):
        weights = tf.Variable(tf.random_normal([inputs, outputs]))
        tf.add_to_collection("weights", weights)
        x = tf.matmul(x, weights) + tf.Variable(tf.constant(0.01, shape=[outputs]))
        if outputs > 1:
            x = tf.nn.relu(x)
    return x


def draw(steps: int = STEPS) -> Any:
    """A figure of the boundary, where the score is 0.5, without and with L2."""
    places, classes = points()
    colours = np.where(classes[:, 0] > 0, style.RED, style.BLUE)
    figure, panels = style.subplots(columns=2, width=8.4, height=4.2, sharey=True)
    for panel, l2 in zip(panels, (0.0, _L2), strict=True):
        trained = fit(l2, steps)
        panel.scatter(places[:, 0], places[:, 1], c=colours, s=12, linewidths=0)
        panel.contour(_axis(), _axis(), trained.scores, levels=[0.5], colors="black")
        panel.set_title(f"L2 {l2:g}" if l2 else "without L2")
        panel.set_aspect("equal")
    return figure
