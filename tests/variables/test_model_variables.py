"""`tf.contrib.framework.variable` and its kin; nodes and collections are TensorFlow 1.15's."""

import pytest

import stillflow.api as tf

framework = tf.contrib.framework


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def collected(graph):
    return {
        key: [getattr(item, "name", item) for item in graph.get_collection(key)]
        for key in graph.get_all_collection_keys()
    }


def test_each_is_in_its_collections(graph):
    framework.model_variable(
        "w", [2, 3], initializer=tf.zeros_initializer(), regularizer=tf.reduce_sum
    )
    framework.local_variable(3.0, name="l")
    framework.global_variable(3.0, name="g")
    own = framework.variable("u", [2], trainable=False, collections=["mine", "mine"])
    framework.add_model_variable(own)
    framework.add_model_variable(own)
    assert collected(graph) == {
        "variables": ["w:0", "g:0"],
        "model_variables": ["w:0", "u:0"],
        "trainable_variables": ["w:0"],
        "regularization_losses": ["w/Regularizer/Sum:0"],
        "local_variables": ["l:0"],
        "mine": ["u:0"],
    }


def test_the_device_is_that_of_the_variable_and_what_comes_with_it(graph):
    framework.model_variable("w", [2], initializer=tf.zeros_initializer(), device="/device:CPU:0")
    devices = {op.name: op.device for op in graph.get_operations()}
    assert devices == {
        "w/Initializer/zeros": "",
        "w": "/device:CPU:0",
        "w/Assign": "/device:CPU:0",
        "w/read": "/device:CPU:0",
    }


def test_scopes_give_arguments():
    with framework.arg_scope([framework.model_variable], trainable=False):
        assert not framework.model_variable("w", [1]).trainable


def test_a_custom_getter_makes_the_variable():
    seen = []

    def getter(name, reuse, **given):
        seen.append((name, reuse, given["shape"]))
        return tf.get_variable(name, **given)

    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        variable = framework.variable("v", [3], custom_getter=getter)
    assert (variable.name, seen) == ("s/v:0", [("v", tf.AUTO_REUSE, [3])])
