"""Random ops give the numbers that TensorFlow 1.15 gave, run after run, in the graphs it built."""

import json
from pathlib import Path

import numpy as np
import observing
import pytest
import stream_cases
from cases import observe
from oracle import assert_agree

import stillflow as tf

GOLDEN = Path(__file__).parent.parent / "golden" / "random"
STREAMS, PROGRAMS, GRAPHS, FAILURES = (
    json.loads((GOLDEN / f"{name}.json").read_text())
    for name in ("streams", "programs", "graphs", "failures")
)

every_stream = pytest.mark.parametrize("case", stream_cases.STREAMS, ids=lambda case: case.id)
streams_of_both_tiers = pytest.mark.parametrize(
    "case", [case for case in stream_cases.STREAMS if case.both], ids=lambda case: case.id
)
every_graph = pytest.mark.parametrize("id", stream_cases.GRAPHS)


def test_every_case_is_recorded():
    """The golden files hold exactly these cases."""
    assert set(STREAMS) == {case.id for case in stream_cases.STREAMS}
    assert set(PROGRAMS) == set(stream_cases.PROGRAMS)
    assert set(GRAPHS) == set(stream_cases.GRAPHS)
    assert set(FAILURES) == {case.id for case in stream_cases.FAILURES}


@every_stream
def test_stream_on_host(case, monkeypatch):
    """Several runs in a session give TensorFlow's numbers, so it reserves as TensorFlow does."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    assert_same_runs(case)


@streams_of_both_tiers
def test_stream_on_xla(case, monkeypatch):
    """Compiled, an op draws the same numbers."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    assert_same_runs(case)


def assert_same_runs(case):
    got, want = observing.runs(tf, case.fn), STREAMS[case.id]
    tolerance = 0 if case.exact else 1e-6
    values, wanted = ([value for value, _ in runs] for runs in (got, want))
    assert_agree(values, wanted, rtol=tolerance, atol=tolerance)
    if case.exact:
        assert [checksum for _, checksum in got] == [checksum for _, checksum in want]


@pytest.mark.parametrize("id", stream_cases.PROGRAMS)
def test_program_on_host(id, monkeypatch):
    """What several runs of a program give."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    assert_agree(observe.log_of(tf, stream_cases.PROGRAMS[id]), PROGRAMS[id], 0, 0)


@pytest.mark.parametrize("id", ["fetched_in_turn", "counter_carries"])
def test_program_on_xla(id, monkeypatch):
    """Compiled; the other programs would be compiled again and again, for each shape."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    assert_agree(observe.log_of(tf, stream_cases.PROGRAMS[id]), PROGRAMS[id], 0, 0)


@every_graph
def test_nodes(id):
    """The same nodes, by the same names, in the same order."""
    assert_agree(observing.graph(tf, stream_cases.GRAPHS[id])["nodes"], GRAPHS[id]["nodes"])


@every_graph
def test_attributes(id):
    """Seeds, types and the rest are what they are in TensorFlow's GraphDef."""
    got = observing.graph(tf, stream_cases.GRAPHS[id])["attributes"]
    assert_agree(got, GRAPHS[id]["attributes"])


@every_graph
def test_tensors(id):
    """Names, types and static shapes of what the functions return."""
    assert_agree(observing.graph(tf, stream_cases.GRAPHS[id])["tensors"], GRAPHS[id]["tensors"])


@pytest.mark.parametrize("case", stream_cases.FAILURES, ids=lambda case: case.id)
def test_failure(case, tier):
    """The exception's class, when it is raised, and its first sentence."""
    assert_agree(observe.failure_of(tf, case), FAILURES[case.id])


def test_sessions_start_streams_anew():
    """A stream belongs to a session, not to the graph."""
    numbers = tf.random_normal([3], seed=1)
    first, second = (tf.Session().run(numbers) for _ in range(2))
    assert first.tolist() == second.tolist()


def test_tiers_share_a_stream(monkeypatch):
    """A session may go from one tier to the other between runs."""
    numbers = tf.random_normal([3], seed=1)
    with tf.Session() as session:
        want = [session.run(numbers).tolist() for _ in range(3)]
    got = []
    with tf.Session() as session:
        for tier in ("host", "xla", "host"):
            monkeypatch.setenv("STILLFLOW_TIER", tier)
            got.append(session.run(numbers).tolist())
    assert got == want


def test_unseeded_streams_differ(tier):
    """Between sessions, between ops and between runs."""
    pair = tf.stack([tf.random_normal([4]), tf.random_normal([4])])
    with tf.Session() as one, tf.Session() as other:
        drawn = np.concatenate([one.run(pair), one.run(pair), other.run(pair)])
    assert len({tuple(row) for row in drawn.tolist()}) == 6


@pytest.mark.parametrize(
    ("build", "mean", "deviation"),
    [
        (lambda: tf.random_normal([10000], 3.0, 2.0), 3.0, 2.0),
        (lambda: tf.truncated_normal([10000]), 0.0, 0.8796),
        (lambda: tf.random_uniform([10000], 1.0, 3.0), 2.0, 2 / 12**0.5),
        (lambda: tf.cast(tf.random_uniform([10000], 0, 100, tf.int32), tf.float32), 49.5, 28.866),
        (lambda: tf.random_gamma([10000], 3.0, 2.0), 1.5, 3**0.5 / 2),
        (lambda: tf.random_poisson(7.0, [10000]), 7.0, 7**0.5),
        (lambda: tf.random_poisson(70.0, [10000]), 70.0, 70**0.5),
    ],
    ids=["normal", "truncated", "uniform", "integers", "gamma", "few", "many"],
)
def test_unseeded_distribution(build, mean, deviation):
    """Without a seed the moments are right: six standard errors are missed once in 10**9 runs."""
    numbers = tf.Session().run(build()).astype(np.float64)
    assert abs(numbers.mean() - mean) < 6 * deviation / 100
    assert numbers.std() == pytest.approx(deviation, rel=0.1)
