"""What is Stillflow's own decision about variables, and what TensorFlow leaves to chance."""

import contextlib
import threading

import numpy as np
import pytest

import stillflow as tf


def value_of(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def test_changes_of_all_parts_may_be_operations():
    v = tf.get_variable("v", [4], partitioner=tf.fixed_size_partitioner(2))
    changes = v.assign(tf.ones([4]), read_value=False)
    assert [type(change) for change in changes] == [tf.Operation] * 2


def test_a_scalar_has_no_parts():
    with tf.variable_scope("scope", partitioner=lambda shape, dtype: [1]):
        assert tf.get_variable("w", []).shape == []


def test_load_needs_a_session():
    with pytest.raises(ValueError, match="Either session argument should be provided"):
        tf.Variable(1).load(2)


def test_experimental_ref_stands_for_its_variable():
    a, b = tf.Variable(1), tf.Variable(1)
    assert a.experimental_ref() == a.experimental_ref() != b.experimental_ref()
    assert len({a.experimental_ref(), a.experimental_ref(), b.experimental_ref()}) == 2
    assert a.experimental_ref().deref() is a


def test_each_thread_starts_in_the_root_scope():
    names = []

    def make(graph):
        with graph.as_default():
            names.append(tf.get_variable("w", [1]).name)

    with tf.variable_scope("scope"):
        thread = threading.Thread(target=make, args=(tf.get_default_graph(),))
        thread.start()
        thread.join()
        names.append(tf.get_variable("w", [1]).name)
    assert names == ["w:0", "scope/w:0"]


def test_a_scope_that_fails_is_left():
    """So do the name scope and the graph that it opened."""
    graph = tf.Graph()
    with graph.as_default():
        x = tf.constant(1)
    with contextlib.suppress(KeyError), tf.variable_scope("scope", values=[x]):
        assert tf.get_default_graph() is graph
        raise KeyError
    assert tf.get_default_graph() is not graph
    assert tf.get_variable_scope().name == ""
    assert tf.constant(1).name == "Const:0"


def test_a_scope_object_may_be_entered_again():
    scope = tf.variable_scope("scope", reuse=tf.AUTO_REUSE)
    with scope:
        first = tf.get_variable("w", [1])
        with scope:
            inner = tf.get_variable("w", [1])
    with scope:
        assert tf.get_variable("w", [1]) is first
    assert inner.name == "scope/scope/w:0"


def test_stores_are_of_their_graphs():
    tf.get_variable("w", [1])
    with tf.Graph().as_default():
        assert tf.get_variable("w", [2]).shape == [2]


def test_a_random_initial_value_is_computed_once():
    """Another variable that starts from it has the same numbers."""
    a = tf.Variable(tf.random_normal([3]))
    b = tf.Variable(a.initialized_value())
    first, second = value_of([a, b])
    np.testing.assert_array_equal(first, second)


def test_error_names_the_line_of_the_first_variable():
    tf.get_variable("w", [1])
    with pytest.raises(
        ValueError, match=r"Originally defined at:\n\n  built at test_variables\.py"
    ):
        tf.get_variable("w", [1])


def test_custom_gradient_of_variables():
    @tf.custom_gradient
    def scaled(x):
        w = tf.get_variable("w", initializer=2.0, use_resource=True)

        def grad(dy, variables=None):
            assert [v.name for v in variables] == ["w:0"]
            return dy * 10, [dy * 100 * x]

        return x * w, grad

    x = tf.constant(3.0)
    assert value_of(tf.gradients(scaled(x), [x, *tf.trainable_variables()])) == [10, 300]


def test_hessians_need_no_known_shape():
    x = tf.placeholder(tf.float32, [None])
    (hessian,) = tf.hessians(tf.reduce_sum(x * x), x)
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(hessian, {x: [1.0, 3.0]}), [[2, 0], [0, 2]])


def test_hessian_of_what_is_linear_is_zero():
    x = tf.constant([1.0, 2.0])
    np.testing.assert_array_equal(value_of(tf.hessians(x[0] * x[0], x)[0]), [[2, 0], [0, 0]])


def test_a_variable_takes_part_in_numpy_arithmetic():
    v = tf.Variable([1.0, 2.0])
    np.testing.assert_array_equal(value_of(np.float32([1, 1]) + v), [2, 3])
