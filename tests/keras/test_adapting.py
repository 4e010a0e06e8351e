"""Layers that learn from data by `adapt`: what is kept in files, and what messages say to do."""

import json

import numpy as np
import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module
from stillflow.keras.layers.preprocessing import moments, normalization, normalization_v1

ROWS = np.array([[1.0, 10.0], [3.0, 20.0], [5.0, 60.0]], np.float32)


@pytest.fixture(autouse=True)
def cleared():
    yield
    tf.keras.backend.clear_session()


def adapted(**options):
    layer = normalization_v1.Normalization(**options)
    layer.adapt(ROWS)
    return layer


def test_they_are_where_tensorflow_has_them():
    for path, module in (
        ("normalization", normalization),
        ("normalization_v1", normalization_v1),
    ):
        found = internal_module(f"python.keras.layers.preprocessing.{path}").Normalization
        assert found is module.Normalization
    version1 = internal_module("python.keras.engine.base_preprocessing_layer_v1")
    assert issubclass(normalization_v1.Normalization, version1.CombinerPreprocessingLayer)


@pytest.mark.parametrize("size", [None, 1, 2])
def test_a_batch_may_be_of_any_size(size):
    layer = normalization_v1.Normalization()
    layer.adapt(tf.data.Dataset.from_tensor_slices(ROWS).batch(size) if size else ROWS)
    mean, variance, count = layer.get_weights()
    np.testing.assert_allclose(mean, ROWS.mean(0))
    np.testing.assert_allclose(variance, ROWS.var(0), rtol=1e-6)
    assert count == 3


def test_data_may_come_in_parts():
    layer = normalization_v1.Normalization()
    layer.adapt(ROWS[:1])
    layer.adapt(ROWS[1:], reset_state=False)
    for got, want in zip(layer.get_weights(), adapted().get_weights(), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6)


def test_two_weights_leave_the_count_at_0_and_the_list_as_it_is():
    layer = adapted()
    weights = [np.zeros(2), np.ones(2)]
    layer.set_weights(weights)
    assert len(weights) == 2
    assert layer.get_weights()[2] == 0


def test_a_file_holds_the_layer_with_what_it_has_seen(tmp_path):
    model = tf.keras.Sequential([adapted(input_shape=(2,)), tf.keras.layers.Dense(1)])
    want = model.predict(ROWS)
    model.save(str(tmp_path / "model.h5"))
    own = {"Normalization": normalization_v1.Normalization}
    again = tf.keras.models.load_model(str(tmp_path / "model.h5"), custom_objects=own)
    np.testing.assert_array_equal(again.predict(ROWS), want)
    again.layers[0].adapt(ROWS[:1], reset_state=False)
    assert again.layers[0].get_weights()[2] == 4


def test_a_checkpoint_of_objects_holds_its_state(tmp_path):
    layer, other = adapted(), normalization_v1.Normalization()
    with tf.keras.backend.get_session().as_default():
        path = tf.train.Checkpoint(layer=layer).save(str(tmp_path / "saved"))
        other.build((None, 2))
        tf.train.Checkpoint(layer=other).restore(path).assert_consumed().run_restore_ops()
    np.testing.assert_array_equal(other.get_weights()[0], layer.get_weights()[0])
    names = [name for name, _ in tf.train.list_variables(path)]
    assert "layer/mean/.ATTRIBUTES/VARIABLE_VALUE" in names


def test_its_configuration_is_plain():
    layer = adapted(axis=[1], name="scaled")
    config = json.loads(json.dumps(layer.get_config()))
    assert config == {"name": "scaled", "trainable": True, "dtype": "float32", "axis": [1]}
    assert normalization_v1.Normalization.from_config(config).axis == [1]


def test_data_that_it_cannot_take_is_refused_with_the_way_out():
    pairs, layer = tf.data.Dataset.from_tensors((ROWS, ROWS)), normalization_v1.Normalization()
    with pytest.raises(ValueError, match=r"np\.array\(data\) makes an array"):
        layer.adapt([[1.0, 2.0]])
    with pytest.raises(TypeError, match=r"no len\(\)\n.*dataset\.map takes one"):
        layer.adapt(pairs)
    with pytest.raises(AttributeError, match="has the dataset any elements"):
        layer.adapt(pairs.take(0))
    layer.adapt(ROWS)
    with pytest.raises(AttributeError, match=r"no attribute 'shape'\n.*dataset\.map takes one"):
        layer.adapt(pairs)


def test_sizes_must_be_known():
    with pytest.raises(ValueError, match=r"unknown Dimension to a Tensor: .*\n.*adapt the layer"):
        normalization_v1.Normalization()(tf.keras.Input((None,)))
    with pytest.raises(TypeError, match="Failed to convert object of type <class 'list'>"):
        normalization_v1.Normalization().build((None, None))
    outputs = adapted()(tf.keras.Input((None,)))
    assert outputs.shape.as_list() == [None, 2]


def test_an_accumulator_goes_as_bytes():
    combiner = moments.NormalizingCombiner(-1)
    found = combiner.compute(ROWS)
    again = combiner.deserialize(combiner.serialize(found))
    assert (again.count, again.mean.tolist()) == (3, [3.0, 30.0])
    assert repr(combiner) == "<NormalizingCombiner>"
    assert combiner.merge([found, again]).count == 6


def test_nothing_has_moments_of_0():
    with pytest.warns(RuntimeWarning, match="empty|freedom|invalid"):  # as NumPy does
        nothing = moments.NormalizingCombiner(-1).compute(np.zeros((0, 2)))
    assert (nothing.count, nothing.mean.tolist(), nothing.variance.tolist()) == (0, [0, 0], [0, 0])
