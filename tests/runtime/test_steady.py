"""What follows an op of the host is compiled where the feeds' shapes decide the op's."""

import numpy as np

import stillflow as tf
from stillflow.runtime.plan import make_plan
from stillflow.runtime.segments import split


def compiled_types(fetches, feeds):
    return [step.op.type for step in split(make_plan(fetches, feeds)).compiled_steps]


def test_a_loss_over_samples_and_its_gradients_are_compiled():
    """The number of accidental hits differs from run to run, and changes no shape behind it."""
    x, labels = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.int64, [None, 1])
    w = tf.get_variable("w", [20, 4])
    loss = tf.nn.sampled_softmax_loss(w, tf.zeros([20]), labels, x, 6, 20)
    found = compiled_types([loss, *tf.gradients(loss, x)], [x, labels])
    assert {"SoftmaxCrossEntropyWithLogits", "MatMul", "Log"} <= set(found)
    assert "LogUniformCandidateSampler" not in found
    assert "SparseToDense" not in found


def test_the_gradient_of_a_loss_on_the_host_is_compiled():
    x, times = tf.placeholder(tf.float32, [None, None, 4]), tf.placeholder(tf.int32, [None])
    labels = tf.sparse_placeholder(tf.int32, name="labels")
    loss = tf.nn.ctc_loss(labels, tf.tanh(x), times)
    found = compiled_types(tf.gradients(loss, x), [x, times, *labels.fetch_parts()])
    assert "TanhGrad" in found
    assert "CTCLoss" not in found


def test_a_shape_that_values_decide_stays_on_the_host():
    x, sizes = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int32, [1])
    found = tf.boolean_mask(x, x > 0)
    dense = tf.sparse_to_dense(tf.zeros([0, 1], tf.int32), tf.shape(found) + sizes, x[:0], 1.0)
    assert "Tanh" not in compiled_types([tf.tanh(dense)], [x, sizes])


def test_what_follows_a_fed_sparse_matrix_is_compiled_for_its_fed_size(tier):
    """How many elements are left differs from run to run; the rows of the product are fed."""
    matrix = tf.sparse_placeholder(tf.float32)
    w = tf.get_variable("w", initializer=np.ones((2, 3), np.float32))
    left = tf.sparse_retain(matrix, matrix.values > 0)
    y = tf.nn.relu(tf.sparse_tensor_dense_matmul(left, w)) + 1.0
    assert {"Relu", "AddV2"} <= set(compiled_types([y], matrix.fetch_parts()))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for rows in (3, 5, 3):
            for values in ([2, -1], [2, 3]):
                feed = tf.SparseTensorValue([[0, 1], [2, 0]], values, [rows, 2])
                wanted = np.ones((rows, 3))
                wanted[[0, 2]] += np.maximum(values, 0)[:, None]
                assert session.run(y, {matrix: feed}).tolist() == wanted.tolist()
