"""Keras models of SavedModels that TensorFlow 1.15 wrote by `save_format="tf"`."""

import json
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

import stillflow as tf
from stillflow.graph.eager_graph import eager_mode

GOLDEN = Path(__file__).parent.parent / "golden" / "objects"
EXPECTED = json.loads((GOLDEN / "keras.json").read_text())


@pytest.mark.parametrize("mode", [eager_mode, nullcontext])
def test_training_goes_on_as_in_tensorflow(mode):
    x, y = np.float32(EXPECTED["x"]), np.float32(EXPECTED["y"])
    with tf.Graph().as_default(), mode():
        model = tf.keras.models.load_model(str(GOLDEN / "keras"))
        np.testing.assert_allclose(model.predict(x), EXPECTED["out"], rtol=1e-5)
        losses = [model.train_on_batch(x, y) for _ in range(3)]
        np.testing.assert_allclose(losses, EXPECTED["losses"], rtol=1e-4)


def test_a_model_is_also_loaded_as_functions():
    with eager_mode():
        model = tf.saved_model.load_v2(str(GOLDEN / "keras"))
        x = tf.constant(EXPECTED["x"], tf.float32)
        np.testing.assert_allclose(model(x).numpy(), EXPECTED["out"], rtol=1e-5)
        momentum = model.optimizer.get_slot(model.variables[0], "momentum")
        assert momentum.numpy().any()
        found = model.signatures["serving_default"](first_input=x)["second"]
        np.testing.assert_allclose(found.numpy(), EXPECTED["out"], rtol=1e-5)


def test_slots_of_optimizers_are_saved_as_such(tmp_path):
    with eager_mode():
        module = tf.Module()
        module.v = tf.Variable([1.0, 2.0])
        module.optimizer = tf.keras.optimizers.SGD(0.1, momentum=0.9)
        module.optimizer.apply_gradients([(tf.constant([1.0, -1.0]), module.v)])
        tf.saved_model.save(module, str(tmp_path))
        loaded = tf.saved_model.load_v2(str(tmp_path))
        slots = [m.optimizer.get_slot(m.v, "momentum").numpy() for m in (module, loaded)]
        np.testing.assert_array_equal(*slots)
        assert slots[1].any()


def test_without_compiling():
    with eager_mode():
        model = tf.keras.models.load_model(str(GOLDEN / "keras"), compile=False)
        assert model.optimizer is None
        np.testing.assert_allclose(
            model.predict(np.float32(EXPECTED["x"])), EXPECTED["out"], rtol=1e-5
        )


def test_other_saved_models_are_refused():
    with pytest.raises(OSError, match=r"^Unable to load model. Filepath is not an hdf5 file"):
        tf.keras.models.load_model(str(GOLDEN / "v1" / "affine"))
