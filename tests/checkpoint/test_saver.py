"""`tf.train.Saver`: what it writes, restores, keeps and deletes."""

import itertools
import os

import numpy as np
import pytest
import recorded

import stillflow as tf
from stillflow.checkpoint import intact, management
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import errors


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default():
        yield


def variables():
    """Variables of every kind; `set_all` and `values` go with them."""
    return [
        tf.Variable([[1.5, 2.5]], name="layer/w"),
        tf.Variable([1, 2, 3], name="layer/b"),
        tf.Variable(np.int64(7), trainable=False, name="step"),
        tf.Variable([True, False], name="mask"),
        tf.Variable([b"ab", b"\xff"], name="words"),
        tf.Variable(np.zeros((0, 2)), name="none"),
    ]


def session_of_several_hosts():
    return tf.Session(config=tf.ConfigProto(device_count={"CPU": 3}))


def initialized_session():
    sess = session_of_several_hosts()
    sess.run(tf.global_variables_initializer())
    return sess


def values(sess, items):
    return [np.asarray(value).tolist() for value in sess.run(items)]


def checkpoints():
    return sorted(name.removesuffix(".index") for name in os.listdir() if name.endswith(".index"))


def test_what_is_saved_is_restored():
    items = variables()
    saver = tf.train.Saver()
    with initialized_session() as sess:
        before = values(sess, items)
        assert saver.save(sess, "./m/c") == "./m/c"
    with tf.Session() as sess:
        saver.restore(sess, "m/c")
        assert values(sess, items) == before
    assert sorted(os.listdir("m")) == ["c.data-00000-of-00001", "c.index", "c.meta", "checkpoint"]
    assert tf.train.latest_checkpoint("m") == "m/c"


def test_a_checkpoint_holds_the_variables_by_name():
    w = tf.Variable([1.0], name="scope/w")
    tf.Variable([2.0], name="other")
    tf.Variable([3.0], name="local", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    with initialized_session() as sess:
        tf.train.Saver().save(sess, "./all", write_meta_graph=False)
        tf.train.Saver([w]).save(sess, "./one", write_meta_graph=False)
        tf.train.Saver({"renamed": w}).save(sess, "./renamed", write_meta_graph=False)
    assert tf.train.list_variables("all") == [("other", [1]), ("scope/w", [1])]
    assert tf.train.list_variables("one") == [("scope/w", [1])]
    assert tf.train.list_variables("renamed") == [("renamed", [1])]


def test_the_nodes_can_be_run_by_name():
    w = tf.Variable(1.0, name="w")
    tf.train.Saver()
    with initialized_session() as sess:
        saved = sess.run("save/control_dependency:0", {"save/Const:0": "by_name"})
        assert saved in ("by_name", b"by_name")
        sess.run(w.assign(2.0))
        sess.run("save/restore_all", {"save/Const:0": "by_name"})
        assert sess.run(w) == 1
        sess.run("save/control_dependency")
    assert checkpoints() == ["by_name", "model"]


@pytest.mark.parametrize("kind", ["int", "numpy", "variable", "tensor", "name"])
def test_global_step(kind):
    step = tf.Variable(30, name="step")
    given = {
        "int": 30,
        "numpy": np.int64(30),
        "variable": step,
        "tensor": step.value(),
        "name": "step:0",
    }
    with initialized_session() as sess:
        saver = tf.train.Saver()
        assert saver.save(sess, "./c", given[kind], write_meta_graph=False) == "./c-30"
        saver = tf.train.Saver(pad_step_number=True)
        assert saver.save(sess, "./c", given[kind], write_meta_graph=False) == "./c-00000030"


def test_keeps_the_last_few():
    tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=2)
    with initialized_session() as sess:
        for step in [1, 2, 3, 2, 4]:
            saver.save(sess, "./c", step)
    assert saver.last_checkpoints == ["./c-2", "./c-4"]
    assert checkpoints() == ["c-2", "c-4"]
    assert sorted(n for n in os.listdir() if "meta" in n) == ["c-2.meta", "c-4.meta"]
    state = tf.train.get_checkpoint_state(".")
    assert state.model_checkpoint_path == "./c-4"
    assert list(state.all_model_checkpoint_paths) == ["./c-2", "./c-4"]


