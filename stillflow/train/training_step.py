"""`tf.contrib.training.create_train_op` and what it does to gradients on their way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import (
    control_dependencies,
    get_collection,
    get_collection_ref,
    name_scope,
)
from stillflow.ops.control.ordering import no_op, with_dependencies
from stillflow.ops.debug import asserting
from stillflow.ops.math import clip
from stillflow.ops.summaries import histogram, scalar
from stillflow.ops.variables.sets import trainable_variables
from stillflow.platform import logging
from stillflow.train.optimizer import Optimizer
from stillflow.train.training_util import get_or_create_global_step

Pairs = list[tuple[Any, Any]]

USE_GLOBAL_STEP = 0  # as a global step: the graph's, made if there is none


def create_train_op(
    total_loss: Any,
    optimizer: Optimizer,
    global_step: Any = USE_GLOBAL_STEP,
    update_ops: Any = None,
    variables_to_train: Sequence[Any] | None = None,
    transform_grads_fn: Callable[[Pairs], Pairs] | None = None,
    summarize_gradients: bool = False,
    gate_gradients: int = Optimizer.GATE_OP,
    aggregation_method: Any = None,
    colocate_gradients_with_ops: bool = False,
    check_numerics: bool = True,
) -> Tensor:
    """Returns the loss, which trains a step wherever it is computed; also in GraphKeys.TRAIN_OP.

    Args:
      global_step: counts the steps; None for none, 0 for the graph's.
      update_ops: what is to run before the loss is computed; None for GraphKeys.UPDATE_OPS.
      variables_to_train: None for all trainable variables.
      transform_grads_fn: of [(gradient, variable)], applied before the update.
      summarize_gradients: adds summaries of the gradients and their norms.
      check_numerics: a step fails whose loss is not finite.
    """
    if global_step is USE_GLOBAL_STEP:
        global_step = get_or_create_global_step()
    total_loss = _after_updates(total_loss, update_ops)
    variables = trainable_variables() if variables_to_train is None else variables_to_train
    assert variables
    assert all(v.trainable or v in trainable_variables() for v in variables)
    pairs = optimizer.compute_gradients(
        total_loss,
        variables,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
    )
    if transform_grads_fn:
        pairs = transform_grads_fn(pairs)
    if summarize_gradients:
        with name_scope("summarize_grads"):
            add_gradients_summaries(pairs)
    update = optimizer.apply_gradients(pairs, global_step=global_step)
    with name_scope("train_op"):
        if check_numerics:
            total_loss = asserting.check_numerics(total_loss, "LossTensor is inf or nan")
        train_op = with_dependencies([update], total_loss)
    train_ops = get_collection_ref(GraphKeys.TRAIN_OP)
    if all(train_op is not known for known in train_ops):
        train_ops.append(train_op)
    return train_op


def _after_updates(total_loss: Any, update_ops: Any) -> Any:
    collected = dict.fromkeys(get_collection(GraphKeys.UPDATE_OPS))
    updates = collected if update_ops is None else dict.fromkeys(update_ops)
    if not collected.keys() <= updates.keys():
        logging.warning(
            "update_ops in create_train_op does not contain all the update_ops in "
            "GraphKeys.UPDATE_OPS"
        )
    if not updates:
        return total_loss
    with control_dependencies(list(updates)):
        barrier = no_op(name="update_barrier")
    return with_dependencies([barrier], total_loss)


def add_gradients_summaries(grads_and_vars: Pairs, separator: str = "_") -> list[Tensor]:
    """Adds a histogram of each gradient and its norm; returns them."""
    summaries = []
    for grad, variable in grads_and_vars:
        if grad is None:
            logging.info("Var %s has no gradient", variable.op.name)
            continue
        values = grad.values if isinstance(grad, IndexedSlices) else grad
        name = f"{variable.op.name}{separator}gradient"
        summaries.append(histogram.histogram(name, values))
        summaries.append(scalar.scalar(f"{name}_norm", clip.global_norm([values])))
    return summaries


def clip_gradient_norms(gradients_to_variables: Pairs, max_norm: Any) -> Pairs:
    """Shrinks each gradient whose norm is above `max_norm` to that norm."""

    def clipped(grad: Any) -> Any:
        if not isinstance(grad, IndexedSlices):
            return clip.clip_by_norm(grad, max_norm)
        values = clip.clip_by_norm(grad.values, max_norm)
        return IndexedSlices(values, grad.indices, grad.dense_shape)

    return [
        (None if grad is None else clipped(grad), variable)
        for grad, variable in gradients_to_variables
    ]


def clip_gradient_norms_fn(max_norm: Any) -> Callable[[Pairs], Pairs]:
    """`clip_gradient_norms` to that norm, for `create_train_op`."""
    return lambda gradients_to_variables: clip_gradient_norms(gradients_to_variables, max_norm)


def multiply_gradients(grads_and_vars: Pairs, gradient_multipliers: Mapping[Any, Any]) -> Pairs:
    """Multiplies the gradients of the variables that a dict has, themselves or by their ops' names.

    Raises:
      ValueError: the dict is none, or empty; or a gradient that it means is None.
    """
    if not isinstance(grads_and_vars, list):
        raise ValueError("`grads_and_vars` must be a list.")
    if not gradient_multipliers:
        raise ValueError("`gradient_multipliers` is empty.")
    if not isinstance(gradient_multipliers, dict):
        raise ValueError("`gradient_multipliers` must be a dict.")
    return [(_multiplied(grad, v, gradient_multipliers), v) for grad, v in grads_and_vars]


def _multiplied(grad: Any, variable: Any, multipliers: Mapping[Any, Any]) -> Any:
    key = variable if variable in multipliers else variable.op.name
    if key not in multipliers:
        return grad
    if grad is None:
        raise ValueError("Requested multiple of `None` gradient.")
    factor = convert_to_tensor(multipliers[key], dtype=grad.dtype)
    if isinstance(grad, IndexedSlices):
        return IndexedSlices(grad.values * factor, grad.indices, grad.dense_shape)
    return grad * factor
