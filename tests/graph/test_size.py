"""How much of a graph Python's garbage collector has to look through."""

import gc

import numpy as np
import pytest

import stillflow as tf


def _chain(length: int) -> tf.Graph:
    with tf.Graph().as_default() as graph:
        value = tf.placeholder(tf.float32, [100])
        for _ in range(length // 2):
            value = tf.tanh(value)
            value = tf.add(value, value)
    return graph


@pytest.mark.usefixtures("own_garbage")
def test_an_operation_is_few_objects():
    """The operation, its tensor and its inputs; of every other one, two users of one tensor."""
    _chain(10)
    gc.collect()
    before = len(gc.get_objects())
    graph = _chain(1000)
    gc.collect()
    assert len(graph.get_operations()) == 1001
    assert len(gc.get_objects()) - before < 3.6 * 1000


def test_an_attribute_is_given_to_one_operation_alone():
    """Operations of equal attributes share them until one is given more."""
    x = tf.placeholder(tf.float32, [2])
    first, second = tf.negative(x).op, tf.negative(x).op
    assert first.attrs is second.attrs
    first._set_attr("_mark", tf.AttrValue(i=3))
    assert first.get_attr("_mark") == 3
    with pytest.raises(ValueError, match="has no attr named '_mark'"):
        second.get_attr("_mark")
    with tf.get_default_graph().colocate_with(x):
        third = tf.negative(x).op
    assert third.colocation_groups() == [f"loc:@{x.op.name}".encode()]
    assert second.colocation_groups() == [f"loc:@{second.name}".encode()]


def test_consumers_are_told_once_for_each_input():
    x = tf.placeholder(tf.float32, [2])
    assert x.consumers() == []
    once = tf.negative(x)
    assert x.consumers() == [once.op]
    twice = tf.add(x, x)
    assert x.consumers() == [once.op, twice.op, twice.op]
    twice.op._update_input(1, once)
    assert x.consumers() == [once.op, twice.op]
    assert once.consumers() == [twice.op]
    once.op._update_input(0, once)
    twice.op._update_input(0, once)
    assert x.consumers() == []


def test_outputs_are_a_list_however_many_there_are():
    parts = tf.split(tf.placeholder(tf.float32, [4]), 2)
    assert [tensor.value_index for tensor in parts[0].op.outputs] == [0, 1]
    assert tf.negative(parts[0]).op.outputs[0].value_index == 0
    assert tf.no_op().outputs == []


def test_a_first_run_that_initialises_is_like_the_next():
    """What a run without feeds teaches is learned from its second one: the values are the same."""
    with tf.Graph().as_default():
        drawn = tf.Variable(tf.random_normal([5], seed=3) * 2)
        value = drawn.assign(tf.random_normal([5], seed=4))
        with tf.Session() as session:
            several = [session.run([drawn.initializer, value])[1] for _ in range(4)]
        with tf.Session() as session:
            one_by_one = [session.run(value) for _ in range(4)]
    assert not np.array_equal(several[0], several[1])
    np.testing.assert_array_equal(several, one_by_one)
