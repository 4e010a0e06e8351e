"""Names of classes: of all of them for each example, and from words to numbers and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.interchange.saved_model.export_output import ClassificationOutput
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.tiling import tile
from stillflow.ops.control.ordering import no_op
from stillflow.ops.debug.checks import assert_greater
from stillflow.ops.strings.numbers import as_string
from stillflow.ops.tables.by_index import index_table_from_tensor, index_to_string_table_from_tensor

Vocabulary = Sequence[str] | None


def checked_number(classes: Any) -> Any:
    """The number of classes, a number or a tensor; ValueError for two or fewer."""
    if classes is None:
        raise ValueError("n_classes cannot be None")
    if isinstance(classes, int) and classes <= 2:
        raise ValueError(f"n_classes must be > 2: {classes}.")
    known = convert_to_tensor(classes)
    is_enough = assert_greater(known, 2, message="n_classes must be greater than 2")
    with control_dependencies([is_enough]):
        no_op()
    return classes


def all_class_ids(logits: Tensor, classes: Any) -> Tensor:
    """The numbers of all classes for each row of logits f[n, ...]: i32[n, classes]."""
    rows = shape(logits)[0]
    return _for_each_row(range_(classes), rows)


def all_classes(logits: Tensor, classes: Any, vocabulary: Vocabulary = None) -> Tensor:
    """The names of all classes for each row of logits f[n, ...]: string[n, classes]."""
    rows = shape(logits)[0]
    return _for_each_row(vocabulary or as_string(range_(classes)), rows)


def _for_each_row(row: Any, rows: Tensor) -> Tensor:
    return tile(expand_dims(row, axis=0), [rows, 1])


def classification_output(
    scores: Tensor, classes: Any, vocabulary: Vocabulary = None
) -> ClassificationOutput:
    """What a classifier serves: scores f[n, classes] beside the names of classes."""
    return ClassificationOutput(scores, all_classes(scores, classes, vocabulary))


def ids_of(words: Tensor, vocabulary: Sequence[str]) -> Tensor:
    """string[...] -> i64[...], -1 for words that the vocabulary lacks"""
    table = index_table_from_tensor(vocabulary_list=tuple(vocabulary), name="class_id_lookup")
    return table.lookup(words)


def words_of(class_ids: Tensor, vocabulary: Vocabulary) -> Tensor:
    """i64[...] -> string[...], the numbers themselves without a vocabulary"""
    if not vocabulary:
        return as_string(class_ids, name="str_classes")
    table = index_to_string_table_from_tensor(
        vocabulary_list=vocabulary, name="class_string_lookup"
    )
    return table.lookup(class_ids)
