"""`tf.contrib.layers.optimize_loss`: a training step in one call, with summaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import get_collection
from stillflow.layers.contrib import clipping
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_scalar
from stillflow.ops.math import clip
from stillflow.ops.summaries import histogram, scalar
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.scope import get_variable, variable_scope
from stillflow.ops.variables.sets import trainable_variables
from stillflow.train.adagrad import AdagradOptimizer
from stillflow.train.adam import AdamOptimizer
from stillflow.train.ftrl import FtrlOptimizer
from stillflow.train.gradient_descent import GradientDescentOptimizer
from stillflow.train.momentum import MomentumOptimizer
from stillflow.train.optimizer import Optimizer
from stillflow.train.rmsprop import RMSPropOptimizer
from stillflow.train.training_util import assert_global_step, get_global_step


def _momentum(learning_rate: Any) -> Optimizer:
    return MomentumOptimizer(learning_rate, momentum=0.9)


OPTIMIZER_CLS_NAMES: dict[str, Callable[..., Optimizer]] = {
    "Adagrad": AdagradOptimizer,
    "Adam": AdamOptimizer,
    "Ftrl": FtrlOptimizer,
    "Momentum": _momentum,
    "RMSProp": RMSPropOptimizer,
    "SGD": GradientDescentOptimizer,
}
OPTIMIZER_SUMMARIES = [
    *("learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"),
]


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: float | None = None,
    gradient_multipliers: Mapping[Any, Any] | None = None,
    clip_gradients: Any = None,
    learning_rate_decay_fn: Callable[[Any, Any], Any] | None = None,
    update_ops: Any = None,
    variables: Any = None,
    name: str | None = None,
    summaries: Sequence[str] | None = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Tensor:
    """Returns the loss, which trains a step wherever it is computed.

    Args:
      loss: f[].
      global_step: counts the steps; None for the graph's, if there is one.
      learning_rate: a float, which becomes a variable; a scalar; or None, for the optimizer's own.
      optimizer: a name of OPTIMIZER_CLS_NAMES, a class, an object, or a function of the rate.
      gradient_noise_scale: noise is added to the gradients: truncated normal, times this.
      gradient_multipliers: factors of gradients, by variable or its name.
      clip_gradients: the largest common norm of the gradients as a float, or a function of
        [(gradient, variable)] that gives such a list.
      learning_rate_decay_fn: a function of rate and step that gives the rate.
      update_ops: what is to run before the loss is computed; None for GraphKeys.UPDATE_OPS.
      variables: what is trained; None for all trainable variables.
      summaries: what is summarised, of OPTIMIZER_SUMMARIES; None for the loss, the rate and the
        common norm of the gradients.
      increment_global_step: False leaves the counting to the program.

    Raises:
      ValueError: an argument is not one of these.
    """
    loss = convert_to_tensor(loss)
    assert_scalar(loss)
    if global_step is None:
        global_step = get_global_step()
    else:
        assert_global_step(global_step)
    with variable_scope(name, "OptimizeLoss", [loss, global_step]):
        loss = _after_updates(loss, update_ops)
        rate = _rate(learning_rate)
        wanted = _checked_summaries(summaries)
        if learning_rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("global_step is required for learning_rate_decay_fn.")
            rate = learning_rate_decay_fn(rate, global_step)
            if "learning_rate" in wanted:
                scalar.scalar("learning_rate", rate)
        chosen = _optimizer(optimizer, learning_rate, rate)
        pairs = chosen.compute_gradients(
            loss,
            trainable_variables() if variables is None else variables,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gradient_noise_scale is not None:
            pairs = clipping.with_noise(pairs, gradient_noise_scale)
        if gradient_multipliers is not None:
            pairs = _multiplied(pairs, gradient_multipliers)
        sums_up = "global_gradient_norm" in wanted or "gradient_norm" in wanted
        if sums_up:
            _summarize_norm("gradient_norm", pairs)
        pairs = _clipped(pairs, clip_gradients)
        if "loss" in wanted:
            scalar.scalar("loss", loss)
        _summarize_gradients(pairs, wanted)
        if clip_gradients is not None and sums_up:
            _summarize_norm("clipped_gradient_norm", pairs)
        counted = global_step if increment_global_step else None
        update = chosen.apply_gradients(pairs, global_step=counted, name="train")
        return with_dependencies([update], loss)


def _after_updates(loss: Tensor, update_ops: Any) -> Tensor:
    if update_ops is None:
        update_ops = dict.fromkeys(get_collection(GraphKeys.UPDATE_OPS))
    return with_dependencies(list(update_ops), loss) if update_ops else loss


def _rate(learning_rate: Any) -> Any:
    if learning_rate is None:
        return None
    if isinstance(learning_rate, Tensor) and learning_rate.get_shape().ndims == 0:
        return learning_rate
    if not isinstance(learning_rate, float):
        raise ValueError(
            "Learning rate should be 0d Tensor or float. "
            f"Got {learning_rate} of type {type(learning_rate)}"
        )
    if learning_rate < 0.0:
        raise ValueError("Invalid learning_rate %s.", learning_rate)
    initializer = Constant(learning_rate)
    return get_variable("learning_rate", [], trainable=False, initializer=initializer)


def _checked_summaries(summaries: Sequence[str] | None) -> Sequence[str]:
    if summaries is None:
        return ["loss", "learning_rate", "global_gradient_norm"]
    for summary in summaries:
        if summary not in OPTIMIZER_SUMMARIES:
            known = ", ".join(OPTIMIZER_SUMMARIES)
            raise ValueError(f"Summaries should be one of [{known}], you provided {summary}.")
    return summaries


def _optimizer(optimizer: Any, learning_rate: Any, rate: Any) -> Optimizer:
    """The optimizer that a name, a class, an object or a function stands for."""
    if isinstance(optimizer, str):
        _check_rate(rate, "string", optimizer)
        if optimizer not in OPTIMIZER_CLS_NAMES:
            known = ", ".join(OPTIMIZER_CLS_NAMES)
            raise ValueError(
                f"Optimizer name should be one of [{known}], you provided {optimizer}."
            )
        return OPTIMIZER_CLS_NAMES[optimizer](learning_rate=rate)
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        _check_rate(rate, "class", optimizer)
        return optimizer(learning_rate=rate)  # type: ignore[call-arg]  # a subclass takes it
    if isinstance(optimizer, Optimizer):
        return optimizer
    if not callable(optimizer):
        raise ValueError(
            "Unrecognized optimizer: should be string, subclass of Optimizer, instance of subclass "
            f"of Optimizer or function with one argument. Got {optimizer}."
        )
    made = optimizer() if learning_rate is None else optimizer(rate)
    if not isinstance(made, Optimizer):
        raise ValueError(
            f"Unrecognized optimizer: function should return subclass of Optimizer. Got {made}."
        )
    return made


def _check_rate(rate: Any, kind: str, optimizer: Any) -> None:
    if rate is None:
        raise ValueError(
            f"Learning rate is None, but should be specified if optimizer is {kind} ({optimizer})."
        )


def _multiplied(pairs: clipping.Pairs, multipliers: Mapping[Any, Any]) -> clipping.Pairs:
    pairs = clipping.multiplied(pairs, multipliers)
    if not pairs:
        raise ValueError(
            "Empty list of (gradient, var) pairs encountered. This is most likely to be caused by "
            "an improper value of gradient_multipliers."
        )
    return pairs


def _clipped(pairs: clipping.Pairs, clip_gradients: Any) -> clipping.Pairs:
    if clip_gradients is None:
        return pairs
    if isinstance(clip_gradients, float):
        return clipping.clipped_by_global_norm(pairs, clip_gradients)
    if not callable(clip_gradients):
        raise ValueError(f"Unknown type {type(clip_gradients)} for clip_gradients")
    return clip_gradients(pairs)


def _summarize_norm(name: str, pairs: clipping.Pairs) -> None:
    scalar.scalar(f"global_norm/{name}", clip.global_norm([grad for grad, _ in pairs]))


def _summarize_gradients(pairs: clipping.Pairs, wanted: Sequence[str]) -> None:
    for grad, variable in pairs:
        values = grad.values if isinstance(grad, IndexedSlices) else grad
        if values is None:
            continue
        name = variable.name.replace(":", "_")
        if "gradients" in wanted:
            histogram.histogram(f"gradients/{name}", values)
        if "gradient_norm" in wanted:
            scalar.scalar(f"gradient_norm/{name}", clip.global_norm([values]))
