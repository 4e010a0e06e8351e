"""How a moving average follows its variable, as in the course's example."""

from __future__ import annotations

from typing import Any

import numpy as np

import stillflow as tf
from stillflow.digits.plots import style

_DECAY = 0.99
_CHANGES = {0: 0.0, 50: 1.0, 200: 10.0}  # step: the variable's value from there on
_STEPS = 700


def draw() -> Any:
    """A figure of a variable that jumps, and of its averages with and without a step counter."""
    values, averages, warmed = _followed()
    figure, panel = style.subplots(width=6.4, height=3.4)
    panel.plot(values, color=style.GREY, label="the variable", drawstyle="steps-post")
    panel.plot(averages, color=style.BLUE, label=f"average, decay {_DECAY}")
    panel.plot(warmed, color=style.RED, label="average, decay (1 + step) / (10 + step) at first")
    panel.set_xlabel("step")
    panel.legend()
    return figure


def _followed() -> np.ndarray:
    """f32[3, steps]: the variable, its average, and its average that counts steps."""
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.Variable(0.0)
        step = tf.Variable(0, trainable=False)
        plain = tf.train.ExponentialMovingAverage(_DECAY, name="plain")
        warmed = tf.train.ExponentialMovingAverage(_DECAY, step, name="warmed")
        averaging = tf.group(plain.apply([variable]), warmed.apply([variable]))
        with tf.control_dependencies([averaging]):
            update = tf.assign_add(step, 1)
        session.run(tf.global_variables_initializer())
        shown = [variable, plain.average(variable), warmed.average(variable)]
        rows = []
        for number in range(_STEPS):
            if number in _CHANGES:
                variable.load(_CHANGES[number], session)
            session.run(update)
            rows.append(session.run(shown))
        return np.array(rows, np.float32).T
