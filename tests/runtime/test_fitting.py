"""Kernels for inputs whose shapes stay as they are give, bit for bit, what the op gives."""

import importlib
import itertools

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.opdef import OPS

_ROWS, _COLUMN, _SCALAR = np.float32([[0.3, -1.7, 4.0], [0.0, 5.5, 0.1]]), [[2.5], [0.7]], 1.5
_ELEMENTWISE = (
    *("AddV2", "Cos", "Exp", "Greater", "Less", "Log", "Mul", "Neg", "RealDiv", "Sin", "Sqrt"),
    *("Square", "Sub", "Tanh"),
)
_OTHERS = ("AddN", "BiasAdd", "Relu", "ReluGrad", "Reshape", "Sum")
_ADAM = ("beta1_power", "beta2_power", "lr", "beta1", "beta2", "epsilon")
# By type: the arrays before the scalars, these, and the attributes.
_UPDATES = {
    "ApplyAdaMax": (3, ("beta1_power", "lr", "beta1", "beta2", "epsilon", "grad"), {}),
    "ApplyAdadelta": (3, ("lr", "rho", "epsilon", "grad"), {}),
    "ApplyAdagradV2": (2, ("lr", "epsilon", "grad"), {"update_slots": True}),
    "ApplyCenteredRMSProp": (4, ("lr", "rho", "momentum", "epsilon", "grad"), {}),
    "ApplyMomentum": (2, ("lr", "grad", "momentum"), {"use_nesterov": True}),
    "ApplyAdam": (3, (*_ADAM, "grad"), {"use_nesterov": False}),
    "ApplyAdagrad": (2, ("lr", "grad"), {"update_slots": True}),
    "ApplyRMSProp": (3, ("lr", "rho", "momentum", "epsilon", "grad"), {}),
}
_TURNED = [(False, False), (False, True), (True, False), (True, True)]


for module in (
    *("array.reshaping", "linalg.products", "math.arithmetic", "math.comparison"),
    *("math.division", "math.elementwise", "math.trigonometric", "nn.activations", "nn.bias"),
    *("reduce.reducing", "training.dense"),
):
    importlib.import_module(f"stillflow.ops.{module}")


def kernel_of(op_type, *inputs, **attrs):
    return OPS[op_type].fitted(OPS[op_type].fn, *inputs, **attrs)


def test_none_is_forgotten():
    fitted = {name for name, defn in OPS.items() if defn.fitted is not None}
    own = {name for name in fitted if not name.startswith("ResourceApply")}
    assert own == {*_ELEMENTWISE, *_OTHERS, "MatMul", "ApplyGradientDescent", *_UPDATES}


def assert_same(op_type, *inputs, **attrs):
    expected = OPS[op_type].fn(NUMPY, *inputs, **attrs)
    found = kernel_of(op_type, *inputs, **attrs)(*inputs)
    assert (type(found), found.dtype, found.shape) == (
        type(expected),
        expected.dtype,
        expected.shape,
    )
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("op_type", _ELEMENTWISE)
def test_elementwise_kernels(op_type):
    values = [np.asarray(value, np.float32) for value in (_ROWS, _COLUMN, _SCALAR)]
    count = len(OPS[op_type].signature.inputs)
    with np.errstate(all="ignore"):
        for inputs in itertools.product(values, repeat=count):
            assert_same(op_type, *inputs)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.int32])
def test_what_networks_do_between_products(dtype):
    x = np.float32([[0.3, -1.7, 4.0], [0.0, -0.0, np.inf]]).clip(-9, 9).astype(dtype)
    assert_same("Relu", x)
    assert_same("ReluGrad", x[::-1], x)
    assert_same("AddN", x, x[::-1])
    assert_same("BiasAdd", x, x[1], data_format="NHWC")
    for wanted in ([3, 2], [-1], [1, 2, -1], [2, 3]):
        assert_same("Reshape", x, np.int32(wanted))


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int32, np.complex64])
@pytest.mark.parametrize("axis", [0, [1], [0, 1], [-1, 0], [1, -1]])
@pytest.mark.parametrize("keep_dims", [False, True])
def test_sums(dtype, axis, keep_dims):
    x = (np.random.RandomState(1).randn(30, 7) * 9).astype(dtype)
    assert_same("Sum", x, np.asarray(axis, np.int32), keep_dims=keep_dims)


