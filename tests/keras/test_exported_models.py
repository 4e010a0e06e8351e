"""Models as SavedModels, and back."""

import contextlib

import kept_models
import numpy as np
import pytest

import stillflow as tf
from stillflow.runtime.eager.mode import eager_mode


@pytest.fixture(autouse=True)
def fresh():
    tf.keras.backend.clear_session()
    yield
    tf.keras.backend.clear_session()


def trained(name):
    model = kept_models.MODELS[name](tf)
    model.train_on_batch(*kept_models.batch(name))
    return model


@pytest.mark.parametrize("name", ["stack", "older"])
def test_a_model_comes_back(name, tmp_path):
    model = trained(name)
    inputs, _ = kept_models.batch(name)
    wanted = model.predict(inputs)
    tf.keras.experimental.export_saved_model(model, str(tmp_path / "model"))
    again = tf.keras.experimental.load_from_saved_model(str(tmp_path / "model"))
    np.testing.assert_allclose(again.predict(inputs), wanted, rtol=1e-6)
    assert again.to_json() == model.to_json()


def test_each_mode_has_its_graph(tmp_path):
    model = trained("stack")
    inputs, targets = kept_models.batch("stack")
    wanted = model.predict(inputs)
    losses = [model.evaluate(inputs, targets, verbose=0)[0]]
    tf.keras.experimental.export_saved_model(model, str(tmp_path / "model"))
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.load(session, ["serve"], str(tmp_path / "model"))
        serving = meta.signature_def["serving_default"]
        fed = {serving.inputs["first_input"].name: inputs}
        got = session.run(serving.outputs["last"].name, fed)
        np.testing.assert_allclose(got, wanted, rtol=1e-6)
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.load(session, ["eval"], str(tmp_path / "model"))
        signature = meta.signature_def["eval"]
        fed = {
            signature.inputs["first_input"].name: inputs,
            signature.inputs["last_target"].name: targets.reshape(-1, 1),
        }
        fed |= {f"{op.name}:0": np.ones(6) for op in weights_of(session.graph)}
        losses.append(session.run(signature.outputs["loss"].name, fed))
    np.testing.assert_allclose(*losses, rtol=1e-6)


def weights_of(graph):
    """The placeholders of what examples weigh, which have no default."""
    ops = graph.get_operations()
    return [op for op in ops if op.type == "Placeholder" and "sample_weights" in op.name]


def test_a_model_of_a_subclass_is_for_serving(tmp_path):
    class Twice(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = tf.keras.layers.Dense(2, kernel_initializer="ones")

        def call(self, inputs):
            return self.dense(inputs) * 2.0

    model = Twice()
    with pytest.raises(NotImplementedError, match="Subclassed models can only be exported"):
        tf.keras.experimental.export_saved_model(model, str(tmp_path / "all"))
    with pytest.raises(ValueError, match="input shapes have not been set"):
        tf.keras.experimental.export_saved_model(model, str(tmp_path / "none"), serving_only=True)
    wanted = model.predict(np.ones((3, 4)))
    tf.keras.experimental.export_saved_model(model, str(tmp_path / "own"), serving_only=True)
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.load(session, ["serve"], str(tmp_path / "own"))
        serving = meta.signature_def["serving_default"]
        fed = {serving.inputs["input_1"].name: np.ones((3, 4))}
        np.testing.assert_allclose(session.run(serving.outputs["output_1"].name, fed), wanted)


@pytest.mark.parametrize("is_eager", [False, True])
def test_a_signature_may_be_given_for_serving(tmp_path, is_eager):
    class Sums(tf.keras.Model):
        def call(self, inputs):
            return tf.reduce_sum(inputs, axis=1)

    with eager_mode() if is_eager else contextlib.nullcontext():
        tf.keras.experimental.export_saved_model(
            Sums(), str(tmp_path), serving_only=True, input_signature=[tf.TensorSpec([None, 3])]
        )
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.load(session, ["serve"], str(tmp_path))
        assert sorted(meta.signature_def) == ["__saved_model_init_op", "serving_default"]
        serving = meta.signature_def["serving_default"]
        assert serving.inputs["args_0"].name == "serving_default_args_0:0"
        fed = {serving.inputs["args_0"].name: np.ones((2, 3))}
        assert session.run(serving.outputs["output_1"].name, fed).tolist() == [3, 3]


def test_a_model_of_eager_mode_is_exported_with_all_its_graphs(tmp_path):
    x, y = np.ones((2, 3), np.float32), np.zeros((2, 1), np.float32)
    with eager_mode():
        inputs = tf.keras.Input((3,), name="x")
        model = tf.keras.Model(inputs, tf.keras.layers.Dense(1, name="y")(inputs))
        model.compile(tf.keras.optimizers.SGD(0.1, momentum=0.9), "mse", metrics=["mae"])
        model.train_on_batch(x, y)
        tf.keras.experimental.export_saved_model(model, str(tmp_path))
        later = [model.train_on_batch(x, y)[0] for _ in range(2)]
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.load(session, ["train"], str(tmp_path))
        signature = meta.signature_def["train"]
        step = meta.signature_def["__saved_model_train_op"].outputs["__saved_model_train_op"].name
        fed = {signature.inputs["x"].name: x, signature.inputs["y_target"].name: y}
        loss = signature.outputs["loss"].name
        losses = []
        for _ in later:
            losses.append(session.run(loss, fed))
            session.run(step, fed)
        np.testing.assert_allclose(losses, later, rtol=1e-5)


def test_other_formats_are_refused(tmp_path):
    model = trained("stack")
    with pytest.raises(OSError, match="does not exist"):
        tf.keras.models.load_model(str(tmp_path / "nothing.h5"))
    (tmp_path / "text.h5").write_text("no model")
    with pytest.raises(OSError, match="no HDF5 file either"):
        tf.keras.models.load_model(str(tmp_path / "text.h5"))
    tf.keras.experimental.export_saved_model(model, str(tmp_path / "exported"))
    with pytest.raises(OSError, match="load_from_saved_model"):
        tf.keras.models.load_model(str(tmp_path / "exported"))
