"""Non-maximum suppression: of boxes that overlap, those of the highest scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.image.suppressing import (
    Similarity,
    intersection_over_union,
    suppress,
    suppress_class,
)

_FLOATS = types("float16 float32")
_TYPES = {"T": _FLOATS, "T_threshold": _FLOATS}
_DEFAULTS = {"T": dtypes.float32, "T_threshold": dtypes.float32}


# Shapes -----------------------------------------------------------------------------------------


def _check(ctx: ShapeContext) -> None:
    """Boxes [n, 4], their scores [n], scalars."""
    count, corners = shapes.with_rank(ctx.shape(0), 2)
    (scored,) = shapes.with_rank(ctx.shape(1), 1)
    _check_scalars(ctx, 2)
    shapes.merge_size(count, scored)
    if corners not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {corners}")


def _check_scalars(ctx: ShapeContext, start: int) -> None:
    for sizes in ctx.shapes(start):
        shapes.with_rank(sizes, 0)


def _selected(ctx: ShapeContext) -> Sizes:
    _check(ctx)
    return (None,)


def _count(ctx: ShapeContext) -> int | None:
    return ctx.size(2) if ctx.attrs["pad_to_max_output_size"] else None


def _padded(ctx: ShapeContext) -> list[Sizes]:
    _check(ctx)
    return [(_count(ctx),), ()]


def _scored(ctx: ShapeContext) -> list[Sizes]:
    _check(ctx)
    return [(_count(ctx),), (_count(ctx),), ()]


def _of_overlaps(ctx: ShapeContext) -> Sizes:
    rows, columns = shapes.with_rank(ctx.shape(0), 2)
    (scored,) = shapes.with_rank(ctx.shape(1), 1)
    _check_scalars(ctx, 2)
    shapes.merge_size(rows, scored)
    shapes.merge_size(rows, columns)
    return (None,)


def _combined(ctx: ShapeContext) -> list[Sizes]:
    batch, count, of_classes, corners = shapes.with_rank(ctx.shape(0), 4)
    _, scored, classes = shapes.with_rank(ctx.shape(1), 3)
    _check_scalars(ctx, 2)
    shapes.merge_size(count, scored)
    if corners not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {corners}")
    if None not in (of_classes, classes) and of_classes not in (1, classes):
        raise ShapeError(
            "third dimension of boxes must be either 1 or equal to the third dimension of scores"
        )
    per_class, total = ctx.scalar(2), ctx.scalar(3)
    if total is not None and total <= 0:
        raise ShapeError("max_total_size should be > 0 ")
    if ctx.attrs["pad_per_class"] and total is not None:
        known = per_class is not None and classes is not None
        total = min(total, per_class * classes) if known else None  # type: ignore[operator]
    return [(batch, total, 4), (batch, total), (batch, total), (batch,)]


# Kernels ----------------------------------------------------------------------------------------


def _select(
    similarity: Similarity | None,
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    threshold: Any,
    least: Any = None,
    sigma: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(indices: i32[k], scores: f[k]) of the boxes that are kept."""
    most = int(max_output_size)
    kept, kept_scores = suppress(
        scores,
        len(scores) if most < 0 else most,
        intersection_over_union(boxes) if similarity is None else similarity,
        scores.dtype.type(threshold),
        np.finfo(scores.dtype).min if least is None else scores.dtype.type(least),
        scores.dtype.type(sigma or 0),
    )
    return np.array(kept, np.int32), np.array(kept_scores, scores.dtype)


def _check_boxes(boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any) -> None:
    check_scalars("{} must be 0-D, got shape {}", max_output_size=max_output_size)
    check_scalars("{} must be 0-D, got shape {}", iou_threshold=iou_threshold)
    if not 0 <= iou_threshold <= 1:
        refuse("iou_threshold must be in [0, 1]")
    if boxes.ndim != 2:
        refuse(f"boxes must be 2-D{format_sizes(boxes.shape)}")
    if boxes.shape[1] != 4:
        refuse("boxes must have 4 columns")
    _check_scores(scores, len(boxes))