@pytest.mark.parametrize("max_to_keep", [0, None])
def test_keeps_all(max_to_keep):
    """Then the `checkpoint` file names only the last."""
    tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=max_to_keep)
    with initialized_session() as sess:
        for step in range(7):
            saver.save(sess, "./c", step, write_meta_graph=False)
    assert len(checkpoints()) == 7
    assert saver.last_checkpoints == []
    assert list(tf.train.get_checkpoint_state(".").all_model_checkpoint_paths) == ["./c-6"]


def test_keeps_one_of_some_hours(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("time.time", lambda: now)
    tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=1, keep_checkpoint_every_n_hours=1)
    with initialized_session() as sess:
        for step in range(12):
            now = 1000 + step * 20 * 60
            saver.save(sess, "./c", step, write_meta_graph=False)
    assert checkpoints() == ["c-10", "c-11", "c-4", "c-7"]


def test_goes_on_after_another_process():
    tf.Variable(1.0)
    with initialized_session() as sess:
        first = tf.train.Saver(max_to_keep=2)
        for step in [1, 2]:
            first.save(sess, "./c", step, write_meta_graph=False)
        second = tf.train.Saver(max_to_keep=2)
        second.recover_last_checkpoints(["./none", *first.last_checkpoints])
        assert second.last_checkpoints == ["./c-1", "./c-2"]
        second.save(sess, "./c", 3, write_meta_graph=False)
        assert checkpoints() == ["c-2", "c-3"]
        third = tf.train.Saver(max_to_keep=2)
        third.set_last_checkpoints(second.last_checkpoints)
        third.save(sess, "./c", 4, write_meta_graph=False)
    assert third.last_checkpoints == ["./c-3", "./c-4"]
    assert checkpoints() == ["c-2", "c-3", "c-4"]


def test_a_checkpoint_that_cannot_be_deleted_does_not_fail_the_save(caplog, monkeypatch):
    def fail(*_):
        raise errors.PermissionDeniedError(None, None, "no")

    tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=1)
    monkeypatch.setattr(management, "remove_checkpoint", fail)
    with initialized_session() as sess:
        for step in [1, 2]:
            saver.save(sess, "./c", step, write_meta_graph=False)
    assert "Ignoring: no" in caplog.text


def test_the_state_file():
    tf.Variable(1.0)
    with initialized_session() as sess:
        saver = tf.train.Saver(save_relative_paths=True)
        os.mkdir("m")
        saver.save(sess, os.path.abspath("m/c"), 1, latest_filename="latest")
        saver.save(sess, os.path.abspath("m/d"), 2, write_state=False)
    with open("m/latest") as file:
        assert file.read() == 'model_checkpoint_path: "c-1"\nall_model_checkpoint_paths: "c-1"\n'
    assert tf.train.latest_checkpoint("m", "latest") == "m/c-1"
    assert not os.path.exists("m/checkpoint")


def two_variables():
    return [tf.Variable([1.0, 2.0], name="a"), tf.Variable([3.0, 4.0], name="z")]


def damage(prefix):
    """Changes the last byte of the last tensor."""
    with open(f"{prefix}.data-00000-of-00001", "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\xff")


@pytest.mark.parametrize("reason", ["damage", "shape", "type", "key"])
def test_a_restore_that_fails_changes_nothing(reason):
    items = two_variables()
    saver = tf.train.Saver()
    with tf.Graph().as_default():
        tf.Variable([5.0, 6.0], name="a")
        last = {"shape": [7.0], "type": [7, 8]}.get(reason, [7.0, 8.0])
        tf.Variable(last, name="other" if reason == "key" else "z")
        with initialized_session() as sess:
            tf.train.Saver().save(sess, "./c")
    if reason == "damage":
        damage("c")
    expected = {"damage": errors.DataLossError, "key": errors.NotFoundError}
    with initialized_session() as sess:
        with pytest.raises(expected.get(reason, errors.InvalidArgumentError)):
            saver.restore(sess, "./c")
        assert values(sess, items) == [[1, 2], [3, 4]]
    with tf.Session() as sess:
        with pytest.raises(errors.OpError):
            saver.restore(sess, "./c")
        assert not any(sess.run([tf.is_variable_initialized(item) for item in items]))


