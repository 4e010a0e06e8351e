"""What the keras package asks of TensorFlow's inside, without the package."""

import pytest

import stillflow.api as tf
from stillflow.environment.internals import internal_module


@pytest.fixture
def ops():
    return internal_module("python.framework.ops")


def test_tensors_of_all_kinds_are_known_by_a_class(ops):
    x = tf.constant([1.0])
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    slices = tf.IndexedSlices(x, tf.constant([0]))
    assert all(isinstance(kind, ops._TensorLike) for kind in (x, sparse, slices))
    assert not isinstance(tf.Variable(1.0), ops._TensorLike)
    assert ops.is_dense_tensor_like(tf.Variable(1.0))


def test_what_stands_for_a_tensor_says_which(ops):
    variable = tf.Variable(1.0)
    assert ops._as_graph_element(variable) is variable._as_graph_element()
    assert ops._as_graph_element(tf.constant(1.0)) is None


def test_dimensions_are_under_their_inner_name():
    assert [size.value for size in tf.TensorShape([None, 3])._dims] == [None, 3]
    assert tf.TensorShape(None)._dims is None


@pytest.mark.parametrize("use_resource", [False, True])
def test_variables_take_a_mark(use_resource):
    variable = tf.Variable(1.0, use_resource=use_resource)
    variable._tracked = True
    assert variable._tracked
