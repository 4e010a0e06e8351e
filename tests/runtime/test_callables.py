"""What a CallableOptions proto asks for, by which the keras package runs its functions."""

import itertools

import numpy as np
import pytest
from tensorboard.compat.proto.config_pb2 import CallableOptions, RunMetadata, RunOptions

import stillflow.api as tf


@pytest.fixture
def session():
    with tf.Session() as session:
        yield session


@pytest.fixture
def doubled():
    """x, and x * 2 in the graph."""
    x = tf.placeholder(tf.float32, [], "x")
    return x, tf.multiply(x, 2.0, name="doubled")


def connect(options, source, sink):
    options.tensor_connection.add(from_tensor=source.name, to_tensor=sink.name)


@pytest.mark.usefixtures("tier")
def test_gives_fetches_and_carries_out_targets(session, doubled):
    x, y = doubled
    total = tf.Variable(1.0, use_resource=False)
    session.run(total.initializer)
    added = tf.assign_add(total, y)
    options = CallableOptions(feed=[x.name], fetch=[y.name, x.name], target=[added.op.name])
    run = session._make_callable_from_options(options)
    assert [run(np.float32(3)), run(np.float32(4))] == [[6, 3], [8, 4]]
    assert session.run(total) == 15


@pytest.mark.usefixtures("tier")
def test_a_connected_tensor_is_computed_in_the_same_run(session, doubled):
    x, y = doubled
    count = itertools.count(1)
    drawn = tf.py_func(lambda: float(next(count)), [], tf.double)
    source = tf.cast(drawn, tf.float32)
    other, sum_ = tf.placeholder(tf.float32, [], "other"), tf.add(source, y, name="sum")
    options = CallableOptions(feed=[other.name], fetch=["sum:0", y.name, source.name, other.name])
    connect(options, source, x)
    run = session._make_callable_from_options(options)
    assert [run(7.0), run(8.0)] == [[3, 2, 1, 7], [6, 4, 2, 8]]
    assert sum_.name == "sum:0"


def test_one_tensor_may_be_connected_to_several(session, doubled):
    x, y = doubled
    z = tf.placeholder(tf.float32, [], "z")
    source = tf.random_uniform([], seed=1)
    options = CallableOptions(fetch=[y.name, z.name])
    connect(options, source, x)
    connect(options, source, z)
    given = session._make_callable_from_options(options)()
    assert given[0] == 2 * given[1]


def test_options_are_those_of_every_run_and_metadata_are_of_the_last(session, doubled):
    x, y = doubled
    plain = CallableOptions(feed=[x.name], fetch=[y.name])
    asking = CallableOptions(
        feed=[x.name], fetch=[y.name], run_options=RunOptions(output_partition_graphs=True)
    )
    metadata = RunMetadata()
    assert session._make_callable_from_options(asking)(1.0, run_metadata=metadata) == [2]
    assert len(metadata.partition_graphs) == 1
    assert session._make_callable_from_options(plain)(np.float32(1), run_metadata=metadata) == [2]
    assert not metadata.partition_graphs


def test_a_device_is_told_in_the_form_that_is_asked_for():
    class Spec:
        device = None

        def _set_device(self, device):
            self.device = device

    class Name(Spec):
        _set_device_from_string = Spec._set_device

    graph, nowhere, spec, name = tf.get_default_graph(), Spec(), Spec(), Name()
    graph._apply_device_functions(nowhere)
    with tf.device("/gpu:1"):
        graph._apply_device_functions(spec)
        graph._apply_device_functions(name)
    assert nowhere.device is None
    assert (spec.device.device_type, spec.device.device_index) == ("GPU", 1)
    assert name.device == "/device:GPU:1"


@pytest.mark.usefixtures("tier")
def test_values_may_be_of_another_shape_than_declared(session):
    x = tf.placeholder(tf.float32, [4], "x")
    rows = tf.raw_ops.Shape(input=x)
    turns = tf.while_loop(lambda n, _: n < 2, lambda n, y: (n + 1, y + 1), (0, x))[1]
    tf.multiply(turns, tf.cast(rows[0], tf.float32), name="y")
    run = session._make_callable_from_options(CallableOptions(feed=[x.name], fetch=["y:0"]))
    for count in (4, 2, 3, 4, 2):
        (y,) = run(np.ones(count, np.float32))
        np.testing.assert_array_equal(y, [3 * count] * count)


def test_values_are_not_converted(session, doubled):
    x, y = doubled
    run = session._make_callable_from_options(CallableOptions(feed=[x.name], fetch=[y.name]))
    error = "Type mismatch: actual double vs. expect float"
    with pytest.raises(tf.errors.InvalidArgumentError, match=error):
        run(np.float64(2))
