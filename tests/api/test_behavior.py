"""The switches between TensorFlow 1 and 2."""

import pytest

import stillflow.api as tf

DISABLE = (
    "disable_control_flow_v2 disable_eager_execution disable_tensor_equality disable_v2_behavior"
    " disable_v2_tensorshape"
)
ENABLE = "enable_control_flow_v2 enable_tensor_equality enable_v2_behavior enable_v2_tensorshape"
ASK = "control_flow_v2_enabled executing_eagerly"


@pytest.mark.parametrize("name", DISABLE.split())
def test_version_2_can_be_disabled(name):
    assert getattr(tf.compat.v1, name)() is None


@pytest.mark.parametrize("name", ASK.split())
def test_version_2_is_off(name):
    assert getattr(tf, name)() is False


@pytest.mark.parametrize("name", ENABLE.split())
def test_version_2_cannot_be_enabled(name):
    """A program that needs it must not go on without it."""
    with pytest.raises(NotImplementedError, match=f"tf.{name} is in TensorFlow 1.15 but not yet"):
        getattr(tf, name)
