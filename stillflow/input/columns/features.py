"""What columns read: the features of a batch of examples, and what other columns made of them."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.input.columns.column import FeatureColumn, OldFeatureColumn
from stillflow.ops.array.batch_gather import gather_nd
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.array.shape_of import rank, shape
from stillflow.ops.control.cond import cond
from stillflow.ops.debug.checks import assert_positive
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal, not_equal
from stillflow.ops.sparse.rearranging import sparse_reshape
from stillflow.ops.sparse.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from stillflow.platform import logging


class _Features:
    """Features by name, and what columns made of them; each is made once."""

    _columns: Any = object
    _kind = ""

    def __init__(self, features: dict[Any, Any]):
        self._features = features.copy()
        self._feature_tensors: dict[Any, Any] = {}

    def _get(self, key: Any, transform: Any) -> Any:
        """The feature of that name, or what a column is transformed to."""
        if key in self._feature_tensors:
            return self._feature_tensors[key]
        if key in self._features:
            found = _with_two_axes(key, self._features[key])
        else:
            found = self._transformed(key, transform)
        self._feature_tensors[key] = found
        return found

    def _transformed(self, column: Any, transform: Any) -> Any:
        if isinstance(column, str):
            raise ValueError(f"Feature {column} is not in features dictionary.")
        if not isinstance(column, self._columns):
            raise TypeError(f'"key" must be either a "str" or "{self._kind}". Provided: {column}')
        logging.debug("Transforming feature_column %s.", column)
        found = transform(column)
        if found is None:
            raise ValueError(f"Column {column.name} is not supported.")
        return found


class FeatureTransformationCache(_Features):
    """What columns of the newer protocol are asked with."""

    _columns, _kind = FeatureColumn, "FeatureColumn"

    def get(self, key: Any, state_manager: Any) -> Any:
        """Returns the feature of a name, or what a column makes of its own.

        A feature that is a vector becomes one of a single number for each example.

        Raises:
          ValueError: there is no such feature, or it is a scalar.
          TypeError: `key` is neither.
        """
        return self._get(key, lambda column: column.transform_feature(self, state_manager))


class LazyBuilder(_Features):
    """What columns of the older protocol are asked with."""

    _columns, _kind = OldFeatureColumn, "_FeatureColumn"

    def get(self, key: Any) -> Any:
        """As `FeatureTransformationCache.get`."""
        return self._get(key, lambda column: column._transform_feature(self))


def _with_two_axes(key: str, feature: Any) -> Any:
    tensor = convert_to_tensor_or_sparse_tensor(feature)
    axes = tensor.get_shape().ndims
    refusal = f"Feature (key: {key}) cannot have rank 0. Given: {tensor}"
    if axes == 0:
        raise ValueError(refusal)
    if axes is not None:
        return _with_one_more(tensor) if axes == 1 else tensor
    with control_dependencies([assert_positive(rank(tensor), message=refusal)]):
        return cond(equal(1, rank(tensor)), lambda: _with_one_more(tensor), lambda: tensor)


def _with_one_more(tensor: Any) -> Any:
    if isinstance(tensor, SparseTensor):
        return sparse_reshape(tensor, [shape(tensor)[0], 1])
    return expand_dims(tensor, -1)


def sparse_categories(feature: Any, ignored: Any = None) -> SparseTensor:
    """A feature as a SparseTensor, without the values that stand for nothing.

    These are "" and -1 by default; a SparseTensor is left as it is.
    """
    tensor = convert_to_tensor_or_sparse_tensor(feature)
    if isinstance(tensor, SparseTensor):
        return tensor
    with name_scope(None, "to_sparse_input", (tensor, ignored)):
        if ignored is None:
            ignored = _nothing(tensor.dtype)
        ignored = cast(ignored, tensor.dtype, name="ignore_value")
        indices = where_v2(not_equal(tensor, ignored), name="indices")
        values = gather_nd(tensor, indices, name="values")
        sizes = shape(tensor, out_type=dtypes.int64, name="dense_shape")
        return SparseTensor(indices, values, sizes)


def _nothing(dtype: dtypes.DType) -> Any:
    if dtype == dtypes.string:
        return ""
    return -1 if dtype.is_integer else dtype.as_numpy_dtype()
