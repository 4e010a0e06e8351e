"""Constraints of kernels, and objects of programs' own that descriptions of layers name."""

import numpy as np
import pytest

import stillflow as tf


def value(tensor):
    with tf.Session() as session:
        return session.run(tensor)


@pytest.mark.parametrize(
    ("kernel", "rings"),
    [
        ([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[4, 4, 4], [4, 0, 4], [4, 4, 4]]),
        (
            [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]],
            [[15, 15, 15, 15], [15, 5, 5, 15], [15, 5, 5, 15], [15, 15, 15, 15]],
        ),
    ],
)
def test_a_radial_kernel_is_the_same_within_a_ring(kernel, rings):
    constraint = tf.keras.constraints.RadialConstraint()
    got = value(constraint(tf.constant(kernel, tf.float32)[:, :, None, None]))
    np.testing.assert_array_equal(got[:, :, 0, 0], rings)


class Doubling(tf.keras.regularizers.Regularizer):
    def __call__(self, x):
        return 2 * tf.reduce_sum(x)

    def get_config(self):
        return {}


def test_a_layer_finds_objects_of_a_programs_own():
    layer = tf.keras.layers.Dense(2, kernel_regularizer=Doubling(), activation=np.negative)
    config = tf.keras.layers.serialize(layer)
    with pytest.raises(ValueError, match="Unknown activation function:negative"):
        tf.keras.layers.deserialize(config)
    own = {"Doubling": Doubling, "negative": np.negative}
    again = tf.keras.layers.deserialize(config, custom_objects=own)
    assert isinstance(again.kernel_regularizer, Doubling)
    assert again.activation is np.negative
    with tf.keras.utils.custom_object_scope(own, {"more": 1}):
        assert tf.keras.utils.get_custom_objects()["more"] == 1
        tf.keras.layers.deserialize(config)
    assert "Doubling" not in tf.keras.utils.get_custom_objects()


def test_descriptions_that_are_none_are_refused():
    utils = tf.keras.utils
    with pytest.raises(ValueError, match="Improper config format"):
        utils.deserialize_keras_object({"name": "x"})
    with pytest.raises(ValueError, match="Could not interpret serialized object: 3"):
        utils.deserialize_keras_object(3)
    with pytest.raises(ValueError, match="Cannot serialize"):
        utils.serialize_keras_object(3)
    assert utils.serialize_keras_object(None) is None
    assert utils.deserialize_keras_object(None) is None
