"""`tf.contrib.eager.Network`: names of layers that hold layers, and their checkpoints."""

import os

import numpy as np
import pytest

import stillflow as tf
from stillflow.eager.network_checkpoints import restore_network_checkpoint, save_network_checkpoint
from stillflow.layers.network import Network, Sequential
from stillflow.runtime.eager.mode import eager_mode

Dense = tf.layers.Dense


@pytest.fixture(autouse=True, params=["graph", "eager"])
def session(request):
    if request.param == "graph":
        with tf.Graph().as_default(), tf.Session() as opened:
            yield opened
    else:
        with tf.Graph().as_default(), eager_mode():
            yield None


def valued(tensor, session):
    return tensor.numpy() if session is None else session.run(tensor)


class Two(Network):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.first = self.track_layer(Dense(2, use_bias=False))
        self.second = self.track_layer(Dense(1, use_bias=False))

    def call(self, x):
        return self.second(self.first(x))


class Outer(Network):
    def __init__(self, inner=None):
        super().__init__()
        self.inner = self.track_layer(inner or Two())
        self.track_layer(Dense(1, name="named"))

    def call(self, x):
        return self.get_layer("named")(self.inner(x))


def names_of(network):
    return [variable.name for variable in network.variables]


ONE = [[1.0]]


def test_variables_are_named_by_who_holds_them():
    """The names are TensorFlow 1.15's."""
    alone, outer = Two(), Outer()
    with pytest.raises(ValueError, match="does not yet have a final name"):
        assert alone.name
    outer(tf.constant(ONE))
    y = alone(tf.constant(ONE))
    assert names_of(outer) == [
        *("outer/two/dense/kernel:0", "outer/two/dense_1/kernel:0"),
        *("outer/named/kernel:0", "outer/named/bias:0"),
    ]
    assert names_of(alone) == ["two/dense/kernel:0", "two/dense_1/kernel:0"]
    assert (alone.name, outer.inner.name, [layer.name for layer in alone.layers]) == (
        *("two", "two", ["dense", "dense_1"]),
    )
    assert getattr(y, "_is_eager", False) or y.op.name == "two/dense_1/MatMul"


def test_names_are_given_once():
    Two(name="mine")(tf.constant(ONE))
    with pytest.raises(ValueError, match="A Network named 'mine' already exists"):
        Two(name="mine")(tf.constant(ONE))
    with pytest.raises(ValueError, match="Forward slashes"):
        Network(name="a/b")
    holder = Network()
    holder.track_layer(Dense(1, name="same"))
    with pytest.raises(ValueError, match="Attempt to add two Layers with the name 'same'"):
        holder.track_layer(Dense(1, name="same"))
    with pytest.raises(TypeError, match=r"not a tf.layers.Layer"):
        holder.track_layer(3)
    with pytest.raises(ValueError, match="No such layer: other"):
        holder.get_layer("other")
    with pytest.raises(AttributeError, match="cannot mark Network as not trainable"):
        holder.trainable = False


def test_a_sequence_calls_what_it_holds_in_order(session):
    layer = Dense(1, use_bias=False, kernel_initializer=tf.ones_initializer())
    model = Sequential([layer, lambda x, training=False: -x if training else x])
    assert model.trainable_variables == []
    results = [model(tf.constant([[3.0]])), model(tf.constant([[3.0]]), training=True)]
    if session is not None:
        session.run(tf.global_variables_initializer())
    assert [valued(result, session).tolist() for result in results] == [[[3]], [[-3]]]
    assert model.trainable_variables == layer.trainable_variables != []
    with pytest.raises(TypeError, match="takes only"):
        model.add(3)


def test_a_checkpoint_is_of_any_network_like_it(tmp_path, session):
    saved = Outer()
    saved(tf.constant(ONE))
    if session is not None:
        session.run(tf.global_variables_initializer())
    expected = [valued(variable, session) for variable in saved.variables]
    path = save_network_checkpoint(saved, str(tmp_path))
    assert os.path.basename(path).startswith("outer")
    for network in (saved, Outer()):  # one that is built, and one that is not
        if network.built:
            for variable in network.variables:
                valued(variable.assign(variable + 1.0), session)
        restore_network_checkpoint(network, path)
        network(tf.constant(ONE))
        got = [valued(variable, session) for variable in network.variables]
        assert all(map(np.array_equal, got, expected))


def test_two_variables_of_one_name_are_no_checkpoint(tmp_path):
    network = Two()
    with pytest.raises(ValueError, match="before it was first called"):
        save_network_checkpoint(network, str(tmp_path))
    network(tf.constant(ONE))
    with pytest.raises(ValueError, match="resulted in two variables named 'x'"):
        save_network_checkpoint(network, str(tmp_path), map_func=lambda name: "x")
