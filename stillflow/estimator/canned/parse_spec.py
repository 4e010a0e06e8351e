"""`tf.estimator.classifier_parse_example_spec`: how examples with labels are parsed."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.input.columns.numeric import NumericColumn, numeric_column
from stillflow.input.columns.parse_spec import make_parse_example_spec
from stillflow.ops.parsing.features import FixedLenFeature


def classifier_parse_example_spec(
    feature_columns: Any,
    label_key: str,
    label_dtype: Any = dtypes.int64,
    label_default: Any = None,
    weight_column: Any = None,
) -> dict[str, Any]:
    """Returns what `tf.parse_example` needs to know for a classifier: of columns and the label.

    Args:
      label_key: the feature that is the label, a number, or a word by `label_dtype`.
      label_default: the label of examples that lack it.
      weight_column: the name, or numeric column, of the weights of examples.

    Raises:
      ValueError: the label or the weight is among the columns; the weight's column is another.
    """
    label = FixedLenFeature((1,), label_dtype, label_default)
    return _with_label(feature_columns, label_key, label, weight_column)


def regressor_parse_example_spec(
    feature_columns: Any,
    label_key: str,
    label_dtype: Any = dtypes.float32,
    label_default: Any = None,
    label_dimension: int = 1,
    weight_column: Any = None,
) -> dict[str, Any]:
    """`classifier_parse_example_spec` for labels of `label_dimension` numbers."""
    label = FixedLenFeature((label_dimension,), label_dtype, label_default)
    return _with_label(feature_columns, label_key, label, weight_column)


def _with_label(
    feature_columns: Any, label_key: str, label: FixedLenFeature, weight_column: Any
) -> dict[str, Any]:
    spec = make_parse_example_spec(feature_columns)
    if label_key in spec:
        raise ValueError(
            f"label should not be used as feature. label_key: {label_key}, features: {spec.keys()}"
        )
    spec[label_key] = label
    if weight_column is None:
        return spec
    if isinstance(weight_column, str):
        weight_column = numeric_column(weight_column)
    if not isinstance(weight_column, NumericColumn):
        raise ValueError(
            "weight_column should be an instance of tf.feature_column.numeric_column. Given type: "
            f"{type(weight_column)} value: {weight_column}"
        )
    if weight_column.key in spec:
        raise ValueError(
            f"weight_column should not be used as feature. weight_column: {weight_column.key}, "
            f"features: {spec.keys()}"
        )
    return {**spec, **weight_column.parse_example_spec}