@pytest.mark.parametrize("loss", ["damaged", "missing"])
def test_a_way_back_from_a_damaged_checkpoint(loss):
    """The file is named, and so is what finds the newest whole checkpoint."""
    a, _ = two_variables()
    saver = tf.train.Saver()
    with initialized_session() as sess:
        saver.save(sess, "./c", 1)
        sess.run(a.assign([8.0, 9.0]))
        saver.save(sess, "./c", 2)
        sess.run(a.assign([0.0, 0.0]))
        if loss == "damaged":
            damage("c-2")
        else:
            os.remove("c-2.data-00000-of-00001")
        kind = {"damaged": errors.DataLossError, "missing": errors.NotFoundError}[loss]
        with pytest.raises(kind) as caught:
            saver.restore(sess, "./c-2")
        assert "./c-2.data-00000-of-00001" in caught.value.message
        assert "intact.newest_intact('.')" in caught.value.message
        saver.restore(sess, intact.newest_intact("."))
        assert sess.run(a).tolist() == [1, 2]


def test_a_missing_key_is_explained():
    tf.Variable(1.0, name="layer/weights")
    tf.Variable(1.0, name="layer/bias")
    saver = tf.train.Saver()
    with tf.Graph().as_default():
        for name in ["layer_1/weights", "layer/bias", "unlike"]:
            tf.Variable(1.0, name=name)
        with initialized_session() as sess:
            tf.train.Saver().save(sess, "./c", write_meta_graph=False)
    tf.Variable(1.0, name="new")
    saver = tf.train.Saver()
    with initialized_session() as sess, pytest.raises(errors.NotFoundError) as caught:
        saver.restore(sess, "./c")
    assert "Key layer/weights not found in checkpoint\n  Neither are new." in caught.value.message
    assert "The checkpoint has layer_1/weights" in caught.value.message
    assert "pass tf.train.Saver a dict" in caught.value.message


def test_a_failed_save_leaves_the_last_checkpoint(monkeypatch):
    w, _ = two_variables()
    saver = tf.train.Saver()

    def full(_):
        raise OSError(28, "No space left on device")

    with initialized_session() as sess:
        saver.save(sess, "./c")
        sess.run(w.assign([9.0, 9.0]))
        files = recorded.contents(".")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(errors.ResourceExhaustedError, match="No space left"):
                saver.save(sess, "./c")
        assert recorded.contents(".") == files
        saver.save(sess, "./c")
    assert tf.train.load_variable("c", "a").tolist() == [9, 9]


def test_an_uninitialized_variable_saves_nothing():
    """A variable without a value is named, whether or not there is a folder."""
    tf.Variable(1.0, name="a")
    saver = tf.train.Saver()
    with tf.Session() as sess, pytest.raises(errors.FailedPreconditionError, match="value a"):
        saver.save(sess, "no/such/c")
    assert os.listdir() == []


def test_a_graph_that_is_finalized():
    (w, _) = two_variables()
    saver = tf.train.Saver()
    with initialized_session() as sess:
        tf.get_default_graph().finalize()
        saver.save(sess, "./c")
        saver.restore(sess, "./c")
        assert sess.run(w).tolist() == [1, 2]


def test_deferred():
    saver = tf.train.Saver(defer_build=True)
    assert saver.saver_def is None
    two_variables()
    saver.build()
    saver.build()
    with initialized_session() as sess:
        saver.save(sess, "./c", write_meta_graph=False)
    assert tf.train.list_variables("c") == [("a", [2]), ("z", [2])]


def test_without_variables():
    saver = tf.train.Saver(allow_empty=True)
    tf.Variable(1.0)
    with initialized_session() as sess:
        assert saver.save(sess, "./c", write_meta_graph=False) is None
        saver.restore(sess, "./none")
    assert os.listdir() == []


def test_sharded():
    items = []
    for index in range(3):
        with tf.device(f"/cpu:{index}"):
            items.append(tf.Variable([float(index)], name=f"v{index}"))
    saver = tf.train.Saver(sharded=True)
    with initialized_session() as sess:
        for _ in range(2):
            saver.save(sess, "./c", write_meta_graph=False)
    assert sorted(os.listdir()) == [
        "c.data-00000-of-00003",
        "c.data-00001-of-00003",
        "c.data-00002-of-00003",
        "c.index",
        "checkpoint",
    ]
    with session_of_several_hosts() as sess:
        saver.restore(sess, "./c")
        assert values(sess, items) == [[0], [1], [2]]


