"""Models in files that TensorFlow 1.15 wrote, and the same files written here."""

import json
import os
from pathlib import Path

import h5py
import kept_models
import numpy as np
import pytest

import stillflow as tf

KEPT = Path(__file__).parents[1] / "golden" / "keras"
WHOLE = ["stack", "pictures"]  # those whose optimizer HDF5 files hold
NAMES = list(kept_models.MODELS)


@pytest.fixture(autouse=True)
def fresh():
    tf.keras.backend.clear_session()
    yield
    tf.keras.backend.clear_session()


def recorded(name):
    return json.loads((KEPT / f"{name}.json").read_text("utf-8"))


def agree(got, wanted):
    got = got if isinstance(got, list) else [got]
    for one, other in zip(got, wanted, strict=True):
        np.testing.assert_allclose(one, np.reshape(other, np.shape(one)), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_model_goes_on_where_it_was(name):
    """The optimizer's state is there too: the next losses are those that TensorFlow had."""
    model = tf.keras.models.load_model(str(KEPT / f"{name}.h5"))
    told = recorded(name)
    inputs, targets = kept_models.batch(name)
    agree(model.predict(inputs), told["predictions"])
    assert json.loads(model.to_json()) == told["json"]
    for losses in told["losses"]:
        agree(list(np.atleast_1d(model.train_on_batch(inputs, targets))), losses)


@pytest.mark.parametrize("kind", ["_weights.h5", "_checkpoint", ".h5"])
@pytest.mark.parametrize("name", NAMES)
def test_weights(name, kind):
    model = kept_models.MODELS[name](tf)
    status = model.load_weights(str(KEPT / (name + kind)))
    if kind == "_checkpoint":
        status.expect_partial()  # the state of the optimizer waits for training
    agree(model.predict(kept_models.batch(name)[0]), recorded(name)["predictions"])


@pytest.mark.parametrize("name", NAMES)
def test_weights_by_name(name):
    model = kept_models.MODELS[name](tf)
    model.load_weights(str(KEPT / f"{name}_weights.h5"), by_name=True)
    agree(model.predict(kept_models.batch(name)[0]), recorded(name)["predictions"])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_what_tensorflow_writes(name, tmp_path):
    path = str(KEPT / f"{name}.h5")
    model = tf.keras.models.load_model(path, compile=name in WHOLE)
    model.save(str(tmp_path / "again.h5"))
    assert content(str(tmp_path / "again.h5")) == content(path)
    model.save_weights(str(tmp_path / "weights.h5"))
    assert content(str(tmp_path / "weights.h5")) == content(str(KEPT / f"{name}_weights.h5"))


@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_has_the_same_keys(name, tmp_path):
    model = kept_models.MODELS[name](tf)
    model.load_weights(str(KEPT / f"{name}_weights.h5"))
    inputs, targets = kept_models.batch(name)
    model.train_on_batch(inputs, targets)  # which makes the state of the optimizer
    model.save_weights(str(tmp_path / "checkpoint"), save_format="tf")
    theirs = tf.train.list_variables(str(KEPT / f"{name}_checkpoint"))
    assert tf.train.list_variables(str(tmp_path / "checkpoint")) == theirs
    assert os.path.exists(tmp_path / "checkpoint")


def test_checkpoints_of_objects_need_no_session(tmp_path):
    """They are kept in the session of Keras, which initialises the weights."""
    model = kept_models.MODELS["stack"](tf)
    path = tf.train.Checkpoint(model=model).save(str(tmp_path / "objects"))
    kept = model.get_weights()
    model.set_weights([np.zeros_like(weight) for weight in kept])
    tf.train.Checkpoint(model=model).restore(path).run_restore_ops()
    for weight, value in zip(model.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(weight, value)


def content(path):
    """All attributes and arrays of a file, JSON read."""
    found = {}

    def note(name, item):
        for key, value in item.attrs.items():
            kind = item.attrs.get_id(key).get_type()
            is_text = hasattr(kind, "get_cset")
            text = (kind.get_cset(), kind.is_variable_str()) if is_text else None
            found[name, key] = plain(value), type(kind).__name__, text
        if isinstance(item, h5py.Dataset):
            found[name] = item.dtype.str, item.shape, item[()].tobytes()

    with h5py.File(path, "r") as file:
        note("", file)
        file.visititems(note)
    return found


def plain(value):
    if isinstance(value, bytes | str):
        text = value.decode() if isinstance(value, bytes) else value
        return json.loads(text) if text.startswith("{") else text
    return [plain(each) for each in value] if isinstance(value, np.ndarray) else value


# What does not fit --------------------------------------------------------------------------------


def stack_of(*sizes):
    first, *others = sizes
    layers = [tf.keras.layers.Dense(first, input_shape=(4,))]
    return tf.keras.Sequential([*layers, *map(tf.keras.layers.Dense, others)])


def test_weights_of_another_architecture_are_refused(tmp_path):
    path = str(tmp_path / "weights.h5")
    stack_of(3).save_weights(path)
    with pytest.raises(ValueError, match=r"1 layers into a model with 2 layers\.\n.*by_"):
        stack_of(3, 3).load_weights(path)
    other = stack_of(5)
    before = other.get_weights()
    with pytest.raises(ValueError, match=r"has shape \(4, 5\), but the saved weight has shape"):
        other.load_weights(path)
    np.testing.assert_array_equal(other.get_weights()[0], before[0])


def test_a_file_of_a_newer_keras_says_so(tmp_path):
    path = str(tmp_path / "model.h5")
    stack_of(3).save(path)
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        file.attrs["model_config"] = json.dumps({**config, "class_name": "Functional"})
        file.attrs["keras_version"] = "2.11.0"
    with pytest.raises(ValueError, match=r"Unknown layer: Functional\n[^$]*The file is of Keras 2"):
        tf.keras.models.load_model(path)
    stack_of(3).load_weights(path)


def test_a_file_of_weights_is_no_model(tmp_path):
    path = str(tmp_path / "weights.h5")
    stack_of(3).save_weights(path)
    with pytest.raises(ValueError, match="No model found in config file"):
        tf.keras.models.load_model(path)
