"""Values, shapes, nodes and gradients are those that TensorFlow 1.15 was seen to produce."""

import functools

import pytest
from cases import gaps, observe, suites
from cases.arrays import fingerprint
from cases.compare import contradicts
from oracle import assert_agree, assert_all_recorded, each_case, recorded

import stillflow as tf

CASES = each_case(*suites.VALUES)
GRADIENT_GRAPHS = recorded(suites.GRADIENT_GRAPHS)
#: How the latter tells of a case.
KEYS = {case: f"{name}:{case.id}" for name in suites.VALUES for case in suites.load(name)}
OF_GRADIENTS = set(suites.load("gradients"))


def is_differentiable(case, recorded):
    return case.grad and recorded is not None and isinstance(recorded["gradients"], list)


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


def test_gaps_are_of_cases():
    assert {key for key, _ in gaps.GRADIENT_GRAPHS} <= GRADIENT_GRAPHS.keys()


# Building takes longer than running, so what is built is looked at in every way.


@pytest.mark.parametrize(("case", "recorded"), CASES)
def test_case(case, recorded, monkeypatch):
    """What is fed: nodes, static shapes, values, gradients; and the values of constants."""
    builts = suites.in_each_mode(tf, case)
    fed = builts[observe.FED]
    assert isinstance(fed, observe.Built), fed
    assert_agree(observe.graph_of(fed.graph), recorded["graph"])
    assert_shapes_agree(case, suites.static_shapes(builts), recorded["shapes"])
    agree = functools.partial(assert_agree, rtol=case.rtol, atol=case.atol)
    with monkeypatch.context() as environment:
        environment.setenv("STILLFLOW_TIER", "host")
        agree(observe.run(tf, fed), recorded["values"])
        builts = suites.with_gradients(tf, case, builts, recorded["values"])
        if is_differentiable(case, recorded):
            agree(observe.run(tf, builts[observe.FED]), recorded["gradients"])
    assert_gradient_graphs_agree(case, suites.gradient_digests(builts))
    # As constants everything may fold.
    agree(observe.run(tf, observe.build(tf, case, observe.CONSTANT)), recorded["values"])


def assert_shapes_agree(case, shapes, recorded):
    """Given all, part or nothing of the inputs' shapes, as much is known of the outputs'.

    Of what gradients give TensorFlow may know less, by its other nodes.
    """
    if case not in OF_GRADIENTS:
        assert_agree(shapes, recorded)
        return
    got, want = shapes[observe.FED], recorded[observe.FED]
    assert not any(map(contradicts, got, want)), (got, want)


def assert_gradient_graphs_agree(case, digests):
    """Whole graphs with gradients are TensorFlow's, node for node, but for the gaps.

    Where TensorFlow refuses, so must we; tools/compare_graphs.py tells what differs.
    """
    key = KEYS[case]
    for mode, digest in GRADIENT_GRAPHS.get(key, {}).items():
        assert (digests[mode] != digest) == ((key, mode) in gaps.GRADIENT_GRAPHS), mode


# On the XLA tier, where compiling takes far longer than running, many cases run as one program;
# and only those with an op that no smaller case has belong to the quick tests.

BATCH = 40


def nodes_of(parameters):
    recorded = parameters.values[1]
    return recorded["graph"]["nodes"] if recorded else []


def first_of_their_ops(cases):
    """(cases of which some op type is new, the others), from the smallest on."""
    seen, first, others = set(), [], []
    for parameters in sorted(cases, key=lambda each: len(nodes_of(each))):
        types = {node[0] for node in nodes_of(parameters)}
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
