"""Names of variables of all replicas."""

import pytest

import stillflow.api as tf


def test_a_name_that_is_taken_is_told_with_where():
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    with strategy.scope():
        tf.get_variable("kernel", [2])
        with pytest.raises(ValueError, match=r"kernel already exists[\s\S]*test_variable_names"):
            tf.get_variable("kernel", [2])
