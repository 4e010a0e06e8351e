"""A process killed at any instant leaves a whole checkpoint, which `checkpoint` names."""

import builtins
import itertools
import os
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import recorded

import stillflow as tf
from stillflow.checkpoint import bundle, bundle_writer, management
from stillflow.checkpoint.bundle_writer import BundleWriter
from stillflow.checkpoint.reader import CheckpointReader


@pytest.fixture
def instants(tmp_path, monkeypatch):
    """Returns a function that runs a callable, and returns copies of `disk` between its steps."""
    disk = tmp_path / "disk"
    disk.mkdir()
    numbers = itertools.count()

    def run(call):
        copies = []
        copying = False

        def observed(step):
            def wrapper(*args, **kwargs):
                nonlocal copying
                if not copying:
                    copying = True
                    copies.append(tmp_path / f"copy{next(numbers)}")
                    shutil.copytree(disk, copies[-1])
                    copying = False
                return step(*args, **kwargs)

            return wrapper

        with monkeypatch.context() as patch:
            for name in ["replace", "link", "remove", "fsync", "mkdir"]:
                patch.setattr(os, name, observed(getattr(os, name)))
            patch.setattr(builtins, "open", observed(builtins.open))
            call()
        return copies

    return run


def save(prefix, value, shards=1):
    """Saves `x`, in as many data files as there are shards."""
    parts = [f"{prefix}_part{shard}" for shard in range(shards)]
    for shard, part in enumerate(parts):
        with BundleWriter(part) as writer:
            writer.add(f"x{shard}", np.full(3, value))
    if shards > 1:
        bundle_writer.merge(parts, prefix)
        return
    for suffix in [".index", ".data-00000-of-00001"]:
        os.rename(parts[0] + suffix, prefix + suffix)


def value_at(prefix):
    """Returns the value that the checkpoint was saved with; each of its tensors must have it."""
    reader = CheckpointReader(prefix)
    tensors = [reader.get_tensor(name) for name in reader.get_variable_to_shape_map()]
    (value,) = {element for tensor in tensors for element in tensor.tolist()}
    return value


def overwrite(prefix, value):
    with BundleWriter(prefix) as writer:
        writer.add("x0", np.full(3, value))


@pytest.mark.parametrize("shards", [1, 2, 3])
def test_overwriting_a_checkpoint(instants, tmp_path, shards):
    """At every instant the prefix names the old values or the new ones; in the end, the new."""
    prefix = f"{tmp_path}/disk/b"
    save(prefix, 1.0, shards)
    copies = instants(lambda: overwrite(prefix, 2.0))
    values = [value_at(copy / "b") for copy in copies]
    assert len(values) > 5
    assert values == sorted(values)
    assert set(values) == {1.0, 2.0}
    assert value_at(prefix) == 2.0
    assert set(recorded.contents(tmp_path / "disk")) == {"b.index", "b.data-00000-of-00001"}


def test_overwriting_a_sharded_checkpoint(instants, tmp_path):
    prefix = f"{tmp_path}/disk/b"
    save(prefix, 1.0, shards=2)
    copies = instants(lambda: save(prefix, 2.0, shards=2))
    assert {value_at(copy / "b") for copy in copies} == {1.0, 2.0}
    assert set(recorded.contents(tmp_path / "disk")) == {
        "b.index",
        "b.data-00000-of-00002",
        "b.data-00001-of-00002",
    }


def test_going_on_after_any_crash(instants, tmp_path):
    """From each state that a crash leaves, the next save is whole too, and leaves TF's files."""
    save(f"{tmp_path}/disk/b", 1.0)
    for crashed in instants(lambda: overwrite(f"{tmp_path}/disk/b", 2.0)):
        shutil.rmtree(tmp_path / "disk")
        shutil.copytree(crashed, tmp_path / "disk")
        copies = instants(lambda: overwrite(f"{tmp_path}/disk/b", 3.0))
        values = [value_at(copy / "b") for copy in copies]
        assert values == sorted(values)
        assert value_at(tmp_path / "disk" / "b") == 3.0
        for copy in copies:
            shutil.rmtree(copy)
        final = {name for name in recorded.contents(tmp_path / "disk") if "tempstate" not in name}
        assert final == {"b.index", "b.data-00000-of-00001"}


