"""tf.import_graph_def: the nodes that TensorFlow 1.15 makes, and its errors."""

import import_cases
import pytest
import recorded_graphs

import stillflow as tf

RECORDED = recorded_graphs.load("imports")


@pytest.mark.parametrize("name", import_cases.CASES)
def test_import(name):
    recorded_graphs.check(lambda: import_cases.CASES[name](tf), RECORDED[name])


def test_every_case_is_recorded():
    """Otherwise run tools/record_graphs.py."""
    assert list(RECORDED) == list(import_cases.CASES)
