"""A disk that fails at any step of a save costs that save, and nothing else."""

import errno
import os

import numpy as np
import pytest
from faults import Disk

import stillflow as tf
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import errors

CLASSES = {
    errno.ENOSPC: errors.ResourceExhaustedError,
    errno.EIO: errors.UnknownError,
    errno.EACCES: errors.PermissionDeniedError,
}


class Training:
    """A loop that counts in two variables, and saves them."""

    def __init__(self, numbered=True, sharded=False):
        self._numbered = numbered
        self._step = tf.Variable(0, name="step")
        with tf.device("/cpu:1"):
            self._many = tf.Variable(np.zeros(5000), name="many")
        self._advance = [tf.assign_add(self._step, 1), tf.assign_add(self._many, np.ones(5000))]
        self.saver = tf.train.Saver(max_to_keep=2, sharded=sharded)
        self._sess = tf.Session(config=tf.ConfigProto(device_count={"CPU": 2}))
        self._sess.run(tf.global_variables_initializer())

    def advance(self):
        self._sess.run(self._advance)

    def save(self):
        return self.saver.save(self._sess, "m/c", self._step if self._numbered else None)

    def value(self):
        return the_one(*self._sess.run([self._step, self._many]))

    def saved_value(self):
        """What the latest checkpoint restores, every tensor of it read."""
        reader = CheckpointReader(tf.train.latest_checkpoint("m"))
        return the_one(reader.get_tensor("step"), reader.get_tensor("many"))


def the_one(step, many):
    assert (many == step).all()
    return int(step)


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param({}, id="numbered"),
        pytest.param({"numbered": False}, id="overwriting"),
        pytest.param({"sharded": True}, id="sharded"),
        pytest.param(
            {"sharded": True, "numbered": False}, id="sharded-overwriting", marks=pytest.mark.slow
        ),
    ],
)
def test_a_save_that_fails_at_any_step(kind, tmp_path, monkeypatch):
    """At each open, write, fsync, rename, link, mkdir and unlink of a save: each kind of error."""
    monkeypatch.chdir(tmp_path)
    os.mkdir("m")
    training = Training(**kind)
    for _ in range(3):
        training.save()
        training.advance()
    with Disk().installed(monkeypatch) as disk:
        training.save()
    assert set(disk.steps) >= {"open", "write", "fsync", "replace", "remove", "mkdir"}
    for error in CLASSES:
        for number in range(len(disk.steps)):
            for stays in {False, error == errno.ENOSPC}:
                training.advance()
                check_a_failure(training, Disk(number, error, stays), error, monkeypatch)


def check_a_failure(training, disk, error, monkeypatch):
    value, kept = training.value(), training.saver.last_checkpoints
    failure = None
    with disk.installed(monkeypatch):
        try:
            training.save()
        except errors.OpError as raised:
            failure = raised
    if failure is not None:
        assert type(failure) is CLASSES[error]
        assert os.strerror(error) in failure.message
        assert training.saver.last_checkpoints == kept
        assert training.saved_value() in (value - 1, value)
    else:
        assert training.saved_value() == value
    assert training.value() == value
    assert unfinished("m") == set() or "remove" in disk.steps
    with Disk().installed(monkeypatch):
        training.save()
    assert training.saved_value() == value
    for name in unfinished("m"):  # what could not be removed
        os.remove(f"m/{name}")


def unfinished(folder):
    """The names in a folder that belong to no checkpoint: without an index, or under one's way."""
    names = set(os.listdir(folder))
    whole = {name.removesuffix(".index") for name in names if name.endswith(".index")}
    return {name for name in names if name.rsplit(".", 1)[0] not in whole} - {"checkpoint"}
