"""Variables that start from a checkpoint: init_from_checkpoint, warm_start, tf.contrib's ways."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.checkpoint.bundle_writer import BundleWriter
from stillflow.checkpoint.management import update_checkpoint_state
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import errors
from stillflow.ops.saving import save_restore

framework = tf.contrib.framework


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with BundleWriter("m/c-1") as writer:
        writer.add("old/a", np.float32([1, 2]))
        writer.add("old/deep/b", np.float32([3]))
        writer.add("step", np.int64(7))
    update_checkpoint_state("m", "m/c-1")


def started(*variables):
    """The values that variables start with."""
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return [np.asarray(value).tolist() for value in sess.run(list(variables))]


@pytest.mark.parametrize("where", ["m", "m/c-1"])
@pytest.mark.parametrize(
    "targets", [{"old/": "new/"}, {"old/a": "new/a", "old/deep/b": "new/deep/b"}]
)
def test_init_from_checkpoint(where, targets):
    with tf.variable_scope("new"):
        a = tf.get_variable("a", [2])
        b = tf.get_variable("deep/b", [1])
    other = tf.get_variable("other", initializer=5.0)
    tf.train.init_from_checkpoint(where, targets)
    assert started(a, b, other) == [[1, 2], [3], 5]
    assert started(a.initialized_value()) == [[1, 2]]


def test_init_from_checkpoint_of_resource_variables_by_their_names():
    a = tf.get_variable("new/a", [2], use_resource=True)
    tf.train.init_from_checkpoint("m", {"old/a": "new/a"})
    assert started(a) == [[1, 2]]


def test_a_variable_behind_a_handle_is_not_read_for_it():
    with tf.variable_scope("new", use_resource=True):
        a = tf.get_variable("a", [2])
    before = set(tf.get_default_graph().get_operations())
    tf.train.init_from_checkpoint("m", {"old/a": a})
    built = set(tf.get_default_graph().get_operations()) - before
    assert "ReadVariableOp" not in {op.type for op in built}
    assert started(a) == [[1, 2]]


def test_root_to_root():
    a = tf.get_variable("old/a", [2])
    step = tf.get_variable("step", [], tf.int64, trainable=False)
    tf.train.init_from_checkpoint("m", {"/": "/"})
    assert started(a, step) == [[1, 2], 7]


def test_a_variable_that_get_variable_did_not_make():
    v = tf.Variable([0.0, 0.0])
    tf.train.init_from_checkpoint("m", {"old/a": v})
    assert started(v) == [[1, 2]]


def test_nothing_is_changed_when_one_is_refused():
    a, b = tf.get_variable("a", initializer=[8.0, 9.0]), tf.get_variable("b", [5])
    with pytest.raises(ValueError, match="Shape of variable b:0"):
        tf.train.init_from_checkpoint("m", {"old/a": a, "old/deep/b": b})
    assert started(a) == [[8, 9]]


def test_without_a_checkpoint():
    with pytest.raises(ValueError, match="Couldn't find 'checkpoint' file"):
        tf.train.init_from_checkpoint(".", {})


def halves():
    """Two variables that are the parts of one."""
    variables = [tf.Variable([0.0], name=f"half_{start}") for start in range(2)]
    for start, variable in enumerate(variables):
        variable._set_save_slice_info(tf.Variable.SaveSliceInfo("old/a", [2], [start], [1]))
    return variables


def test_the_parts_of_a_variable():
    first, second = halves()
    with pytest.raises(ValueError, match="Slices must all be slices"):
        tf.train.init_from_checkpoint("m", {"old/a": [tf.Variable([0.0])]})
    with pytest.raises(ValueError, match="Tensor none is not found"):
        tf.train.init_from_checkpoint("m", {"none": [first, second]})
    tf.train.init_from_checkpoint("m", {"old/a": [first, second]})
    assert started(first, second) == [[1], [2]]
    assert framework.get_variable_full_name(first) == "old/a"
    assign, feeds = framework.assign_from_checkpoint("m/c-1", [second])
    with tf.Session() as sess:
        sess.run(assign, feeds)
        assert sess.run(second).tolist() == [2]


def test_warm_start():
    a = tf.get_variable("old/a", [2])
    frozen = tf.get_variable("step", [], tf.int64, tf.zeros_initializer(), trainable=False)
    tf.train.warm_start("m")
    assert started(a, frozen) == [[1, 2], 0]
    renamed = tf.get_variable("renamed", [1])
    tf.train.warm_start("m", [renamed], None, {"renamed": "old/deep/b"})
    tf.train.warm_start("m", ["step"])
    assert started(renamed, frozen) == [[3], 7]


def test_assign_from_checkpoint(caplog):
    a = tf.get_variable("old/a", initializer=[0.0, 0.0])
    b = tf.get_variable("b", initializer=[0.0])
    assign, feeds = framework.assign_from_checkpoint("m/c-1", {"old/a": a, "old/deep/b": [b]})
    with tf.Session() as sess:
        sess.run(assign, feeds)
        assert [value.tolist() for value in sess.run([a, b])] == [[1, 2], [3]]
        sess.run(tf.global_variables_initializer())
        assign, feeds = framework.assign_from_checkpoint("m/c-1", [a, b], ignore_missing_vars=True)
        sess.run(assign, feeds)
        assert [value.tolist() for value in sess.run([a, b])] == [[1, 2], [0]]
    assert "Checkpoint is missing variable [b]" in caplog.text


def test_assign_from_checkpoint_fn(caplog):
    a = tf.get_variable("old/a", initializer=[[0.0], [0.0]])
    b = tf.get_variable("b", initializer=[0.0])
    restore = framework.assign_from_checkpoint_fn("m/c-1", [a, b], True, reshape_variables=True)
    with tf.Session() as sess:
        restore(sess)
        assert sess.run(a).tolist() == [[1], [2]]
    assert framework.assign_from_checkpoint_fn("m/c-1", [b], ignore_missing_vars=True) is None
    assert "No Variables to restore" in caplog.text


def test_assign_from_values():
    a = tf.get_variable("a", initializer=[0.0, 0.0])
    with tf.Session() as sess:
        framework.assign_from_values_fn({"a": np.array([[4.0], [5.0]])})(sess)
        assert sess.run(a).tolist() == [4, 5]


def test_finding_variables():
    with tf.variable_scope("first") as scope:
        w, b = tf.get_variable("w", [1]), tf.get_variable("b", [1], trainable=False)
    other = tf.get_variable("second/w", [1])
    local = tf.get_variable("mine", [1], collections=[tf.GraphKeys.LOCAL_VARIABLES])
    model = tf.get_variable("model", [1], collections=[tf.GraphKeys.MODEL_VARIABLES])
    assert framework.get_variables() == [w, b, other]
    assert framework.get_variables(scope) == framework.get_variables("first") == [w, b]
    assert (
        framework.get_variables(suffix="w") == framework.get_variables_by_suffix("w") == [w, other]
    )
    assert framework.get_variables_by_name("w", "second") == [other]
    assert framework.get_trainable_variables() == [w, other, local, model]
    assert framework.get_local_variables() == [local]
    assert framework.get_model_variables() == [model]
    assert framework.get_unique_variable("first/w") is w
    assert framework.get_variable_full_name(w) == "first/w"
    assert framework.get_variables_to_restore(["first"], ["first/b"]) == [w]
    assert framework.get_variables_to_restore(exclude=["first"]) == [other]
    assert framework.filter_variables([w, b, other], ["w"], ["second"]) == [w]
    assert framework.filter_variables([w, b, other], ["w"], reg_search=False) == []
    assert framework.filter_variables([w, b], []) == [w, b]
    with pytest.raises(ValueError, match="Couldn't find variable none"):
        framework.get_unique_variable("none")
    with pytest.raises(ValueError, match="does not uniquely identify"):
        framework.get_unique_variable("fir")


def test_a_slice_of_a_whole_tensor():
    """A part of a variable starts from a checkpoint that has it in one piece, and from parts."""
    square = np.arange(6, dtype=np.float32).reshape(3, 2)
    with BundleWriter("whole") as writer:
        writer.add("x", square)
    with BundleWriter("parts") as writer:
        writer.add_slice("x", [3, 2], ((0, 1), (0, None)), square[:1])
        writer.add_slice("x", [3, 2], ((1, 2), (0, None)), square[1:])
    for prefix in ["whole", "parts"]:
        (last,) = save_restore.restore_v2(prefix, ["x"], ["3 2 1,2:0,2"], dtypes=[tf.float32])
        with tf.Session() as sess:
            assert sess.run(last).tolist() == [[2, 3], [4, 5]]
            with pytest.raises(errors.InvalidArgumentError, match="shape in shape_and_slice spec"):
                sess.run(
                    save_restore.restore_v2(prefix, ["x"], ["4 2 1,2:0,2"], dtypes=[tf.float32])
                )
    assert CheckpointReader("parts").get_tensor("x").tolist() == square.tolist()
