"""Layers of cuDNN in tf.keras give what LSTM and GRU give with the same weights."""

import numpy as np
import pytest

import stillflow as tf

X = np.linspace(-1, 1, 2 * 5 * 3, dtype=np.float32).reshape(2, 5, 3)
UNITS = 4


def for_cudnn(weights):
    """Weights of LSTM or GRU as cuDNN's layers hold them: each gate's matrix on its side."""
    kernel, recurrent_kernel, bias = weights
    gates = recurrent_kernel.shape[1] // UNITS
    turned = [part.T.reshape(part.shape) for part in np.split(kernel, gates, axis=1)]
    states = [part.T for part in np.split(recurrent_kernel, gates, axis=1)]
    bias = bias.ravel() if bias.ndim == 2 else np.tile(0.5 * bias, 2)
    return [np.concatenate(turned, axis=1), np.concatenate(states, axis=1), bias]


def plain_layers(**options):
    layers = tf.keras.layers
    lstm = layers.LSTM(UNITS, recurrent_activation="sigmoid", **options)
    gru = layers.GRU(UNITS, recurrent_activation="sigmoid", reset_after=True, **options)
    return {"LSTM": lstm, "GRU": gru}


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("goes_back", [False, True])
def test_numbers_are_those_of_the_plain_layer(kind, goes_back):
    options = {"return_sequences": True, "return_state": True, "go_backwards": goes_back}
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 5, 3])
        plain = plain_layers(bias_initializer="random_uniform", **options)[kind]
        fast = getattr(tf.keras.layers, f"CuDNN{kind}")(UNITS, **options)
        outputs = [plain(x), fast(x)]
        gradients = [tf.gradients(y[0], x)[0] for y in outputs]
        session.run(tf.global_variables_initializer())
        fast.set_weights(for_cudnn(session.run(plain.weights)))
        of_plain, of_fast = session.run([*zip(outputs, gradients, strict=True)], {x: X})
        for one, other in zip(tf.nest.flatten(of_plain), tf.nest.flatten(of_fast), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
