"""Gradients of gradients of loops in functions are those of the same steps carried out eagerly.

TensorFlow 1.15 has some of them (see `taped.gradients_of_gradients`), and gives others wrong.
"""

import numpy as np
import pytest

import stillflow as tf
from stillflow.runtime.eager.mode import eager_mode


def repeated(count, step, x):
    return tf.while_loop(lambda i, a: i < count, lambda i, a: (i + 1, step(i, a)), (0, x))[1]


def pairs(x):
    start = (0, x, x * x)
    step = lambda i, a, b: (i + 1, a * b, tf.sin(a) + b * b)
    return tf.while_loop(lambda i, a, b: i < 2, step, start)[1]


BODIES = {
    "nested": lambda x: repeated(2, lambda i, a: repeated(2, lambda j, b: b * x, a), x),
    "pairs": pairs,
    "vectors": lambda x: tf.reduce_sum(repeated(2, lambda i, a: a * tf.tanh(x), [0.5, 0.7] * x)),
    "choice": lambda x: repeated(
        3, lambda i, a: tf.cond(tf.equal(i, 1), lambda: a * a * x, lambda: a + tf.sin(x)), x
    ),
    "choices": lambda x: repeated(
        3,
        lambda i, a: tf.cond(
            i > 0, lambda: tf.cond(i > 1, lambda: a * x, lambda: tf.exp(a)), lambda: a * a
        ),
        x,
    ),
    "descent": lambda x: repeated(
        2, lambda i, a: a - 0.1 * derivative(lambda b: repeated(2, lambda j, c: c * b, b), a), x
    ),
}
QUICK = ["pairs", "choice"]
THIRD = ["nested", "pairs", "vectors"]


def derivative(function, x, order=1):
    if order == 0:
        return function(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = derivative(function, x, order - 1)
    return tape.gradient(y, x)


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in BODIES]
)
def test_as_when_carried_out_eagerly(name):
    body = BODIES[name]
    with eager_mode():
        x = tf.constant(0.6)
        for order in (2, 3) if name in THIRD else (2,):
            expected = derivative(body, x, order).numpy()
            around = derivative(tf.function(body), x, order)
            within = tf.function(lambda x, body=body, order=order: derivative(body, x, order))(x)
            np.testing.assert_allclose([around.numpy(), within.numpy()], expected, rtol=1e-5)


REFUSED = {
    "a loop on a side": lambda x: tf.cond(
        x > 0, lambda: repeated(2, lambda i, a: a * x, x), lambda: x
    ),
    "an array": lambda x: tf.reduce_sum(tf.map_fn(lambda e: e * e * x, tf.ones([2]) * x)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_out_of_reach_is_refused(name):
    with eager_mode(), pytest.raises(TypeError, match="Second-order gradient for while loops"):
        derivative(tf.function(REFUSED[name]), tf.constant(0.6), 2)
