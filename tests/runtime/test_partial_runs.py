"""Runs in several calls, which compute each thing once."""

import itertools

import numpy as np
import pytest

import stillflow.api as tf

REFUSED = tf.errors.InvalidArgumentError


@pytest.fixture
def session():
    with tf.Session() as session:
        yield session


@pytest.fixture
def graph():
    """a, b, c; a + b, (a + b) * c"""
    a, b, c = (tf.placeholder(tf.float32, [], name) for name in "abc")
    added = tf.add(a, b, name="added")
    return a, b, c, added, tf.multiply(added, c, name="product")


@pytest.mark.usefixtures("tier")
def test_goes_on_with_what_was_computed(session, graph):
    a, b, c, added, product = graph
    for _ in range(3):
        handle = session.partial_run_setup([added, product], [a, b, c])
        first = session.partial_run(handle, added, {a: 1, b: 2})
        assert first == 3.0
        assert session.partial_run(handle, [product], {c: first * 2}) == [18.0]


def test_several_at_a_time(session, graph):
    a, b, c, added, product = graph
    one = session.partial_run_setup([added, product], [a, b, c])
    other = session.partial_run_setup([added, product], [a, b, c])
    assert session.partial_run(one, added, {a: 1, b: 2}) == 3.0
    assert session.partial_run(other, {"x": added}, {a: 5, b: 6}) == {"x": 11.0}
    assert session.partial_run(one, product, {c: 2}) == 6.0
    assert session.partial_run(other, product, {c: 2}) == 22.0


@pytest.mark.usefixtures("tier")
def test_everything_happens_once_and_as_early_as_it_can(session):
    calls = itertools.count()
    w = tf.Variable(1.0)
    a = tf.placeholder(tf.float32, [])
    add = tf.assign_add(w, 1.0)
    number = tf.py_func(lambda: np.float32(next(calls)), [], tf.float32)
    last = number * a
    session.run(w.initializer)
    handle = session.partial_run_setup([add.op, number, last], [a])
    assert session.partial_run(handle, []) == []
    assert session.run(w) == 2.0
    assert session.partial_run(handle, [add.op, number]) == [None, 0.0]
    assert session.partial_run(handle, last, {a: 5.0}) == 0.0
    assert session.run(w) == 2.0
    assert next(calls) == 1


def test_what_is_refused(session, graph):
    a, b, c, added, product = graph
    with pytest.raises(REFUSED, match="Must specify at least one target to fetch or execute"):
        session.partial_run_setup([], [a])
    handle = session.partial_run_setup([added, product], [a, b, c])
    with pytest.raises(REFUSED, match="Fetch b:0 can't be computed from the feeds"):
        session.partial_run(handle, added, {a: 1})
    session.partial_run(handle, added, {a: 1, b: 2})
    with pytest.raises(REFUSED, match="The feed a:0 has already been fed"):
        session.partial_run(handle, product, {a: 1, c: 3})
    with pytest.raises(REFUSED, match="The fetch added:0 has already been fetched"):
        session.partial_run(handle, added, {c: 3})
    session.partial_run(handle, product, {c: 3})
    with pytest.raises(REFUSED, match="Must run 'setup' before performing partial runs"):
        session.partial_run(handle, product)
    less = session.partial_run_setup(added, [a, b])
    with pytest.raises(REFUSED, match="The fetch product:0 was not specified in partial_run_setup"):
        session.partial_run(less, product, {a: 1})
    with pytest.raises(REFUSED, match="The feed c:0 was not specified in partial_run_setup"):
        session.partial_run(less, added, {a: 1, b: 2, c: 3})
    with pytest.raises(REFUSED, match="You must feed a value for placeholder tensor"):
        session.partial_run(session.partial_run_setup([added]), added)
