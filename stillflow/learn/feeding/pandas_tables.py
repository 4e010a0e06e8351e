"""Pandas tables as arrays. Pandas is the program's own, and is asked only if it is there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from stillflow.estimator.inputs import tables
from stillflow.platform.deprecation import deprecated

PANDAS_DTYPES = {
    **dict.fromkeys(("int8", "int16", "int32", "int64"), "int"),
    **dict.fromkeys(("uint8", "uint16", "uint32", "uint64"), "int"),
    **dict.fromkeys(("float16", "float32", "float64"), "float"),
    "bool": "i",
}
HAS_PANDAS = find_spec("pandas") is not None
_DIRECTLY = "Please access pandas data directly."


def is_frame(data: Any) -> bool:
    """Whether this is a DataFrame, in a program that has imported pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


@deprecated(None, _DIRECTLY)
def extract_pandas_data(data: Any) -> Any:
    """float64[rows, columns] of a DataFrame; anything else as it is.

    Raises:
      ValueError: a column is neither of numbers nor of truth values.
    """
    if not is_frame(data):
        return data
    bad = [f"'{c}' type='{t}'" for c, t in _column_types(data) if t not in PANDAS_DTYPES]
    if bad:
        raise ValueError(
            "Data types for extracting pandas data must be int, float, or bool. Found: "
            + ", ".join(bad)
        )
    return data.to_numpy().astype("float")


@deprecated(None, _DIRECTLY)
def extract_pandas_matrix(data: Any) -> Any:
    """The values of a DataFrame, [rows, columns]; anything else as it is."""
    return data.to_numpy() if is_frame(data) else data


@deprecated(None, _DIRECTLY)
def extract_pandas_labels(labels: Any) -> Any:
    """The values of a DataFrame of one column, [rows, 1]; anything else as it is.

    Raises:
      ValueError: there are several columns, or it is neither of numbers nor of truth values.
    """
    if not is_frame(labels):
        return labels
    if len(labels.columns) > 1:
        raise ValueError("Only one column for labels is allowed.")
    bad = [f"'{c}' type={t}" for c, t in _column_types(labels) if t not in PANDAS_DTYPES]
    if bad:
        raise ValueError(
            "Data types for extracting labels must be int, float, or bool. Found: " + ", ".join(bad)
        )
    return labels.to_numpy()


def _column_types(table: Any) -> list[tuple[Any, str]]:
    return [(column, table[column].dtype.name) for column in table]


@deprecated(None, "Please use tf.compat.v1.estimator.inputs.pandas_input_fn")
def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool = True,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """`tf.estimator.inputs.pandas_input_fn` that shuffles by default."""
    return tables.pandas_input_fn(
        x=x, y=y, batch_size=batch_size, num_epochs=num_epochs, shuffle=shuffle,
        queue_capacity=queue_capacity, num_threads=num_threads, target_column=target_column,
    )  # fmt: skip
