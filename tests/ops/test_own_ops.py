"""Ops that a program declares itself."""

import copy

import numpy as np
import pytest
from gradient_checks import check_gradients

import stillflow as tf
from stillflow.declare.opdef import OPS
from stillflow.ops import own
from stillflow.runtime.eager.mode import eager_mode


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """What a test declares is there for that test alone."""
    before = dict(OPS)
    monkeypatch.setattr(own, "_declared", set())
    yield
    OPS.clear()
    OPS.update(before)


def declare_swish():
    @tf.op("Swish", "x: T -> y: T", shape=tf.shapes.same, types={"T": [tf.float32, tf.float64]})
    def swish(xp, x, *, beta: float = 1.0):
        return x / (1 + xp.exp(-x.dtype.type(beta) * x))

    @swish.gradient
    def swish_gradient(op, dy):
        beta, y = op.get_attr("beta"), op.outputs[0]
        slope = tf.sigmoid(beta * op.inputs[0])
        return dy * (beta * y + slope * (1 - beta * y))

    return swish


def test_an_op_of_ones_own(tier):
    """Value, static shape, names and gradients, on both tiers."""
    swish = declare_swish()
    x = tf.placeholder(tf.float32, [None, 2])
    y = swish(x, beta=2.0, name="mine")
    assert y.op.type == "Swish"
    assert y.name == "mine:0"
    assert y.shape.as_list() == [None, 2]
    given = np.array([[-1, 0], [0.5, 3]], np.float32)
    with tf.Session() as session:
        for _ in range(3):
            got = session.run(y, {x: given})
        np.testing.assert_allclose(got, given / (1 + np.exp(-2 * given)), 1e-6)
    check_gradients(swish, given.astype(np.float64))


def test_a_graph_that_holds_it_is_read_back():
    swish = declare_swish()
    swish(tf.constant([1.0]), beta=0.5, name="mine")
    graph_def = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default(), tf.Session() as session:
        (y,) = tf.import_graph_def(graph_def, return_elements=["mine:0"], name="")
        assert y.op.get_attr("beta") == 0.5
        np.testing.assert_allclose(session.run(y), 1 / (1 + np.exp(-0.5)), 1e-6)


def test_declared_again_the_new_one_holds():
    """A notebook's cell runs more than once."""
    declare_swish()

    @tf.op("Swish", "x: T -> y: T")
    def swish(xp, x):
        return x

    with tf.Session() as session:
        assert session.run(swish(tf.constant(2.0))) == 2


def test_stillflows_own_types_are_taken():
    with pytest.raises(ValueError, match=r"^Stillflow has an op MatMul"):
        tf.op("MatMul", "a: T, b: T -> product: T")(lambda xp, a, b: a @ b)


def test_what_the_function_takes_must_be_what_is_declared():
    with pytest.raises(TypeError, match=r"takes \(xp, a\), but op Two of signature .*\(xp, a, b\)"):
        tf.op("Two", "a: T, b: T -> c: T")(lambda xp, a: a)


@pytest.mark.parametrize("annotation", [None, object, "Any", list])
def test_an_attribute_needs_a_kind(annotation):
    def fn(xp, x, *, rate=1):
        return x

    if annotation:
        fn.__annotations__["rate"] = annotation
    with pytest.raises(TypeError, match=r"^Attribute 'rate' of op Rated is annotated "):
        tf.op("Rated", "x: T -> y: T")(fn)
    assert "Rated" not in OPS


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        *((bool, "bool"), ("int", "int"), (tf.DType, "type"), ("tf.TensorShape", "shape")),
        *((list[int], "list(int)"), ("list[tf.DType]", "list(type)"), (np.ndarray, "tensor")),
    ],
)
def test_kinds(annotation, kind):
    def fn(xp, x, *, given):
        return x

    fn.__annotations__["given"] = annotation
    assert tf.op("Kinds", "x: T -> y: T")(fn).attr_kinds["given"] == kind


def test_what_it_computes_must_be_what_it_declares(tier):
    @tf.op("Wide", "x: float32 -> y: float32", shape=tf.shapes.same)
    def wide(xp, x):
        return x.astype(np.float64)

    with (
        tf.Session() as session,
        pytest.raises(tf.errors.InternalError, match=r"Wide gave float64 .* is declared float32"),
    ):
        session.run(wide(tf.placeholder_with_default([1.0], [1])))


def test_compiled_ops_are_refused_with_the_way_out():
    with pytest.raises(tf.errors.UnimplementedError, match=r"^x\.so: .*\n.*@stillflow\.op"):
        tf.load_op_library("x.so")


def test_a_copy_of_what_holds_an_op_holds_the_same():
    with eager_mode():
        tf.tanh(1.0)  # from here on it knows how it is called
    cell = tf.nn.rnn_cell.GRUCell(3, activation=tf.tanh)
    assert copy.deepcopy(cell)._activation is cell._activation
