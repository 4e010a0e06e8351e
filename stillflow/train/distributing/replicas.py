"""What an optimizer does under a strategy: gradients of all replicas, and copies of variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.distribution import strategy_around
from stillflow.graph.graph import get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, init_scope, name_scope
from stillflow.ops.losses import sample_weights, weighting
from stillflow.ops.variables.state import assign_add


def reduces_by_sum() -> bool:
    """Whether the loss of all replicas is the sum of theirs, rather than the mean.

    That is so unless an Estimator trains under a strategy; then as the loss built last is reduced.
    """
    strategy = strategy_around()
    if strategy is None or not strategy._scale_loss_for_estimator:
        return True
    sums = (weighting.Reduction.SUM, sample_weights.Reduction.SUM)
    return get_default_graph()._last_loss_reduction in sums


def scaled_loss(loss: Any) -> Any:
    """The part of the loss of all replicas that is this one's."""
    graph = get_default_graph()
    graph._is_loss_scaled_by_optimizer = False
    if reduces_by_sum():
        return loss
    count = strategy_around().num_replicas_in_sync
    if count == 1:
        return loss
    scaled = loss * (1.0 / count)
    graph._is_loss_scaled_by_optimizer = True
    return scaled


def container_of(variable: Any) -> Any:
    """The variable of all replicas that `variable` is a copy of; None without one."""
    reference = getattr(variable, "_distributed_container", None)
    return None if reference is None or hasattr(variable, "device_map") else reference()


def with_gradients(grads_and_vars: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Those pairs that have a gradient."""
    return [(gradient, variable) for gradient, variable in grads_and_vars if gradient is not None]


def applied_for_all(
    optimizer: Any,
    strategy: Any,
    grads_and_vars: Sequence[tuple[Any, Any]],
    global_step: Any,
    name: str | None,
) -> Operation:
    """Updates every copy of every variable by the sum of the replicas' gradients."""
    extended = strategy.extended
    gradients = extended.batch_reduce_to("SUM", grads_and_vars)
    variables = [variable for _, variable in grads_and_vars]
    with init_scope():
        optimizer._create_slots(variables)

    def update(copy: Any, gradient: Any) -> Any:
        with name_scope(f"update_{copy._shared_name}"):
            return optimizer._updated(_as_gradient(gradient), copy)

    def finish(updates: Sequence[Any]) -> Any:
        return optimizer._finish(updates, "update")

    with name_scope(name, optimizer._name) as scope:
        optimizer._prepare()
        updates = [
            op
            for gradient, variable in zip(gradients, variables, strict=True)
            for op in extended.update(variable, update, args=(gradient,), group=False)
        ]
        places = extended.non_slot_devices(variables)
        finished = extended.update_non_slot(places, finish, args=(updates,), group=False)
        if global_step is None:
            done = strategy.group(finished, name=scope)
        else:
            with control_dependencies(finished):
                done = extended.update(global_step, assign_add, args=(1,), kwargs={"name": scope})
    train_op = done.op if isinstance(done, Tensor) else done
    train_ops = get_default_graph().get_collection_ref(GraphKeys.TRAIN_OP)
    if train_op not in train_ops:
        train_ops.append(train_op)
    return train_op


def _as_gradient(gradient: Any) -> Any:
    if isinstance(gradient, (Tensor, IndexedSlices)):
        return gradient
    try:
        return convert_to_tensor(gradient)
    except TypeError:
        raise TypeError(
            f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {gradient}"
        ) from None
