"""Meta graphs and tf.graph_util do what TensorFlow 1.15 does."""

import meta_graph_cases
import pytest
import recorded_graphs

import stillflow as tf

RECORDED = recorded_graphs.load("meta_graphs")

# What has words of its own, and why.
OWN_WORDS = {"a_file_of_something_else": "the message type has another package"}


@pytest.mark.parametrize("name", meta_graph_cases.CASES)
def test_meta_graph(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = meta_graph_cases.CASES[name]
    recorded_graphs.check(lambda: case(tf, str(tmp_path)), RECORDED[name], name in OWN_WORDS)


def test_every_case_is_recorded():
    """Otherwise run tools/record_graphs.py."""
    assert list(RECORDED) == list(meta_graph_cases.CASES)
