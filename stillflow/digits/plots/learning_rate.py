"""How the learning rate falls: exponential decay, in stairs and smoothly."""

from __future__ import annotations

from typing import Any

import numpy as np

import stillflow as tf
from stillflow.digits.plots import style
from stillflow.digits.settings import COURSE

_EPOCH = 275  # steps: 55,000 images in batches of 200


def draw() -> Any:
    """A figure of the course's learning rate over its 50,000 steps, and over the first epochs."""
    figure, panels = style.subplots(columns=2, width=8.4, height=3.4)
    for panel, steps in zip(panels, (COURSE.steps, 8 * _EPOCH), strict=True):
        places = np.linspace(0, steps, 2000).astype(np.int64)
        for staircase, colour in ((False, style.GREY), (True, style.BLUE)):
            label = "in stairs" if staircase else "smoothly"
            panel.plot(places, _rates(places, staircase), color=colour, label=label)
        panel.set(title=f"the first {steps:,} steps", xlabel="step")
    panels[0].set_ylabel("learning rate")
    panels[1].legend()
    return figure


def _rates(steps: np.ndarray, staircase: bool) -> np.ndarray:
    """steps: i64[n] -> f32[n]"""
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.placeholder(tf.int64, [None])
        rate = tf.train.exponential_decay(COURSE.rate, step, _EPOCH, COURSE.decay, staircase)
        return session.run(rate, {step: steps})
