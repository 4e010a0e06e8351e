"""Loops in functions of a graph: runs, effects, gradients, which TensorFlow gets wrong."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module


@pytest.fixture
def session():
    with tf.Session() as session:
        yield session


Defun = internal_module("python.framework.function").Defun


def cube(x):
    return tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), [0, tf.ones([])])[1]


@Defun(tf.float32, func_name="Cube")
def cube_of(x):
    x.set_shape([])
    return cube(x)


@Defun(tf.float32, func_name="Squares")
def squares_of(x):
    x.set_shape([2])
    return tf.map_fn(lambda row: row * row, x)


def test_a_call_of_a_function_with_a_loop(tier, session):
    """TensorFlow's SymbolicGradient of a loop is zero."""
    x, rows = tf.constant(2.0), tf.constant([1.0, 2.0])
    y, squares = cube_of(x), squares_of(rows)
    gradients = tf.gradients([y, squares], [x, rows])
    for _ in range(3):
        y_value, squares_value, (dx, drows) = session.run([y, squares, gradients])
        assert (y_value, dx) == (8.0, 12.0)
        assert squares_value.tolist() == [1.0, 4.0]
        assert drows.tolist() == [2.0, 4.0]


def test_calls_in_a_loop(tier, session):
    """Each turn goes through the function's own loop."""

    def body(i, x):
        y = squares_of(x)
        y.set_shape([2])
        return i + 1, y

    x = tf.constant([1.0, 2.0])
    y = tf.while_loop(lambda i, x: i < 3, body, [0, x])[1]
    for _ in range(3):
        y_value, (dx,) = session.run([y, tf.gradients(y, x)])
        assert y_value.tolist() == [1.0, 256.0]
        assert dx.tolist() == [8.0, 1024.0]


def test_effects_of_a_function_in_a_loop(session):
    seen = []

    @Defun(tf.float32, func_name="Seen")
    def see(x):
        tf.py_func(lambda x: seen.append(float(x)), [x], [])

    def body(i, x):
        with tf.control_dependencies([see(x)]):
            return i + 1, x + 1.0

    session.run(tf.while_loop(lambda i, x: i < 3, body, [0, 0.0]))
    assert seen == [0.0, 1.0, 2.0]


def test_the_gradient_of_a_choice_among_functions_with_loops(tier, session):
    """What the loop does is done again for the gradient."""
    i, x, w = tf.placeholder(tf.int32, []), tf.constant(2.0), tf.constant(3.0)
    v = tf.get_variable("v", initializer=4.0, use_resource=True)
    y = tf.switch_case(i, [lambda: cube(x * w) + cube(v), lambda: x * w, lambda: v * x])
    by_x, (by_w, by_v) = tf.gradients(y, x)[0], tf.gradients(y, [w, v])
    session.run(v.initializer)
    for case, expected in enumerate([(280, 324, 216, 48), (6, 3, 2, 0), (8, 4, 0, 2)] * 2):
        assert session.run([y, by_x, by_w, by_v], {i: case % 3}) == list(expected)


def test_the_gradient_of_random_numbers_in_a_function_with_a_loop(session):
    """Drawn again, they would be others."""
    x = tf.constant(2.0)
    y = tf.switch_case(tf.constant(0), [lambda: cube(x) * tf.random_uniform([]), lambda: x])
    with pytest.raises(tf.errors.UnimplementedError, match="RandomUniform"):
        tf.gradients(y, x)
    assert 0 <= session.run(y) <= 8
    assert isinstance(session.run(y), np.float32)
