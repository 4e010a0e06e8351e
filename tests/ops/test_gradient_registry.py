"""TensorFlow's `ops._gradient_registry`, and what is built on gradients beside it."""

import pytest

import stillflow.api as tf
from stillflow.declare import rules
from stillflow.gradients.hessians import hessian_vector_product
from stillflow.gradients.registered import rule_of
from stillflow.gradients.registry import REGISTRY


@pytest.fixture(autouse=True)
def registered_here_only():
    before = dict(rules.REGISTERED)
    with tf.Graph().as_default():
        yield
    rules.REGISTERED.clear()
    rules.REGISTERED.update(before)


def rule(op, grad):
    return grad


def test_programs_ask_whether_a_name_is_registered():
    assert "Guided" not in REGISTRY._registry
    tf.RegisterGradient("Guided")(rule)
    assert "Guided" in REGISTRY._registry
    assert REGISTRY.lookup("Guided") is rule
    REGISTRY.register(rule)
    assert {"rule", "Guided", "MatMul"} <= set(REGISTRY.list())
    with pytest.raises(KeyError, match="Registering two gradient with name 'Guided'!"):
        REGISTRY.register(rule, "Guided")
    with pytest.raises(LookupError, match="gradient registry has no entry for: Absent"):
        REGISTRY.lookup("Absent")


def test_the_rule_of_a_node():
    tf.RegisterGradient("Guided")(rule)
    x = tf.constant([1.0])
    assert rule_of(x.op) is None
    assert rule_of(tf.square(x).op) is REGISTRY.lookup("Square")
    with tf.get_default_graph().gradient_override_map({"Square": "Guided"}):
        assert rule_of(tf.square(x).op) is rule


def test_hessian_vector_product():
    """TensorFlow's private function, which studies of influence import; its values."""
    x, y = tf.constant([1.0, 2.0]), tf.constant(3.0)
    loss = tf.reduce_sum(x**3) * y
    with tf.Session() as session:
        products = hessian_vector_product(loss, [x, y], [tf.constant([1.0, 1.0]), tf.constant(2.0)])
        hx, hy = session.run(products)
    assert (hx.tolist(), hy) == ([24.0, 60.0], 15.0)
    with pytest.raises(ValueError, match="xs and v must have the same length"):
        hessian_vector_product(loss, [x], [1, 2])
