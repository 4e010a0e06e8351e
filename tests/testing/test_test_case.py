"""tf.test: its assertions hold and fail where they should, and its sessions are the default."""

import collections
import subprocess
import sys

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime.eager.mode import eager_mode


@pytest.fixture
def case():
    """A TestCase within a test."""
    case = tf.test.TestCase()
    case.setUp()
    yield case
    case.tearDown()


HOLDS = [
    lambda t: t.assertAllEqual([1, 2], np.array([1, 2])),
    lambda t: t.assertAllEqual(tf.constant([1.0]) + 1, [2]),
    lambda t: t.assertNotAllEqual([1, 2], [1, 3]),
    lambda t: t.assertAllClose([1.0, 2], [1.0, 2 + 1e-7]),
    lambda t: t.assertAllClose({"a": [1.0]}, {"a": np.ones(1)}),
    lambda t: t.assertAllClose([np.ones(2), np.ones(3)], [np.ones(2), np.ones(3)]),
    lambda t: t.assertAllClose(1.0, tf.constant(1.1), atol=0.2),
    lambda t: t.assertNotAllClose([1.0], [1.1]),
    lambda t: t.assertAllCloseAccordingToType(np.float16([1]), np.float16([1.001])),
    lambda t: t.assertNear(1.0, 1.1, 0.2),
    lambda t: t.assertArrayNear([1.0, 2.0], [1.1, 2.1], 0.2),
    lambda t: t.assertNDArrayNear(np.ones(2), np.ones(2) + 0.1, 0.2),
    lambda t: t.assertAllGreater([2, 3], 1),
    lambda t: t.assertAllGreaterEqual([2, 3], 2),
    lambda t: t.assertAllLess([2, 3], 4),
    lambda t: t.assertAllLessEqual([2, 3], 3),
    lambda t: t.assertAllInRange(tf.constant([1, 2]), 1, 3, open_upper_bound=True),
    lambda t: t.assertAllInSet([1, 1, 2], {1, 2, 3}),
    lambda t: t.assertShapeEqual(np.ones((2, 3)), tf.zeros([2, 3])),
    lambda t: t.assertDeviceEqual("cpu:0", "/device:CPU:0"),
    lambda t: t.assertDeviceEqual(tf.DeviceSpec(job="ps", device_type="GPU"), "/job:ps/gpu:*"),
    lambda t: t.assertDTypeEqual(tf.constant(1.0), tf.float32),
    lambda t: t.assertDTypeEqual(np.ones(1), np.float64),
    lambda t: t.assertLen([1, 2], 2),  # absl's are there as well
]
FAILS = [
    lambda t: t.assertAllEqual([1, 2], [1, 3]),
    lambda t: t.assertAllEqual([1], 1),
    lambda t: t.assertNotAllEqual([1, 2], [1, 2]),
    lambda t: t.assertAllClose([1.0], [1.001]),
    lambda t: t.assertAllClose({"a": 1.0}, {"b": 1.0}),
    lambda t: t.assertAllClose([np.ones(2), np.ones(3)], [np.ones(2), np.zeros(3)]),
    lambda t: t.assertNotAllClose([1.0], [1.0]),
    lambda t: t.assertNear(1.0, 1.1, 0.05),
    lambda t: t.assertAllGreater([1, 3], 1),
    lambda t: t.assertAllInRange([1, 3], 1, 3, open_upper_bound=True),
    lambda t: t.assertAllInSet([1, 4], {1, 2, 3}),
    lambda t: t.assertShapeEqual(np.ones(2), tf.zeros([3])),
    lambda t: t.assertDeviceEqual("/cpu:0", "/cpu:1"),
    lambda t: t.assertDTypeEqual(np.ones(1), tf.float32),
]


@pytest.mark.parametrize("check", HOLDS)
def test_holds(check, case):
    check(case)


@pytest.mark.parametrize("check", FAILS)
def test_fails(check, case):
    with pytest.raises(AssertionError):
        check(case)


def failing():
    x = tf.placeholder(tf.float32, name="x")
    tf.get_default_session().run(x + 1)


def test_expected_errors(case):
    with case.session():
        with case.assertRaisesOpError("You must feed a value for placeholder"):
            failing()
        with case.assertRaisesWithPredicateMatch(tf.errors.OpError, lambda e: e.op.name == "x_1"):
            failing()
        with pytest.raises(AssertionError), case.assertRaisesOpError("something else"):
            failing()
    with pytest.raises(AssertionError, match="OpError not raised"), case.assertRaisesOpError("x"):
        pass


def test_sessions(case):
    """Variables live in the test's own session, from block to block; another is empty."""
    v = tf.Variable(3.0)
    with case.test_session() as session:
        session.run(v.initializer)
        assert tf.get_default_session() is session
    with case.cached_session() as again:
        assert again is session
        assert v.eval() == 3
    with case.session() as other, case.assertRaisesOpError("uninitialized value"):
        other.run(v)
    assert case.evaluate([v, v + 1]) == [3, 4]


