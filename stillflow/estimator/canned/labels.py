"""Labels that fit logits, and logits that fit a head: checked while building, else in the run."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import (
    assert_equal,
    assert_less_equal,
    assert_non_negative,
    assert_rank_at_least,
)
from stillflow.ops.math.casts import to_float
from stillflow.ops.sparse.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor

# Messages are constants of the graph, and so TensorFlow's to the letter.
_SHAPE = (
    "labels shape must be [D0, D1, ... DN, {}]. Suggested Fix: check your n_classes argument to "
    "the estimator and/or the shape of your label."
)
_LOGITS = "logits shape must be [D0, D1, ... DN, logits_dimension]"


def labels_like(labels: Any, logits: Tensor, size: int) -> Tensor:
    """Labels of the shape of logits n[..., k], with a last axis of `size`, which may be missing.

    Raises:
      ValueError: there are none, they are sparse, or their last axis is of another size.
    """
    check_labels(labels)
    with name_scope(None, "labels", (labels, logits)) as scope:
        labels = convert_to_tensor_or_sparse_tensor(labels)
        check_dense(labels, size)
        labels = with_last_axis(labels, logits)
        own, theirs = shape(labels), shape(logits)
        message = _SHAPE.format(size)
        with control_dependencies([assert_rank_at_least(labels, 2, message=message)]):
            check_last_axis(labels, size)
            wanted = concat([theirs[:-1], [size]], axis=0)
            return checked_as_run(labels, own, wanted, message, scope)


def check_labels(labels: Any) -> None:
    """ValueError where there are no labels."""
    if labels is None:
        raise ValueError(
            "You must provide a labels Tensor. Given: None.\n"
            "  Have the input_fn return (features, labels)."
        )


def check_dense(labels: Any, size: int) -> None:
    """ValueError where labels are sparse."""
    if isinstance(labels, SparseTensor):
        raise ValueError(
            "SparseTensor labels are not supported. labels must be a Tensor of shape [D0, D1, ..., "
            f"DN, {size}], e.g. [batch_size, {size}].\n"
            "  Pass tf.sparse_tensor_to_dense(labels) if each example has as many."
        )


def with_last_axis(labels: Tensor, logits: Tensor) -> Tensor:
    """Labels with an axis of size 1 more, if they lack one that logits have."""
    ranks = labels.shape.ndims, logits.shape.ndims
    lacks_one = None not in ranks and ranks[0] == ranks[1] - 1  # type: ignore[operator]
    return expand_dims(labels, -1) if lacks_one else labels


def check_last_axis(labels: Tensor, size: int) -> None:
    """ValueError where the last axis of labels is known to be of another size."""
    sizes = labels.shape.sizes
    if sizes is not None and sizes[-1] is not None and sizes[-1] != size:
        raise ValueError(
            f"Mismatched label shape. Expected labels dimension={size}.  Received {sizes[-1]}.\n"
            "  One label an example is expected, not one-hot labels; and n_classes or "
            "label_dimension must be theirs."
        )


def checked_as_run(labels: Tensor, own: Tensor, wanted: Tensor, message: str, scope: str) -> Tensor:
    """The labels, named as `scope`, which a run refuses unless their shape is `wanted`."""
    shown = ["expected_labels_shape: ", wanted, "labels_shape: ", own]
    fits = assert_equal(wanted, own, message=message, data=shown)
    with control_dependencies([fits]):
        return identity(labels, name=scope)


def within(labels: Tensor, classes: int, message: str | None = None) -> Tensor:
    """Labels that a run refuses unless they are in [0, classes)."""
    with name_scope(None, "assert_range", (labels,)), range_checked(labels, classes, message):
        return identity(labels)


def range_checked(
    labels: Tensor, classes: int, message: str | None, must: str = "Labels must"
) -> Any:
    """A block whose operations run only if labels are in [0, classes)."""
    most = convert_to_tensor(classes - 1, dtype=labels.dtype)
    checks: list[Operation] = [
        assert_less_equal(labels, most, message=message or f"{must} <= n_classes - 1"),
        assert_non_negative(labels, message=message or f"{must} >= 0"),
    ]
    return control_dependencies(checks)


def logits_of(logits: Any, size: Any) -> Tensor:
    """Logits as f32[..., size].

    Raises:
      ValueError: their rank is below 2, or their last axis of another size.
    """
    with name_scope(None, "logits", (logits,)) as scope:
        logits = to_float(logits)
        own = shape(logits)
        has_rank = assert_rank_at_least(logits, 2, data=[own], message=_LOGITS)
        with control_dependencies([has_rank]):
            sizes = logits.shape.sizes
            if sizes is not None and sizes[-1] is not None:
                if isinstance(size, int) and sizes[-1] != size:
                    raise ValueError(
                        f"{_LOGITS}, got {logits.shape}.\n  The head's logits_dimension is {size}."
                    )
                return logits
            fits = assert_equal(size, own[-1], data=[own], message=_LOGITS)
            with control_dependencies([fits]):
                return identity(logits, name=scope)
