"""The op that parses a batch of examples of sequences. It runs on the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes, as_text
from stillflow.ops.parsing import wire
from stillflow.ops.parsing.example_batch import in_columns, joined
from stillflow.ops.parsing.outputs import check_number, known, outputs, sparse_shapes
from stillflow.ops.parsing.sequence_example import NUMBERS, check_context_defaults

# The lists of a feature in an example; None where it has no such feature.
Lists = list[np.ndarray] | None


def _of_batch(ctx: ShapeContext) -> list[Sizes]:
    batch = shapes.with_rank(ctx.shape(0), 1) or (None,)
    shapes.with_rank(ctx.shape(1), 1)
    attrs = ctx.attrs
    _check_numbers(attrs)
    list_shapes = [shape.sizes for shape in attrs["feature_list_dense_shapes"]]
    return [
        *sparse_shapes(len(attrs["context_sparse_types"]), 2),
        *((*batch, *shape.sizes) for shape in attrs["context_dense_shapes"]),
        *sparse_shapes(len(attrs["feature_list_sparse_types"]), 3),
        *((*batch, None, *sizes) for sizes in list_shapes),
        *(batch for _ in list_shapes),
    ]


def _check_numbers(attrs: dict[str, Any]) -> None:
    types = {**attrs, "context_dense_types": attrs["Tcontext_dense"]}
    for part in ("context", "feature_list"):
        for kind, parts in (("sparse", ("keys", "types")), ("dense", ("keys", "types", "shapes"))):
            what = f"{part}_{kind}"
            lists = {f"{what}_{each}": types[f"{what}_{each}"] for each in parts}
            check_number(f"num_{what}", attrs[f"N{what}"], **lists)


@op(
    "ParseSequenceExample",
    "serialized: string, debug_name: string, context_dense_defaults: [Tcontext_dense] -> "
    "context_sparse_indices: Ncontext_sparse * int64, "
    "context_sparse_values: [context_sparse_types], "
    "context_sparse_shapes: Ncontext_sparse * int64, context_dense_values: [Tcontext_dense], "
    "feature_list_sparse_indices: Nfeature_list_sparse * int64, "
    "feature_list_sparse_values: [feature_list_sparse_types], "
    "feature_list_sparse_shapes: Nfeature_list_sparse * int64, "
    "feature_list_dense_values: [feature_list_dense_types], "
    "feature_list_dense_lengths: Nfeature_list_dense * int64",
    shape=_of_batch,
    limits=NUMBERS,
    host=True,
)
def parse_sequence_example_op(
    xp,
    serialized,
    debug_name,
    *context_dense_defaults,
    feature_list_dense_missing_assumed_empty: list[str],
    context_sparse_keys: list[str],
    context_dense_keys: list[str],
    feature_list_sparse_keys: list[str],
    feature_list_dense_keys: list[str],
    Ncontext_sparse: int = 0,
    Ncontext_dense: int = 0,
    Nfeature_list_sparse: int = 0,
    Nfeature_list_dense: int = 0,
    context_sparse_types: list[DType] = [],  # noqa: B006  defaults that nobody changes
    feature_list_dense_types: list[DType] = [],  # noqa: B006
    context_dense_shapes: list[TensorShape] = [],  # noqa: B006
    feature_list_sparse_types: list[DType] = [],  # noqa: B006
    feature_list_dense_shapes: list[TensorShape] = [],  # noqa: B006
):
    """serialized: string[n], debug_name: string[n] or string[0] -> of each sparse context
    i64[k, 2], n[k], i64[2]; of each dense one n[n, ...]; of each sparse list i64[k, 3], n[k],
    i64[3]; of each dense one n[n, steps, ...], and how many steps each example has, i64[n]

    Raises:
      InvalidArgumentError: in a run, one is no example, or a feature is missing or of another kind.
    """
    if serialized.ndim != 1:
        refuse(f"Expected serialized to be a vector, got shape: {format_sizes(serialized.shape)}")
    if debug_name.size and debug_name.size != serialized.size:
        refuse("example_names must be empty or have the correct number of elements")
    check_context_defaults("default_value[{0}]", context_dense_defaults, context_dense_shapes)
    batch = _Batch([as_bytes(each) for each in serialized], debug_name)
    sparse = [
        joined([values for values in batch.context(key, dtype, wire.EMPTY[dtype])], dtype)
        for key, dtype in zip(context_sparse_keys, context_sparse_types, strict=True)
    ]
    dense = [
        _context_dense(batch, *three)
        for three in zip(
            context_dense_keys, context_dense_shapes, context_dense_defaults, strict=True
        )
    ]
    list_sparse = [
        _list_sparse(batch.lists(key, dtype), dtype)
        for key, dtype in zip(feature_list_sparse_keys, feature_list_sparse_types, strict=True)
    ]
    optional = {as_bytes(key) for key in feature_list_dense_missing_assumed_empty}
    list_dense = [
        _list_dense(batch, key, dtype, shape, as_bytes(key) in optional)
        for key, dtype, shape in zip(
            feature_list_dense_keys,
            feature_list_dense_types,
            feature_list_dense_shapes,
            strict=True,
        )
    ]
    values, lengths = [each[0] for each in list_dense], [each[1] for each in list_dense]
    return outputs([*in_columns(sparse), *dense, *in_columns(list_sparse), *values, *lengths])


class _Batch:
    """Serialized SequenceExamples, and where the features of each lie."""

    def __init__(self, examples: Sequence[bytes], names: np.ndarray):
        self.examples = examples
        self._names = names
        self._found = []
        for index, data in enumerate(examples):
            try:
                self._found.append(wire.maps(data, 2))
            except wire.MalformedError:
                refuse(f"Invalid protocol message input, example id: {self.name(index)}")

    def name(self, index: int) -> str:
        return as_text(self._names[index]) if self._names.size else "<unknown>"

    def context(self, key: str, dtype: DType, missing: Any) -> list[Any]:
        """The values of a feature in each example."""
        found = []
        for index, (data, (context, _)) in enumerate(zip(self.examples, self._found, strict=True)):
            span = context.get(as_bytes(key))
            try:
                found.append(missing if span is None else _values(data, span, dtype))
            except wire.MalformedError:
                refuse(f"Error in context feature {as_text(key)} in example {self.name(index)}")
        return found

    def lists(self, key: str, dtype: DType) -> list[Lists]:
        """The values of each step in each example."""
        found: list[Lists] = []
        for index, (data, (_, lists)) in enumerate(zip(self.examples, self._found, strict=True)):
            span = lists.get(as_bytes(key))
            try:
                found.append(
                    span and [_values(data, at, dtype) for at in wire.messages(data, span)]
                )
            except wire.MalformedError:
                refuse(f"Error in sequence feature {as_text(key)} in example {self.name(index)}")
        return found


def _values(data: bytes, span: wire.Span, dtype: DType) -> np.ndarray:
    there = wire.type_of(data, span)
    if there is None:
        return wire.EMPTY[dtype]
    if there != dtype:
        raise wire.MalformedError
    return wire.values(data, span, dtype)


def _context_dense(batch: _Batch, key: str, shape: TensorShape, default: np.ndarray) -> np.ndarray:
    dtype = dtypes.as_dtype(default.dtype)
    rows = batch.context(key, dtype, None)
    longest = max([default.size, *(len(row) for row in rows if row is not None)])
    if longest != shape.num_elements():
        refuse(
            f"Inconsistent number of elements for feature {as_text(key)}: {longest} vs 1\n"
            f"  The shape is {format_sizes(shape.sizes)}."
        )
    block: Any = np.empty((len(rows), longest), default.dtype)
    for index, row in enumerate(rows):
        if row is None:
            if not default.size:
                refuse(
                    f"Feature: {as_text(key)} (data type: {dtype.runtime_name}) is required but "
                    "could not be found."
                )
            row = default.ravel()
        if len(row) != longest:
            refuse(f"Unexpected number of elements in example {batch.name(index)}")
        block[index] = row
    return block.reshape(len(rows), *known(shape))


def _list_sparse(examples: Sequence[Lists], dtype: DType) -> tuple[np.ndarray, ...]:
    """-> indices i64[k, 3] (example, step, value), values n[k], shape i64[3]"""
    steps = [step for lists in examples for step in lists or []]
    of_step, values, (_, longest) = joined(steps, dtype)
    counts = np.array([len(lists or []) for lists in examples], np.int64)
    numbers = np.repeat(np.arange(len(examples)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    places = of_step[:, 0]
    within = np.arange(len(steps)) - first
    indices = np.stack([numbers[places], within[places], of_step[:, 1]], axis=1)
    sizes = np.array([len(examples), max(counts, default=0), longest], np.int64)
    return indices, values, sizes


def _list_dense(
    batch: _Batch, key: str, dtype: DType, shape: TensorShape, may_be_missing: bool
) -> tuple[np.ndarray, np.ndarray]:
    examples = batch.lists(key, dtype)
    lengths = np.array([len(lists or []) for lists in examples], np.int64)
    size = shape.num_elements()
    block: Any = np.zeros((len(examples), max(lengths, default=0), size), dtype.as_numpy_dtype)
    if dtype == dtypes.string:
        block.fill(b"")
    for index, lists in enumerate(examples):
        if lists is None and not may_be_missing:
            refuse(f"Missing feature {as_text(key)} in example {batch.name(index)}")
        for step, values in enumerate(lists or []):
            if len(values) != size:
                refuse(
                    f"Unexpected number of elements in feature {as_text(key)}, example "
                    f"{batch.name(index)}"
                )
            block[index, step] = values
    return block.reshape(*block.shape[:2], *known(shape)), lengths
