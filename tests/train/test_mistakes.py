"""What goes wrong in trainings: TensorFlow's error, the fix, and what is saved before it leaves."""

import os
import signal

import pytest

import stillflow as tf
from stillflow.checkpoint import tensors


def _input():
    return tf.data.Dataset.from_tensors(({"x": [[1.0]]}, [[1.0]])).repeat(5)


def _model(features, labels, mode, params):
    w = tf.get_variable("w", [1, params["width"]])
    loss = tf.reduce_mean(tf.matmul(features["x"], w))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, predictions={"y": loss}, loss=loss, train_op=train)


def _estimator(folder, model=_model, width=1):
    return tf.estimator.Estimator(model, str(folder), params={"width": width})


def _saved_steps(folder):
    return sorted(path.name for path in folder.glob("model.ckpt-*.index"))


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda mode: None, r"should return an EstimatorSpec.\n  It returned nothing"),
        (lambda mode: 1.0, r"should return an EstimatorSpec.\n  It returned float"),
        (lambda mode: tf.estimator.EstimatorSpec(mode), r"Missing train_op.\n  Pass what trains"),
        (
            lambda mode: tf.estimator.EstimatorSpec(mode, loss=tf.ones([2]), train_op=tf.no_op()),
            r"Loss must be scalar, given: .*\n  Reduce it",
        ),
    ],
)
def test_a_model_fn_that_returns_the_wrong_thing(tmp_path, returned, message):
    def model(features, labels, mode, params):
        return returned(mode)

    with pytest.raises(ValueError, match=message):
        _estimator(tmp_path, model).train(_input, steps=1)


class _Raising(tf.train.SessionRunHook):
    def __init__(self, where):
        self._where = where

    def after_run(self, run_context, run_values):
        if self._where == "after_run":
            raise RuntimeError("mine")

    def end(self, session):
        if self._where == "end":
            raise RuntimeError("mine")


@pytest.mark.parametrize(
    ("where", "saved"),
    [
        ("after_run", ["model.ckpt-0.index"]),
        ("end", ["model.ckpt-0.index", "model.ckpt-5.index"]),
    ],
)
def test_a_hook_that_raises(tmp_path, where, saved):
    with pytest.raises(RuntimeError, match="mine"):
        _estimator(tmp_path).train(_input, hooks=[_Raising(where)])
    assert _saved_steps(tmp_path) == saved


def test_an_interrupt_leaves_the_loop_and_training_goes_on_from_what_was_saved(tmp_path):
    class Interrupting(tf.train.SessionRunHook):
        runs = 0

        def before_run(self, run_context):
            self.runs += 1
            if self.runs == 3:
                os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        _estimator(tmp_path).train(_input, hooks=[Interrupting()])
    assert _saved_steps(tmp_path) == ["model.ckpt-0.index"]
    _estimator(tmp_path).train(_input)
    assert "model.ckpt-5.index" in _saved_steps(tmp_path)


def test_a_checkpoint_of_another_model(tmp_path):
    _estimator(tmp_path).train(_input, steps=1)
    with pytest.raises(tf.errors.InvalidArgumentError, match="mismatch between the current graph"):
        _estimator(tmp_path, width=2).train(_input, steps=1)


def test_a_checkpoint_of_a_newer_format(tmp_path):
    _estimator(tmp_path).train(_input, steps=1)
    (tmp_path / "model.ckpt-1.index").write_bytes(b"something else")
    with pytest.raises(
        tf.errors.DataLossError, match=r"produced by a newer version(.|\n)*newest_intact"
    ):
        _estimator(tmp_path).train(_input, steps=1)


def test_a_full_disk_keeps_what_was_saved(tmp_path, monkeypatch):
    real, written = tensors.write, []

    def write(file, array, dtype):
        written.append(None)
        if len(written) > 4:  # two variables, twice
            raise OSError(28, "No space left on device")
        return real(file, array, dtype)

    monkeypatch.setattr(tensors, "write", write)
    with tf.Graph().as_default():
        w = tf.get_variable("w", [3])
        bump = tf.group(tf.assign_add(tf.train.get_or_create_global_step(), 1), w.assign(w + 1))
        options = {"save_checkpoint_steps": 1, "save_summaries_steps": None}
        session = tf.train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path), **options)
        session.run(bump)
        with pytest.raises(
            tf.errors.ResourceExhaustedError, match=r"No space left .*\n  Make room"
        ):
            session.run(bump)
    assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "model.ckpt-1")
