"""A frozen detector of TensorFlow's runs here: loops, arrays, choices, checks, suppression."""

import detector
import numpy as np
import pytest
import recorded_graphs

import stillflow as tf

FOUND = recorded_graphs.load("detector")


def assert_found(got):
    assert got.keys() == FOUND.keys()
    for part, want in FOUND.items():
        if isinstance(want, str):
            assert got[part] == want
        else:
            np.testing.assert_allclose(got[part], want, 1e-4, 1e-5, err_msg=part)


def test_tensorflows_runs_here(tier):
    """In batches of several lengths and sizes."""
    assert_found(detector.use(tf, str(recorded_graphs.GOLDEN)))


def test_ours(tmp_path):
    """Built and frozen here, of the same parts."""
    detector.export(tf, str(tmp_path))
    assert_found(detector.use(tf, str(tmp_path)))


@pytest.mark.parametrize("path", [recorded_graphs.GOLDEN / "detector.pb"])
def test_it_is_of_such_parts(path):
    graph_def = tf.GraphDef.FromString(path.read_bytes())
    types = {node.op for node in graph_def.node}
    assert types >= {"Enter", "Switch", "TensorArrayV3", "NonMaxSuppressionV3", "Assert"}
