"""The op that parses one example of a sequence. It runs on the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes
from stillflow.ops.parsing import wire
from stillflow.ops.parsing.example_batch import LISTS, in_columns, joined
from stillflow.ops.parsing.outputs import (
    check_as_many_as_keys,
    known,
    outputs,
    refuse_bytes,
    sparse_shapes,
)

NUMBERS = {
    "Ncontext_sparse": 0,
    "Ncontext_dense": 0,
    "Nfeature_list_sparse": 0,
    "Nfeature_list_dense": 0,
}


def _of_one(ctx: ShapeContext) -> list[Sizes]:
    shapes.with_rank(ctx.shape(0), 0)
    shapes.with_rank(ctx.shape(1), 1)
    attrs = ctx.attrs
    _check_numbers(attrs)
    return [
        *sparse_shapes(len(attrs["context_sparse_types"]), 1),
        *(shape.sizes for shape in attrs["context_dense_shapes"]),
        *sparse_shapes(len(attrs["feature_list_sparse_types"]), 2),
        *(
            None if shape.sizes is None else (None, *shape.sizes)
            for shape in attrs["feature_list_dense_shapes"]
        ),
    ]


def _check_numbers(attrs: dict[str, Any]) -> None:
    for part in ("context", "feature_list"):
        types, count = attrs[f"{part}_sparse_types"], attrs[f"N{part}_sparse"]
        check_as_many_as_keys(f"{part}_sparse", count, types=types)
    types, sizes = attrs["Tcontext_dense"], attrs["context_dense_shapes"]
    check_as_many_as_keys("context_dense", attrs["Ncontext_dense"], types=types, shapes=sizes)
    types, sizes = attrs["feature_list_dense_types"], attrs["feature_list_dense_shapes"]
    count = attrs["Nfeature_list_dense"]
    check_as_many_as_keys("feature_list_dense", count, types=types, shapes=sizes)


@op(
    "ParseSingleSequenceExample",
    "serialized: string, feature_list_dense_missing_assumed_empty: string, "
    "context_sparse_keys: Ncontext_sparse * string, context_dense_keys: Ncontext_dense * string, "
    "feature_list_sparse_keys: Nfeature_list_sparse * string, "
    "feature_list_dense_keys: Nfeature_list_dense * string, "
    "context_dense_defaults: [Tcontext_dense], debug_name: string -> "
    "context_sparse_indices: Ncontext_sparse * int64, "
    "context_sparse_values: [context_sparse_types], "
    "context_sparse_shapes: Ncontext_sparse * int64, context_dense_values: [Tcontext_dense], "
    "feature_list_sparse_indices: Nfeature_list_sparse * int64, "
    "feature_list_sparse_values: [feature_list_sparse_types], "
    "feature_list_sparse_shapes: Nfeature_list_sparse * int64, "
    "feature_list_dense_values: [feature_list_dense_types]",
    shape=_of_one,
    limits=NUMBERS,
    host=True,
)
def parse_single_sequence_example_op(
    xp,
    serialized,
    missing_assumed_empty,
    *rest,
    context_sparse_types: list[DType] = [],  # noqa: B006  defaults that nobody changes
    feature_list_dense_types: list[DType] = [],  # noqa: B006
    context_dense_shapes: list[TensorShape] = [],  # noqa: B006
    feature_list_sparse_types: list[DType] = [],  # noqa: B006
    feature_list_dense_shapes: list[TensorShape] = [],  # noqa: B006
):
    """serialized: string[], missing_assumed_empty: string[k] -> of each sparse context i64[k, 1],
    n[k], i64[1]; of each dense one n[...]; of each sparse list i64[k, 2], n[k], i64[2]; of each
    dense one n[steps, ...]

    Raises:
      InvalidArgumentError: in a run, it is no example, or a feature is missing or of another kind.
    """
    if serialized.ndim:
        refuse(f"Expected serialized to be a scalar, got shape: {format_sizes(serialized.shape)}")
    *listed, debug_name = rest
    counts = [
        len(each)
        for each in (
            *(context_sparse_types, context_dense_shapes),
            *(feature_list_sparse_types, feature_list_dense_types, context_dense_shapes),
        )
    ]
    sparse_keys, dense_keys, list_sparse_keys, list_dense_keys, defaults = _split(listed, counts)
    one = _One(as_bytes(serialized.item()), debug_name)
    check_context_defaults("def_value[{0}]", defaults, context_dense_shapes)
    sparse = [one.sparse(*pair) for pair in zip(sparse_keys, context_sparse_types, strict=True)]
    dense = [
        one.dense(*three) for three in zip(dense_keys, context_dense_shapes, defaults, strict=True)
    ]
    list_sparse = [
        one.list_sparse(*pair)
        for pair in zip(list_sparse_keys, feature_list_sparse_types, strict=True)
    ]
    optional = {as_bytes(each) for each in missing_assumed_empty}
    list_dense = [
        one.list_dense(key, dtype, shape, as_bytes(key.item()) in optional)
        for key, dtype, shape in zip(
            list_dense_keys, feature_list_dense_types, feature_list_dense_shapes, strict=True
        )
    ]
    return outputs([*in_columns(sparse), *dense, *in_columns(list_sparse), *list_dense])


def _split(values: Sequence[Any], counts: Sequence[int]) -> list[Sequence[Any]]:
    stops = np.cumsum(counts).tolist()
    return [values[stop - count : stop] for count, stop in zip(counts, stops, strict=True)]


def check_context_defaults(
    what: str, defaults: Sequence[np.ndarray], context_shapes: Sequence[TensorShape]
) -> None:
    for index, (default, shape) in enumerate(zip(defaults, context_shapes, strict=True)):
        if default.size and default.shape != shape.sizes:
            refuse(
                f"{what.format(index)}.shape() == {format_sizes(default.shape)} != "
                f"context_dense_shapes_[{index}] == {format_sizes(shape.sizes)}"
            )


class _One:
    """A serialized SequenceExample, and where its features lie."""

    def __init__(self, data: bytes, debug_name: np.ndarray):
        self.data = data
        self.name = as_bytes(debug_name.item()).decode() if debug_name.size else "<unknown>"
        try:
            self.context, self.lists = wire.maps(data, 2)
        except wire.MalformedError:
            self.malformed()

    def malformed(self) -> NoReturn:
        refuse_bytes("Could not parse example input, value: ", self.data)

    def sparse(self, key: np.ndarray, dtype: DType) -> tuple[np.ndarray, ...]:
        span = self.context.get(as_bytes(key.item()), wire.NOTHING)
        values = wire.EMPTY[dtype]
        if self._type_of(span) is not None:
            values = self._values(span, dtype, f"Context feature: {_shown(key)}")
        size = np.array([len(values)], np.int64)
        return np.arange(len(values)).reshape(-1, 1), values, size

    def dense(self, key: np.ndarray, shape: TensorShape, default: np.ndarray) -> np.ndarray:
        span = self.context.get(as_bytes(key.item()))
        if span is None:
            if not default.size:
                refuse(
                    f"Name: {self.name}, Context feature '{_shown(key)}' is required but could not "
                    "be found."
                )
            return default
        dtype = dtypes.as_dtype(default.dtype)
        values = self._values(span, dtype, f"Context feature: {_shown(key)}")
        return self._shaped(values, shape, key, 0)

    def list_sparse(self, key: np.ndarray, dtype: DType) -> tuple[np.ndarray, ...]:
        rows = []
        for index, span in enumerate(self._messages(key) or []):
            what = f"Feature List: {_shown(key)}, Index: {index}"
            is_empty = self._type_of(span) is None
            rows.append(wire.EMPTY[dtype] if is_empty else self._values(span, dtype, what))
        return joined(rows, dtype)

    def list_dense(
        self, key: np.ndarray, dtype: DType, shape: TensorShape, may_be_missing: bool
    ) -> np.ndarray:
        spans = self._messages(key)
        if spans is None and not may_be_missing:
            refuse(
                f"Name: {self.name}, Feature list '{_shown(key)}' is required but could not be "
                "found.  Did you mean to include it in feature_list_dense_missing_assumed_empty or "
                "feature_list_dense_defaults?"
            )
        rows: Any = np.empty((len(spans or []), *known(shape)), dtype.as_numpy_dtype)
        for index, span in enumerate(spans or []):
            values = self._values(span, dtype, f"Feature list: {_shown(key)}, Index: {index}")
            rows[index] = self._shaped(values, shape, key, index)
        return rows

    def _messages(self, key: np.ndarray) -> list[wire.Span] | None:
        span = self.lists.get(as_bytes(key.item()))
        try:
            return None if span is None else wire.messages(self.data, span)
        except wire.MalformedError:
            self.malformed()

    def _type_of(self, span: wire.Span) -> DType | None:
        try:
            return wire.type_of(self.data, span)
        except wire.MalformedError:
            self.malformed()

    def _values(self, span: wire.Span, dtype: DType, what: str) -> np.ndarray:
        if self._type_of(span) != dtype:
            refuse(
                f"Name: {self.name}, {what}.  Data types don't match. Expected type: "
                f"{dtype.runtime_name}  Feature is: {self._feature(span)}"
            )
        try:
            return wire.values(self.data, span, dtype)
        except wire.MalformedError:
            self.malformed()

    def _feature(self, span: wire.Span) -> str:
        from stillflow.graph.protos.example import message_class

        return str(message_class("Feature").FromString(self.data[slice(*span)]))

    def _shaped(
        self, values: np.ndarray, shape: TensorShape, key: np.ndarray, index: int
    ) -> np.ndarray:
        if len(values) != shape.num_elements():
            kind = LISTS[dtypes.as_dtype(values.dtype)]
            refuse(
                f"Name: {self.name}, Key: {_shown(key)}, Index: {index}.  Number of {kind} values "
                f"!= expected.  values size: {len(values)} but output shape: "
                f"{format_sizes(shape.sizes)}"
            )
        return values.reshape(known(shape))


def _shown(key: np.ndarray) -> str:
    return as_bytes(key.item()).decode("utf-8", "replace")
