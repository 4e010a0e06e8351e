"""`contrib.framework.load_and_remap_matrix_initializer`: matrices of checkpoints for new words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_
from stillflow.ops.saving import remapping
from stillflow.ops.variables.initializers import TruncatedNormal, Zeros

_Initializer = Callable[..., Any]


@dataclass(frozen=True)
class _Matrix:
    """A matrix of a checkpoint, and the words that its rows and columns stand for."""

    ckpt_path: str
    tensor_name: str
    columns: int
    old_row_vocab_size: int
    old_row_vocab_file: str | None
    new_row_vocab_file: str | None
    old_col_vocab_file: str | None
    new_col_vocab_file: str | None
    column_buckets: int
    initializer: _Initializer
    max_rows_in_memory: int

    def load(self, offset: int, rows: int, row_buckets: int) -> Tensor:
        """`rows` of the new rows from `offset` on, and below them `row_buckets` for other words."""
        self._check(row_buckets)
        row_remapping, rows_present = self._rows(offset, rows)
        col_remapping, columns_present = self._columns()
        missing = rows * self.columns - rows_present * columns_present
        found: Tensor = remapping.load_and_remap_matrix(
            self.ckpt_path,
            self.tensor_name,
            row_remapping,
            col_remapping,
            self.initializer([missing, 1]),
            num_rows=rows,
            num_cols=self.columns,
            max_rows_in_memory=self.max_rows_in_memory,
        )
        if row_buckets > 0:
            below = convert_to_tensor(self.initializer([row_buckets, self.columns]))
            found = concat([found, below], 0)
        if self.column_buckets > 0:
            shape = [rows + row_buckets, self.column_buckets]
            found = concat([found, convert_to_tensor(self.initializer(shape))], 1)
        return found

    def _check(self, row_buckets: int) -> None:
        for name, count in (("row", row_buckets), ("col", self.column_buckets)):
            if count < 0:
                raise ValueError(f"num_{name}_oov_buckets must be >= 0, but received {count}")
        for name, old, new in (
            ("row", self.old_row_vocab_file, self.new_row_vocab_file),
            ("col", self.old_col_vocab_file, self.new_col_vocab_file),
        ):
            if bool(old) != bool(new):
                raise ValueError(
                    f"old_{name}_vocab_file and new_{name}_vocab_file must both be specified or "
                    f"left unspecified. old_{name}_vocab_file='{old}', "
                    f"new_{name}_vocab_file='{new}'"
                )
        if not (self.new_row_vocab_file or self.new_col_vocab_file):
            raise ValueError(
                "Must provide either row or column vocab files.\n"
                "  tf.train.init_from_checkpoint takes a variable as it is."
            )

    def _rows(self, offset: int, rows: int) -> tuple[Any, Any]:
        if not self.new_row_vocab_file:
            return range_(offset, offset + rows, dtype=dtypes.int64), rows
        found: Any = remapping.generate_vocab_remapping(
            self.new_row_vocab_file,
            self.old_row_vocab_file,
            new_vocab_offset=offset,
            num_new_vocab=rows,
            old_vocab_size=self.old_row_vocab_size,
        )
        return found

    def _columns(self) -> tuple[Any, Any]:
        if not self.new_col_vocab_file:
            return [], self.columns
        found: Any = remapping.generate_vocab_remapping(
            self.new_col_vocab_file,
            self.old_col_vocab_file,
            new_vocab_offset=0,
            num_new_vocab=self.columns,
        )
        return found


def load_and_remap_matrix_initializer(
    ckpt_path: str,
    old_tensor_name: str,
    new_row_vocab_size: int,
    new_col_vocab_size: int,
    old_row_vocab_size: int = -1,
    old_row_vocab_file: str | None = None,
    new_row_vocab_file: str | None = None,
    old_col_vocab_file: str | None = None,
    new_col_vocab_file: str | None = None,
    num_row_oov_buckets: int = 0,
    num_col_oov_buckets: int = 0,
    initializer: _Initializer | None = None,
    max_rows_in_memory: int = -1,
) -> _Initializer:
    """Returns an initializer of a matrix from one of a checkpoint, whose words were others.

    Args:
      old_tensor_name: the matrix's name in the checkpoint.
      new_row_vocab_size, new_col_vocab_size: how many words, or other things, there are now.
      old_row_vocab_file, new_row_vocab_file: files of the words of rows, one a line; none where
        rows stay.
      old_row_vocab_size: how many lines of the old one count; -1 for all.
      old_col_vocab_file, new_col_vocab_file: those of columns.
      num_row_oov_buckets, num_col_oov_buckets: rows and columns behind those, for other words.
      initializer: of what the checkpoint lacks; zeros by default.
      max_rows_in_memory: of no account.

    Raises:
      TypeError: `initializer` is no function; or when it is called, another type is wanted.
      ValueError, when it is called: shapes do not fit, or there are no files of words.
    """
    initializer = Zeros() if initializer is None else initializer
    if not callable(initializer):
        raise TypeError(
            f"initializer must be callable, instead of being {initializer} of type "
            f"{type(initializer)}."
        )
    matrix = _Matrix(
        ckpt_path,
        old_tensor_name,
        new_col_vocab_size,
        old_row_vocab_size,
        old_row_vocab_file,
        new_row_vocab_file,
        old_col_vocab_file,
        new_col_vocab_file,
        num_col_oov_buckets,
        initializer,
        max_rows_in_memory,
    )

    def initialize(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Any:
        _check_wanted(shape, dtype, new_col_vocab_size, num_col_oov_buckets)
        rows = shape[0]
        offset = 0 if partition_info is None else partition_info.single_offset(shape)
        if offset + rows > new_row_vocab_size + num_row_oov_buckets:
            raise ValueError(
                f"Trying to initialize {rows} additional rows after {offset} rows have already "
                "been initialized, which would exceed expected total row count of "
                f"new_row_vocab_size ({new_row_vocab_size}) + num_row_oov_buckets "
                f"({num_row_oov_buckets}) = {new_row_vocab_size + num_row_oov_buckets}."
            )
        buckets = min(rows, max(0, offset + rows - new_row_vocab_size))
        if offset > new_row_vocab_size:
            return initializer(shape)
        return matrix.load(offset, rows - buckets, buckets)

    return initialize


def _check_wanted(shape: Any, dtype: Any, columns: int, buckets: int) -> None:
    if dtype != dtypes.float32:
        raise TypeError(f"Currently, only float32 is supported. Received dtype: {dtype}")
    if len(shape) != 2:
        raise ValueError(f"Expected 2-dim shape, but received: {shape}")
    if shape[0] <= 0:
        raise ValueError(f"Expected 1st dim of shape to be > 0, but received shape: {shape}")
    if shape[1] != columns + buckets:
        raise ValueError(
            f"Expected 2nd dim of shape to be new_col_vocab_size ({columns}) + "
            f"num_col_oov_buckets ({buckets}) = {columns + buckets}, but received shape: {shape}"
        )


def load_embedding_initializer(
    ckpt_path: str,
    embedding_tensor_name: str,
    new_vocab_size: int,
    embedding_dim: int,
    old_vocab_file: str,
    new_vocab_file: str,
    old_vocab_size: int = -1,
    num_oov_buckets: int = 0,
    initializer: _Initializer | None = None,
    max_rows_in_memory: int = -1,
) -> _Initializer:
    """`load_and_remap_matrix_initializer` of an embedding, f32[words, embedding_dim].

    Args:
      initializer: of new words; normal and truncated, with deviation 1/sqrt(embedding_dim), by
        default.
    """
    if initializer is None:
        initializer = TruncatedNormal(stddev=1.0 / math.sqrt(embedding_dim))
    return load_and_remap_matrix_initializer(
        ckpt_path,
        embedding_tensor_name,
        new_vocab_size,
        embedding_dim,
        old_vocab_size,
        old_vocab_file,
        new_vocab_file,
        num_row_oov_buckets=num_oov_buckets,
        initializer=initializer,
        max_rows_in_memory=max_rows_in_memory,
    )


def load_linear_multiclass_bias_initializer(
    ckpt_path: str,
    bias_tensor_name: str,
    new_class_vocab_size: int,
    old_class_vocab_file: str,
    new_class_vocab_file: str,
    num_class_oov_buckets: int = 0,
    initializer: _Initializer | None = None,
    max_rows_in_memory: int = -1,
) -> _Initializer:
    """`load_and_remap_matrix_initializer` of a bias of each class, f32[classes, 1]."""
    return load_and_remap_matrix_initializer(
        ckpt_path,
        bias_tensor_name,
        new_class_vocab_size,
        1,
        old_row_vocab_file=old_class_vocab_file,
        new_row_vocab_file=new_class_vocab_file,
        num_row_oov_buckets=num_class_oov_buckets,
        initializer=initializer,
        max_rows_in_memory=max_rows_in_memory,
    )
