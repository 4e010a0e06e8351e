"""Models whose inputs and outputs are sparse or ragged."""

import numpy as np
import pytest

import stillflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default(), tf.Session():
        yield


def ragged_of_rows():
    """A model that keeps the positive numbers of each row."""
    rows = tf.keras.Input((3,))
    kept = tf.keras.layers.Lambda(lambda x: tf.RaggedTensor.from_tensor(x, padding=0.0))(rows)
    return tf.keras.Model(rows, kept)


def test_ragged_outputs_of_batches_are_joined():
    rows = np.array([[1, 2, 0], [3, 0, 0], [0, 0, 0], [4, 5, 6], [7, 0, 0]], np.float32)
    got = ragged_of_rows().predict(rows, batch_size=2)
    assert got.to_list() == [[1, 2], [3], [], [4, 5, 6], [7]]


def test_sparse_outputs_of_batches_are_joined():
    inputs = tf.keras.Input((3,), sparse=True)
    doubled = tf.keras.layers.Lambda(lambda x: x * 2.0)(inputs)
    model = tf.keras.Model(inputs, doubled)
    row = tf.SparseTensor([[0, 1], [1, 2]], [1.0, 2.0], [2, 3])
    got = model.predict(row, steps=2)
    assert got.dense_shape.tolist() == [4, 3]
    assert got.indices.tolist() == [[0, 1], [1, 2], [2, 1], [3, 2]]
    assert got.values.tolist() == [2, 4, 2, 4]


def test_a_ragged_input_of_another_rank_is_refused():
    inputs = tf.keras.Input((None, None), ragged=True)
    model = tf.keras.Model(inputs, tf.keras.layers.Lambda(lambda x: x.to_tensor())(inputs))
    with pytest.raises(ValueError, match="don't have the same nested structure"):
        model.predict(tf.RaggedTensor.from_tensor(tf.ones((2, 2, 2))))