def test_reshape():
    w = tf.Variable(tf.zeros([2, 3]), name="w")
    with tf.Graph().as_default():
        tf.Variable([1.0, 2, 3, 4, 5, 6], name="w")
        with initialized_session() as sess:
            tf.train.Saver().save(sess, "./c", write_meta_graph=False)
    with tf.Session() as sess:
        tf.train.Saver(reshape=True).restore(sess, "./c")
        assert sess.run(w).tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_saver_of_existing_nodes():
    (w, _) = two_variables()
    with tf.name_scope("outer"):
        saver_def = tf.train.Saver().as_saver_def()
    assert tf.train.Saver(saver_def=saver_def).to_proto("elsewhere") is None
    inner = tf.train.Saver(saver_def=saver_def).to_proto("outer")
    assert inner.restore_op_name == "save/restore_all"
    assert saver_def.restore_op_name == "outer/save/restore_all"
    count = len(tf.get_default_graph().get_operations())
    saver = tf.train.Saver.from_proto(inner, "outer")
    assert saver.as_saver_def() == saver_def
    assert len(tf.get_default_graph().get_operations()) == count
    with initialized_session() as sess:
        saver.save(sess, "./c", write_meta_graph=False)
        saver.restore(sess, "./c")
        assert sess.run(w).tolist() == [1, 2]
    with pytest.raises(ValueError, match="saver_def must specify the restore_op_name"):
        tf.train.Saver(saver_def=type(saver_def)(save_tensor_name="a", version=2))


def test_the_first_format(caplog):
    """`checkpoint`, max_to_keep and restore are those of any Saver."""
    items = [tf.Variable([1.5, 2.5], name="w"), tf.Variable([b"a", b""], name="s")]
    saver = tf.train.Saver(write_version=tf.train.SaverDef.V1, max_to_keep=2)
    with initialized_session() as sess:
        for step in [1, 2, 3]:
            assert saver.save(sess, "./c", step) == f"./c-{step}"
    assert "V1 checkpoint format has been deprecated" in caplog.text
    assert sorted(os.listdir()) == ["c-2", "c-2.meta", "c-3", "c-3.meta", "checkpoint"]
    with tf.Session() as sess:
        saver.restore(sess, tf.train.latest_checkpoint("."))
        assert values(sess, items) == [[1.5, 2.5], [b"a", b""]]
        tf.train.Saver().restore(sess, "./c-2")


def test_the_first_format_in_shards():
    items = []
    for index in range(2):
        with tf.device(f"/cpu:{index}"):
            items.append(tf.Variable([float(index)], name=f"v{index}"))
    saver = tf.train.Saver(sharded=True, write_version=tf.train.SaverDef.V1, max_to_keep=1)
    with initialized_session() as sess:
        for step in [1, 2]:
            assert saver.save(sess, "./c", step) == f"./c-{step}-?????-of-00002"
    assert sorted(os.listdir()) == [
        *("c-2-00000-of-00002", "c-2-00001-of-00002", "c-2.meta", "checkpoint")
    ]
    with session_of_several_hosts() as sess:
        saver.restore(sess, tf.train.latest_checkpoint("."))
        assert values(sess, items) == [[0], [1]]


def test_a_type_that_the_first_format_lacks():
    tf.Variable(np.uint32([1]), name="w")
    saver = tf.train.Saver(write_version=tf.train.SaverDef.V1)
    with initialized_session() as sess, pytest.raises(errors.InvalidArgumentError, match="uint32"):
        saver.save(sess, "./c")
    assert os.listdir() == []


def test_refuses_what_is_not_there():
    w = tf.Variable(1.0)
    with pytest.raises(ValueError, match=r"Unexpected write_version: 3"):
        tf.train.Saver([w], write_version=3)
    with pytest.raises(NotImplementedError, match="builder"):
        tf.train.Saver([w], builder=object())


