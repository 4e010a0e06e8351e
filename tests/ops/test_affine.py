"""What the bijector `Affine` of Stillflow takes, and TensorFlow's fails at."""

import numpy as np
import pytest

import stillflow as tf


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_term_of_low_rank(dtype):
    factor = np.array([[1.0], [2.0]], dtype)
    x = np.array([[1.0, -1.0], [0.5, 3.0]], dtype)
    matrix = np.eye(2) + factor @ factor.T
    with tf.Graph().as_default(), tf.Session() as session:
        bijector = tf.contrib.distributions.bijectors.Affine(scale_perturb_factor=factor)
        y = bijector.forward(x)
        back = bijector.inverse(y)
        volume = bijector.forward_log_det_jacobian(x, event_ndims=1)
        y, back, volume = session.run([y, back, volume])
    assert y.dtype == dtype
    np.testing.assert_allclose(y, x @ matrix, rtol=1e-5)
    np.testing.assert_allclose(back, x, rtol=1e-5)
    np.testing.assert_allclose(volume, np.log(np.linalg.det(matrix)), rtol=1e-5)
