"""tf.py_func: what a function is given, what it may give, and how it fails."""

import gc
import weakref

import numpy as np
import pytest

import stillflow.api as tf


def run(fetch, feeds=None):
    return tf.Session().run(fetch, feeds)


def test_node():
    """It is named as TensorFlow names it, and its shape is not known."""
    x = tf.placeholder(tf.float32)
    y = tf.py_func(lambda a, b: a + b, [x, 2.0], tf.float32, name="z")
    assert (y.op.type, y.name, y.shape.ndims) == ("PyFunc", "z:0", None)
    assert [t.name for t in y.op.inputs] == ["Placeholder:0", "z/input_1:0"]
    assert y.op.node_def.attr["token"].s.startswith(b"pyfunc_")
    stateless = tf.py_func(lambda: 1, [], tf.int64, stateful=False)
    assert stateless.op.type == "PyFuncStateless"


def test_between_compiled_steps(tier):
    """On either tier the rest of the program runs as it would without it."""
    x = tf.placeholder(tf.float32, [2])
    y = tf.py_func(lambda a: a[::-1], [x * 2], tf.float32) + 1
    assert run(y, {x: [1, 2]}).tolist() == [5, 3]


def test_arguments():
    """An array for a tensor, a NumPy scalar for a scalar, bytes for a string."""
    seen = []

    def f(*arguments):
        seen.extend(type(argument) for argument in arguments)
        return 0

    run(tf.py_func(f, [[1.0, 2], 3.0, "x", ["y"]], tf.int64))
    assert seen == [np.ndarray, np.float32, bytes, np.ndarray]


def test_arguments_are_the_functions_own():
    """What it writes into them stays there."""

    def f(a):
        a[:] = 0
        return a

    x = tf.constant([1.0, 2])
    y, x = run([tf.py_func(f, [x], tf.float32), x])
    assert (y.tolist(), x.tolist()) == ([0, 0], [1, 2])


def test_several_results():
    values = run(tf.py_func(lambda: (1, [2.5, 3], "é"), [], [tf.int64, tf.float64, tf.string]))
    assert values[0] == 1
    assert values[1].tolist() == [2.5, 3]
    assert values[2] == "é".encode()


def test_no_results():
    """An operation, run for what it does."""
    calls = []
    operation = tf.py_func(calls.append, [7], [])
    assert isinstance(operation, tf.Operation)
    assert run(operation) is None
    assert calls == [7]


WRONG = [
    (lambda: (1.0, 2.0), [tf.float64], r"pyfunc_\d+ returns 2 values, but expects to see 1 values"),
    (lambda: None, tf.float64, r"pyfunc_\d+ returns 0 values, but expects to see 1 values"),
    (lambda: 3.0, tf.float32, r"0-th value returned by pyfunc_\d+ is double, but expects float"),
    (lambda: 3, tf.int32, r"0-th value returned by pyfunc_\d+ is int64, but expects int32"),
]


@pytest.mark.parametrize(("f", "types", "sentence"), WRONG)
def test_wrong_results(f, types, sentence):
    with pytest.raises(tf.errors.InvalidArgumentError, match=sentence):
        run(tf.py_func(f, [], types))


RAISED = [
    (ValueError, "InvalidArgumentError"),
    (TypeError, "InvalidArgumentError"),
    (StopIteration, "OutOfRangeError"),
    (MemoryError, "ResourceExhaustedError"),
    (NotImplementedError, "UnimplementedError"),
    (ZeroDivisionError, "UnknownError"),
]


@pytest.mark.parametrize(("kind", "name"), RAISED)
def test_errors(kind, name):
    """The run fails with TensorFlow's class; the function's own error is its cause."""

    def f():
        raise kind("because")

    with pytest.raises(getattr(tf.errors, name), match=f"^{kind.__name__}: because") as caught:
        run(tf.py_func(f, [], tf.float32))
    error = caught.value
    while error.__cause__ is not None:
        error = error.__cause__
    assert type(error) is kind


def test_no_gradient():
    x = tf.constant(1.0)
    assert tf.gradients(tf.py_func(lambda a: a, [x], tf.float32), x) == [None]


@pytest.mark.usefixtures("own_garbage")
def test_a_function_lives_as_long_as_its_graph():
    class Function:
        def __call__(self):
            return 1.0

    function = Function()
    alive = weakref.ref(function)
    with tf.Graph().as_default():
        tf.py_func(function, [], tf.float64)
        del function
        assert alive() is not None
    gc.collect()
    assert alive() is None
