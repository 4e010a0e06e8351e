"""What eager tensors are made of: lists of arrays, as TensorFlow 1.15 types them."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.graph.eager_tensor import DEVICE, EagerTensor
from stillflow.runtime.eager.mode import eager_mode


@pytest.fixture(autouse=True)
def _eagerly():
    with eager_mode():
        yield


def zeros(*shape, dtype=np.float64):
    return np.zeros(shape, dtype)


LISTS = [
    ([zeros(2), zeros(2)], tf.float64, (2, 2)),
    ([zeros(2), zeros(2, dtype=np.int32)], tf.float64, (2, 2)),
    ([zeros(2, dtype=np.int32), zeros(2)], tf.float32, (2, 2)),
    ([zeros(2), [1, 2]], tf.float64, (2, 2)),
    ([[1, 2], zeros(2)], tf.float32, (2, 2)),
    ([np.float64(1), 2.0], tf.float64, (2,)),
    ([2.0, np.float64(1)], tf.float32, (2,)),
    ([np.array(1.0), 2.0], tf.float64, (2,)),
    ([zeros(2, dtype=np.int8)] * 2, tf.int32, (2, 2)),
    ([zeros(2, dtype=np.int64) + 2**40] * 2, tf.int64, (2, 2)),
    ([zeros(2, dtype=np.float16)] * 2, tf.float16, (2, 2)),
    ([zeros(2, dtype=np.complex64)] * 2, tf.complex128, (2, 2)),
    ([zeros(2, dtype=bool)] * 2, tf.bool, (2, 2)),
    ((np.array(["a", "b"]),) * 2, tf.string, (2, 2)),
    ([zeros(2, dtype=object)] * 2, tf.int32, (2, 2)),
]


@pytest.mark.parametrize(("value", "dtype", "shape"), LISTS)
def test_lists_of_arrays(value, dtype, shape):
    made = tf.constant(value)
    assert (made.dtype, tuple(made.shape)) == (dtype, shape)


def test_lists_of_arrays_become_of_the_type_that_is_asked_for():
    assert tf.constant([zeros(2)] * 2, tf.float16).dtype == tf.float16
    assert tf.reduce_sum([zeros(2), zeros(2) + 3]).numpy() == 6
    with pytest.raises(TypeError, match="to EagerTensor of dtype int32"):
        tf.constant([zeros(2) + 1.5] * 2, tf.int32)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ([zeros(10, 1), zeros(1)], "non-rectangular Python sequence"),
        ([zeros(2), zeros(3)], "non-rectangular Python sequence"),
        ([[1.0], 2.0], "non-rectangular Python sequence"),
        ([1.0, [2.0]], "Python sequence with mixed types"),
        ([1.0, zeros(2, 1)], "Python sequence with mixed types"),
        ([zeros(2), zeros(2, dtype=bool)], "Python sequence with mixed types"),
    ],
)
def test_lists_that_are_no_tensor(value, what):
    with pytest.raises(ValueError, match=f"Can't convert {what} to Tensor"):
        tf.constant(value)


def test_the_class_of_eager_tensors_wants_a_device_and_the_number_of_a_type():
    assert EagerTensor(1, device="", dtype=1).dtype == tf.float32
    assert EagerTensor(1, DEVICE).numpy() == 1
    with pytest.raises(TypeError, match=r"missing required argument 'device' \(pos 2\)"):
        EagerTensor(1)
    with pytest.raises(TypeError, match=r"Expecting a DataType value for dtype. Got str"):
        EagerTensor(1, device=DEVICE, dtype="1")
    with pytest.raises(TypeError, match="Error parsing device argument"):
        EagerTensor(1, device=3)


def test_text_that_is_none_is_told_by_pythons_own_error():
    with pytest.raises(UnicodeDecodeError):
        tf.read_file(b"\xff")
