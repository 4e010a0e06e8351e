"""Models that TensorFlow 1.15 wrote compute in JAX what they computed there.

tools/record_leaving.py made the files.
"""

from pathlib import Path

import jax
import numpy as np
import pytest

import stillflow as tf

RECORDED = Path(__file__).parents[1] / "golden" / "leaving"
MODELS = ["convolutional", "recurrent"]
FORMS = {
    "frozen": ("frozen.pb", {"inputs": ["x"], "outputs": ["y"]}),
    "checkpoint": ("model.ckpt", {"inputs": ["x:0"], "outputs": ["y:0"]}),
    "saved model": ("saved_model", {}),
}


# tests/leaving/test_to_jax.py is quick with 64-bit types as well.
@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.slow)], ids=["narrow", "wide"])
def wide(request):
    with jax.enable_x64(request.param):
        yield


def loaded(model, form):
    """The function of images alone, and what it is to give."""
    file, arguments = FORMS[form]
    function, params = tf.load_jax(RECORDED / model / file, **arguments)
    expected = np.load(RECORDED / model / "expected.npz")
    if form == "saved model":
        return lambda image: function(params, image=image)["scores"], expected
    return lambda image: function(params, image)[0], expected


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("model", MODELS)
def test_values(model, form, wide):
    function, expected = loaded(model, form)
    np.testing.assert_allclose(jax.jit(function)(expected["x"]), expected["y"], atol=1e-6)
    one_by_one = jax.vmap(lambda image: function(image[None])[0])(expected["x"])
    np.testing.assert_allclose(one_by_one, expected["y"], atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("model", MODELS)
def test_gradients(model, form, wide):
    function, expected = loaded(model, form)
    gradient = jax.grad(lambda xs: function(xs).sum())
    if (model, form) == ("recurrent", "frozen"):  # as in TensorFlow: a GraphDef tells no loops
        with pytest.raises(ValueError, match="without properly serializing graph via MetaGraphDef"):
            gradient(expected["x"])
        return
    np.testing.assert_allclose(jax.jit(gradient)(expected["x"]), expected["dx"], atol=1e-5)


def test_inputs_and_outputs_are_guessed():
    function, params = tf.load_jax(RECORDED / "recurrent" / "frozen.pb")
    expected = np.load(RECORDED / "recurrent" / "expected.npz")
    np.testing.assert_allclose(function(params, expected["x"])[0], expected["y"], atol=1e-6)
    function, params = tf.load_jax(RECORDED / "recurrent" / "model.ckpt", outputs={"y": "y"})
    np.testing.assert_allclose(function(params, x=expected["x"])["y"], expected["y"], atol=1e-6)
    assert set(params) == {
        *("rnn/lstm_cell/kernel", "rnn/lstm_cell/bias", "dense/kernel", "dense/bias"),
    }


def test_refusals(tmp_path):
    with pytest.raises(FileNotFoundError):
        tf.load_jax(tmp_path / "nothing.pb")
    (tmp_path / "damaged.pb").write_bytes(b"no graph at all")
    with pytest.raises(ValueError, match="no GraphDef, MetaGraphDef or SavedModel"):
        tf.load_jax(tmp_path / "damaged.pb")
    model = RECORDED / "convolutional"
    with pytest.raises(ValueError, match="give its folder"):
        tf.load_jax(model / "saved_model" / "saved_model.pb")
    with pytest.raises(ValueError, match="no tensor 'dens/Bias'"):
        tf.load_jax(model / "model.ckpt", outputs=["dens/Bias"])
    with pytest.raises(ValueError, match=r"It has .*dense/BiasAdd"):
        tf.load_jax(model / "model.ckpt", outputs=["dense/BiasAd"])
    with pytest.raises(ValueError, match="no signature 'other'; it has serving_default"):
        tf.load_jax(model / "saved_model", signature="other")
    with pytest.raises(RuntimeError, match="tags"):
        tf.load_jax(model / "saved_model", tags=["train"])
