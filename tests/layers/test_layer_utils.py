"""What layers share: arguments in one form, lengths of outputs, what depends on what."""

import pytest

import stillflow.api as tf
from stillflow.layers import identifiers, names, utils

LENGTHS = [
    # length, window, padding, stride, of a convolution, of its transpose
    (7, 3, "valid", 2, 3, 15),
    (7, 3, "same", 2, 4, 14),
    (7, 3, "full", 1, 9, 5),
    (None, 3, "same", 1, None, None),
]


@pytest.mark.parametrize(("length", "window", "padding", "stride", "shorter", "longer"), LENGTHS)
def test_lengths(length, window, padding, stride, shorter, longer):
    assert utils.conv_output_length(length, window, padding, stride) == shorter
    assert utils.deconv_output_length(length, window, padding, stride) == longer
    if length is not None and padding == "valid":
        assert utils.conv_input_length(shorter, window, padding, stride) == length


def test_arguments():
    assert utils.normalize_tuple(2, 3, "strides") == (2, 2, 2)
    assert utils.normalize_padding("SAME") == "same"
    assert utils.convert_data_format("channels_first", 5) == "NCDHW"
    for refused in (
        lambda: utils.normalize_tuple((1, 2, 3), 2, "strides"),
        lambda: utils.normalize_tuple(None, 2, "strides"),
        lambda: utils.normalize_padding("full"),
        lambda: utils.convert_data_format("channels_last", 2),
        lambda: utils.convert_data_format("NHWC", 4),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each has a message of its own
            refused()


def test_what_depends_on_a_tensor():
    x, other = tf.constant(1.0), tf.constant(2.0)
    y = x + other
    z = y * 2.0
    apart = other * 2.0
    assert {x, y, z} <= utils.get_reachable_from_inputs([x])
    assert apart not in utils.get_reachable_from_inputs([x])
    assert all(isinstance(each, tf.Tensor) for each in utils.get_reachable_from_inputs([x]))


def test_conditions_that_are_known_leave_no_choice():
    assert utils.constant_value(1) is True
    assert utils.constant_value(tf.Variable(True)) is None
    assert utils.smart_cond(False, lambda: 1, lambda: 2) == 2
    assert utils.static_shape(tf.placeholder(tf.float32, [None, 2])) == (None, 2)
    assert utils.static_shape(tf.placeholder(tf.float32)) is None


def test_descriptions_by_name():
    initializer = identifiers.initializer_of({"class_name": "Constant", "config": {"value": 3}})
    assert tf.Session().run(initializer([2])).tolist() == [3, 3]
    assert identifiers.initializer_of("uniform").minval == -0.05
    assert identifiers.initializer_of(None) is None
    with pytest.raises(ValueError, match="Unknown initializer:none such"):
        identifiers.initializer_of("none such")


def test_names_count_per_graph():
    assert names.to_snake_case("SeparableConv2D") == "separable_conv2d"
    assert names.to_snake_case("_Hidden") == "private__hidden"
    assert [names.unique_object_name("a") for _ in range(2)] == ["a_1", "a_2"]
    with tf.Graph().as_default():
        assert names.unique_object_name("a", avoid_names=["a_1"]) == "a_2"
        assert names.unique_object_name("b", zero_based=True) == "b"