def test_the_parts_of_a_variable():
    """They are saved as one, and restored from one in other parts, or in one piece."""
    for cuts in [[0, 1, 5], [0, 4, 5], [0, 5]]:
        with tf.Graph().as_default():
            parts = []
            for start, stop in itertools.pairwise(cuts):
                part = tf.Variable(tf.range(float(start), float(stop)), name=f"part_{start}")
                info = tf.Variable.SaveSliceInfo("whole", [5], [start], [stop - start])
                part._set_save_slice_info(info)
                parts.append(part)
            saver = tf.train.Saver()
            with tf.Session() as sess:
                if cuts == [0, 1, 5]:
                    sess.run(tf.global_variables_initializer())
                    saver.save(sess, "./c")
                saver.restore(sess, "./c")
                assert np.concatenate(sess.run(parts)).tolist() == [0, 1, 2, 3, 4]
    assert tf.train.list_variables("c") == [("whole", [5])]
    whole = tf.Variable(tf.zeros([5]), name="whole")
    with tf.Session() as sess:
        tf.train.Saver().restore(sess, "./c")
        assert sess.run(whole).tolist() == [0, 1, 2, 3, 4]
        tf.train.Saver().save(sess, "./whole")
    assert CheckpointReader("whole").get_tensor("whole").tolist() == [0, 1, 2, 3, 4]


def test_parts_go_through_a_meta_graph():
    """A VariableDef tells which part a variable is, below the scope that it is imported to."""
    part = tf.Variable([1.0], name="scope/part")
    part._set_save_slice_info(tf.Variable.SaveSliceInfo("scope/whole", [2], [1], [1]))
    definition = part.to_proto("scope")
    assert definition.save_slice_info_def.full_name == "whole"
    again = tf.Variable.from_proto(definition, "scope")
    assert again._get_save_slice_info().full_name == "scope/whole"
    assert again._get_save_slice_info().spec == "2 1,1"
    assert tf.Variable.from_proto(tf.Variable(1.0).to_proto())._get_save_slice_info() is None


def test_restores_what_tensorflow_saved():
    """A sharded checkpoint with a partitioned variable, whose parts become a whole."""
    whole = {entry["name"]: entry for entry in recorded.BUNDLES["sharded"]}
    items = [
        tf.Variable(np.zeros([5], np.int32), name="first"),
        tf.Variable(tf.zeros([1, 2]), name="second"),
        tf.Variable(b"", name="third"),
        tf.Variable(tf.zeros([7, 4]), name="split"),
    ]
    with tf.Session() as sess:
        tf.train.Saver().restore(sess, str(recorded.FOLDER / "sharded"))
        for item, value in zip(items, sess.run(items), strict=True):
            assert np.asarray(value).tolist() == recorded.array_of(whole[item.op.name]).tolist()


def test_restores_what_tensorflow_2_saved_as_objects(caplog):
    """By the names that the variables had when the objects were saved."""
    items = [tf.Variable(tf.zeros([2, 3]), name="w"), tf.Variable(tf.zeros([3]), name="b")]
    saver = tf.train.Saver()
    path = str(recorded.FOLDER / "objects")
    with tf.Session() as sess:
        for _ in range(2):
            saver.restore(sess, path)
        assert values(sess, items) == [[[1, 2, 3], [4, 5, 6]], [7, 8, 9]]
    assert caplog.text.count("object-based checkpoint") == 1
    tf.Variable(1.0, name="new")
    missing = "Existing variables not in the checkpoint: new"
    with tf.Session() as sess, pytest.raises(errors.NotFoundError, match=missing):
        tf.train.Saver().restore(sess, path)


@pytest.mark.parametrize("tier", ["host", "xla"])
def test_both_tiers_save_and_restore(tier, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    w = tf.Variable([1.0, 2.0], name="w")
    double = w.assign(w * 2.0)
    saver = tf.train.Saver()
    with initialized_session() as sess:
        sess.run(double)
        saver.save(sess, "./c", write_meta_graph=False)
        sess.run(double)
        saver.restore(sess, "./c")
        assert sess.run(w).tolist() == [2, 4]
        sess.run(double)
        assert sess.run(w).tolist() == [4, 8]
    assert CheckpointReader("c").get_tensor("w").tolist() == [2, 4]
