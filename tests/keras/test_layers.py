"""What layers of `tf.keras` are beside those of `tf.layers`, compiled, and in files."""

import json

import numpy as np
import pytest

import stillflow.api as tf

layers = tf.keras.layers


@pytest.mark.parametrize(
    "name",
    [
        *("Dense", "Dropout", "Flatten", "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D"),
        *("SeparableConv2D", "Conv2DTranspose", "Conv3DTranspose", "BatchNormalization"),
        *("MaxPooling2D", "AveragePooling1D"),
    ],
)
def test_layers_of_scopes_are_layers_of_keras(name):
    ours, theirs = getattr(tf.layers, name), getattr(layers, name)
    assert issubclass(ours, (theirs, tf.layers.Layer))
    assert issubclass(theirs, layers.Layer)
    assert not issubclass(theirs, tf.layers.Layer)


def test_a_transpose_is_a_convolution():
    assert issubclass(layers.Conv2DTranspose, layers.Conv2D)
    assert issubclass(layers.DepthwiseConv2D, layers.Conv2D)


def test_layers_of_scopes_are_applied_to_what_models_start_from_but_are_no_part_of_one():
    x = tf.keras.Input((4,))
    y = tf.layers.dense(x, 3)
    assert y._keras_history.layer.get_output_at(0) is y
    with pytest.raises(TypeError, match=r"^The following are legacy tf.layers.Layers:\n.*Dense"):
        tf.keras.Model(x, y)


def images(x):
    y = layers.Conv2D(3, 3, padding="same", use_bias=False)(tf.reshape(x, [-1, 4, 4, 1]))
    y = layers.MaxPooling2D()(layers.ReLU()(layers.BatchNormalization()(y)))
    return layers.Dense(2)(layers.Dropout(0.5)(layers.Flatten()(y)))


def words(x):
    y = layers.Embedding(8, 4)(tf.cast(tf.abs(x) * 7, tf.int32))
    y = layers.Attention(use_scale=True)([y, layers.SpatialDropout1D(0.5)(y)])
    return layers.PReLU()(layers.LayerNormalization()(layers.GlobalMaxPooling1D()(y)))


@pytest.mark.parametrize("build", [images, words])
def test_a_step_is_compiled_in_one_piece(build, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [None, 16])
    w = tf.Variable(tf.ones([16]), use_resource=True)
    loss = tf.reduce_mean(tf.square(build(x * w)))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    feeds = {x: np.random.RandomState(0).rand(8, 16), tf.keras.backend.learning_phase(): True}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(step, feeds)
        (executor,) = [e for e in session._executors.values() if e.plan.feeds]
    assert [segment.on_host for segment in executor.learned.split.segments] == [False]


def doubled(x):
    return 2 * x


def test_a_function_in_a_file_is_found_by_name_and_never_run():
    """What TensorFlow writes for it is byte code, and a file of ours holds its name."""
    x = tf.keras.Input((2,))
    model = tf.keras.Model(x, layers.Lambda(doubled, name="twice")(x))
    text = model.to_json()
    told = json.loads(text)["config"]["layers"][1]["config"]
    assert told["function"] == "doubled"
    with pytest.raises(ValueError, match=r"^Unknown function in Lambda layer:doubled\n.*'twice'"):
        tf.keras.models.model_from_json(text)
    for key in ("doubled", "twice"):
        again = tf.keras.models.model_from_json(text, {key: doubled})
        assert again.predict(np.ones((1, 2))).tolist() == [[2.0, 2.0]]
    byte_code = text.replace('"doubled"', '["4wEAAAAA", null, null]')
    with pytest.raises(ValueError, match=r"^Unknown function in Lambda layer:<byte code>\n"):
        tf.keras.models.model_from_json(byte_code)
    assert tf.keras.models.model_from_json(byte_code, {"twice": doubled}).layers[1].name == "twice"


def test_an_array_among_the_arguments_comes_back():
    layer = layers.Lambda(lambda x, by: x * by, arguments={"by": np.array([1.0, 2.0])})
    config = json.loads(json.dumps(layer.get_config(), default=lambda x: "left out"))
    config |= {"function": lambda x, by: x * by, "function_type": "lambda"}
    config["arguments"] = {"by": {"type": "ndarray", "value": [1.0, 2.0]}}
    assert layers.Lambda.from_config(config).arguments["by"].tolist() == [1.0, 2.0]


def test_a_normalisation_that_is_not_trainable_uses_its_averages_in_version_2():
    from stillflow.keras.layers.normalization_v2 import BatchNormalization

    with pytest.raises(ValueError, match=r"^Passing fused=True is only supported when axis is 1"):
        BatchNormalization(axis=2, fused=True)
    layer = BatchNormalization(epsilon=0.0, trainable=False)
    y = layer(tf.constant([[1.0], [3.0]]), training=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(y).tolist() == [[1.0], [3.0]]


def test_a_model_scales_its_loss_where_its_policy_says_so():
    mixed = tf.keras.mixed_precision.experimental
    model = tf.keras.Model(dtype=mixed.Policy("infer_with_float32_vars", loss_scale=8.0))
    model.compile("sgd", "mse")
    assert isinstance(model.optimizer, mixed.LossScaleOptimizer)
    with pytest.raises(ValueError, match=r"must be an instance of tf.keras.optimizers.Optimizer"):
        model.compile(tf.train.AdamOptimizer(), "mse")
    with pytest.raises(ValueError, match=r"you can only pass a single optimizer"):
        model.compile(["sgd", "sgd"], "mse")


@pytest.fixture(autouse=True)
def graph():
    tf.keras.backend.clear_session()
    yield
    tf.keras.backend.clear_session()
