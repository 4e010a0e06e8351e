"""Replicas eagerly, on devices that are not there, and models of Keras under one replica."""

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime.eager import mode


@pytest.fixture
def strategy():
    with tf.Graph().as_default(), mode.eager_mode():
        yield tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])


def parts(strategy, value):
    return [part.numpy().tolist() for part in strategy.experimental_local_results(value)]


def test_replicas_get_their_parts_and_what_is_left_over_has_no_rows(strategy):
    data = tf.data.Dataset.range(9).batch(4)
    traces = []

    @tf.function
    def doubled(batch):
        traces.append(batch)
        return strategy.experimental_run_v2(lambda part: part * 2, args=(batch,))

    with strategy.scope():
        found = [doubled(batch) for batch in strategy.experimental_distribute_dataset(data)]
    assert [parts(strategy, each) for each in found] == [
        *([[0, 2], [4, 6]], [[8, 10], [12, 14]], [[16], []]),
    ]
    assert len(traces) == 2
    assert strategy.reduce("SUM", found[-1], axis=0).numpy() == 16


def test_a_loop_of_a_function_goes_through_the_parts(strategy):
    @tf.function
    def total(batches):
        found = tf.constant(0, tf.int64)
        for batch in batches:
            sums = strategy.experimental_run_v2(tf.reduce_sum, args=(batch,))
            found += strategy.reduce("SUM", sums, axis=None)
        return found

    with strategy.scope():
        shared = strategy.experimental_distribute_dataset(tf.data.Dataset.range(9).batch(4))
        assert total(shared).numpy() == 36
        with pytest.raises(ValueError, match="initializable iterator in Eager mode"):
            tf.compat.v1.data.make_initializable_iterator(shared)


def test_batches_of_one_size_end_where_not_all_replicas_get_one(strategy):
    data = tf.data.Dataset.range(6).batch(2, drop_remainder=True)
    with strategy.scope():
        made = strategy.experimental_distribute_datasets_from_function(lambda context: data)
        found = [parts(strategy, each) for each in made]
    assert found == [[[0, 1], [2, 3]]]


def test_a_batch_of_no_rows_leaves_the_averages_of_batch_normalisation(strategy):
    with strategy.scope():
        for fused, shape in ((False, (0, 3)), (True, (0, 2, 2, 3))):
            layer = tf.keras.layers.BatchNormalization(fused=fused)
            run = strategy.experimental_run_v2
            run(lambda layer=layer, shape=shape: layer(tf.zeros(shape), training=True))
            assert layer.moving_mean.numpy().tolist() == [0, 0, 0]
            assert layer.moving_variance.numpy().tolist() == [1, 1, 1]


MAKERS = [
    lambda: tf.distribute.MirroredStrategy(),
    lambda: tf.distribute.OneDeviceStrategy("/cpu:0"),
    lambda: tf.distribute.experimental.CentralStorageStrategy(["/cpu:0"]),
    lambda: tf.distribute.experimental.MultiWorkerMirroredStrategy(),
]


def fitted(strategy):
    """The losses and metrics of a small model, under a strategy or None."""
    x = np.linspace(-1, 1, 32, dtype=np.float32).reshape(8, 4)
    y = np.arange(8) % 3
    with tf.Graph().as_default() if strategy is None else strategy.scope():
        model = tf.keras.Sequential(
            [
                tf.keras.layers.Dense(3, kernel_initializer="ones", input_shape=(4,)),
                tf.keras.layers.BatchNormalization(),
                tf.keras.layers.Softmax(),
            ]
        )
        loss = "sparse_categorical_crossentropy"
        model.compile(tf.keras.optimizers.Adam(0.1), loss, metrics=["accuracy"])
        history = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
        told = [*history.history["loss"], *history.history["acc"]]
        return [*told, *model.evaluate(x, y, batch_size=4, verbose=0), model.predict(x).sum()]


@pytest.mark.parametrize("make", MAKERS)
def test_models_of_keras_train_under_a_strategy_of_one_device_as_without(make):
    with tf.Graph().as_default():
        under = fitted(make())
    assert np.allclose(under, fitted(None), rtol=1e-6)


def test_what_a_strategy_does_not_do_with_models_is_refused():
    with tf.Graph().as_default(), tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
        with pytest.raises(ValueError, match="created without `input_shape`"):
            model.compile("sgd", "mse")


def test_a_dynamic_model_is_refused_in_a_graph_by_compile_without_a_strategy_too():
    class Subclassed(tf.keras.Model):
        def __init__(self):
            super().__init__(dynamic=True)

        def call(self, inputs):
            return inputs

    with tf.Graph().as_default(), pytest.raises(ValueError, match="must enable eager execution"):
        Subclassed().compile("sgd", "mse")
