"""Models that TensorFlow kept in files: what is built, and on what it is trained."""

import numpy as np


def stack(tf):
    """A Sequential with an optimizer that has slots."""
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Dense(5, activation="relu", input_shape=(4,), name="first"),
            layers.BatchNormalization(name="normal"),
            layers.Dense(3, activation="softmax", name="last"),
        ],
        name="stack",
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def pictures(tf):
    """A functional model that shares a layer and has two outputs; a model is one of its layers."""
    layers = tf.keras.layers
    inner = tf.keras.Sequential(
        [layers.Flatten(input_shape=(3, 3, 2)), layers.Dense(3, activation="tanh")], name="inner"
    )
    inputs = tf.keras.Input((4, 4, 1), name="pictures")
    convolved = layers.Conv2D(2, 2, name="conv", kernel_regularizer=tf.keras.regularizers.l2(0.1))
    found = inner(convolved(inputs))
    shared = layers.Dense(3, name="shared")
    outputs = [
        layers.Dense(1, name="one")(layers.add([shared(found), shared(shared(found))])),
        layers.Dense(2, name="two", use_bias=False)(found),
    ]
    model = tf.keras.Model(inputs, outputs, name="pictures_model")
    model.compile(
        tf.keras.optimizers.SGD(0.05, momentum=0.9),
        {"one": "mse", "two": tf.keras.losses.Huber()},
        loss_weights=[1.0, 0.5],
    )
    return model


def older(tf):
    """A stack that is compiled with an optimizer of `tf.train`, which no HDF5 file holds."""
    layers = tf.keras.layers
    model = tf.keras.Sequential([layers.Dense(2, input_shape=(4,), name="only")], name="older")
    model.compile(tf.train.AdamOptimizer(0.1), "mse")
    return model


MODELS = {"stack": stack, "pictures": pictures, "older": older}


def batch(name):
    """(inputs, targets) of a step."""
    random = np.random.RandomState(3)
    if name == "pictures":
        targets = [random.rand(6, 1).astype("f4"), random.rand(6, 2).astype("f4")]
        return random.rand(6, 4, 4, 1).astype("f4"), targets
    targets = random.randint(0, 3, 6) if name == "stack" else random.rand(6, 2).astype("f4")
    return random.rand(6, 4).astype("f4"), targets
