"""`tf.summary.merge`: several summaries as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.context import check_not_eager
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collections, get_collection, name_scope
from stillflow.ops.summaries.common import clean_tag, new_summary, serialized


@op("MergeSummary", "inputs: N * string -> summary: string", shape=shapes.scalar, host=True)
def merge_summary_op(xp, *inputs):
    """inputs: string[...] each, of serialized Summaries -> string[], all their values in order."""
    from google.protobuf.message import DecodeError

    merged, tags = new_summary(), set()
    for item in (item for array in inputs for item in np.asarray(array).ravel()):
        try:
            part = type(merged).FromString(item)
        except DecodeError:
            refuse("Could not parse one of the summary inputs")
        for value in part.value:
            if value.tag in tags:
                refuse(f"Duplicate tag {value.tag} found in summary inputs")
            tags.add(value.tag)
        merged.MergeFrom(part)
    return serialized(merged)


merge_summary_op.not_differentiable()


def _check_not_eager() -> None:
    check_not_eager(
        "Merging tf.summary.* ops is not compatible with eager execution. Use tf.contrib.summary "
        "instead."
    )


def merge(
    inputs: Sequence[Any], collections: Sequence[str] | None = None, name: str | None = None
) -> Tensor:
    """Returns one serialized Summary, string[], with the values of all `inputs`, string[...] each.

    collections: where the result is added; nowhere when None. A run fails when a tag occurs twice.

    Raises:
      RuntimeError: eagerly.
      ValueError: there are no inputs.
    """
    _check_not_eager()
    if not len(inputs):
        raise ValueError(
            "List argument 'inputs' to 'MergeSummary' Op with length 0 shorter than minimum "
            "length 1."
        )
    name = clean_tag(name)
    with name_scope(name, "Merge", inputs):
        merged = merge_summary_op(list(inputs), name=name)
        add_to_collections([] if collections is None else collections, merged)
        return merged


def merge_all(
    key: str = GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None
) -> Tensor | None:
    """Merges the summaries of the collection `key`, as `merge` does; None when it is empty.

    scope: only those whose names match this regular expression.
    """
    _check_not_eager()
    summaries = get_collection(key, scope=scope)
    return merge(summaries, name=name) if summaries else None
