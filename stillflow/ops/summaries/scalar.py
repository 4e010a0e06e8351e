"""`tf.summary.scalar`: one number per tag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import REAL_NUMBERS
from stillflow.graph.operation import Tensor
from stillflow.ops.summaries.common import (
    collected,
    is_summary_skipped,
    new_summary,
    no_summary,
    serialized,
    summary_scope,
)


@op(
    "ScalarSummary",
    "tags: string, values: T -> summary: string",
    shape=shapes.scalar,
    types={"T": REAL_NUMBERS},
    host=True,
)
def scalar_summary_op(xp, tags, values):
    """tags: string[...], values: n[...] of the same shape -> string[], one value per tag."""
    tags, values = np.asarray(tags), np.asarray(values)
    if tags.shape != values.shape:
        tag = f" (tag '{tags[()].decode()}')" if tags.ndim == 0 else ""
        refuse(
            "tags and values not the same shape: "
            f"{format_sizes(tags.shape)} != {format_sizes(values.shape)}{tag}"
        )
    summary = new_summary()
    for tag, value in zip(tags.ravel().tolist(), values.ravel(), strict=True):
        summary.value.add(tag=tag, simple_value=float(value))
    return serialized(summary)


scalar_summary_op.not_differentiable()


def scalar(
    name: str,
    tensor: Any,
    collections: Sequence[str] | None = None,
    family: str | None = None,
) -> Tensor:
    """Returns a serialized Summary, string[], of one number.

    tensor: n[]; collections: where the result is added, GraphKeys.SUMMARIES when None; family:
    the first part of the tag, by which TensorBoard groups.
    """
    if is_summary_skipped():
        return no_summary()
    with summary_scope(name, family, [tensor]) as (tag, scope):
        return collected(scalar_summary_op(tag, tensor, name=scope), collections)
