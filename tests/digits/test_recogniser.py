"""A recogniser answers from the newest intact checkpoint, and explains what it cannot read."""

import threading
from pathlib import Path

import numpy as np
import pytest
from digit_models import images, untrained

import stillflow as tf
from stillflow.digits.model import ModelError, NoModel
from stillflow.digits.recogniser import Recogniser


def expected(recogniser, pixels):
    """What the network says, from the checkpoint's own averages, in NumPy."""
    reader = tf.train.NewCheckpointReader(recogniser.checkpoint)
    layers = len(recogniser.hidden_sizes) + 1
    x, hidden = pixels, []
    for number in range(1, layers + 1):
        weights, biases = (
            reader.get_tensor(f"layer{number}/{part}/ExponentialMovingAverage")
            for part in ("weights", "biases")
        )
        x = x @ weights + biases
        if number < layers:
            x = np.maximum(x, 0)
            hidden.append(x)
    odds = np.exp(x - x.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True), hidden[0]


@pytest.mark.parametrize("hidden", [(6,), (7, 5)])
def test_it_finds_the_sizes_and_runs_the_averages(tmp_path, hidden):
    untrained(tmp_path, hidden, steps=(12,))
    recogniser = Recogniser.open(str(tmp_path))
    pixels = images(3)
    said = recogniser.run(pixels)
    probabilities, first = expected(recogniser, pixels)
    assert (recogniser.step, recogniser.hidden_sizes) == (12, hidden)
    assert recogniser.hidden_weights.shape == (784, hidden[0])
    np.testing.assert_allclose(said.probabilities, probabilities, rtol=1e-5)
    np.testing.assert_allclose(said.hidden, first, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(said.digits, probabilities.argmax(axis=1))


def test_a_damaged_newest_checkpoint_is_passed_over(tmp_path, caplog):
    older, newer = untrained(tmp_path, steps=(1, 2))
    data = Path(f"{newer}.data-00000-of-00001")
    data.write_bytes(b"\0" * data.stat().st_size)
    assert Recogniser.open(str(tmp_path)).checkpoint == older
    assert f"{newer} is passed over" in caplog.text


def test_no_model_says_how_to_make_one(tmp_path):
    with pytest.raises(NoModel, match=f"stillflow digits train --model {tmp_path}"):
        Recogniser.open(str(tmp_path))


def test_another_programs_checkpoint_is_refused(tmp_path):
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.Variable(1.0, name="w")
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, f"{tmp_path}/other")
    with pytest.raises(ModelError, match="holds no digit recogniser"):
        Recogniser.open(str(tmp_path))


def test_threads_may_share_it(tmp_path):
    untrained(tmp_path)
    recogniser = Recogniser.open(str(tmp_path))
    batches = [images(n, seed=n) for n in range(1, 9)]
    said = [None] * len(batches)

    def ask(number):
        said[number] = recogniser.run(batches[number]).probabilities

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(len(batches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for batch, answer in zip(batches, said, strict=True):
        np.testing.assert_array_equal(answer, recogniser.run(batch).probabilities)
