"""JSON to arrays and back."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError, UnimplementedError
from stillflow.serving.tensors import array_of, nested, texts_of

KINDS = ["float16", "float32", "float64", "int8", "int16", "int32", "int64"]
KINDS += ["uint8", "uint16", "uint32", "uint64", "bool"]


def written(array, binary=False):
    return nested(texts_of(array, binary), array.shape)


def any_array():
    shapes = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
    return st.sampled_from(KINDS).flatmap(lambda kind: arrays.arrays(kind, shapes))


@given(any_array())
def test_what_is_written_is_read_again(array):
    """Values, type and shape; where a size is 0, those behind it are not in the JSON."""
    found = array_of(json.loads(written(array)), dtypes.as_dtype(array.dtype))
    np.testing.assert_array_equal(found.reshape(array.shape), array)
    assert found.dtype == array.dtype
    if array.size:
        assert found.shape == array.shape


def test_numbers_have_as_many_digits_as_their_type_needs():
    values = np.array([0.2, 2, 1e-5, 9e6, np.nan, np.inf, -np.inf], np.float32)
    assert written(values) == "[0.2, 2.0, 1e-05, 9e+06, NaN, Infinity, -Infinity]"
    assert written(np.float64(0.1) + np.float64(0.2)) == "0.30000000000000004"
    exact = np.array([123456792], np.float32)
    assert np.float32(json.loads(written(exact))) == exact


def test_bfloat16_is_a_number():
    found = array_of([1.5, -2], dtypes.bfloat16)
    assert written(found) == "[1.5, -2.0]"
    assert found.dtype == dtypes.bfloat16.as_numpy_dtype


def test_bytes_are_base64_and_text_is_text():
    found = array_of(["é", {"b64": "/wA="}], dtypes.string)
    assert found.tolist() == ["é".encode(), b"\xff\x00"]
    assert json.loads(written(found, binary=True)) == [{"b64": "w6k="}, {"b64": "/wA="}]
    assert json.loads(written(found)) == ["é", {"b64": "/wA="}]


@pytest.mark.parametrize(
    ("value", "dtype", "reason"),
    [
        ([[1, 2], [3]], "int32", "list at unexpected size: 1 at level: 1 expected size: 2"),
        ([[1, 2], 3], "int32", "JSON Value: 3 found at incorrect level: 2 in the JSON DOM"),
        ([1, [2]], "int32", "list at unexpected level: 1 expected < 1"),
        ([[], [1]], "int32", "list at unexpected size: 1 at level: 1 expected size: 0"),
        ([1, 2.0], "int32", "JSON Value: 2.0 Type: Number is not of expected type: int32"),
        ([2**31], "int32", "JSON Value: 2147483648 Type: Number is not of expected type: int32"),
        ([-1], "uint64", "JSON Value: -1 Type: Number is not of expected type: uint64"),
        ([10**400], "float32", "Type: Number is not of expected type: float"),
        (True, "float32", "JSON Value: true Type: Bool is not of expected type: float"),
        (None, "float64", "JSON Value: null Type: Null is not of expected type: double"),
        ({"a": 1}, "float32", "Type: Object is not of expected type: float"),
        (1, "bool", "JSON Value: 1 Type: Number is not of expected type: bool"),
        (1, "string", "Type: Number is not of expected type: string"),
        ({"b64": 1}, "string", "not formatted correctly for base64 data"),
        ({"b64": "a", "c": 1}, "string", "not formatted correctly for base64 data"),
        ({"b64": "*"}, "string", "Unable to base64 decode"),
        ("\ud800", "string", "half of a surrogate pair"),
    ],
)
def test_what_does_not_fit_is_refused(value, dtype, reason):
    with pytest.raises(InvalidArgumentError) as refusal:
        array_of(value, dtypes.as_dtype(dtype))
    assert reason in refusal.value.message


def test_types_that_json_has_not_are_refused():
    with pytest.raises(UnimplementedError, match="to type: complex64"):
        array_of([1], dtypes.complex64)
    with pytest.raises(InvalidArgumentError, match="tensor type: complex64"):
        texts_of(np.array([1j], np.complex64))