def test_what_is_no_sum_or_no_array_has_no_kernel():
    x = np.ones([1, 3], np.float32)
    assert kernel_of("Sum", x, np.int32([0]), keep_dims=False) is None
    assert kernel_of("Sum", x, np.int32([]), keep_dims=False) is None
    assert kernel_of("AddN", x, x, x) is None
    assert kernel_of("BiasAdd", np.ones([1, 2, 3], np.float32), x[0, :2], data_format="NCW") is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.complex64])
@pytest.mark.parametrize(
    "sizes", [(8, 2, 3), (8, 3, 1), (1, 9, 4), (1, 5, 1), (0, 3, 1), (2, 0, 1)]
)
@pytest.mark.parametrize("turned", _TURNED)
def test_products(dtype, sizes, turned):
    rows, depth, columns = sizes
    random = np.random.RandomState(1)
    a = (random.randn(rows, depth) * 9).astype(dtype)
    b = (random.randn(depth, columns) * 9).astype(dtype)
    a, b = (x.T.copy() if turns else x for x, turns in zip((a, b), turned, strict=True))
    assert_same("MatMul", a, b, transpose_a=turned[0], transpose_b=turned[1])
    assert_same("MatMul", np.asfortranarray(a), b, transpose_a=turned[0], transpose_b=turned[1])


def test_what_has_threads_or_is_widened_has_no_kernel():
    turns = {"transpose_a": False, "transpose_b": False}
    large = np.ones([100, 100], np.float32)
    assert kernel_of("MatMul", large, large, **turns) is None
    halves = np.ones([2, 2], tf.bfloat16.as_numpy_dtype)
    assert kernel_of("MatMul", halves, halves, **turns) is None


def test_gradient_descent():
    w, rate = np.float32([[1, 2], [3, 4]]), np.asarray(0.1, np.float32)
    assert_same("ApplyGradientDescent", w, rate, w * 3, use_locking=False)


@pytest.mark.parametrize("op_type", _UPDATES)
def test_updates_of_large_variables(op_type):
    """They are computed in blocks, of which the last is shorter."""
    count, others, attrs = _UPDATES[op_type]
    random = np.random.RandomState(1)

    def array(name):
        is_scalar = name not in ("", "grad")
        return random.uniform(0.1, 0.9, () if is_scalar else (700, 1001)).astype(np.float32)

    inputs = [np.asarray(array(name)) for name in (*[""] * count, *others)]
    kernel = kernel_of(op_type, *inputs, use_locking=False, **attrs)
    expected = OPS[op_type].fn(NUMPY, *inputs, use_locking=False, **attrs)
    for found, wanted in zip(kernel(*inputs), expected, strict=True):
        np.testing.assert_array_equal(found, wanted, strict=True)


def test_descent_of_a_large_variable():
    w, rate = np.linspace(1, 2, 700_700, dtype=np.float32), np.asarray(0.1, np.float32)
    assert_same("ApplyGradientDescent", w, rate, w * 3, use_locking=False)


def test_updates_of_small_variables_have_no_kernel():
    w, rate = np.ones(3, np.float32), np.asarray(0.1, np.float32)
    assert kernel_of("ApplyMomentum", w, w, rate, w, rate) is None


def test_a_training_step_goes_on_as_it_began():
    """Without kernels at first, then by them one by one, then by all as one function."""
    x = tf.placeholder(tf.float32, [None, 2])
    w = tf.Variable([[1.0], [2.0]])
    step = tf.train.GradientDescentOptimizer(0.01).minimize(tf.reduce_mean(tf.matmul(x, w)))
    fed = np.float32([[1.5, -2.0], [0.1, 0.7]])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        expected = np.float32([[1.0], [2.0]])
        for _ in range(40):
            session.run(step, {x: fed})
            slope = NUMPY.add.reduce(fed * np.float32(0.5), axis=0)[:, None]
            expected = expected - np.float32(0.01) * slope
        (executor,) = (e for e in session._executors.values() if e.plan.feeds)
        (known,) = executor.learned.specialised.values()
        assert known.function is not None
        assert any(s.kernel is not None for s in known.host.steps)
        np.testing.assert_array_equal(session.run(w), expected)
