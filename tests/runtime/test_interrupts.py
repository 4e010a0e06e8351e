"""Ctrl-C at any moment: every element of a pipeline is used exactly once."""

import _thread
import os
import random
import signal
import threading
import time

import numpy as np
import pytest

import stillflow as tf

COUNT = 600
SECONDS = 4.0  # at most, for each pipeline


def _sliced():
    return tf.data.Dataset.from_tensor_slices(np.arange(COUNT))


def _generated():
    return tf.data.Dataset.from_generator(lambda: iter(range(COUNT)), tf.int64, [])


PIPELINES = {
    "slices": lambda: _sliced().batch(4),
    "range": lambda: tf.data.Dataset.range(COUNT).batch(4),
    "mapped": lambda: _sliced().map(lambda x: x + 0).batch(4),
    "mapped one by one": lambda: _sliced().map(lambda x: tf.identity(x)),
    "shuffled": lambda: _sliced().shuffle(50, seed=1).batch(3),
    "repeated": lambda: _sliced().batch(4).repeat(3),
    "repeated blocks": lambda: tf.data.Dataset.range(COUNT // 3).repeat(3).batch(7),
    "zipped": lambda: (
        tf.data.Dataset.zip((tf.data.Dataset.range(COUNT), _sliced()))
        .map(lambda x, y: tf.minimum(x, y))
        .batch(4)
    ),
    "prefetched": lambda: _sliced().map(lambda x: x + 0).batch(4).prefetch(2),
    "filtered": lambda: _sliced().filter(lambda x: x >= 0).batch(4),
    "flat": lambda: (
        tf.data.Dataset.range(COUNT // 6)
        .flat_map(lambda x: tf.data.Dataset.range(x * 6, x * 6 + 6))
        .batch(4)
    ),
    "interleaved": lambda: (
        tf.data.Dataset.range(COUNT // 6)
        .interleave(lambda x: tf.data.Dataset.range(x * 6, x * 6 + 6), cycle_length=3)
        .batch(4)
    ),
    "windows": lambda: _sliced().window(5).flat_map(lambda w: w.batch(5)),
    "generated": lambda: _generated().batch(4),
    "python functions": lambda: (
        _sliced()
        .map(lambda x: tf.py_func(lambda v: v, [x], tf.int64), num_parallel_calls=3)
        .batch(4)
    ),
    "mapped and batched": lambda: _sliced().apply(
        tf.data.experimental.map_and_batch(lambda x: x + 0, 4)
    ),
    "concatenated": lambda: (
        tf.data.Dataset.range(COUNT // 2)
        .concatenate(tf.data.Dataset.range(COUNT // 2, COUNT))
        .batch(4)
    ),
}


class _Interrupter:
    """Presses Ctrl-C at random moments; the handler raises only where `is_armed`."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._thread = threading.Thread(target=self._press, daemon=True)
        self._is_over = self.is_armed = False

    def __enter__(self):
        self._before = signal.signal(signal.SIGINT, self._pressed)
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self.is_armed, self._is_over = False, True
        self._thread.join()
        time.sleep(0)
        signal.signal(signal.SIGINT, self._before)

    def _press(self):
        until = time.monotonic() + SECONDS
        while not self._is_over and time.monotonic() < until:
            time.sleep(self._random.expovariate(2000))
            _thread.interrupt_main()

    def _pressed(self, number, frame):
        if self.is_armed:
            self.is_armed = False
            raise KeyboardInterrupt


def _use_all(session, use, interrupter):
    """Runs `use` until the end of the data, whatever interrupts it."""
    while True:
        try:
            try:
                interrupter.is_armed = True
                session.run(use)
            except tf.errors.OutOfRangeError:
                interrupter.is_armed = False
                return
            interrupter.is_armed = False
        except KeyboardInterrupt:
            pass


# An interrupted import leaves the module's file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", PIPELINES)
def test_each_element_is_used_once(name):
    pipeline = PIPELINES[name]
    with tf.Graph().as_default(), tf.Session() as session:
        used = tf.Variable(tf.zeros([COUNT], tf.int32))
        element = tf.reshape(tf.data.make_one_shot_iterator(pipeline()).get_next(), [-1])
        use = tf.scatter_add(used, element, tf.ones_like(element, tf.int32)).op
        session.run(used.initializer)
        with _Interrupter(seed=len(name)) as interrupter:
            _use_all(session, use, interrupter)
        counts = session.run(used)
    times = {"repeated": 3, "repeated blocks": 3}.get(name, 1)
    uses = {int(count) for count in counts if count or name != "repeated blocks"}
    assert uses == {times}
    assert counts.sum() == (COUNT if name == "repeated blocks" else times * COUNT)


def test_an_interrupt_ends_a_wait_and_the_element_comes_later():
    is_asked, may_come = threading.Event(), threading.Event()

    def elements():
        is_asked.set()
        may_come.wait(20)
        yield 7

    dataset = tf.data.Dataset.from_generator(elements, tf.int64, [])
    element = tf.data.make_one_shot_iterator(dataset).get_next()

    def press():
        is_asked.wait(20)
        _thread.interrupt_main()

    with tf.Session() as session:
        threading.Thread(target=press, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            session.run(element)
        may_come.set()
        assert session.run(element) == 7
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(element)


def test_a_batch_that_is_read_at_once_is_whole_after_an_interrupt(tmp_path):
    """Those before it are soon there; the file with the rest of it is late."""
    for name, text in (("a", "1\n2\n3\n" * 20), ("b", "4\n5\n")):
        (tmp_path / name).write_text(text)
    late = str(tmp_path / "c")
    os.mkfifo(late)
    dataset = tf.data.TextLineDataset([str(tmp_path / "a"), str(tmp_path / "b"), late]).batch(3)
    element = tf.data.make_one_shot_iterator(dataset).get_next()
    with tf.Session() as session:
        for _ in range(20):
            assert session.run(element).tolist() == [b"1", b"2", b"3"]
        begun = time.monotonic()

        def wait_and_be_interrupted():
            threading.Timer(0.3, _thread.interrupt_main).start()
            session.run(element)

        with pytest.raises(KeyboardInterrupt):
            wait_and_be_interrupted()
        assert time.monotonic() - begun < 10
        with open(late, "w") as file:
            file.write("6\n")
        assert session.run(element).tolist() == [b"4", b"5", b"6"]
