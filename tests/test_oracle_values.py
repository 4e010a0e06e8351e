"""Values, shapes, nodes and gradients are those that TensorFlow 1.15 was seen to produce."""

import functools

import pytest
from cases import observe, suites
from cases.arrays import fingerprint
from cases.compare import contradicts
from oracle import assert_agree, assert_all_recorded, each_case, tier

import stillflow as tf

__all__ = ["tier"]  # a fixture

FORWARD = [name for name in suites.VALUES if name != "gradients"]
CASES = each_case(*suites.VALUES)
every_case = pytest.mark.parametrize(("case", "recorded"), CASES)

#: XLA takes far longer to compile than to run: so many cases are compiled together.
BATCH = 40
BATCH_OF = {CASES[i].values[0]: i // BATCH for i in range(len(CASES))}


def is_differentiable(case, recorded):
    return case.grad and recorded is not None and isinstance(recorded["gradients"], list)


def observed(case, recorded, part, tier):
    """What Stillflow gives for `part`, "values" or "gradients", of a case."""
    together = batch(BATCH_OF[case]).get(case) if tier == "xla" else None
    if together is not None and part in together:
        return together[part]
    return observe.run(tf, built_part(case, recorded, part))


def built_part(case, recorded, part, graph=None):
    built = observe.build(tf, case, observe.FED, graph)
    return built if part == "values" else observe.add_gradients(tf, built, recorded["values"])


@functools.cache
def batch(number):
    """{case: {part: observed}} of a batch run as one program.

    What cannot be built with the others, or run, is left to be observed on its own.
    """
    graph, keys, builts = tf.Graph(), [], []
    for parameters in CASES[number * BATCH : (number + 1) * BATCH]:
        case, recorded = parameters.values
        for part in ("values", "gradients"):
            if part == "gradients" and not is_differentiable(case, recorded):
                continue
            try:
                if observe.build(tf, case, observe.FED).graph.seed is None:
                    builts.append(built_part(case, recorded, part, graph))
                    keys.append((case, part))
            except Exception:
                continue
    try:
        results = observe.run_together(tf, builts)
    except Exception:
        return {}
    found = {case: {} for case, _ in keys}
    for (case, part), result in zip(keys, results, strict=True):
        found[case][part] = result
    return found


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
    got = observed(case, recorded, "values", tier)
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


@pytest.mark.parametrize(
    ("case", "recorded"), [case for case in CASES if is_differentiable(*case.values)]
)
def test_gradient(case, recorded, tier):
    """The gradients of the float outputs by the float inputs, on both tiers."""
    got = observed(case, recorded, "gradients", tier)
    assert_agree(got, recorded["gradients"], case.rtol, case.atol)
