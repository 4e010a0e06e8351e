"""Values, shapes, nodes and gradients are those that TensorFlow 1.15 was seen to produce."""

import json
from pathlib import Path

import pytest
from cases import observe, suites
from cases.arrays import fingerprint
from cases.compare import difference
from cases.suite import ATOL, RTOL

import stillflow as tf

GOLDEN = Path(__file__).parent / "golden" / "oracle"
SUITES = {name: suites.load(name) for name in suites.VALUES}
RECORDED = {
    name: json.loads((GOLDEN / f"{name}.json").read_text())["cases"] for name in suites.VALUES
}
CASES = [
    pytest.param(case, RECORDED[name].get(case.id), id=f"{name}-{case.id}")
    for name, suite in SUITES.items()
    for case in suite
]
every_case = pytest.mark.parametrize(("case", "recorded"), CASES)


def differentiable(parameters):
    case, recorded = parameters.values
    return case.grad and recorded and isinstance(recorded["gradients"], list)


@pytest.fixture(params=["host", "xla"])
def tier(request, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", request.param)


def assert_agree(got, want, rtol=RTOL, atol=ATOL):
    message = difference(got, want, rtol, atol)
    assert not message, message


def test_every_case_is_recorded():
    """The golden files hold exactly these cases, recorded with exactly these inputs."""
    for name, suite in SUITES.items():
        want = {case.id: fingerprint(case.inputs) for case in suite}
        got = {id: recorded["inputs"] for id, recorded in RECORDED[name].items()}
        assert got == want, f"record suite {name!r} again with tools/record_oracle.py"


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
    assert suites.static_shapes(tf, case) == recorded["shapes"]


@every_case
def test_nodes(case, recorded):
    """The nodes built: types, names, inputs and control inputs, in order."""
    assert observe.nodes(observe.build(tf, case, observe.FED).graph) == recorded["nodes"]


@every_case
def test_attributes(case, recorded):
    """The nodes' attributes in the GraphDef."""
    graph = observe.build(tf, case, observe.FED).graph
    assert observe.attributes(graph) == recorded["attributes"]


@pytest.mark.parametrize(("case", "recorded"), filter(differentiable, CASES))
def test_gradient(case, recorded, tier):
    """The gradients of the float outputs by the float inputs, on both tiers."""
    built = observe.build(tf, case, observe.FED)
    differentiated = observe.add_gradients(tf, built, recorded["values"])
    assert_agree(observe.run(tf, differentiated), recorded["gradients"], case.rtol, case.atol)
