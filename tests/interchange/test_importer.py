"""tf.import_graph_def: the nodes that TensorFlow 1.15 makes, and its errors."""

import import_cases
import pytest
import recorded_graphs

import stillflow as tf

RECORDED = recorded_graphs.load("imports")

# What has words of its own, and why.
OWN_WORDS = {
    "a_string_that_is_not_allowed": "said by the function that builds the op",
}


@pytest.mark.parametrize("name", import_cases.CASES)
def test_import(name):
    recorded_graphs.check(lambda: import_cases.CASES[name](tf), RECORDED[name], name in OWN_WORDS)


def test_every_case_is_recorded():
    """Otherwise run tools/record_graphs.py."""
    assert list(RECORDED) == list(import_cases.CASES)