def _check_scores(scores: Any, count: int) -> None:
    if scores.ndim != 1:
        refuse(f"scores must be 1-D{format_sizes(scores.shape)}")
    if len(scores) != count:
        refuse("scores has incompatible shape")


def _pad(values: np.ndarray, size: Any) -> np.ndarray:
    return np.pad(values, (0, max(0, int(size) - len(values))))


@op(
    "NonMaxSuppression",
    "boxes: float32, scores: float32, max_output_size: int32 -> selected_indices: int32",
    shape=_selected,
    host=True,
)
def non_max_suppression_v1(xp, boxes, scores, max_output_size, *, iou_threshold: float = 0.5):
    """boxes: f32[n, 4], scores: f32[n], i32[] -> i32[k], the boxes that are kept, best first."""
    _check_boxes(boxes, scores, max_output_size, np.float32(iou_threshold))
    return _select(None, boxes, scores, max_output_size, iou_threshold)[0]


@op(
    "NonMaxSuppressionV2",
    "boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold "
    "-> selected_indices: int32",
    shape=_selected,
    types=_TYPES,
    defaults=_DEFAULTS,
    host=True,
)
def non_max_suppression_v2(xp, boxes, scores, max_output_size, iou_threshold):
    """boxes: f[n, 4], scores: f[n], i32[], f[] -> i32[k], the boxes that are kept, best first."""
    _check_boxes(boxes, scores, max_output_size, iou_threshold)
    return _select(None, boxes, scores, max_output_size, iou_threshold)[0]


@op(
    "NonMaxSuppressionV3",
    "boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold, "
    "score_threshold: T_threshold -> selected_indices: int32",
    shape=_selected,
    types=_TYPES,
    defaults=_DEFAULTS,
    host=True,
)
def non_max_suppression_v3(xp, boxes, scores, max_output_size, iou_threshold, score_threshold):
    """NonMaxSuppressionV2 of those of the boxes whose scores are above `score_threshold`."""
    _check_boxes(boxes, scores, max_output_size, iou_threshold)
    check_scalars("{} must be 0-D, got shape {}", score_threshold=score_threshold)
    return _select(None, boxes, scores, max_output_size, iou_threshold, score_threshold)[0]


@op(
    "NonMaxSuppressionV4",
    "boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold, "
    "score_threshold: T_threshold -> selected_indices: int32, valid_outputs: int32",
    shape=_padded,
    types=_TYPES,
    defaults=_DEFAULTS,
    host=True,
)
def non_max_suppression_v4(
    xp,
    boxes,
    scores,
    max_output_size,
    iou_threshold,
    score_threshold,
    *,
    pad_to_max_output_size: bool = False,
):
    """NonMaxSuppressionV3, with zeros up to the size where wanted, and how many are no padding."""
    _check_boxes(boxes, scores, max_output_size, iou_threshold)
    check_scalars("{} must be 0-D, got shape {}", score_threshold=score_threshold)
    kept, _ = _select(None, boxes, scores, max_output_size, iou_threshold, score_threshold)
    padded = _pad(kept, max_output_size) if pad_to_max_output_size else kept
    return padded, np.int32(len(kept))


@op(
    "NonMaxSuppressionV5",
    "boxes: T, scores: T, max_output_size: int32, iou_threshold: T, score_threshold: T, "
    "soft_nms_sigma: T -> selected_indices: int32, selected_scores: T, valid_outputs: int32",
    shape=_scored,
    types=_TYPES,
    defaults=_DEFAULTS,
    host=True,
)
def non_max_suppression_v5(
    xp,
    boxes,
    scores,
    max_output_size,
    iou_threshold,
    score_threshold,
    soft_nms_sigma,
    *,
    pad_to_max_output_size: bool = False,
):
    """NonMaxSuppressionV4 and the scores of what is kept; boxes that are like it lose some.

    A score is multiplied by exp(-0.5 * likeness ** 2 / soft_nms_sigma) for each that was kept.
    """
    _check_boxes(boxes, scores, max_output_size, iou_threshold)
    check_scalars("{} must be 0-D, got shape {}", score_threshold=score_threshold)
    check_scalars("{} must be 0-D, got shape {}", soft_nms_sigma=soft_nms_sigma)
    if soft_nms_sigma < 0:
        refuse("soft_nms_sigma_val must be >= 0")
    kept, kept_scores = _select(
        None, boxes, scores, max_output_size, iou_threshold, score_threshold, soft_nms_sigma
    )
    valid = np.int32(len(kept))
    if pad_to_max_output_size:
        kept, kept_scores = _pad(kept, max_output_size), _pad(kept_scores, max_output_size)
    return kept, kept_scores, valid


