"""Objects of programs that a session fetches and feeds."""

import pytest

import stillflow.api as tf
from stillflow.environment.internals import internal_module

register = internal_module("python.client.session").register_session_run_conversion_functions


class Pair:
    def __init__(self, first, second):
        self.parts = [first, second]


@pytest.fixture
def pairs(monkeypatch):
    monkeypatch.setattr("stillflow.runtime.conversions._registered", [])
    register(
        Pair,
        lambda pair: (pair.parts, lambda values: Pair(*values)),
        lambda pair, value: list(zip(pair.parts, value, strict=False) if value else []),
        lambda pair: pair.parts,
    )


@pytest.mark.usefixtures("pairs")
def test_they_are_fetched_and_fed_as_what_they_stand_for():
    pair = Pair(tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, []))
    twice = Pair(pair.parts[0] * 2, pair.parts[1] * 2)
    with tf.Session() as session:
        fetched = session.run({"a": twice}, {pair: (1.0, 3.0)})
    assert fetched["a"].parts == [2.0, 6.0]


@pytest.mark.usefixtures("pairs")
def test_a_type_is_registered_once():
    with pytest.raises(ValueError, match="already been registered"):
        register(Pair, lambda pair: (pair.parts, list))
