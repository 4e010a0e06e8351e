"""tf.losses: what it refuses, weights that are known in the run only, and what it remembers."""

import numpy as np
import pytest

import stillflow.api as tf


def floats(*shape):
    return tf.placeholder(tf.float32, shape)


REFUSED = [
    (lambda: tf.losses.mean_squared_error(None, floats(2)), "labels must not be None."),
    (lambda: tf.losses.mean_squared_error(floats(2), None), "predictions must not be None."),
    (
        lambda: tf.losses.mean_squared_error(floats(2), floats(3)),
        "Shapes (3,) and (2,) are incompatible",
    ),
    (
        lambda: tf.losses.log_loss(floats(2), floats(2), weights=floats(3)),
        "weights can not be broadcast to values. Mismatch at dim 0. values.shape=[2] "
        "weights.shape=[3].",
    ),
    (
        lambda: tf.losses.hinge_loss(floats(2), floats(2), weights=floats(2, 2)),
        "weights can not be broadcast to values. values.rank=1. weights.rank=2. "
        "values.shape=(2,). weights.shape=(2, 2).",
    ),
    (
        lambda: tf.losses.huber_loss(floats(2), floats(2), reduction="foo"),
        "Invalid Reduction Key foo.",
    ),
    (lambda: tf.losses.cosine_distance(floats(2), floats(2)), "You must specify 'axis'."),
    (
        lambda: tf.losses.cosine_distance(floats(2), floats(2), axis=0, dim=0),
        "Cannot specify both 'dim' and 'axis'",
    ),
    (
        lambda: tf.losses.softmax_cross_entropy(floats(2, 3), floats(2, 4)),
        "Shapes (2, 4) and (2, 3) are incompatible",
    ),
    (
        lambda: tf.losses.get_total_loss(),
        "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape",
    ),
]


@pytest.mark.parametrize(("build", "sentence"), REFUSED, ids=[text for _, text in REFUSED])
def test_refusal(build, sentence):
    """What cannot work is refused while building, in TensorFlow's words."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (compared in full below)
        build()
    assert str(caught.value).split("\n")[0] == sentence


def test_weights_of_rows_that_are_fed(tier):
    """A weight for each example, of a batch whose size only the run knows."""
    predictions, weights = floats(None, 2), floats(None, 1)
    loss = tf.losses.absolute_difference(tf.zeros_like(predictions), predictions, weights)
    feed = {predictions: [[1.0, 2], [3, 4], [5, 6]], weights: [[1.0], [0], [2]]}
    assert tf.Session().run(loss, feed) == pytest.approx((1 + 2 + 2 * 5 + 2 * 6) / 4)


@pytest.mark.parametrize("shape", [(None, None), None])
def test_weights_that_do_not_fit_in_the_run(shape, tier):
    """They are refused even where arithmetic would broadcast them."""
    values = tf.placeholder(tf.float32, shape)
    weights = tf.placeholder(tf.float32, shape)
    loss = tf.losses.compute_weighted_loss(values, weights)
    given = np.ones((2, 2) if shape else 2, np.float32)
    feed = {values: np.ones((1, 2), np.float32), weights: given}
    with pytest.raises(tf.errors.InvalidArgumentError, match="can not be broadcast to values"):
        tf.Session().run(loss, feed)


def test_a_loss_of_no_weight_is_zero(tier):
    """Not 0 / 0."""
    loss = tf.losses.mean_squared_error([1.0, 2], [0.0, 0], weights=0.0)
    assert tf.Session().run(loss) == 0


def test_collections():
    """Losses are found by the start of their names, and summed with the regularizers' penalties."""
    with tf.name_scope("first"):
        a = tf.losses.absolute_difference([1.0], [3.0])
    b = tf.losses.mean_squared_error([1.0], [3.0], scope="second")
    tf.losses.hinge_loss([1.0], [3.0], loss_collection=None)
    tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, tf.constant(10.0))
    assert tf.losses.get_losses() == [a, b]
    assert tf.losses.get_losses(scope="second") == [b]
    run = tf.Session().run
    assert run(tf.losses.get_regularization_loss()) == 10
    assert run(tf.losses.get_total_loss()) == 2 + 4 + 10
    assert run(tf.losses.get_total_loss(add_regularization_losses=False)) == 2 + 4
