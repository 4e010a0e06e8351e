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


def test_boxes_say_what_does_not_fit():
    rows = tf.ragged.constant([[1, 2], [], [3]])
    nested, values = list(rows.nested_row_splits), rows.flat_values
    raw = tf.raw_ops
    box = raw.RaggedTensorToVariant(
        rt_nested_splits=nested, rt_dense_values=values, batched_input=False
    )

    def read(encoded, depth, own=-1, dtype=tf.int32, splits=tf.int64):
        return raw.RaggedTensorFromVariant(
            encoded_ragged=encoded,
            input_ragged_rank=own,
            output_ragged_rank=depth,
            Tvalues=dtype,
            Tsplits=splits,
        ).output_dense_values

    none = tf.data.experimental.to_variant(tf.data.Dataset.range(1))
    with tf.Session() as sess:
        assert sess.run(read(box, 1)).tolist() == [1, 2, 3]
        for encoded, args, message in [
            (box, {"depth": 2}, "must hold either input_ragged_rank . 1 Tensors"),
            (box, {"depth": 1, "dtype": tf.float32}, "Expected values Tensor dtype: float32"),
            (box, {"depth": 1, "splits": tf.int32}, "Expected splits Tensor dtype: int32"),
            (tf.stack([[box]]), {"depth": 1}, "Inferred input_ragged_rank"),
            (none, {"depth": 1}, "doesn't hold a ragged tensor"),
        ]:
            with pytest.raises(tf.errors.InvalidArgumentError, match=message):
                sess.run(read(encoded, **args))
        torn = raw.RaggedTensorToVariant(
            rt_nested_splits=[[0, 4, 2]], rt_dense_values=[1, 2], batched_input=True
        )
        with pytest.raises(tf.errors.InvalidArgumentError, match="from 0 to at most 2"):
            sess.run(torn)


def test_no_boxes_are_no_rows():
    rows = tf.ragged.constant([[1, 2], [], [3]])
    boxes = tf.data.Dataset.from_tensor_slices(rows).batch(2)
    nothing = boxes.take(0).repeat()
    words = tf.data.Dataset.from_tensors(tf.ragged.constant([["a"], []])).repeat(2).batch(2)
    element = words.make_one_shot_iterator().get_next()
    with tf.Session() as sess:
        assert sess.run(element).to_list() == [[[b"a"], []], [[b"a"], []]]
        with pytest.raises(tf.errors.OutOfRangeError):
            sess.run(nothing.make_one_shot_iterator().get_next())
