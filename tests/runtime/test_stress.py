"""Eight threads train, feed and fetch through one session, for two seconds or a minute."""

import threading
import time

import numpy as np
import pytest
from together import SECONDS

import stillflow.api as tf

SIZES = (
    3,
    5000,
)  # one that shares a buffer with others where it is compiled, and one that does not


class Program:
    """Counters that every run of a kind moves by one, side by side in several variables."""

    def __init__(self):
        self.ways = [tf.Variable(tf.zeros([size])) for size in SIZES for _ in range(2)]
        self.fed_total, self.drawn = tf.Variable(0.0), tf.Variable(0, dtype=tf.int64)
        self.x = tf.placeholder(tf.float32, [])
        self.train = tf.group(*[tf.assign_add(w, tf.ones(w.shape)) for w in self.ways])
        self.train_more = tf.group(*[tf.assign(w, w + self.x) for w in self.ways])
        self.largest = [tf.reduce_max(w) for w in self.ways]
        self.queue = tf.FIFOQueue(4, tf.float32, shapes=[[]])
        number = tf.assign_add(self.drawn, 1)
        self.feed = self.queue.enqueue(tf.cast(number, tf.float32) * 0.0 + self.x)
        self.consume = tf.assign_add(self.fed_total, self.queue.dequeue()).op
        self.random = tf.random_uniform([2], seed=5)
        self.saved = tf.train.Saver(self.ways)


def check_moment(values):
    """All that one run wrote side by side is seen together."""
    assert len({float(part) for value in values for part in np.unique(value)}) == 1, values


@pytest.mark.usefixtures("tier")
@pytest.mark.parametrize("seconds", [1.0, pytest.param(60.0, marks=pytest.mark.slow)])
def test_nothing_is_lost_and_nothing_torn(seconds, tmp_path):
    program = Program()
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    stop = threading.Event()
    counts, errors = {}, []
    drawn = []

    def fetch(run):
        check_moment(session.run(program.ways if run % 2 else program.largest))

    def draw(_):
        drawn.append(session.run(program.random).tobytes())

    def save(run):
        path = program.saved.save(session, str(tmp_path / f"model-{run % 2}"), write_state=False)
        reader = tf.train.load_checkpoint(path)
        check_moment([reader.get_tensor(w.op.name) for w in program.ways])
        time.sleep(0.1)

    kinds = {
        "train": lambda _: session.run(program.train),
        "train more": lambda run: session.run(program.train_more, {program.x: run % 3}),
        "feed": lambda _: session.run(program.feed, {program.x: 2.0}),
        "fetch": fetch,
        "draw": draw,
        "save": save,
    }

    def work(name, kind):
        runs = 0
        try:
            while not stop.is_set() or not runs:
                kinds[kind](runs)
                runs += 1
        except Exception as error:
            errors.append(error)
            stop.set()
        counts[name] = runs

    def consume():
        runs = 0
        try:
            while True:
                session.run(program.consume)
                runs += 1
        except tf.errors.OutOfRangeError:
            counts["consume"] = runs

    jobs = ["train", "train more", "feed", "feed", "fetch", "fetch", "draw", "save"]
    threads = [
        threading.Thread(target=work, args=(f"{kind} {n}", kind), daemon=True)
        for n, kind in enumerate(jobs)
    ]
    consumer = threading.Thread(target=consume, daemon=True)
    for thread in (*threads, consumer):
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join(SECONDS)
    session.run(program.queue.close())
    consumer.join(SECONDS)
    assert not errors, errors
    assert not any(thread.is_alive() for thread in (*threads, consumer))

    runs = {kind: sum(n for name, n in counts.items() if name.startswith(kind)) for kind in counts}
    assert all(runs.values()), counts
    more = counts["train more 1"]
    moved = counts["train 0"] + sum(run % 3 for run in range(more))
    for value in session.run(program.ways):
        assert np.unique(value).tolist() == [moved]
    fed = counts["feed 2"] + counts["feed 3"]
    assert counts["consume"] == fed
    assert session.run([program.drawn, program.fed_total]) == [fed, 2.0 * fed]
    assert len(set(drawn)) == len(drawn)
    session.close()
