"""RaggedTensors as what a run gives and takes."""

import numpy as np
import pytest

import stillflow as tf


def test_a_run_gives_and_takes_values_of_ragged_tensors():
    words = tf.ragged.placeholder(tf.string, 2, name="words")
    given = tf.ragged.constant_value([[[b"a"], []], [[b"b", b"c"]]], dtype=object)
    with tf.Session() as sess:
        value = sess.run(words, {words: given})
        assert value.to_list() == [[[b"a"], []], [[b"b", b"c"]]]
        assert sess.run({"rows": words.values}, {words: given})["rows"].shape == (3, None)
        assert words[0].eval({words: given}, sess).to_list() == [[b"a"], []]


def test_a_ragged_tensor_goes_round_a_loop():
    start = tf.ragged.constant([[1], [2, 3]])
    _, result = tf.while_loop(
        lambda i, rows: i < 3,
        lambda i, rows: (i + 1, tf.ragged.map_flat_values(tf.multiply, rows, 2)),
        [0, start],
    )
    with tf.Session() as sess:
        assert sess.run(result).to_list() == [[8], [16, 24]]


def test_the_gradient_passes_through_padding():
    x = tf.constant([1.0, 2.0, 3.0])
    rows = tf.RaggedTensor.from_row_lengths(x, [1, 2])
    (dx,) = tf.gradients(tf.reduce_sum(tf.square(rows.to_tensor())), [x])
    (dsparse,) = tf.gradients(3.0 * rows.to_sparse().values, [x])
    with tf.Session() as sess:
        np.testing.assert_array_equal(sess.run(tf.convert_to_tensor(dx)), [2.0, 4.0, 6.0])
        np.testing.assert_array_equal(sess.run(dsparse), [3.0, 3.0, 3.0])


def test_a_ragged_tensor_is_not_made_directly():
    with pytest.raises(ValueError, match="RaggedTensor constructor is private"):
        tf.RaggedTensor(tf.constant([1]), tf.constant([0, 1]))
    with pytest.raises(ValueError, match="Cannot index into an inner ragged dimension"):
        tf.ragged.constant([[1], [2, 3]])[:, 0]
    with pytest.raises(TypeError, match="row_splits must be a 1D int32 or int64 numpy array"):
        tf.ragged.RaggedTensorValue(np.array([1]), [0, 1])


def test_a_value_shows_its_rows():
    value = tf.ragged.constant_value([[1, 2], [], [3]])
    assert str(value) == "<tf.RaggedTensorValue [[1, 2], [], [3]]>"
    assert (value.ragged_rank, value.shape, value.dtype) == (1, (3, None), np.int64)
