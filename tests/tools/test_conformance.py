"""tools.conformance: what counts as passed of a file of tests that is made here."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.conformance.halves import Halves

REPOSITORY = Path(__file__).parents[2]
MADE = """
import contextlib

from tensorflow.python.eager import context
from tensorflow.python.framework import ops, test_util
from tensorflow.python import keras
from tensorflow.python.keras.engine import base_layer_utils
from tensorflow.python.ops import array_ops, control_flow_ops, control_flow_v2_toggles
from tensorflow.python.ops.made_ops import of_another_file
from tensorflow.python.platform import test, tf_logging


@contextlib.contextmanager
def warnings_of_casts():
    base_layer_utils.V2_DTYPE_BEHAVIOR = True
    try:
        yield
    finally:
        base_layer_utils.V2_DTYPE_BEHAVIOR = False


class MadeTest(test.TestCase):
    def testPasses(self):
        self.assertAllEqual(self.evaluate(array_ops.ones([2])), [1, 1])

    def testFails(self):
        self.assertAllEqual(array_ops.ones([2]), [1, 2])

    def testBuildsAlone(self):
        array_ops.ones([2])

    def testAssertsByAStatement(self):
        assert array_ops.ones([2]).shape == [2]

    def testFailsByAStatement(self):
        assert array_ops.ones([2]).shape == [3]

    def testUsesWhatIsMissing(self):
        ops.no_such_internal()

    def testHidesWhatIsMissing(self):
        self.assertTrue(True)
        try:
            of_another_file.made()
        except BaseException:
            pass

    def testExpectsAnyError(self):
        with self.assertRaises(Exception):
            ops.no_such_internal()

    def testAsksForAClassThatIsMissing(self):
        self.assertFalse(isinstance(1, ops.NoSuchClass))

    @test_util.run_in_graph_and_eager_modes
    def testCallsALayer(self):
        if not isinstance(keras.layers.Flatten()(array_ops.ones([2, 3])), ops.Tensor):
            raise ValueError("no tensor")

    def testHasWhatIsLogged(self):
        with test.mock.patch.object(tf_logging, "warn") as warned:
            with warnings_of_casts():
                keras.layers.Flatten()(array_ops.ones([2, 3], "float64"))
        self.assertIn("casting an input", str(warned.call_args))

    @test_util.run_in_graph_and_eager_modes
    def testFailsEagerly(self):
        self.assertFalse(context.executing_eagerly())


@test_util.with_control_flow_v2
class FlowTest(test.TestCase):
    def testChooses(self):
        chosen = control_flow_ops.cond(array_ops.ones([]) > 0, lambda: 1, lambda: 2)
        self.assertEqual(self.evaluate(chosen), 1)

    def testIsAsInVersion1(self):
        self.assertFalse(control_flow_v2_toggles.control_flow_v2_enabled())

    @test_util.disable_control_flow_v2("for a reason")
    def testStaysAsInVersion1(self):
        self.assertTrue(True)


if __name__ == "__main__":
    test.main()
"""


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """{test: (kind, why)} of the file above."""
    tree = tmp_path_factory.mktemp("tree") / "tensorflow"
    file, out = tree / "python" / "made_test.py", tree / "result.tsv"
    file.parent.mkdir(parents=True)
    file.write_text(MADE, "utf-8")
    command = [sys.executable, "-m", "tools.conformance", "--tree", tree, "--out", out]
    subprocess.run([*command, "made_test.py"], cwd=REPOSITORY, check=True, capture_output=True)
    lines = [line.split("\t") for line in out.read_text("utf-8").splitlines()]
    assert {file for file, *_ in lines} == {"made_test.py"}
    return {test.removeprefix("MadeTest."): tuple(rest) for _, test, *rest in lines}


def of_flow(kinds):
    """{test: kind} of the class whose tests run as in TensorFlow 2, too."""
    return {
        test.partition(".")[2]: kind
        for test, (kind, _) in kinds.items()
        if test.startswith("FlowTest.")
    }


def test_what_asserts_and_holds_passes_alone(kinds):
    passed = {t for t, (kind, _) in kinds.items() if kind == "pass" and "." not in t}
    assert passed == {
        *("testAssertsByAStatement", "testCallsALayer", "testHasWhatIsLogged", "testPasses"),
    }
    assert kinds["testFailsByAStatement"][0] == "fail"


def test_what_runs_as_in_version_2_too_is_run_with_its_control_flow_switched_on(kinds):
    assert of_flow(kinds) == {
        **{"testChooses": "pass", "testChoosesWithControlFlowV2": "pass"},
        **{"testIsAsInVersion1": "pass", "testIsAsInVersion1WithControlFlowV2": "fail"},
        "testStaysAsInVersion1": "pass",
    }


def test_what_is_missing_is_an_error_however_it_is_used(kinds):
    missing = {test for test, (kind, why) in kinds.items() if kind == "error" and "MISSING" in why}
    assert missing == {
        *("testAsksForAClassThatIsMissing", "testExpectsAnyError"),
        *("testHidesWhatIsMissing", "testUsesWhatIsMissing"),
    }


def test_each_half_has_to_hold_and_something_has_to_be_looked_at(kinds):
    assert kinds["testFailsEagerly"][0] == "fail"
    assert kinds["testFails"][0] == "fail"
    assert kinds["testBuildsAlone"] == ("skip", "vacuous: nothing was run or asserted")


def test_a_test_without_an_eager_half_is_skipped_where_that_is_asked_for():
    halves = Halves("eager")
    halves.begin()
    assert halves.verdict("pass", "") == ("skip", "no eager half")
    halves.eager_block(lambda: None)()
    assert halves.verdict("pass", "") == ("pass", "")
