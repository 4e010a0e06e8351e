"""SavedModels loaded step by step, and signatures that TensorFlow's own exporters write."""

import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module


@pytest.fixture
def model(tmp_path):
    folder = str(tmp_path / "m")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        w = tf.Variable(3.0, name="w")
        session.run(w.initializer)
        tf.saved_model.simple_save(session, folder, {"x": x}, {"y": tf.multiply(x, w, name="y")})
    return folder


def test_a_saved_model_is_loaded_in_steps(model):
    loader = internal_module("python.saved_model.loader_impl").SavedModelLoader(model)
    graph = tf.Graph()
    saver, _ = loader.load_graph(graph, ["serve"])
    with tf.Session(graph=graph) as session:
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run("y:0", {"x:0": 2.0})
        loader.restore_variables(session, saver)
        loader.run_init_ops(session, ["serve"])
        assert session.run("y:0", {"x:0": 2.0}) == 6.0
    with tf.Session(graph=tf.Graph()) as session:
        meta = loader.load(session, ["serve"])
        assert list(meta.signature_def) == ["serving_default"]
        assert session.run("y:0", {"x:0": 2.0}) == 6.0
    with pytest.raises(RuntimeError, match="could not be found in SavedModel"):
        loader.get_meta_graph_def_from_tags(["other"])


def test_signatures_of_steps_and_operations():
    module = internal_module("python.saved_model.signature_def_utils_impl")
    with tf.Graph().as_default():
        x, loss = tf.constant(1.0, name="x"), tf.constant(2.0, name="loss")
        signature = module.supervised_train_signature_def({"x": x}, {"loss": loss})
        assert signature.method_name == "tensorflow/supervised/training"
        assert signature.outputs["loss"].name == "loss:0"
        with pytest.raises(ValueError, match="inputs cannot be None or empty"):
            module.supervised_eval_signature_def({}, {"loss": loss})
        nothing = tf.no_op(name="step")
        told = module.op_signature_def(nothing, "train")
        assert module.load_op_from_signature_def(told, "train") is nothing
        with tf.Graph().as_default(), pytest.raises(tf.errors.NotFoundError):
            module.load_op_from_signature_def(told, "train")


def test_a_variable_in_parts_is_not_frozen_from_a_checkpoint(tmp_path):
    freeze = internal_module("python.tools.freeze_graph").freeze_graph
    with tf.Graph().as_default() as graph, tf.Session() as session:
        parts = tf.fixed_size_partitioner(2)
        whole = tf.get_variable("v", [4], partitioner=parts)
        tf.identity(whole, name="out")
        session.run(tf.global_variables_initializer())
        prefix = tf.train.Saver().save(session, f"{tmp_path}/c")
        tf.train.write_graph(graph, str(tmp_path), "g.pb", as_text=False)
    with pytest.raises(ValueError, match="containing partition variables cannot be converted"):
        freeze(f"{tmp_path}/g.pb", "", True, prefix, "out", "", "", "", True, "")
