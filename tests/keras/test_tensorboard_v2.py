"""TensorFlow 2's callback for TensorBoard: which summaries are in which folder."""

from contextlib import nullcontext

import numpy as np
import pytest

import stillflow as tf
from stillflow.graph.eager_graph import eager_mode

X, Y = np.ones((4, 3), np.float32), np.ones((4, 1), np.float32)
TensorBoard = tf.compat.v2.keras.callbacks.TensorBoard


def fitted(callback, **options):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,), name="only")])
    model.compile("sgd", "mse", **options)
    model.fit(X, Y, 2, 2, 0, [callback], validation_data=(X, Y))


def written(folder):
    """{(run, tag, kind): the steps}, and the runs that have a graph."""
    found, graphs = {}, set()
    for path in folder.glob("*/events.out.*"):
        for event in tf.train.summary_iterator(str(path)):
            if event.graph_def:
                graphs.add(path.parent.name)
            for value in event.summary.value:
                key = path.parent.name, value.tag, value.WhichOneof("value")
                found.setdefault(key, []).append(event.step)
    return found, graphs


@pytest.mark.parametrize("mode", [eager_mode, nullcontext], ids=["eager", "graph"])
def test_what_is_written_where(mode, tmp_path):
    with tf.Graph().as_default(), mode():
        fitted(TensorBoard(str(tmp_path), histogram_freq=1, write_images=True, update_freq=2))
    found, graphs = written(tmp_path)
    assert graphs == {"train"}
    assert found == {
        ("train", "keras", "tensor"): [0],
        ("train", "batch_loss", "simple_value"): [0, 2],
        ("train", "epoch_loss", "simple_value"): [0, 1],
        ("validation", "epoch_loss", "simple_value"): [0, 1],
        **{("train", f"only/{name}_0", "histo"): [0, 1] for name in ("kernel", "bias")},
        ("train", "only/kernel_0/image/0", "image"): [0, 1],
    }


def test_layers_write_where_batches_run_eagerly(tmp_path):
    class Writes(tf.keras.layers.Layer):
        def call(self, inputs):
            tf.contrib.summary.scalar("own", tf.reduce_sum(inputs), step=tf.constant(0, tf.int64))
            return inputs

    with eager_mode():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,)), Writes()])
        model.compile("sgd", "mse", run_eagerly=True)
        callback = TensorBoard(str(tmp_path), write_graph=False, update_freq=1)
        model.fit(X, Y, 2, 1, 0, [callback], validation_data=(X, Y))
        assert tf.contrib.summary.scalar("none", 1.0) is None  # no writer is left
    runs = {run for run, tag, _ in written(tmp_path)[0] if "own" in tag}
    assert runs == {"train", "validation"}


def test_arguments_of_the_older_callback_are_known():
    TensorBoard(write_grads=True)
    with pytest.raises(ValueError, match="Unrecognized arguments in `TensorBoard` Callback"):
        TensorBoard(wwrite_images=True)
