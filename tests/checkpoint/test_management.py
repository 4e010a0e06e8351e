"""The `checkpoint` file: written, read and resolved as TensorFlow 1.15 does."""

import contextlib
import logging
import os

import numpy as np
import pytest
import recorded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stillflow.checkpoint import intact, management
from stillflow.checkpoint.bundle_writer import BundleWriter
from stillflow.graph import errors

STATES = recorded.load("states")


@pytest.fixture(autouse=True)
def _in_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def save(prefix, **tensors):
    with BundleWriter(prefix) as writer:
        for name, value in tensors.items():
            writer.add(name, np.asarray(value))


@pytest.mark.parametrize("record", STATES["written"])
def test_state_as_text(record):
    """The paths, relative to the folder, and the escapes are TensorFlow's."""
    if "error" in record:
        with pytest.raises(ValueError, match="Checkpoint timestamps") as caught:
            management.generate_checkpoint_state_proto(*record["arguments"])
        assert str(caught.value) == record["error"]
        return
    state = management.generate_checkpoint_state_proto(*record["arguments"])
    assert management._to_text(state) == record["text"]


@pytest.mark.parametrize("record", STATES["relative"])
def test_relative_paths(record, tmp_path):
    folder, path, paths = record["arguments"]
    folder, path, *paths = (f"{tmp_path}{p}" if p[:1] == "/" else p for p in [folder, path, *paths])
    os.makedirs(os.path.join(folder, "."), exist_ok=True)
    management.update_checkpoint_state(folder, path, paths, save_relative_paths=True)
    with open(os.path.join(folder, "checkpoint")) as file:
        assert file.read().replace(str(tmp_path), "") == record["text"]


@pytest.mark.parametrize("record", STATES["read"], ids=lambda record: repr(record["text"]))
def test_reads_what_tensorflow_reads(record, caplog):
    os.mkdir("dir")
    with open("dir/checkpoint", "wb") as file:
        file.write(record["text"].encode())
    if "error" in record:
        with pytest.raises(ValueError, match=record["error"]):
            management.get_checkpoint_state("dir")
        return
    state = management.get_checkpoint_state("dir")
    if record["state"] is None:
        assert state is None
        assert "dir/checkpoint: Checkpoint ignored" in caplog.text
        return
    assert {
        "model_checkpoint_path": state.model_checkpoint_path,
        "all_model_checkpoint_paths": list(state.all_model_checkpoint_paths),
        "all_model_checkpoint_timestamps": list(state.all_model_checkpoint_timestamps),
        "last_preserved_timestamp": state.last_preserved_timestamp,
    } == record["state"]


def test_a_file_that_is_not_text_is_ignored():
    with open("checkpoint", "wb") as file:
        file.write(b'model_checkpoint_path: "\xff"')
    assert management.get_checkpoint_state("") is None
    os.mkdir("folder")
    assert management.get_checkpoint_state(".", "folder") is None


