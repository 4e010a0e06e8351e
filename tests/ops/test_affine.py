"""What the bijector `Affine` of Stillflow refuses, and TensorFlow's has."""

import pytest

import stillflow as tf


def test_a_term_of_low_rank():
    with tf.Graph().as_default(), pytest.raises(NotImplementedError, match="LowRankUpdate"):
        tf.contrib.distributions.bijectors.Affine(scale_perturb_factor=[[1.0], [2.0]])