def test_a_series_of_checkpoints(instants, tmp_path):
    """`checkpoint` names the latest whole checkpoint at every instant."""
    folder = f"{tmp_path}/disk"
    save(f"{folder}/b-1", 1.0)
    management.update_checkpoint_state(folder, f"{folder}/b-1", save_relative_paths=True)

    def save_the_second():
        overwrite(f"{folder}/b-2", 2.0)
        management.update_checkpoint_state(folder, f"{folder}/b-2", save_relative_paths=True)
        management.remove_checkpoint(f"{folder}/b-1")

    latest = [management.latest_checkpoint(copy) for copy in instants(save_the_second)]
    values = [value_at(prefix) for prefix in latest]
    assert values == sorted(values)
    assert set(values) == {1.0, 2.0}
    assert set(recorded.contents(folder)) == {"checkpoint", "b-2.index", "b-2.data-00000-of-00001"}


def test_a_removed_checkpoint_is_whole_or_gone(instants, tmp_path):
    save(f"{tmp_path}/disk/b", 1.0, shards=2)
    copies = instants(lambda: management.remove_checkpoint(f"{tmp_path}/disk/b"))
    assert all(
        value_at(copy / "b") == 1.0
        for copy in copies
        if management.checkpoint_exists(str(copy / "b"))
    )
    assert recorded.contents(tmp_path / "disk") == {}


def test_without_hard_links(tmp_path, monkeypatch):
    """The new checkpoint is whole; its data goes by a name that only the index knows."""

    def no_link(source, path):
        raise PermissionError

    prefix = f"{tmp_path}/b"
    monkeypatch.setattr(os, "link", no_link)
    for value in range(4):
        overwrite(prefix, value)
        assert value_at(prefix) == value
        assert len(recorded.contents(tmp_path)) == 2


def test_a_damaged_checkpoint_is_replaced(tmp_path):
    prefix = f"{tmp_path}/b"
    save(prefix, 1.0)
    with open(bundle.index_path(prefix), "wb"):
        pass
    overwrite(prefix, 2.0)
    assert value_at(prefix) == 2.0


@pytest.mark.parametrize("kills", [15, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("options", [[], ["--overwrite"]], ids=["numbered", "overwriting"])
def test_a_program_that_is_killed_again_and_again(kills, options, tmp_path):
    """A real process, SIGKILL at random instants: it goes on from its newest whole checkpoint."""
    program = str(Path(__file__).parent / "killed_program.py")
    arguments = [str(tmp_path), str(kills), "1", *options]
    done = subprocess.run(
        [sys.executable, program, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= kills // 2


@pytest.fixture
def memory():
    """Returns a function that tells the bytes that a call takes at most, itself and its result."""

    def peak_of(call):
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return peak_of


SIZE = 32 << 20
LITTLE = 4 << 20


def test_a_save_takes_little_memory(tmp_path, memory):
    """Tensors are written from where they are, whatever their size."""
    large = np.zeros(SIZE // 8)

    def save_twice():
        with BundleWriter(f"{tmp_path}/b") as writer:
            writer.add("x", large)
            writer.add("y", large)

    assert memory(save_twice) < LITTLE


def test_a_read_takes_the_memory_of_the_tensor(tmp_path, memory):
    """In one piece or in four, each of which is read into its place."""
    quarter = np.zeros(SIZE // 32)
    with BundleWriter(f"{tmp_path}/b") as writer:
        writer.add("whole", np.zeros(SIZE // 8))
        for start in range(0, SIZE // 8, quarter.size):
            writer.add_slice("parts", [SIZE // 8], ((start, quarter.size),), quarter)
    reader = CheckpointReader(f"{tmp_path}/b")
    assert memory(lambda: reader.read("whole")) < SIZE + LITTLE
    assert memory(lambda: reader.read("parts")) < SIZE + SIZE // 4 + SIZE // 8 + LITTLE


def test_a_saver_takes_the_memory_of_the_variables(tmp_path, memory):
    """A variable is not doubled: a save writes it from its place, a restore reads it into it."""
    tf.get_variable("x", [SIZE // 8], tf.float64, tf.zeros_initializer())
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert memory(lambda: saver.save(sess, f"{tmp_path}/c")) < LITTLE
    with tf.Session() as sess:
        assert memory(lambda: saver.restore(sess, f"{tmp_path}/c")) < SIZE + LITTLE
