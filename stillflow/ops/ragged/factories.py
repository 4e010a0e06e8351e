"""How RaggedTensors are made: of values and what divides them into rows, or of other tensors."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining
from stillflow.ops.math import casts, counting, scan
from stillflow.ops.ragged import dense, partitions, sparse, splits


class RaggedFactories:
    """The class methods of RaggedTensor that make one."""

    def __init__(
        self,
        values: Any,
        row_splits: Any,
        cached_row_lengths: Tensor | None = None,
        cached_value_rowids: Tensor | None = None,
        cached_nrows: Tensor | None = None,
        internal: bool = False,
    ):
        raise NotImplementedError

    # Made of one partition ------------------------------------------------------------------------

    @classmethod
    def from_value_rowids(
        cls,
        values: Any,
        value_rowids: Any,
        nrows: Any = None,
        name: str | None = None,
        validate: bool = True,
    ) -> Any:
        """values: any[m, ...], value_rowids: i[m], in order, the row of each value.

        `nrows` is the number of rows: one more than the last of these when it is None.
        """
        partitions.check_flag(validate)
        with name_scope(name, "RaggedFromValueRowIds", [values, value_rowids, nrows]):
            values, rowids = partitions.converted(values, value_rowids, "value_rowids")
            nrows, count = partitions.number_of_rows(rowids, nrows)
            rowids.shape.assert_has_rank(1)
            nrows.shape.assert_has_rank(0)
            values.shape[:1].assert_is_compatible_with(rowids.shape)
            if validate:
                rowids = partitions.checked("value_rowids", values, rowids, nrows)
            as_int32, nrows_as_int32 = casts.cast(rowids, "int32"), casts.cast(nrows, "int32")
            lengths = counting.bincount(
                as_int32, minlength=nrows_as_int32, maxlength=nrows_as_int32, dtype=rowids.dtype
            )
            row_splits = splits.from_lengths(lengths)
            if count is not None:
                lengths.set_shape([count])
                row_splits.set_shape([count + 1])
            return cls(values, row_splits, lengths, rowids, nrows, internal=True)

    @classmethod
    def from_row_splits(
        cls, values: Any, row_splits: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """values: any[m, ...], row_splits: i[n + 1], from 0 to m."""
        partitions.check_flag(validate)
        if isinstance(row_splits, (list, tuple)) and not row_splits:
            raise ValueError("row_splits tensor may not be empty.")
        with name_scope(name, "RaggedFromRowSplits", [values, row_splits]):
            values, row_splits = partitions.converted(values, row_splits, "row_splits")
            row_splits.shape.assert_has_rank(1)
            if validate:
                row_splits = partitions.checked("row_splits", values, row_splits)
            return cls(values, row_splits, internal=True)

    @classmethod
    def from_row_lengths(
        cls, values: Any, row_lengths: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """values: any[m, ...], row_lengths: i[n]."""
        partitions.check_flag(validate)
        with name_scope(name, "RaggedFromRowLengths", [values, row_lengths]):
            values, lengths = partitions.converted(values, row_lengths, "row_lengths")
            lengths.shape.assert_has_rank(1)
            if validate:
                lengths = partitions.checked("row_lengths", values, lengths)
            limits = scan.cumsum(lengths)
            row_splits = joining.concat([[0], limits], axis=0)
            return cls(values, row_splits, cached_row_lengths=lengths, internal=True)

    @classmethod
    def from_row_starts(
        cls, values: Any, row_starts: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """values: any[m, ...], row_starts: i[n], where each row begins."""
        partitions.check_flag(validate)
        with name_scope(name, "RaggedFromRowStarts", [values, row_starts]):
            values, starts = partitions.converted(values, row_starts, "row_starts")
            starts.shape.assert_has_rank(1)
            count = partitions.count_of(values, starts.dtype)
            if validate:
                starts = partitions.checked("row_starts", values, starts, count)
            row_splits = joining.concat([starts, [count]], axis=0)
            return cls(values, row_splits, internal=True)

    @classmethod
    def from_row_limits(
        cls, values: Any, row_limits: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """values: any[m, ...], row_limits: i[n], where each row ends."""
        partitions.check_flag(validate)
        with name_scope(name, "RaggedFromRowLimits", [values, row_limits]):
            values, limits = partitions.converted(values, row_limits, "row_limits")
            limits.shape.assert_has_rank(1)
            if validate:
                limits = partitions.checked("row_limits", values, limits)
            row_splits = joining.concat([filling.zeros([1], limits.dtype), limits], axis=0)
            return cls(values, row_splits, internal=True)

    # Made of several ------------------------------------------------------------------------------

    @classmethod
    def from_nested_value_rowids(
        cls,
        flat_values: Any,
        nested_value_rowids: Any,
        nested_nrows: Any = None,
        name: str | None = None,
        validate: bool = True,
    ) -> Any:
        """Rows of rows: `from_value_rowids` for each of the partitions, the outermost first."""
        partitions.check_flag(validate)
        if isinstance(nested_value_rowids, Tensor):
            raise TypeError("nested_value_rowids must be a list of Tensors")
        if isinstance(nested_nrows, Tensor):
            raise TypeError("nested_nrows must be a list of Tensors")
        if nested_nrows is None:
            nested_nrows = [None] * len(nested_value_rowids)
        elif len(nested_nrows) != len(nested_value_rowids):
            raise ValueError("nested_nrows must have the same length as nested_value_rowids")
        parts = [flat_values, *nested_value_rowids, *nested_nrows]
        with name_scope(name, "RaggedFromNestedValueRowIds", parts):
            result = flat_values
            both = zip(nested_value_rowids, nested_nrows, strict=True)
            for rowids, nrows in reversed(list(both)):
                result = cls.from_value_rowids(result, rowids, nrows, validate=validate)
            return result

    @classmethod
    def from_nested_row_splits(
        cls,
        flat_values: Any,
        nested_row_splits: Any,
        name: str | None = None,
        validate: bool = True,
    ) -> Any:
        """Rows of rows: `from_row_splits` for each of the partitions, the outermost first."""
        partitions.check_flag(validate)
        if isinstance(nested_row_splits, Tensor):
            raise TypeError("nested_row_splits must be a list of Tensors")
        with name_scope(name, "RaggedFromNestedRowSplits", [flat_values, *nested_row_splits]):
            result = flat_values
            for row_splits in reversed(nested_row_splits):
                result = cls.from_row_splits(result, row_splits, validate=validate)
            return result

    @classmethod
    def from_nested_row_lengths(
        cls,
        flat_values: Any,
        nested_row_lengths: Any,
        name: str | None = None,
        validate: bool = True,
    ) -> Any:
        """Rows of rows: `from_row_lengths` for each of the partitions, the outermost first."""
        partitions.check_flag(validate)
        if isinstance(nested_row_lengths, Tensor):
            raise TypeError("nested_row_lengths must be a list of Tensors")
        with name_scope(name, "RaggedFromNestedRowlengths", [flat_values, *nested_row_lengths]):
            result = flat_values
            for lengths in reversed(nested_row_lengths):
                result = cls.from_row_lengths(result, lengths, validate=validate)
            return result

    # Of other kinds -------------------------------------------------------------------------------

    @classmethod
    def from_tensor(
        cls,
        tensor: Any,
        lengths: Any = None,
        padding: Any = None,
        ragged_rank: int = 1,
        name: str | None = None,
        row_splits_dtype: Any = dtypes.int64,
    ) -> Any:
        """The rows of `tensor`, any[n, k, ...], whole, or without what pads them at the end.

        Args:
          lengths: i[n], how many values of each row count; or such of nested rows.
          padding: any[...], what does not count at the end of a row.
          ragged_rank: how many axes become ragged.
        """
        kind = dtypes.as_dtype(row_splits_dtype)
        return dense.from_dense(cls, tensor, lengths, padding, ragged_rank, name, kind)

    @classmethod
    def from_sparse(
        cls, st_input: Any, name: str | None = None, row_splits_dtype: Any = dtypes.int64
    ) -> Any:
        """The rows of a sparse matrix, of which each has its values at the front."""
        return sparse.from_sparse(cls, st_input, name, dtypes.as_dtype(row_splits_dtype))
