"""How long sequences are."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.filling import ones_like, zeros
from stillflow.ops.array.joining import concat
from stillflow.ops.array.shape_of import shape
from stillflow.ops.math.casts import cast
from stillflow.ops.math.elementwise import ceil
from stillflow.ops.reduce.segments import segment_max


def sequence_length(sparse: Any, num_elements: int = 1) -> Tensor:
    """i64[n], where the last element of each row of `sparse`, [n, t, ...], is, counted from 1.

    So many elements in a row, `num_elements`, count as one.
    """
    with name_scope(None, "sequence_length") as scope:
        rows, places = sparse.indices[:, 0], sparse.indices[:, 1]
        places += ones_like(places)
        lengths = segment_max(places, segment_ids=rows)
        lengths = cast(ceil(lengths / num_elements), dtypes.int64)
        # Rows behind the last that has an element.
        missing = shape(sparse)[:1] - shape(lengths)[:1]
        return concat([lengths, zeros(missing, dtype=lengths.dtype)], axis=0, name=scope)