@pytest.mark.parametrize("kind", ["session", "cached_session", "test_session"])
@pytest.mark.parametrize(
    ("options", "device"),
    [({}, "/device:CPU:0"), ({"use_gpu": True}, ""), ({"force_gpu": True}, "/device:GPU:0")],
)
def test_sessions_say_where_their_operations_are(case, kind, options, device):
    with getattr(case, kind)(**options):
        c = tf.constant(1)
        assert c.device == device
        if "force_gpu" not in options:
            assert c.eval() == 1


def test_a_cached_session_is_for_what_it_was_made_for(case):
    """What TensorFlow 1.15 was seen to accept and to refuse; test_session takes any."""
    config = tf.ConfigProto()
    with case.cached_session() as session, case.cached_session(use_gpu=True) as again:
        assert again is session
    for other in ({"graph": tf.get_default_graph()}, {"config": config}, {"force_gpu": True}):
        with (
            pytest.raises(ValueError, match=f"The {next(iter(other))}.*used to get the cached"),
            case.cached_session(**other),
        ):
            pass
    with case.test_session(config=config, force_gpu=True) as again:
        assert again is session
    with case.test_session(graph=tf.Graph()) as new:
        assert new is not session


def test_each_test_starts_afresh(case):
    with tf.name_scope("a"):
        tf.random_normal([])
    numbers = np.random.rand()
    case.tearDown()
    case.setUp()
    assert tf.get_default_graph().get_operations() == []
    assert tf.get_default_graph().seed == 87654321
    assert np.random.rand() == numbers


def test_jacobians():
    x, w = tf.placeholder(tf.float64, [2]), tf.placeholder(tf.float64, [3])
    y = tf.stack([x[0] * x[1], tf.reduce_sum(w) * x[0]])
    with tf.Session():
        feeds = {w: [1.0, 2, 3]}
        exact, numeric = tf.test.compute_gradient(
            x, [2], y, [2], x_init_value=np.array([2.0, 5.0]), extra_feed_dict=feeds
        )
        assert exact.tolist() == [[5, 6], [2, 0]]
        np.testing.assert_allclose(numeric, exact, atol=1e-8)
        both = [tf.constant([2.0, 5]), tf.constant([1.0, 2])]
        error = tf.test.compute_gradient_error(both, [[2], [2]], both[0] * both[1], [2])
        assert 0 < error < 1e-2
    with pytest.raises(ValueError, match="without a default session"):
        tf.test.compute_gradient(x, [2], y, [2])


def test_jacobians_of_rows_and_complex_and_empty_tensors():
    """Sparse gradients are laid out; a complex number counts as two; nothing has no columns."""
    rows, at = tf.constant(np.ones((3, 2))), np.array([1 + 2j, 3 - 1j])
    z, nothing = tf.constant(at), tf.constant(np.zeros((0, 2)))
    with tf.Session():
        exact, numeric = tf.test.compute_gradient(rows, [3, 2], tf.gather(rows, [2, 0, 2]), [3, 2])
        assert exact.sum() == 6
        np.testing.assert_allclose(numeric, exact, atol=1e-8)
        exact, numeric = tf.test.compute_gradient(z, [2], z * z, [2], x_init_value=at)
        assert exact[:2, :2].tolist() == [[2, 4], [-4, 2]]
        np.testing.assert_allclose(numeric, exact, atol=1e-8)
        shapes = [j.shape for j in tf.test.compute_gradient(nothing, [0, 2], nothing * 2, [0, 2])]
        assert shapes == [(0, 0), (0, 0)]


class WithoutSuper(tf.test.TestCase):
    """A case whose `setUp` leaves out the base class's, as TensorFlow's may."""

    def setUp(self):
        pass

    def runTest(self):
        pass


@pytest.fixture
def without_super():
    case = WithoutSuper()
    case.setUp()
    yield case
    case.tearDown()


def test_a_case_whose_set_up_leaves_out_the_bases(without_super):
    with without_super.cached_session() as session:
        assert session.run(tf.constant(1)) == 1
    assert tf.gfile.IsDirectory(without_super.get_temp_dir())


def test_tolerances_may_be_arrays(without_super):
    near, at = without_super.assertAllClose, np.array([0, 0.2])
    near([1, 2], [1, 2.1], atol=at)
    near([1, 2], [1, 2.1], rtol=at)
    with pytest.raises(AssertionError, match="not close dif"):
        near([1, 2], [1.1, 2], atol=at)


