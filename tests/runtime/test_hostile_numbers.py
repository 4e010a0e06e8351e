"""Numbers that overflow, vanish or are none: all forms of a run give what TensorFlow gives.

A value is held to its kind (no number, infinite, zero, finite), and a finite one to three digits.
"""

import numpy as np
import pytest
from cases import suites
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import assert_all_recorded, recorded

import stillflow as tf

CASES = suites.load(suites.HOSTILE)
RECORDED = recorded(suites.HOSTILE)
TINY = np.finfo(np.float32).tiny
EXEMPT = {"pow_half": "TensorFlow does not optimize a graph of three nodes"}


def kind(value):
    """no number, inf, -inf, 0, or the number."""
    if np.isnan(value) or np.isinf(value):
        return str(value)
    return 0.0 if abs(value) < TINY else float(value)


def agree(got, wanted):
    got, wanted = kind(got), kind(wanted)
    if isinstance(got, str) or isinstance(wanted, str) or not got or not wanted:
        return got == wanted or max_size(got, wanted) < 1e-7
    return abs(got - wanted) <= 1e-3 * abs(wanted) + 1e-7


def max_size(*values):
    """Zero and a number beside it may differ by what is nothing next to one."""
    return max(np.inf if isinstance(value, str) else abs(value) for value in values)


def decoded(encoded):
    dtype, shape, flat = encoded
    return np.array(flat, dtype).reshape(shape)


@pytest.fixture(scope="module")
def graph():
    """All cases in one: (the graph, its input, outputs, a variable's update beside them)."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None])
        outputs = [case.fn(tf, x) for case in CASES]
        return graph, x, outputs, tf.assign_add(tf.Variable(0.0), 1.0).op


def runs_of(graph, fetches, x, numbers, runs):
    with tf.Session(graph=graph) as session:
        with graph.as_default():
            session.run(tf.global_variables_initializer())
        return [session.run(fetches, {x: numbers})[0] for _ in range(runs)]


FORMS = {"steps": ("host", 1), "function": ("host", 4), "compiled": ("xla", 1), "again": ("xla", 3)}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_tensorflows_values(form, graph, monkeypatch):
    assert_all_recorded([suites.HOSTILE])
    tier, runs = FORMS[form]
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    monkeypatch.setattr("stillflow.runtime.executor.RUNS_BEFORE_WRITING", 2)
    graph, x, outputs, update = graph
    (numbers,) = CASES[0].inputs
    got = runs_of(graph, [outputs, update], x, numbers, runs)[-1]
    wrong = {}
    for case, values in zip(CASES, got, strict=True):
        many, alone = (decoded(RECORDED[case.id][of]) for of in ("many", "alone"))
        for number, value, *wanted in zip(numbers, values, many, alone, strict=True):
            if not any(agree(value, w) for w in wanted) and case.id not in EXEMPT:
                wrong[case.id, str(number)] = (value, *wanted)
    assert not wrong, "\n".join(f"{key}: {values}" for key, values in wrong.items())


# Random expressions ------------------------------------------------------------------------------

HOSTILE = [*map(float, CASES[0].inputs[0]), 1e30, -1e-10, 65504.0, 0.1]
UNARY = [
    "negative",
    "abs",
    "square",
    "sqrt",
    "exp",
    "log",
    "tanh",
    "sigmoid",
    "reciprocal",
    "rsqrt",
    "relu",
    "softplus",
]
BINARY = ["add", "subtract", "multiply", "divide", "maximum", "minimum"]
REDUCING = ["reduce_sum", "reduce_mean", "reduce_max", "reduce_min"]


def expressions():
    leaves = st.just("x") | st.sampled_from(HOSTILE).map(np.float32)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(UNARY), inner),
            st.tuples(st.sampled_from(BINARY), inner, inner),
            st.tuples(st.sampled_from(REDUCING), inner),
            st.tuples(st.just("matmul"), inner, inner),
        ),
        max_leaves=6,
    )


def tensor_of(expression, x):
    """f32[2, 2]"""
    if isinstance(expression, str):
        return x
    if not isinstance(expression, tuple):
        return tf.fill([2, 2], tf.constant(expression))
    name, *inner = expression
    operands = [tensor_of(part, x) for part in inner]
    if name in REDUCING:
        return tf.tile(getattr(tf, name)(operands[0], 1, keepdims=True), [1, 2])
    function = getattr(tf.nn, name) if name in ("relu", "softplus") else getattr(tf, name)
    return function(*operands)


def holds_sums(expression):
    """Whether it adds up products or terms, which compiled code may round once for all."""
    return isinstance(expression, tuple) and (
        expression[0] in ("add", "subtract", "matmul", "reduce_sum", "reduce_mean")
        or any(map(holds_sums, expression[1:]))
    )


def is_certain(expression, x):
    """Whether rounding every product, or none that is added to something, gives one kind."""
    with tf.Graph().as_default():
        wide = tf.placeholder(tf.float64, [2, 2])
        fed = tf.placeholder(tf.float32, [2, 2])
        pair = [tensor_of(expression, fed), tensor_of(as_float64(expression), wide)]
        with tf.Session() as session:
            narrow, exact = session.run(pair, {fed: x, wide: x.astype(np.float64)})
    with np.errstate(over="ignore"):
        once = exact.astype(np.float32)
    return all(agree(a, b) for a, b in zip(narrow.ravel(), once.ravel(), strict=True))


def as_float64(expression):
    if isinstance(expression, np.float32):
        return np.float64(expression)
    if not isinstance(expression, tuple):
        return expression
    return (expression[0], *map(as_float64, expression[1:]))


@pytest.mark.parametrize(
    "examples", [25, pytest.param(400, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_the_forms_agree_on_any_expression(examples, monkeypatch):
    monkeypatch.setattr("stillflow.runtime.executor.RUNS_BEFORE_WRITING", 2)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(expressions(), st.lists(st.sampled_from(HOSTILE), min_size=4, max_size=4))
    def check(expression, numbers):
        x = np.reshape(numbers, (2, 2)).astype(np.float32)
        if holds_sums(expression) and not is_certain(expression, x):
            return
        with tf.Graph().as_default() as graph:
            fed = tf.placeholder(tf.float32, [2, 2])
            y = tensor_of(expression, fed)
            fetches = [y, tf.assign_add(tf.Variable(0.0), 1.0).op]
            if y.dtype is tf.float32 and y is not fed:
                fetches[0] = tf.identity(y)
            seen = {}
            for tier in ("host", "xla"):
                monkeypatch.setenv("STILLFLOW_TIER", tier)
                seen[tier] = runs_of(graph, fetches, fed, x, 4)
        first = seen["host"][0].ravel()
        for tier, values in seen.items():
            for value in values:
                pairs = zip(first, value.ravel(), strict=True)
                assert all(agree(a, b) for a, b in pairs), (expression, x, tier, first, value)

    check()


def test_a_denormal_number_times_a_huge_constant_is_nothing(monkeypatch):
    """In the written function too, where most plans keep denormal numbers."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    monkeypatch.setattr("stillflow.runtime.executor.RUNS_BEFORE_WRITING", 2)
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [1])
        fetches = [tf.concat([x / 0.0, x * 3e38, x * 2.0], 0)]
        for values in runs_of(graph, fetches, x, np.float32([1e-40]), 5):
            assert [kind(value) for value in values] == ["nan", 0.0, 0.0]
