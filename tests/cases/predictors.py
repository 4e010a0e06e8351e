"""Predictors: models as functions, out of SavedModels and estimators; and the projector's file."""

import os
import shutil
import tempfile

import numpy as np

from .suite import Suite

suite = Suite("predictors")


def story(fn):
    """Adds `fn(tf, run, folder)` as a case, under its own name."""

    def told(tf, run):
        folder = tempfile.mkdtemp()
        try:
            fn(tf, run, folder)
        finally:
            tf.summary.FileWriterCache.clear()
            shutil.rmtree(folder)

    suite.case(fn.__name__, told, grad=False)
    return fn


def told_of(run, predictor):
    run.note([sorted(predictor.feed_tensors), sorted(predictor.fetch_tensors)])
    run.note([op.name for op in predictor.graph.get_operations()])


def numbers(results):
    return {key: np.float32(value) for key, value in results.items()}


@story
def from_a_saved_model(tf, run, folder):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder_with_default(np.float32(1.0), [], name="x")
        y = tf.placeholder(tf.float32, [], name="y")
        w = tf.Variable(3.0, name="w")
        outputs = {"sum": tf.add(x, y, name="sum"), "product": tf.multiply(y, w, name="product")}
        session.run(w.initializer)
        tf.saved_model.simple_save(session, folder + "/m", {"x": x, "y": y}, outputs)
    make = tf.contrib.predictor.from_saved_model
    predictor = make(folder + "/m")
    told_of(run, predictor)
    run.note(numbers(predictor({"x": 2.0, "y": 5.0})))
    run.note(numbers(predictor({"y": 5.0, "x": None})))
    run.refused(lambda: predictor({"z": 1.0}))
    run.note(type(predictor.session).__name__)
    named = make(folder + "/m", input_names={"in": "y:0"}, output_names={"out": "product:0"})
    run.note(numbers(named({"in": 2.0})))
    graph = tf.Graph()
    keyed = make(folder + "/m", signature_def_key="serving_default", graph=graph)
    run.note(keyed.graph is graph)
    run.refused(lambda: make(folder + "/m", input_names={"in": "y:0"}))
    run.refused(lambda: make(folder + "/m", signature_def_key="a", signature_def="b"))
    run.refused(lambda: make(folder + "/m", tags="other"))


@story
def from_an_estimator(tf, run, folder):
    def model_fn(features, labels, mode):
        w = tf.get_variable("w", initializer=2.0)
        train = None
        if mode == tf.estimator.ModeKeys.TRAIN:
            train = tf.group(w.assign_add(1.0), tf.train.get_global_step().assign_add(1))
        outputs = {"scaled": features["x"] * w, "w": tf.identity(w)}
        output = tf.estimator.export.PredictOutput(outputs)
        exported = {"serving_default": output, "b": output}
        return tf.estimator.EstimatorSpec(
            mode, outputs, tf.constant(0.0), train, export_outputs=exported
        )

    def receiver():
        fed = {"x": tf.placeholder(tf.float32, [None], name="in")}
        return tf.estimator.export.ServingInputReceiver(fed, fed)

    estimator = tf.estimator.Estimator(model_fn, folder)
    data = tf.data.Dataset.from_tensors
    estimator.train(lambda: data(({"x": np.ones([2], np.float32)}, 0)).repeat(), steps=3)
    make = tf.contrib.predictor.from_estimator
    predictor = make(estimator, receiver, output_key="b")
    told_of(run, predictor)
    run.note(numbers(predictor({"x": [1.0, 2.0]})))
    run.refused(lambda: tf.contrib.predictor.from_contrib_estimator(estimator, receiver))


@story
def projected(tf, run, folder):
    projector = tf.contrib.tensorboard.plugins.projector
    config = projector.ProjectorConfig(model_checkpoint_path="model")
    shown = config.embeddings.add(tensor_name="words", metadata_path="labels.tsv")
    shown.sprite.image_path = "sprite.png"
    shown.sprite.single_image_dim.extend([28, 28])
    with tf.summary.FileWriter(folder) as writer:
        projector.visualize_embeddings(writer, config)
    with open(os.path.join(folder, "projector_config.pbtxt")) as file:
        text = file.read()
    run.note(text)
