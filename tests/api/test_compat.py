"""tf.compat: text and bytes, numeric types, dimensions, as TensorFlow 1.15 gives them."""

import pathlib

import numpy as np
import pytest

import stillflow.api as tf


def test_text_and_bytes():
    assert tf.compat.as_bytes("é") == b"\xc3\xa9"
    assert tf.compat.as_bytes(b"ab") == b"ab"
    assert tf.compat.as_text(b"\xc3\xa9") == tf.compat.as_text("é") == "é"
    assert tf.compat.as_text(b"\xe9", "latin-1") == "é"
    assert tf.compat.as_str is tf.compat.as_text
    assert [tf.compat.as_str_any(v) for v in (3, b"ab", None)] == ["3", "ab", "None"]
    assert tf.compat.path_to_str(pathlib.Path("a/b")) == "a/b"
    assert tf.compat.path_to_str(b"ab") == b"ab"


@pytest.mark.parametrize("convert", [tf.compat.as_bytes, tf.compat.as_text])
def test_what_is_neither_is_refused(convert):
    with pytest.raises(TypeError, match=r"^Expected binary or unicode string, got 3$"):
        convert(3)


def test_types():
    assert isinstance(np.int8(1), tf.compat.integral_types)
    assert isinstance(np.float16(1), tf.compat.real_types)
    assert not isinstance(1j, tf.compat.real_types)
    assert isinstance(1j, tf.compat.complex_types)
    assert isinstance("", tf.compat.bytes_or_text_types)


def test_dimensions():
    shape = tf.TensorShape([2, None])
    assert tf.compat.dimension_value(shape[0]) == 2
    assert tf.compat.dimension_value(shape[1]) is None
    assert tf.compat.dimension_at_index(shape, 1).value is None


def test_horizons_of_compatibility():
    assert tf.compat.forward_compatible(2018, 11, 10)
    assert not tf.compat.forward_compatible(2019, 8, 21)
    with tf.Graph().as_default():
        with tf.compat.forward_compatibility_horizon(2018, 11, 1):
            assert not tf.compat.forward_compatible(2018, 11, 10)
            older = tf.strings.regex_full_match("a", "[a-z]")
        assert older.op.type == "RegexFullMatch"
        assert tf.strings.regex_full_match("a", "[a-z]").op.type == "StaticRegexFullMatch"
    assert tf.compat.forward_compatible(2018, 11, 10)
