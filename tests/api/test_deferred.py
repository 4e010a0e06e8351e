"""Names that are there for libraries to mention, and missing once they are used."""

import pytest

import stillflow.api as tf
from stillflow.api import _deferred, _missing
from stillflow.cli.names import has

KERAS = _deferred.module("keras")  # what stood for it before it was there


def test_a_class_can_be_derived_from_one_but_not_made():
    class Mine(KERAS.layers.Layer):
        pass

    with pytest.raises(_missing.MissingNameError, match=r"keras\.layers\.Layer is in Tensor"):
        Mine()


@pytest.mark.parametrize(
    "use",
    [
        lambda: KERAS.layers.Dense(3),
        lambda: KERAS.Sequential(),
        lambda: KERAS.wrappers.scikit_learn.KerasClassifier(),
        lambda: KERAS.optimizers.Adam(0.1),
        lambda: KERAS.Model.fit,
    ],
)
def test_using_one_says_that_it_is_missing(use):
    with pytest.raises(_missing.NotInStillflowError, match="not yet in Stillflow"):
        use()


def test_a_name_that_tensorflow_has_not_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Danse'"):
        tf.keras.layers.Danse  # noqa: B018


def test_layers_are_instances_of_those_of_their_name():
    layer = tf.layers.Dense(3)
    assert isinstance(layer, tf.keras.layers.Layer)
    assert isinstance(layer, tf.keras.layers.Dense)
    assert not isinstance(layer, tf.keras.layers.Conv2D)


def test_they_count_as_missing():
    assert _deferred.is_deferred(KERAS)
    assert not has(KERAS, "layers")
    assert has(tf, "layers")


def test_parsers_of_records_may_ask_whether_a_value_is_sparse():
    assert tf.keras.backend.is_sparse(tf.sparse_placeholder(tf.int64))
    assert not tf.keras.backend.is_sparse(tf.zeros([2]))
