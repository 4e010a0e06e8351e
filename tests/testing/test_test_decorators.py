"""Decorators and blocks of TensorFlow's test_util, as its 1.15 runs them on a host."""

import unittest

import pytest

import stillflow.api as tf
from stillflow.testing import decorators


def run(kind):
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(kind).run(result)
    assert not result.errors + result.failures
    return {test._testMethodName: why for test, why in result.skipped}


def test_what_runs_and_what_is_skipped():
    ran = []

    def note(self):
        ran.append(self._testMethodName)

    class Sample(tf.test.TestCase):
        test_v1 = decorators.run_v1_only("reason")(note)
        test_deprecated = decorators.run_deprecated_v1(note)
        test_graph_mode = decorators.deprecated_graph_mode_only()(note)
        test_no_xla = decorators.disable_xla("why")(note)
        test_control_flow = decorators.disable_control_flow_v2("why")(note)
        test_not_skipped = decorators.skip_if(lambda: False)(note)
        test_left_out = decorators.skip_if(True)(note)
        test_v2 = decorators.run_v2_only(note)
        test_gpu = decorators.run_gpu_only()(note)
        test_cuda = decorators.run_cuda_only(note)

    assert run(Sample) == {
        "test_v2": "Test is only compatible with v2",
        "test_gpu": "Test requires GPU",
        "test_cuda": "Test requires CUDA GPU",
        "test_session": "Not a test.",
    }
    runs = {"v1", "deprecated", "graph_mode", "no_xla", "control_flow", "not_skipped"}
    assert set(ran) == {f"test_{name}" for name in runs}


def test_a_class_is_skipped_too():
    class Skipped(unittest.TestCase):
        def test(self):
            raise AssertionError

    assert run(decorators.run_v2_only(Skipped)) == {"test": "Test is only compatible with v2"}


def test_devices():
    with tf.Graph().as_default():
        for block, name in (
            (decorators.use_gpu(), "/device:CPU:0"),
            (decorators.force_gpu(), "/device:GPU:0"),
            (decorators.force_cpu(), "/device:CPU:0"),
            (decorators.device(use_gpu=False), "/device:CPU:0"),
        ):
            with block:
                assert tf.constant(1.0).op.device == name


def test_ops_that_a_graph_must_have():
    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="a")
    assert list(decorators.assert_ops_in_graph({"a": "Const"}, graph)) == ["a"]
    with pytest.raises(ValueError, match=r"Not all expected ops are present. Expected dict_keys\("):
        decorators.assert_ops_in_graph({"b": "Const"}, graph)
    with pytest.raises(ValueError, match=r"Expected op for node a is different. Add vs Const"):
        decorators.assert_ops_in_graph({"a": "Add"}, graph)


def test_channels_move():
    assert decorators.NHWCToNCHW([1, 2, 3, 4]) == [1, 4, 2, 3]
    assert decorators.NCHWToNHWC([1, 2, 3, 4, 5]) == [1, 3, 4, 5, 2]
    with tf.Graph().as_default():
        assert decorators.NHWCToNCHW(tf.zeros([1, 2, 3, 4])).shape.as_list() == [1, 4, 2, 3]


class InBothModes(tf.test.TestCase):
    """Tests that run twice: in a graph, within a session, and then eagerly."""

    def setUp(self):
        super().setUp()
        self.modes = getattr(self, "modes", [])

    def _note_mode(self):
        self.modes.append(tf.executing_eagerly())
        assert tf.executing_eagerly() == (tf.get_default_session() is None)

    def test_alone(self):
        @decorators.run_in_graph_and_eager_modes
        def both(self):
            self._note_mode()
            assert self.evaluate(tf.constant(1.0)) == 1

        both(self)
        assert self.modes == [False, True]

    def test_with_options(self):
        both = decorators.run_in_graph_and_eager_modes(use_gpu=False)(type(self)._note_mode)
        both(self)
        assert self.modes == [False, True]


@decorators.run_all_in_graph_and_eager_modes
class AllInBothModes(tf.test.TestCase):
    def test_one(self):
        assert tf.executing_eagerly() == (tf.get_default_session() is None)

    def test_skip_eager_of_another(self):
        assert tf.get_default_session() is None
        with pytest.raises(ValueError, match="only supports test methods"):
            decorators.run_in_graph_and_eager_modes(AllInBothModes)
