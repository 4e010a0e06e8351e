"""Values, shapes, nodes and gradients are those that TensorFlow 1.15 was seen to produce."""

import functools

import pytest
from cases import observe, suites
from cases.arrays import fingerprint
from cases.compare import contradicts
from oracle import assert_agree, assert_all_recorded, each_case

import stillflow as tf

FORWARD = [name for name in suites.VALUES if name != "gradients"]
CASES = each_case(*suites.VALUES)
every_case = pytest.mark.parametrize(("case", "recorded"), CASES)


def is_differentiable(case, recorded):
    return case.grad and recorded is not None and isinstance(recorded["gradients"], list)


DIFFERENTIABLE = [parameters for parameters in CASES if is_differentiable(*parameters.values)]


def built_part(case, recorded, part, graph=None):
    """A Built of a case's "values" or "gradients"."""
    built = observe.build(tf, case, observe.FED, graph)
    return built if part == "values" else observe.add_gradients(tf, built, recorded["values"])


def test_every_case_is_recorded():
    """The golden files hold exactly these cases."""
    assert_all_recorded(suites.VALUES)


def test_inputs():
    """The inputs are, bit for bit, those that TensorFlow was given."""
    for parameters in CASES:
        case, recorded = parameters.values
        assert fingerprint(case.inputs) == recorded["inputs"], parameters.id


@every_case
def test_value(case, recorded, monkeypatch):
    """Fed through placeholders, on the host tier."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    got = observe.run(tf, built_part(case, recorded, "values"))
    assert_agree(got, recorded["values"], case.rtol, case.atol)


@every_case
def test_value_of_constants(case, recorded):
    """The inputs are constants, so that everything may fold."""
    got = observe.run(tf, observe.build(tf, case, observe.CONSTANT))
    assert_agree(got, recorded["values"], case.rtol, case.atol)


@pytest.mark.parametrize(("case", "recorded"), each_case(*FORWARD))
def test_static_shapes(case, recorded):
    """What is known of the outputs' shapes, given all, part or nothing of the inputs'."""
    assert_agree(suites.static_shapes(tf, case), recorded["shapes"])


@pytest.mark.parametrize(("case", "recorded"), each_case("gradients"))
def test_static_shapes_of_gradients(case, recorded):
    """They contradict nothing that TensorFlow knows; it may know less, by its other nodes."""
    got = observe.static_shapes(observe.build(tf, case, observe.FED))
    want = recorded["shapes"][observe.FED]
    assert not any(map(contradicts, got, want)), (got, want)


@every_case
def test_graph(case, recorded):
    """The nodes built: types, names, inputs, control inputs, in order; and their attributes."""
    graph = observe.build(tf, case, observe.FED).graph
    assert_agree(observe.graph_of(graph), recorded["graph"])


@pytest.mark.parametrize(("case", "recorded"), DIFFERENTIABLE)
def test_gradient(case, recorded, monkeypatch):
    """The gradients of the float outputs by the float inputs, on the host tier."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    got = observe.run(tf, built_part(case, recorded, "gradients"))
    assert_agree(got, recorded["gradients"], case.rtol, case.atol)


# On the XLA tier, where compiling takes far longer than running, many cases run as one program;
# and only those with an op that no earlier case has belong to the quick tests.

BATCH = 40


def first_of_their_ops(cases):
    """(cases of which some op type is new, the others), in order."""
    seen, first, others = set(), [], []
    for parameters in cases:
        recorded = parameters.values[1]
        types = {node[0] for node in recorded["graph"]["nodes"]} if recorded else set()
        (others if types <= seen else first).append(parameters)
        seen |= types
    return first, others


QUICK, SLOW = first_of_their_ops(CASES)
ON_XLA = QUICK + [
    pytest.param(*parameters.values, id=parameters.id, marks=pytest.mark.slow)
    for parameters in SLOW
]
BATCHES = [cases[i : i + BATCH] for cases in (QUICK, SLOW) for i in range(0, len(cases), BATCH)]
BATCH_OF = {cases[i].values[0]: n for n, cases in enumerate(BATCHES) for i in range(len(cases))}


@functools.cache
def batch(number):
    """{(case, part): what is observed} of a batch run as one program.

    What cannot be built with the others, or run, is left to be observed on its own.
    """
    graph, keys, builts = tf.Graph(), [], []
    for parameters in BATCHES[number]:
        case, recorded = parameters.values
        parts = ["values", "gradients"] if is_differentiable(case, recorded) else ["values"]
        for part in parts:
            try:
                if observe.build(tf, case, observe.FED).graph.seed is None:
                    builts.append(built_part(case, recorded, part, graph))
                    keys.append((case, part))
            except Exception:
                continue
    try:
        return dict(zip(keys, observe.run_together(tf, builts), strict=True))
    except Exception:
        return {}


def on_xla(case, recorded, part, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    together = batch(BATCH_OF[case])
    if (case, part) in together:
        return together[case, part]
    return observe.run(tf, built_part(case, recorded, part))


@pytest.mark.parametrize(("case", "recorded"), ON_XLA)
def test_value_on_xla(case, recorded, monkeypatch):
    """Fed through placeholders, compiled."""
    got = on_xla(case, recorded, "values", monkeypatch)
    assert_agree(got, recorded["values"], case.rtol, case.atol)


@pytest.mark.parametrize(
    ("case", "recorded"),
    [parameters for parameters in ON_XLA if is_differentiable(*parameters.values)],
)
def test_gradient_on_xla(case, recorded, monkeypatch):
    """The gradients, compiled."""
    got = on_xla(case, recorded, "gradients", monkeypatch)
    assert_agree(got, recorded["gradients"], case.rtol, case.atol)
