"""Examples parsed as columns want it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.input.columns.contrib.layers import (
    Transformer,
    check_feature_columns,
    in_order,
)
from stillflow.input.columns.contrib.parsing import (
    create_feature_spec_for_parsing,
    sequence_feature_spec,
)
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.parsing.parse_example import parse_example
from stillflow.ops.parsing.parse_sequence_example import parse_single_sequence_example


def parse_feature_columns_from_examples(
    serialized: Any,
    feature_columns: Iterable[Any],
    name: str | None = None,
    example_names: Any = None,
) -> dict[Any, Any]:
    """Returns the features of Examples that the columns read, and what each column makes of them.

    Args:
      serialized: Examples, string[n].
    """
    check_feature_columns(feature_columns)
    tensors = parse_example(
        serialized=serialized,
        features=create_feature_spec_for_parsing(feature_columns),
        name=name,
        example_names=example_names,
    )
    for column in in_order(feature_columns):
        Transformer(tensors).transform(column)
    return tensors


def parse_feature_columns_from_sequence_examples(
    serialized: Any,
    context_feature_columns: Iterable[Any] | None,
    sequence_feature_columns: Iterable[Any] | None,
    name: str | None = None,
    example_name: Any = None,
) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Returns the features of a SequenceExample, string[], that the columns read.

    Raises:
      ValueError: there are several.
    """
    try:
        serialized = reshape(serialized, [])
    except ValueError as error:
        raise ValueError(
            "serialized must contain as single sequence example. Batching must be done after "
            f"parsing for sequence examples. Error: {error}"
        ) from error
    context, sequence = context_feature_columns or [], sequence_feature_columns or []
    check_feature_columns(context)
    check_feature_columns(sequence)
    return parse_single_sequence_example(
        serialized,
        create_feature_spec_for_parsing(context),
        sequence_feature_spec(sequence),
        example_name,
        name,
    )
