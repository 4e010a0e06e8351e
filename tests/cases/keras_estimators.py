"""Models of tf.keras that are trained, evaluated and asked as Estimators."""

import os
import tempfile

import numpy as np

from .keras_training import ONE_HOT, ROWS, XS, seeded_story
from .suite import Suite

suite = Suite("keras_estimators")
story = seeded_story(suite)


def classifier(tf):
    keras = tf.keras
    model = keras.models.Sequential(
        [
            keras.layers.Dense(8, activation="relu", input_shape=(3,), name="first"),
            keras.layers.BatchNormalization(epsilon=0.1),
            keras.layers.Dense(4, activation="softmax", name="last"),
        ]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    values = model.get_weights()
    model.set_weights([(np.arange(w.size) * 37 % 11).reshape(w.shape) / 11 for w in values])
    return model


def told(run, results):
    for name in sorted(results):
        run.note([name, results[name]])


def estimator(tf, *args, **kwargs):
    """An Estimator; Keras' session is then as it was."""
    made = tf.keras.estimator.model_to_estimator(*args, **kwargs)
    tf.keras.backend.set_session(None)
    return made


def pairs(tf, features, labels):
    return lambda: tf.data.Dataset.from_tensor_slices((features, labels)).repeat(3).batch(10)


@story
def trained(tf, run):
    model = classifier(tf)
    for checkpoint_format in ("saver", "checkpoint"):
        with tempfile.TemporaryDirectory() as folder:
            made = estimator(tf, model, model_dir=folder, checkpoint_format=checkpoint_format)
            data = pairs(tf, {"first_input": XS}, ONE_HOT)
            made.train(data, steps=4)
            told(run, made.evaluate(data))
            made.train(data, steps=2)
            told(run, next(made.predict(data)))
            run.note(sorted(made.get_variable_names()))
            run.note(sorted(os.listdir(os.path.join(folder, "keras"))))


@story
def weighted(tf, run):
    keras = tf.keras
    first, second = keras.Input((3,), name="first"), keras.Input((3,), name="second")
    both = keras.layers.add([keras.layers.Dense(3, kernel_initializer="ones")(first), second])
    outputs = [
        keras.layers.Dense(4, activation="softmax", kernel_initializer="ones", name="classes")(
            both
        ),
        keras.layers.Dense(1, kernel_initializer="ones", name="size")(both),
    ]
    model = keras.Model([first, second], outputs)
    model.compile(
        tf.train.GradientDescentOptimizer(0.1),
        {"classes": "categorical_crossentropy", "size": "mse"},
        metrics={"size": "mae"},
    )
    with tempfile.TemporaryDirectory() as folder:
        made = estimator(tf, model, model_dir=folder)
        features = {
            "features": {"first": XS, "second": XS},
            "sample_weights": {"classes": np.ones(20, "f"), "size": np.arange(20, dtype="f")},
        }
        data = pairs(tf, features, {"classes": ONE_HOT, "size": ROWS})
        made.train(data, steps=3)
        told(run, made.evaluate(data))


@story
def refused(tf, run):
    make = tf.keras.estimator.model_to_estimator
    model = tf.keras.models.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
    run.refused(make)
    run.refused(lambda: make(model, "a path"))
    run.refused(lambda: make(model))
    model.compile("sgd", "mse")
    run.refused(lambda: make(model, checkpoint_format="nothing"))
