"""Sparsemax: probabilities of which many are 0 (Martins and Astudillo, 2016)."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, ranging, selecting, shape_of, stacking
from stillflow.ops.array.batch_gather import gather_nd
from stillflow.ops.math import arithmetic, casts, comparison, elementwise, scan
from stillflow.ops.nn.top_k import top_k
from stillflow.ops.reduce import reductions


def sparsemax(logits: Any, name: str | None = None) -> Tensor:
    """Returns the probabilities that are nearest to `logits`, f[b, n] -> f[b, n].

    NaN where a row holds one, or an infinity.
    """
    with name_scope(name, "sparsemax", [logits]):
        z = convert_to_tensor(logits, name="logits")
        rows, columns = shape_of.shape(z)[0], shape_of.shape(z)[1]
        in_order, _ = top_k(z, k=columns)
        sums = scan.cumsum(in_order, axis=1)
        count = ranging.range_(1, casts.cast(columns, z.dtype) + 1, dtype=z.dtype)
        is_kept = 1 + count * in_order > sums
        support = reductions.reduce_sum(casts.cast(is_kept, dtypes.int32), axis=1)
        # Where nothing is kept there is NaN, and any index will do.
        last = arithmetic.maximum(support, 1)
        places = stacking.stack([ranging.range_(0, rows), last - 1], axis=1)
        total = gather_nd(sums, places)
        threshold = (total - 1) / casts.cast(support, z.dtype)
        p = arithmetic.maximum(casts.cast(0, z.dtype), z - threshold[:, None])
        is_none = comparison.equal(support, 0)
        is_bad = comparison.logical_or(is_none, elementwise.is_nan(sums[:, -1]))
        nans = filling.fill([rows, columns], casts.cast(float("nan"), z.dtype))
        return selecting.where(is_bad, nans, p)


def sparsemax_loss(logits: Any, sparsemax: Any, labels: Any, name: str | None = None) -> Tensor:
    """Returns the loss of which `sparsemax - labels` is the gradient: f[b, n] each -> f[b].

    Args:
      sparsemax: what `sparsemax` gave for `logits`.
      labels: probabilities.
    """
    with name_scope(name, "sparsemax_loss", [logits, sparsemax, labels]):
        z = convert_to_tensor(logits, name="logits")
        p = convert_to_tensor(sparsemax, name="sparsemax")
        labels = convert_to_tensor(labels, name="labels")
        is_in = comparison.logical_or(p > 0, elementwise.is_nan(p))
        support = selecting.where(is_in, p * (z - 0.5 * p), filling.zeros_like(p))
        rest = labels * (0.5 * labels - z)
        # 0 times an infinity is no loss.
        is_out = comparison.logical_and(comparison.equal(labels, 0), elementwise.is_inf(z))
        rest = selecting.where(is_out, filling.zeros_like(z), rest)
        return reductions.reduce_sum(support + rest, axis=1)