@op(
    "NonMaxSuppressionWithOverlaps",
    "overlaps: float32, scores: float32, max_output_size: int32, overlap_threshold: float32, "
    "score_threshold: float32 -> selected_indices: int32",
    shape=_of_overlaps,
    host=True,
)
def non_max_suppression_with_overlaps(
    xp, overlaps, scores, max_output_size, overlap_threshold, score_threshold
):
    """overlaps: f32[n, n], how much boxes are alike, scores: f32[n] -> i32[k], what is kept."""
    if overlaps.ndim != 2:
        refuse(f"overlaps must be 2-D{format_sizes(overlaps.shape)}")
    if overlaps.shape[0] != overlaps.shape[1]:
        refuse(f"overlaps must be square{format_sizes(overlaps.shape)}")
    _check_scores(scores, len(overlaps))

    def similarity(i: int, others: list[int]) -> np.ndarray:
        return overlaps[i, others]

    return _select(similarity, None, scores, max_output_size, overlap_threshold, score_threshold)[0]


@op(
    "CombinedNonMaxSuppression",
    "boxes: float32, scores: float32, max_output_size_per_class: int32, max_total_size: int32, "
    "iou_threshold: float32, score_threshold: float32 -> nmsed_boxes: float32, "
    "nmsed_scores: float32, nmsed_classes: float32, valid_detections: int32",
    shape=_combined,
    host=True,
)
def combined_non_max_suppression_op(
    xp,
    boxes,
    scores,
    max_output_size_per_class,
    max_total_size,
    iou_threshold,
    score_threshold,
    *,
    pad_per_class: bool = False,
    clip_boxes: bool = True,
):
    """boxes: f32[b, n, c or 1, 4], scores: f32[b, n, c] -> the best boxes of all classes.

    f32[b, k, 4], their scores and classes f32[b, k], best first and zeros behind, and i32[b], how
    many there are.
    """
    _check_combined(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold)
    most, total = int(max_output_size_per_class), int(max_total_size)
    size = min(total, most * scores.shape[2]) if pad_per_class else total
    found = np.zeros((len(boxes), size, 6), np.float32)
    counts = np.zeros(len(boxes), np.int32)
    for row, (own_boxes, own_scores) in enumerate(zip(boxes, scores, strict=True)):
        best = _of_all_classes(own_boxes, own_scores, most, iou_threshold, score_threshold)[:size]
        counts[row] = len(best)
        found[row, : len(best)] = np.reshape(best, (-1, 6))
    kept = found[..., :4]
    return kept.clip(0, 1) if clip_boxes else kept, found[..., 4], found[..., 5], counts


def _of_all_classes(boxes: Any, scores: Any, most: int, threshold: Any, least: Any) -> list:
    """boxes: f32[n, c or 1, 4], scores: f32[n, c] -> what the classes keep, best first.

    Each is (corners, score, class).
    """
    found = []
    for kind in range(scores.shape[1]):
        own = boxes[:, min(kind, boxes.shape[1] - 1)]
        similarity = intersection_over_union(own)
        for i in suppress_class(scores[:, kind], most, similarity, threshold, least):
            found.append((*own[i], scores[i, kind], kind))
    return sorted(found, key=lambda entry: -entry[4])


