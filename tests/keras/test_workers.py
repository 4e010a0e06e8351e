"""Batches that workers make ahead: in order, by processes too, and what they raise."""

import os
import time

import numpy as np
import pytest

import stillflow as tf

ROWS = np.arange(12, dtype=np.float32).reshape(12, 1)


class Rows(tf.keras.utils.Sequence):
    """Batches of two rows; beside them the process that made them."""

    def __len__(self):
        return 6

    def __getitem__(self, number):
        time.sleep(0.01 * (number % 2))
        return ROWS[2 * number : 2 * number + 2], os.getpid()


@pytest.fixture
def model():
    with tf.Graph().as_default(), tf.Session():
        model = tf.keras.models.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
        model.compile("sgd", "mse")
        yield model


@pytest.mark.parametrize("processes", [False, True])
@pytest.mark.filterwarnings("ignore:.*fork")
def test_batches_of_a_sequence_come_in_order(processes):
    enqueuer = tf.keras.utils.OrderedEnqueuer(Rows(), use_multiprocessing=processes)
    enqueuer.start(workers=2, max_queue_size=3)
    batches = enqueuer.get()
    got = [next(batches) for _ in range(12)]
    enqueuer.stop()
    assert np.array_equal(np.concatenate([rows for rows, _ in got]), np.tile(ROWS, (2, 1)))
    assert all((made_by != os.getpid()) == processes for _, made_by in got)


@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_generator_may_run_in_a_process():
    enqueuer = tf.keras.utils.GeneratorEnqueuer(iter(range(5)), use_multiprocessing=True)
    enqueuer.start(workers=1)
    assert list(enqueuer.get()) == [0, 1, 2, 3, 4]
    enqueuer.stop()


def test_what_a_worker_raises_ends_the_training(model):
    class Broken(Rows):
        def __getitem__(self, number):
            if number == 3:
                raise KeyError("no such batch")
            return ROWS[:2], ROWS[:2]

    with pytest.raises(KeyError, match="no such batch"):
        model.fit_generator(Broken(), workers=3, verbose=0)


def test_a_generator_of_several_workers_is_told_to_be_unsafe(model):
    def slow():
        while True:
            time.sleep(0.01)
            yield ROWS, ROWS

    with pytest.raises(RuntimeError, match="Your generator is NOT thread-safe"):
        model.fit_generator(slow(), 50, workers=4, verbose=0)


def test_an_epoch_of_a_sequence_ends_with_its_hook():
    ended = []

    class Told(Rows):
        def on_epoch_end(self):
            ended.append(1)

    enqueuer = tf.keras.utils.OrderedEnqueuer(Told(), shuffle=True)
    enqueuer.start()
    batches = enqueuer.get()
    got = [next(batches)[0][0].item() for _ in range(6)]
    next(batches)
    enqueuer.stop()
    assert sorted(got) == [0, 2, 4, 6, 8, 10]
    assert ended


def test_processes_that_are_left_can_be_ended():
    from stillflow.keras.utils.enqueuers import terminate_keras_multiprocessing_pools

    assert terminate_keras_multiprocessing_pools(use_sigkill=True) == []
