"""Sparse tensors beyond what is recorded of TensorFlow: large ones, and both tiers."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.numpy.products import sparse_matmul

ROWS, INNER, WIDTH, COUNT = 90, 70, 32, 4000


def elements(order):
    """Elements of a large matrix, in the order of its rows, of its columns, or in none."""
    rng = np.random.RandomState(1)
    places = rng.permutation(ROWS * INNER)[:COUNT]
    if order != "none":
        places.sort()
    row, column = places // INNER, places % INNER
    if order == "columns":
        by_column = np.argsort(column, kind="stable")
        row, column = row[by_column], column[by_column]
    return row, column, rng.rand(COUNT).astype(np.float32)


@pytest.mark.parametrize("order", ["rows", "columns", "none"])
def test_large_products_are_summed_in_the_order_of_elements(order):
    """SciPy's product of a large matrix is, bit for bit, that of one element after another."""
    row, column, values = elements(order)
    b = np.random.RandomState(2).rand(INNER, WIDTH).astype(np.float32)
    one_by_one = NUMPY.add_at(np.zeros((ROWS, WIDTH), np.float32), row, values[:, None] * b[column])
    product = sparse_matmul(ROWS, row, column, values, b)
    assert product.dtype == np.float32
    np.testing.assert_array_equal(product, one_by_one)


def test_products_of_fed_matrices(tier):
    """Elements, their number and the dense shape may be other ones in every run."""
    a = tf.sparse_placeholder(tf.float32)
    b = tf.placeholder(tf.float32, [None, None])
    product = tf.sparse_tensor_dense_matmul(a, b)
    dense = tf.sparse_tensor_to_dense(a)
    with tf.Session() as session:
        for rows, count in ((3, 4), (3, 7), (5, 7), (3, 4)):
            places = np.sort(np.random.RandomState(count).permutation(rows * 4)[:count])
            fed = np.stack([places // 4, places % 4], 1), np.ones(count, np.float32), (rows, 4)
            factor = np.arange(8, dtype=np.float32).reshape(4, 2)
            got, whole = session.run([product, dense], {a: fed, b: factor})
            np.testing.assert_array_equal(got, whole @ factor)
