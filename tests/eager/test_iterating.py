"""`for element in dataset`, eagerly and in functions."""

import gc
import threading
import weakref

import numpy as np
import pytest

import stillflow as tf
from stillflow.ops.datasets import iterators
from stillflow.runtime.eager.state import eager_state


def test_a_dataset_gives_python_its_elements():
    rows = tf.data.Dataset.from_tensor_slices(np.arange(5)).map(lambda x: x * 2).batch(2)
    for _ in range(2):
        assert [row.numpy().tolist() for row in rows] == [[0, 2], [4, 6], [8]]


def test_elements_keep_their_structure():
    both = {"a": [1, 2], "b": ([3.0, 4.0], ["x", "y"])}
    first, _ = tf.data.Dataset.from_tensor_slices(both)
    assert first["a"].numpy() == 1
    assert first["b"][1].numpy() == b"x"


def test_an_iterator_ends_for_python_and_for_tensorflow():
    iterator = iter(tf.data.Dataset.range(1))
    assert iter(iterator) is iterator
    assert iterator.next().numpy() == 0
    with pytest.raises(StopIteration):
        next(iterator)
    with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence"):
        iterator.get_next()


def test_one_shot_iterators_are_iterators_of_python():
    iterator = tf.data.Dataset.range(3).make_one_shot_iterator()
    assert [int(n) for n in iterator] == [0, 1, 2]
    with pytest.raises(RuntimeError, match="make_initializable_iterator is not supported when"):
        tf.data.Dataset.range(3).make_initializable_iterator()


def test_a_function_takes_an_iterator_and_makes_one():
    iterator = iter(tf.data.Dataset.range(4))

    @tf.function
    def following(given):
        return next(given)

    @tf.function
    def first_two():
        own = iter(tf.data.Dataset.range(5, 9))
        return next(own) + next(own)

    assert [int(following(iterator)) for _ in range(3)] == [0, 1, 2]
    assert [int(first_two()) for _ in range(2)] == [11, 11]


def test_graphs_are_told_what_to_write_instead():
    refused = r"__iter__\(\) is only supported inside of tf.function"
    with tf.Graph().as_default(), pytest.raises(RuntimeError, match=refused):
        iter(tf.data.Dataset.range(3))


@pytest.mark.usefixtures("own_garbage")
def test_what_was_gone_through_leaves_nothing_behind():
    state = eager_state()
    before = len(state.kept), len(state.resources)
    data = np.zeros(1000)
    for _ in range(3):
        for _ in tf.data.Dataset.from_tensor_slices(data).map(lambda x: x + 1):
            pass
    gone = weakref.ref(iter(tf.data.Dataset.range(2))._iterator_resource)
    gc.collect()
    assert gone() is None
    assert (len(state.kept), len(state.resources)) == before


def test_what_brings_slow_elements_ends_with_their_iterator(monkeypatch):
    monkeypatch.setattr(iterators, "_SLOW", 0.0)  # each is

    def alive():
        return [thread for thread in threading.enumerate() if thread.name == "tf.data"]

    before = alive()
    slow = tf.data.Dataset.range(9).map(lambda x: tf.py_function(lambda n: n, [x], tf.int64))
    given = iter(slow.prefetch(2))
    assert [next(given).numpy() for _ in range(3)] == [0, 1, 2]
    started = [thread for thread in alive() if thread not in before]
    assert len(started) == 2
    del given
    gc.collect()
    for thread in started:
        thread.join(30)
        assert not thread.is_alive()
