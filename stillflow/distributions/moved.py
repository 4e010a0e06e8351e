"""What TensorFlow 1.15 says of `tf.distributions`, once for each function."""

from __future__ import annotations

from stillflow.platform.deprecation import deprecated

moved = deprecated(
    "2019-01-01",
    "The TensorFlow Distributions library has moved to TensorFlow Probability "
    "(https://github.com/tensorflow/probability). You should update all references to use "
    "`tfp.distributions` instead of `tf.distributions`.",
)