@pytest.mark.parametrize(
    ("a", "b", "error", "message"),
    [
        ({"x": 1}, {"y": 1}, AssertionError, "mismatched keys: a has keys"),
        (
            {"x": {"y": 1}},
            {"x": 1},
            ValueError,
            r"dict to non-dict, a\[x\] vs b\[x\]",
        ),
        ([[1], [2, 3]], [[1], [2, 4]], AssertionError, r"a\[1\] is different from b\[1\]"),
        ([[1], [2, 3]], [[1]], ValueError, "Mismatched length: a has 2 items, but b has 1 items"),
        ([1, 2], [1, 2, 3], AssertionError, r"Shape mismatch: expected \(2,\), got \(3,\)"),
        ([1.0, 2.0], [1.0, 3.0], AssertionError, "not close where = "),
    ],
)
def test_what_is_not_near_says_where(without_super, a, b, error, message):
    """The words are TensorFlow's, which tests of tests look for."""
    with pytest.raises(error, match=message):
        without_super.assertAllClose(a, b)


def test_lists_of_several_lengths_are_compared(without_super):
    without_super.assertAllEqual([[1], [2, 3], 4], [[1], [2, np.float32(3)], 4])
    with pytest.raises(AssertionError, match="Arrays are not equal"):
        without_super.assertAllEqual([[1], [2, 3]], [[1], [2, 4]])


def test_lists_of_tensors_of_a_graph_are_compared_as_they_are(without_super):
    with tf.Graph().as_default():
        x, y = tf.constant(1), tf.constant(1)
        without_super.assertAllEqual([x, y], [x, y])
        with pytest.raises(AssertionError, match="Arrays are not equal"):
            without_super.assertAllEqual([x, y], [x, x])


def test_what_is_unequal_says_where(without_super):
    without_super.assertAllEqual([1, float("nan")], [1, float("nan")])
    with pytest.raises(AssertionError, match="not equal lhs = array"):
        without_super.assertAllEqual([1, 2], [1, 3])


def test_named_tuples_and_lists_of_tensors_are_compared(without_super):
    pair = collections.namedtuple("pair", "x y")
    without_super.assertAllClose(pair(1, [2, 3]), {"x": 1, "y": (2, 3)})
    without_super.assertAllClose([tf.constant(1.0), tf.constant(2.0)], [1, 2])


def test_checked_threads_fail_the_test(without_super):
    thread = without_super.checkedThread(without_super.assertEqual, (1, 2))
    thread.start()
    with pytest.raises(AssertionError, match="Error in checkedThread: 1 != 2"):
        thread.join()


def test_messages_are_compared_with_texts(without_super):
    without_super.assertProtoEquals("versions { producer: 3 }", _graph_def(3))
    with pytest.raises(AssertionError, match="producer: 3"):
        without_super.assertProtoEquals("versions { producer: 3 }", _graph_def(4))


def _graph_def(producer):
    graph_def = tf.GraphDef()
    graph_def.versions.producer = producer
    return graph_def


PROGRAM = """
import stillflow as tf

class T(tf.test.TestCase):
    def testGood(self):
        with self.test_session():
            self.assertAllEqual(tf.constant(1).eval(), 1)
    def testBad(self):
        self.assertAllEqual([1], [{}])

tf.test.main()
"""


@pytest.mark.parametrize(("value", "code"), [(1, 0), (2, 1)])
def test_main(value, code, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.format(value))
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "Ran 3 tests" in done.stderr
    assert "skipped=1" in done.stderr  # test_session is named like one


def test_surroundings(tmp_path):
    assert tf.gfile.IsDirectory(tf.test.get_temp_dir())
    assert tf.test.get_temp_dir() == tf.test.get_temp_dir()
    assert not tf.test.is_gpu_available()
    assert not tf.test.is_built_with_cuda()
    assert tf.test.gpu_device_name() == ""
    assert tf.test.test_src_dir_path("a").endswith("/a")


def test_writes_to_a_stream_are_captured(tmp_path):
    """Those of other processes too; what came before and comes after goes where it went."""
    with (tmp_path / "out").open("w+") as stream:
        print("before", file=stream)
        with tf.test.TestCase().captureWritesToStream(stream) as captured:
            print("of Python", file=stream)
            assert captured.contents() == "of Python\n"
            subprocess.run([sys.executable, "-c", "print('of another')"], stdout=stream, check=True)
        print("after", file=stream)
        assert captured.contents() == "of Python\nof another\n"
        stream.seek(0)
        assert stream.read() == "before\nafter\n"


def test_a_setup_within_the_blocks_of_graphs_leaves_them(case):
    # As recorded from TensorFlow 1.15: whether the test is eager stays, and blocks end quietly.
    outer = tf.Graph()
    with outer.as_default():
        tf.constant(1.0)
        with eager_mode():
            case.setUp()
            assert tf.executing_eagerly()
        assert not tf.executing_eagerly()
        assert tf.get_default_graph() is not outer
    with outer.as_default():
        case.setUp()
        assert tf.get_default_graph() is not outer
