"""What models do besides what `cases.keras_engine` compares with TensorFlow."""

import itertools
import json
import types

import numpy as np
import pytest

import stillflow as tf
from stillflow.keras.utils import plotting
from stillflow.layers import policies, symbolic


@pytest.fixture(autouse=True)
def fresh():
    tf.keras.backend.clear_session()
    yield
    tf.keras.backend.clear_session()


def small():
    inputs = tf.keras.Input((4,), name="x")
    hidden = tf.keras.layers.Dense(3, name="hidden")(inputs)
    return tf.keras.Model(inputs, tf.keras.layers.Dense(1, name="y")(hidden), name="small")


# As text ------------------------------------------------------------------------------------------


def test_yaml_holds_no_code():
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Dense(
                2, input_shape=(2,), kernel_initializer=tf.constant_initializer(np.eye(2))
            )
        ]
    )
    text = model.to_yaml()
    assert "python/object" not in text
    again = tf.keras.models.model_from_yaml(text)
    np.testing.assert_array_equal(again.get_weights()[0], np.eye(2))
    with pytest.raises(Exception, match="could not determine a constructor"):
        tf.keras.models.model_from_yaml("!!python/object/apply:os.getcwd []")


def test_a_list_is_no_configuration():
    with pytest.raises(TypeError, match="expects a dictionary, not a list"):
        tf.keras.models.model_from_config([])


def test_tracked_lists_and_dicts_are_told_as_they_are():
    class Told(tf.keras.layers.Layer):
        def __init__(self, sizes=(1,), **kwargs):
            super().__init__(**kwargs)
            self.told = {"sizes": list(sizes)}

        def get_config(self):
            return {**super().get_config(), **self.told}

    inputs = tf.keras.Input((4,))
    model = tf.keras.Model(inputs, Told([3, 4])(inputs))
    layer = json.loads(model.to_json())["config"]["layers"][1]
    assert layer["config"]["sizes"] == [3, 4]


# Clones -------------------------------------------------------------------------------------------


def test_a_clone_is_compiled_as_its_model():
    from stillflow.keras.engine.building_clones import clone_and_build_model

    model = small()
    with pytest.raises(ValueError, match="has not been compiled"):
        clone_and_build_model(model)
    model.compile(tf.keras.optimizers.SGD(0.25), "mse", metrics=["mae"])
    clone = clone_and_build_model(model)
    assert clone.metrics_names == model.metrics_names
    assert clone.optimizer.get_config() == model.optimizer.get_config()
    assert not set(clone.layers) & set(model.layers)
    clone.train_on_batch(np.ones((2, 4)), np.ones((2, 1)))


def test_a_subclass_is_reset_in_place_and_gets_all_back():
    from stillflow.keras.engine.building_clones import clone_and_build_model
    from stillflow.keras.engine.resetting import restore_in_place

    class Own(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = tf.keras.layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    model = Own()
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((2, 4)), np.ones((2, 1)))
    before, weights = model.dense, model.get_weights()
    with pytest.raises(ValueError, match="set the argument `in_place_reset`"):
        clone_and_build_model(model)
    assert clone_and_build_model(model, in_place_reset=True) is model
    assert model.dense is not before
    restore_in_place(model)
    assert model.dense is before
    for one, other in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(one, other)


# Types --------------------------------------------------------------------------------------------


def test_layers_as_in_version_2_cast_what_they_are_given(monkeypatch):
    monkeypatch.setattr(policies, "_is_as_in_version_2", True)
    layer = tf.keras.layers.Dense(2)
    assert layer.dtype == "float32"
    assert layer(tf.ones([3, 4], tf.float64)).dtype == tf.float32
    assert tf.keras.layers.Dense(2, autocast=False, dtype="float64").dtype == "float64"


def test_layers_are_of_the_type_of_their_first_input():
    layer = tf.keras.layers.Dense(2)
    assert layer.dtype is None
    assert layer(tf.ones([3, 4], tf.float64)).dtype == tf.float64
    assert layer.dtype == "float64"


# Pictures -----------------------------------------------------------------------------------------


class Drawn:
    """What of pydot a drawing asks."""

    def __init__(self, *args, **options):
        self.args, self.options = args, options
        self.nodes, self.edges, self.parts = [], [], []

    def set_node_defaults(self, **options):
        pass

    def add_node(self, node):
        self.nodes.append(node)

    def get_nodes(self):
        return self.nodes

    def get_name(self):
        return self.args[0]

    def add_subgraph(self, part):
        self.parts.append(part)

    def get_edge(self, source, target):
        return [edge for edge in self.edges if edge.args == (source, target)]

    def add_edge(self, edge):
        self.edges.append(edge)


@pytest.fixture
def pydot(monkeypatch):
    fake = types.SimpleNamespace(Dot=Drawn, Cluster=Drawn, Node=Drawn, Edge=Drawn)
    monkeypatch.setattr(plotting, "_working_pydot", lambda: fake)


def test_a_drawing_has_a_node_a_layer_and_an_edge_a_connection(pydot):
    dot = tf.keras.utils.model_to_dot(small(), show_shapes=True)
    labels = [node.options["label"] for node in dot.nodes]
    assert [label.split("\n")[0] for label in labels] == [
        "x: InputLayer",
        "hidden: Dense",
        "y: Dense",
    ]
    assert "{(?, 4)}|{(?, 3)}" in labels[1]
    names = [node.get_name() for node in dot.nodes]
    assert [edge.args for edge in dot.edges] == list(itertools.pairwise(names))


def test_models_inside_are_drawn_with_their_layers(pydot):
    inner = small()
    inputs = tf.keras.Input((4,))
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(2)(inner(inputs)))
    dot = tf.keras.utils.model_to_dot(model, expand_nested=True)
    (part,) = dot.parts
    ends = [part.nodes[0].get_name(), part.nodes[-1].get_name()]
    first, last = (node.get_name() for node in dot.nodes)
    assert [edge.args for edge in dot.edges] == [(first, ends[0]), (ends[1], last)]


def test_without_pydot_a_drawing_is_refused(monkeypatch):
    monkeypatch.setattr(plotting, "_working_pydot", lambda: None)
    with pytest.raises(ImportError, match="You must install pydot and graphviz"):
        tf.keras.utils.plot_model(small())


# Objects in place of tensors ----------------------------------------------------------------------


class Guess:
    """What stands for its mean, as distributions of tensorflow_probability do."""

    def __init__(self, mean):
        self.mean, self.shape, self.dtype = mean, mean.shape, mean.dtype


def test_what_is_registered_as_a_tensor_connects_layers(monkeypatch):
    monkeypatch.setattr(symbolic, "SYMBOLIC_TYPES", [Guess])
    tf.register_tensor_conversion_function(Guess, lambda guess, **_: guess.mean)
    inputs = tf.keras.Input((4,))
    guess = tf.keras.layers.Lambda(Guess)(inputs)
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(1)(guess))
    assert model.predict(np.ones((2, 4), np.float32)).shape == (2, 1)