def _check_combined(boxes: Any, scores: Any, per_class: Any, total: Any, threshold: Any) -> None:
    check_scalars("{} must be 0-D, got shape {}", max_size_per_class=per_class)
    check_scalars("{} must be 0-D, got shape {}", max_total_size=total, iou_threshold=threshold)
    if per_class < 0:
        refuse("max_size_per_class must be > 0")
    if total <= 0:
        refuse("max_total_size must be > 0")
    if not 0 <= threshold <= 1:
        refuse("iou_threshold must be in [0, 1]")
    if boxes.shape[:1] != scores.shape[:1]:
        refuse("boxes and scores must have same batch size")
    if boxes.ndim != 4:
        refuse(f"boxes must be 4-D{format_sizes(boxes.shape)}")
    if boxes.shape[3] != 4:
        refuse("boxes must have 4 columns")
    if scores.ndim != 3:
        refuse(f"scores must be 3-D{format_sizes(scores.shape)}")
    if boxes.shape[1] != scores.shape[1]:
        refuse("scores has incompatible shape")
    if boxes.shape[2] not in (1, scores.shape[2]):
        refuse("third dimension of boxes must be either 1 or num classes")


# TensorFlow's functions -------------------------------------------------------------------------


def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """i32[k]: the boxes, f[n, 4], that are kept, best first; what is too like a better one goes.

    Args:
      boxes: two opposite corners (y, x) each.
      scores: f[n].
      max_output_size: i32[], how many are kept at most.
      iou_threshold: how much of their union two boxes may have in common.
      score_threshold: what is not above it goes.
      name: of the scope.
    """
    with name_scope(name, "non_max_suppression"):
        return non_max_suppression_v3(
            boxes,
            scores,
            max_output_size,
            convert_to_tensor(iou_threshold, name="iou_threshold"),
            convert_to_tensor(score_threshold, name="score_threshold"),
        )


def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    soft_nms_sigma: Any = 0.0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """non_max_suppression, and the scores, f[k], which boxes lose to others if `soft_nms_sigma`."""
    with name_scope(name, "non_max_suppression_with_scores"):
        made: Any = non_max_suppression_v5(
            boxes,
            scores,
            max_output_size,
            convert_to_tensor(iou_threshold, name="iou_threshold"),
            convert_to_tensor(score_threshold, name="score_threshold"),
            convert_to_tensor(soft_nms_sigma, name="soft_nms_sigma"),
            pad_to_max_output_size=False,
        )
        return made.selected_indices, made.selected_scores


def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False,
    name: str | None = None,
) -> Any:
    """(i32[max_output_size], i32[]): non_max_suppression with zeros behind, and how many there are.

    Without `pad_to_max_output_size` there are none.
    """
    with name_scope(name, "non_max_suppression_padded"):
        return non_max_suppression_v4(
            boxes,
            scores,
            max_output_size,
            convert_to_tensor(iou_threshold, name="iou_threshold"),
            convert_to_tensor(score_threshold, name="score_threshold"),
            pad_to_max_output_size=pad_to_max_output_size,
        )


def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """non_max_suppression of n things of which `overlaps`, f32[n, n], says how alike they are."""
    with name_scope(name, "non_max_suppression_overlaps"):
        return non_max_suppression_with_overlaps(
            overlaps,
            scores,
            max_output_size,
            convert_to_tensor(overlap_threshold, name="overlap_threshold"),
            score_threshold,
        )


def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> Any:
    """The best boxes of all classes, of each picture: boxes, scores, classes, and how many.

    Args:
      boxes: f32[batch, n, classes, 4], or [batch, n, 1, 4] for the same ones in every class.
      scores: f32[batch, n, classes].
      max_output_size_per_class: i32[], how many each class keeps at most.
      max_total_size: i32[], how many are returned; there are zeros behind.
      iou_threshold: how much of their union two boxes may have in common.
      score_threshold: what is not above it goes.
      pad_per_class: no more are returned than all classes may keep.
      clip_boxes: coordinates are brought into [0, 1].
      name: of the scope.
    """
    with name_scope(name, "combined_non_max_suppression"):
        return combined_non_max_suppression_op(
            boxes,
            scores,
            max_output_size_per_class,
            max_total_size,
            convert_to_tensor(iou_threshold, dtypes.float32, "iou_threshold"),
            convert_to_tensor(score_threshold, dtypes.float32, "score_threshold"),
            pad_per_class=pad_per_class,
            clip_boxes=clip_boxes,
        )