FIELDS = ["model_checkpoint_path", "all_model_checkpoint_timestamps"]
TOKENS = [*":\"'{}[<-#\n \0\x80", "a", "\\", "\\377", "é", "1e999", "9" * 400]
words = st.sampled_from(FIELDS + TOKENS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(words, max_size=30).map("".join)))
def test_any_state_file_is_read_or_ignored(caplog, content):
    """ValueError is what TensorFlow raises for a sound file that names no checkpoint."""
    with open("checkpoint", "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode("latin-1"))
    caplog.clear()
    with contextlib.suppress(ValueError):
        state = management.get_checkpoint_state("")
        assert "Checkpoint ignored" in caplog.text if state is None else state.model_checkpoint_path


def test_latest_checkpoint(caplog):
    assert management.latest_checkpoint(".") is None
    save("./b-1")
    management.update_checkpoint_state(".", "b-1")
    assert management.latest_checkpoint(".") == "./b-1"
    assert management.latest_checkpoint(".", "other") is None
    management.remove_checkpoint("b-1")
    with caplog.at_level(logging.ERROR):
        assert management.latest_checkpoint(".") is None
    assert "Couldn't match files for checkpoint ./b-1" in caplog.text


def test_latest_checkpoint_has_all_its_files(caplog):
    """The index alone is no checkpoint; a damaged one is named, and its restore says what it is."""
    save("b-1", w=[1.0])
    management.update_checkpoint_state(".", "b-1")
    os.rename("b-1.data-00000-of-00001", "moved")
    assert management.latest_checkpoint(".") is None
    assert "There is no ./b-1.data-00000-of-00001." in caplog.text
    os.rename("moved", "b-1.data-00000-of-00001")
    os.truncate("b-1.index", 20)
    assert management.latest_checkpoint(".") == "./b-1"
    with pytest.raises(errors.DataLossError, match=r"b-1\.index"):
        management.load_checkpoint(".")


def test_a_moved_folder():
    """A relative folder gives relative paths; an absolute one too, where that is asked for."""
    os.mkdir("before")
    for folder, options in [
        ("before", {}),
        (os.path.abspath("before"), {"save_relative_paths": True}),
    ]:
        save(os.path.join(folder, "b-1"), w=[1.0])
        management.update_checkpoint_state(folder, os.path.join(folder, "b-1"), **options)
        os.rename("before", "after")
        assert management.latest_checkpoint("after") == "after/b-1"
        assert management.load_variable("after", "w").tolist() == [1]
        os.rename("after", "before")


def test_checkpoints_as_they_come(monkeypatch):
    """With a clock that only sleeping moves: a checkpoint appears every second second."""
    now, slept = 0.0, []

    def sleep(seconds):
        nonlocal now
        slept.append(seconds)
        now += seconds
        if seconds and now % 2 == 0 and now < 7:
            save(f"b-{now:.0f}")
            management.update_checkpoint_state(".", f"b-{now:.0f}")

    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr("time.time", lambda: now)
    assert list(management.checkpoints_iterator(".", timeout=4)) == ["./b-2", "./b-4", "./b-6"]
    assert now == 10
    answers = iter([False, True])
    found = management.checkpoints_iterator(".", 3, timeout=2, timeout_fn=lambda: next(answers))
    assert list(found) == ["./b-6"]
    assert 3 in slept
    assert now == 17


def test_the_newest_intact_checkpoint(caplog):
    """Whatever `checkpoint` says; what is wrong with newer ones is logged."""
    for step in [1, 2, 3, 10]:
        save(f"m/b-{step}", w=np.full(9, step))
        os.utime(f"m/b-{step}.index", (step, step))
    assert intact.newest_intact("m") == "m/b-10"
    os.remove("m/b-10.data-00000-of-00001")
    with open("m/b-3.data-00000-of-00001", "r+b") as file:
        file.write(b"damage")
    assert intact.newest_intact("m") == "m/b-2"
    assert "Passing over checkpoint m/b-10" in caplog.text
    assert "Checksum" in caplog.text
    os.truncate("m/b-2.index", 50)
    assert intact.newest_intact("m") == "m/b-1"
    management.remove_checkpoint("m/b-1")
    assert intact.newest_intact("m") is None
    with pytest.raises(errors.NotFoundError, match="none"):
        intact.newest_intact("none")


def test_the_state_may_not_overwrite_a_checkpoint():
    with pytest.raises(RuntimeError, match="Save path '/x/checkpoint' conflicts"):
        management.update_checkpoint_state("/x", "/x/checkpoint")


def test_a_state_needs_its_folder():
    with pytest.raises(errors.NotFoundError, match="No such file"):
        management.update_checkpoint_state("none", "none/b-1")


def test_exists_and_mtimes():
    save("a[1]")
    os.utime("a[1].index", (100, 100.5))
    with open("v1", "wb"):
        pass
    os.utime("v1", (7, 7))
    assert management.checkpoint_exists("a[1]")
    assert management.checkpoint_exists("v?")
    assert not management.checkpoint_exists("a")
    assert management.get_checkpoint_mtimes(["a[1]", "none", "v1"]) == [100.5, 7]


def test_remove_checkpoint():
    """Removes the files of one checkpoint, none of a longer name, and takes missing ones."""
    save("b-1")
    save("b-10")
    save("[b]-1")
    for name in ["b-1.meta", "b-1.graph", "[b]-1.meta"]:
        open(name, "wb").close()
    management.remove_checkpoint("b-1", meta_graph_suffix="graph")
    management.remove_checkpoint("b-1")
    assert sorted(os.listdir()) == sorted(
        [f"{p}.{s}" for p in ["b-10", "[b]-1"] for s in ["index", "data-00000-of-00001"]]
        + ["[b]-1.meta"]
    )
    management.remove_checkpoint("[b]-1")
    management.remove_checkpoint("b-10.index", checkpoint_format_version=1)
    assert os.listdir() == ["b-10.data-00000-of-00001"]


def test_meta_graph_filename():
    assert management.meta_graph_filename("a/b-1") == "a/b-1.meta"
    assert management.meta_graph_filename("b-1-?????-of-00002") == "b-1.meta"
    assert management.meta_graph_filename("b-1-00001-of-00002", "graph") == "b-1.graph"


def test_load_variables():
    """By the folder, by the prefix, and by the name of the tensor."""
    with pytest.raises(ValueError, match="Couldn't find 'checkpoint' file"):
        management.load_checkpoint(".")
    save("./b-1", w=[[1.0, 2.0]], step=3)
    management.update_checkpoint_state(".", "b-1")
    for where in [".", "b-1"]:
        assert management.list_variables(where) == [("step", []), ("w", [1, 2])]
        assert management.load_variable(where, "w:0").tolist() == [[1, 2]]
        assert management.load_checkpoint(where).get_tensor("step") == 3
    with pytest.raises(errors.NotFoundError, match="Failed to find any matching files for none"):
        management.load_checkpoint("none")
