"""Values, shapes, nodes and gradients are those that TensorFlow 1.15 was seen to produce."""

import pytest
from cases import observe, suites
from cases.arrays import fingerprint
from oracle import assert_agree, assert_all_recorded, each_case, tier

import stillflow as tf

__all__ = ["tier"]  # a fixture

CASES = each_case(*suites.VALUES)
every_case = pytest.mark.parametrize(("case", "recorded"), CASES)


def differentiable(parameters):
    case, recorded = parameters.values
    return case.grad and recorded and isinstance(recorded["gradients"], list)


def test_every_case_is_recorded():
    """The golden files hold exactly these cases."""
    assert_all_recorded(suites.VALUES)


def test_inputs():
    """The inputs are, bit for bit, those that TensorFlow was given."""
    for parameters in CASES:
        case, recorded = parameters.values
        assert fingerprint(case.inputs) == recorded["inputs"], parameters.id


@every_case
def test_value(case, recorded, tier):
    """Fed through placeholders, on both tiers."""
    built = observe.build(tf, case, observe.FED)
    assert_agree(observe.run(tf, built), recorded["values"], case.rtol, case.atol)


@every_case
def test_value_of_constants(case, recorded):
    """The inputs are constants, so that everything may fold."""
    built = observe.build(tf, case, observe.CONSTANT)
    assert_agree(observe.run(tf, built), recorded["values"], case.rtol, case.atol)


@every_case
def test_static_shapes(case, recorded):
    """What is known of the outputs' shapes, given all, part or nothing of the inputs'."""
    assert_agree(suites.static_shapes(tf, case), recorded["shapes"])


@every_case
def test_nodes(case, recorded):
    """The nodes built: types, names, inputs and control inputs, in order."""
    assert_agree(observe.nodes(observe.build(tf, case, observe.FED).graph), recorded["nodes"])


@every_case
def test_attributes(case, recorded):
    """The nodes' attributes in the GraphDef."""
    graph = observe.build(tf, case, observe.FED).graph
    assert_agree(observe.attributes(graph), recorded["attributes"])


@pytest.mark.parametrize(("case", "recorded"), [c for c in CASES if differentiable(c)])
def test_gradient(case, recorded, tier):
    """The gradients of the float outputs by the float inputs, on both tiers."""
    built = observe.build(tf, case, observe.FED)
    differentiated = observe.add_gradients(tf, built, recorded["values"])
    assert_agree(observe.run(tf, differentiated), recorded["gradients"], case.rtol, case.atol)
