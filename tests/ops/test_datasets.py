"""Pipelines whose elements threads make and take: none is lost or doubled, no wait lasts."""

import random
import threading
import time

import numpy as np
import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module
from stillflow.ops.datasets import iterators
from tests.standstill import until_it_waits


def waiting(x):
    """A function of the program's own, so that its elements are made by threads."""
    return tf.py_func(lambda value: value, [x], tf.int64)


def next_of(dataset):
    iterator = tf.data.make_initializable_iterator(dataset)
    return iterator.initializer, iterator.get_next()


PIPELINES = {
    "prefetched": lambda data: data.map(waiting).prefetch(4),
    "in parallel": lambda data: data.map(waiting, num_parallel_calls=4).prefetch(2),
    "shuffled": lambda data: data.shuffle(20, seed=1).map(lambda x: x),
    "interleaved": lambda data: data.apply(
        tf.data.experimental.parallel_interleave(
            lambda x: tf.data.Dataset.from_tensors(x).map(waiting), 3
        )
    ),
    "sloppy": lambda data: data.apply(
        tf.data.experimental.parallel_interleave(
            lambda x: tf.data.Dataset.from_tensors(x).map(waiting), 3, sloppy=True
        )
    ),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_every_element_comes_once(name):
    """Four threads take them; of their runs every fifth fails behind that."""
    count, taken = 200, []
    with tf.Graph().as_default(), tf.Session() as session:
        initializer, element = next_of(PIPELINES[name](tf.data.Dataset.range(count)))
        fails = tf.placeholder(tf.bool, [])
        with tf.control_dependencies([element]):
            check = tf.Assert(tf.logical_not(fails), [element])
        with tf.control_dependencies([check]):
            result = tf.identity(element)
        session.run(initializer)

        def take(seed):
            choices = random.Random(seed)
            while True:
                try:
                    taken.append(session.run(result, {fails: choices.random() < 0.2}))
                except tf.errors.InvalidArgumentError:
                    continue
                except tf.errors.OutOfRangeError:
                    return

        threads = [threading.Thread(target=take, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    # An element that goes back when the others have seen the end stays in the iterator.
    assert len(taken) == len(set(taken))
    assert set(taken) <= set(range(count))
    assert len(taken) > count - len(threads)


def test_an_element_of_a_run_that_fails_is_the_next_one():
    with tf.Graph().as_default(), tf.Session() as session:
        initializer, element = next_of(tf.data.Dataset.range(3))
        divisor = tf.placeholder(tf.int64, [])
        session.run(initializer)
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(element // divisor, {divisor: 0})
        assert [session.run(element) for _ in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("parallel", [None, 2])
def test_closing_ends_a_wait(parallel):
    """That for a thread which makes elements, though what this one waits for goes on."""
    may_go_on, errors = threading.Event(), []

    def stuck(value):
        may_go_on.wait(60)
        return value

    with tf.Graph().as_default():
        dataset = tf.data.Dataset.range(3).map(
            lambda x: tf.py_func(stuck, [x], tf.int64), num_parallel_calls=parallel
        )
        initializer, element = next_of(dataset.prefetch(1))
        session = tf.Session()
        session.run(initializer)

        def take():
            try:
                session.run(element)
            except tf.errors.OpError as error:
                errors.append(error)

        thread = threading.Thread(target=take)
        thread.start()
        until_it_waits(thread)
        session.close()
        thread.join(30)
        assert not thread.is_alive()
        may_go_on.set()
    assert [type(error) for error in errors] == [tf.errors.CancelledError]


@pytest.mark.parametrize("ends", ["closed", "timed out"])
def test_a_reduction_without_end_ends_with_its_session(ends):
    begun = threading.Event()
    ones = tf.data.Dataset.from_tensors(1).map(
        lambda x: tf.reshape(tf.py_func(lambda x: (begun.set(), x)[1], [x], tf.int32), [])
    )
    endless = ones.repeat().reduce(0, lambda total, x: total + x)
    with tf.Session() as session:
        if ends == "timed out":
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(endless, options=tf.RunOptions(timeout_in_ms=50))
            return
        threading.Thread(target=lambda: begun.wait(60) and session.close()).start()
        with pytest.raises(tf.errors.CancelledError):
            session.run(endless)


def test_what_is_there_first_is_given_first_where_no_order_is_asked_for():
    """The first element waits until the others were given."""
    last = threading.Event()

    def first_waits(x):
        if x == 0:
            last.wait(60)
        return x

    options = tf.data.Options()
    options.experimental_deterministic = False
    numbers = tf.data.Dataset.range(4)
    mapped = numbers.map(lambda x: tf.py_func(first_waits, [x], tf.int64), num_parallel_calls=4)
    initializer, element = next_of(mapped.with_options(options))
    with tf.Session() as session:
        session.run(initializer)
        assert sorted(session.run(element).item() for _ in range(3)) == [1, 2, 3]
        last.set()
        assert session.run(element) == 0
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(element)


@pytest.mark.parametrize("by", ["option", "pool"])
def test_a_pool_bounds_the_threads_of_what_is_below_it(by):
    def thread(x):
        time.sleep(0.001)
        return threading.get_ident()

    threads = tf.data.Dataset.range(60).map(
        lambda x: tf.py_func(thread, [x], tf.int64), num_parallel_calls=8
    )
    if by == "option":
        options = tf.data.Options()
        options.experimental_threading.private_threadpool_size = 2
        threads = threads.with_options(options)
    else:
        pools = internal_module("python.data.experimental.ops.threadpool")
        pool = pools.PrivateThreadPool(2, display_name="two")
        threads = pools.override_threadpool(threads, pool)
    initializer, element = next_of(threads)
    with tf.Session() as session:
        session.run(initializer)
        found = {session.run(element).item() for _ in range(60)}
    assert 1 <= len(found) <= 2


@pytest.mark.parametrize(("slow_from", "bringing"), [(float("inf"), 0), (0.0, 1)])
def test_threads_end_with_what_they_work_for(slow_from, bringing, monkeypatch):
    """At the end of the elements, at a new initialisation, and when the session is closed.

    Where elements are slow, one more thread brings them.
    """
    monkeypatch.setattr(iterators, "_SLOW", slow_from)

    def alive():
        return sum(thread.name == "tf.data" for thread in threading.enumerate())

    def settle(count):
        last = time.monotonic() + 30  # on a busy machine a thread may come late
        while alive() != count and time.monotonic() < last:
            time.sleep(0.02)
        assert alive() == count

    settle(0)
    with tf.Graph().as_default(), tf.Session() as session:
        initializer, element = next_of(tf.data.Dataset.range(9).map(waiting).prefetch(2))
        for _ in range(3):
            session.run(initializer)
            session.run(element)
            settle(1 + bringing)
        for _ in range(8):
            session.run(element)
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(element)
        settle(0)
        session.run(initializer)
        session.run(element)
    settle(0)


def test_a_generator_is_given_up_where_no_more_is_taken():
    given_up = []

    class Numbers:
        def __iter__(self):
            return self

        def __next__(self):
            return 42

        def __del__(self):
            given_up.append(self)

    with tf.Graph().as_default(), tf.Session() as session:
        dataset = tf.data.Dataset.from_generator(Numbers, tf.int64).take(2)
        initializer, element = next_of(dataset)
        session.run(initializer)
        assert [session.run(element) for _ in range(2)] == [42, 42]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(element)
        assert len(given_up) == 1


def test_a_generator_that_raises_is_shown():
    """Its own traceback is behind the error."""

    def numbers():
        yield 1
        raise RuntimeError("no more numbers")

    with tf.Graph().as_default(), tf.Session() as session:
        initializer, element = next_of(tf.data.Dataset.from_generator(numbers, tf.int64))
        session.run(initializer)
        assert session.run(element) == 1
        with pytest.raises(tf.errors.UnknownError, match="no more numbers") as caught:
            session.run(element)
    names, error = [], caught.value
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            names.append(trace.tb_frame.f_code.co_name)
            trace = trace.tb_next
        error = error.__cause__
    assert "numbers" in names


def test_a_run_may_wait_for_so_long():
    may_go_on = threading.Event()
    with tf.Graph().as_default(), tf.Session() as session:
        dataset = tf.data.Dataset.range(1).map(
            lambda x: tf.py_func(lambda v: (may_go_on.wait(20), v)[1], [x], tf.int64)
        )
        initializer, element = next_of(dataset.prefetch(1))
        session.run(initializer)
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(element, options=tf.RunOptions(timeout_in_ms=50))
        may_go_on.set()
        assert session.run(element) == 0


def test_functions_use_what_the_session_holds():
    """A table, a variable and a queue, which are outside of the function."""
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.contrib.lookup.HashTable(
            tf.contrib.lookup.KeyValueTensorInitializer(["a", "b"], np.int64([1, 2])), -1
        )
        weight = tf.get_variable("weight", initializer=np.int64(10), use_resource=True)
        words = tf.data.Dataset.from_tensor_slices(["a", "x", "b"])
        initializer, element = next_of(words.map(lambda word: table.lookup(word) * weight))
        session.run([tf.tables_initializer(), weight.initializer])
        session.run(initializer)
        assert session.run(element) == 10
        session.run(weight.assign(100))
        assert [session.run(element) for _ in range(2)] == [-100, 200]


def test_a_hot_function_is_compiled_and_gives_the_same(monkeypatch):
    def heavy(x):
        x = tf.fill([60, 60], 1.0 + tf.cast(x, tf.float32))
        for _ in range(4):
            x = tf.tanh(tf.matmul(x, x) / 60.0)
        return tf.reduce_sum(x)

    results = []
    for tier in ("host", "xla"):
        monkeypatch.setenv("STILLFLOW_TIER", tier)
        with tf.Graph().as_default(), tf.Session() as session:
            initializer, element = next_of(tf.data.Dataset.range(3).map(heavy))
            session.run(initializer)
            results.append([session.run(element) for _ in range(3)])
    np.testing.assert_allclose(*results, rtol=1e-5)


def test_a_table_that_a_function_makes_is_warned_of():
    def making(x):
        keys = tf.lookup.KeyValueTensorInitializer(["a"], [1.0])
        tf.lookup.StaticHashTable(keys, 0.0)
        return x

    numbers = tf.data.Dataset.range(3)
    with pytest.warns(UserWarning, match="Creating resources inside a function") as shown:
        numbers.map(making)
    assert shown[0].filename == __file__
    with pytest.warns(UserWarning, match="Creating resources inside a function"):
        numbers.map_with_legacy_function(making)


def test_what_threads_made_is_saved(tmp_path):
    """Of each dataset that takes turns those elements that its thread made beforehand."""

    def pure(x):
        return tf.py_func(lambda value: value, [x], tf.int64, stateful=False)

    step = tf.data.experimental.parallel_interleave(
        lambda x: tf.data.Dataset.range(x * 10, x * 10 + 6).map(pure), cycle_length=2
    )
    iterator = tf.data.Dataset.range(5).apply(step).make_initializable_iterator()
    element = iterator.get_next()
    saver = tf.train.Saver([tf.data.experimental.make_saveable_from_iterator(iterator)])
    with tf.Session() as session:
        session.run(iterator.initializer)
        for _ in range(7):
            session.run(element)
        time.sleep(0.05)
        path = saver.save(session, str(tmp_path / "model"), write_meta_graph=False)
        rest = [session.run(element).item() for _ in range(23)]
        assert len(set(rest)) == 23
        session.run(iterator.initializer)
        saver.restore(session, path)
        assert [session.run(element).item() for _ in range(23)] == rest
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(element)


def test_numbers_of_datasets_are_scalar():
    numbers = tf.data.Dataset.range(5)
    for build in (numbers.take, numbers.repeat, numbers.batch, numbers.shuffle, numbers.prefetch):
        with pytest.raises(ValueError, match="rank"):
            build([1, 2])
    with pytest.raises(ValueError, match="rank"):
        numbers.apply(tf.data.experimental.map_and_batch(lambda x: x, [1, 2]))
    with pytest.raises(ValueError, match="rank"):
        numbers.apply(tf.data.experimental.dense_to_sparse_batch([1, 2], [3]))


@pytest.mark.parametrize("taken", [0, 3, 6, 7])
def test_a_cache_in_files_goes_on_where_it_was_saved(tmp_path, taken):
    """Seven runs come to the end of the six elements, where the files are there."""
    cached = tf.data.Dataset.range(6).cache(str(tmp_path / "cache"))
    iterator = tf.data.make_initializable_iterator(cached)
    element = iterator.get_next()
    saver = tf.train.Saver([tf.data.experimental.make_saveable_from_iterator(iterator)])

    def rest(session):
        elements = []
        try:
            while True:
                elements.append(session.run(element).item())
        except tf.errors.OutOfRangeError:
            return elements

    with tf.Session() as session:
        session.run(iterator.initializer)
        for _ in range(min(taken, 6)):
            session.run(element)
        if taken > 6:
            assert rest(session) == []
        path = saver.save(session, str(tmp_path / "model"), write_meta_graph=False)
    for _ in range(2):
        with tf.Session() as session:
            session.run(iterator.initializer)
            saver.restore(session, path)
            assert rest(session) == list(range(taken, 6))
            session.run(iterator.initializer)
            assert rest(session) == list(range(6))
    files = {file.name for file in tmp_path.iterdir() if file.name.startswith("cache")}
    assert files == {"cache.index", "cache.data-00000-of-00001"}


def test_what_is_divided_goes_on_where_it_was_saved(tmp_path):
    dividing = internal_module("python.data.experimental.ops.distribute")
    batches = tf.data.Dataset.range(24).batch(4)
    dataset = dividing._RebatchDataset(dividing._AutoShardDataset(batches, 2, 1), 2)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    element = iterator.get_next()
    saver = tf.train.Saver({"it": tf.data.experimental.make_saveable_from_iterator(iterator)})
    with tf.Session() as session:
        session.run(iterator.initializer)
        taken = [session.run(element).tolist() for _ in range(3)]
        path = saver.save(session, str(tmp_path / "it"))
    with tf.Session() as session:
        session.run(iterator.initializer)
        saver.restore(session, path)
        taken += [session.run(element).tolist() for _ in range(3)]
    assert taken == [[4, 5], [6, 7], [12, 13], [14, 15], [20, 21], [22, 23]]
