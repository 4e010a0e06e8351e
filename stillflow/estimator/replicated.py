"""Training and evaluation of an estimator under a distribution strategy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.distribute.loss_reduction import get_loss_reduction
from stillflow.distribute.reduce_op import ReduceOp
from stillflow.estimator.input_functions import DatasetInitializerHook, features_and_labels
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.spec import EstimatorSpec, checked_metrics
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.nest import flatten
from stillflow.graph.scopes import add_to_collection
from stillflow.monitored.hook import SessionRunHook
from stillflow.monitored.scaffold import Scaffold, ready_for_local_init_op
from stillflow.ops.array.joining import concat
from stillflow.ops.control.ordering import group
from stillflow.ops.metrics.means import mean
from stillflow.train.training_util import GLOBAL_STEP_READ_KEY


@contextmanager
def within(strategy: Any) -> Iterator[None]:
    """A block in the scope of a strategy, whose optimizers divide mean losses by the replicas."""
    with strategy.scope(), strategy._scale_loss_for_estimator_enabled():
        yield


def training_spec(
    estimator: Any, strategy: Any, graph: Graph, input_fn: Callable[..., Any]
) -> tuple[EstimatorSpec, list[SessionRunHook]]:
    """What all replicas together train by, and hooks of the input."""
    iterator, hooks = _input(estimator, strategy, input_fn, ModeKeys.TRAIN)
    step = estimator._create_and_assert_global_step(graph)
    add_to_collection(GLOBAL_STEP_READ_KEY, strategy.extended.read_var(step))
    spec = _model(estimator, strategy, iterator, ModeKeys.TRAIN)
    loss = strategy.reduce(_reported_reduction(), spec.loss, axis=None)
    scaffold = _combined(spec.scaffold, strategy)
    together = EstimatorSpec(
        mode=spec.mode,
        loss=loss,
        train_op=strategy.group(spec.train_op),
        training_hooks=_of_first_replica(strategy, spec.training_hooks),
        training_chief_hooks=_of_first_replica(strategy, spec.training_chief_hooks),
        scaffold=scaffold,
    )
    return together, hooks


def evaluation_parts(
    estimator: Any, strategy: Any, input_fn: Callable[..., Any]
) -> tuple[Any, dict[str, Any], Scaffold, list[Any], list[SessionRunHook]]:
    """What updates all metrics, their values, the scaffold, hooks of the model and of the input."""
    iterator, hooks = _input(estimator, strategy, input_fn, ModeKeys.EVAL)
    spec = _model(estimator, strategy, iterator, ModeKeys.EVAL)

    def with_loss() -> Any:
        return strategy.extended.call_for_each_replica(mean, args=(spec.loss,))

    metrics = checked_metrics(spec, with_loss)
    update = group(*(strategy.group(update) for _, (_, update) in metrics))
    values = {name: value for name, (value, _) in metrics}
    own_hooks = list(strategy.experimental_local_results(spec.evaluation_hooks)[0])
    return update, values, _combined(spec.scaffold, strategy), own_hooks, hooks


def _input(
    estimator: Any, strategy: Any, input_fn: Callable[..., Any], mode: str
) -> tuple[Any, list[SessionRunHook]]:
    """An iterator for all replicas, and the hook that starts it."""
    iterator = strategy.make_input_fn_iterator(
        lambda context: estimator._call_input_fn(input_fn, mode, context)
    )
    return iterator, [DatasetInitializerHook(iterator)]


def _model(estimator: Any, strategy: Any, iterator: Any, mode: str) -> Any:
    features, labels = features_and_labels(iterator.get_next())
    return strategy.extended.call_for_each_replica(
        estimator._call_model_fn, args=(features, labels, mode, estimator.config)
    )


def _reported_reduction() -> ReduceOp:
    """What the losses of replicas are together, as TensorFlow shows it."""
    if get_default_graph()._is_loss_scaled_by_optimizer:
        return get_loss_reduction()
    return ReduceOp.SUM


def _of_first_replica(strategy: Any, values: Any) -> list[Any]:
    return [strategy.experimental_local_results(value)[0] for value in values]


def _combined(scaffold: Any, strategy: Any) -> Scaffold:
    """One scaffold of those of the replicas: what each wants to be done is done."""
    all_of_them = strategy.experimental_local_results(scaffold)

    def given(name: str) -> list[Any]:
        values = [getattr(each, name) for each in all_of_them]
        return [value for value in values if value is not None]

    def grouped(name: str) -> Any:
        return strategy.group(given(name)) if given(name) else None

    def joined(read: Callable[[Any], Any]) -> Any:
        parts = strategy.extended.call_for_each_replica(read, args=(scaffold,))
        if parts is None:
            return None
        flat = flatten(strategy.experimental_local_results(parts))
        return flat[0] if len(flat) == 1 else concat(flat, 0)

    init_fns = given("_user_init_fn")
    savers = given("saver")
    init_op = grouped("init_op")
    ready_op = joined(lambda each: each.ready_op)
    return Scaffold(
        init_op=init_op,
        init_feed_dict=given("init_feed_dict")[0] if given("init_feed_dict") else None,
        init_fn=init_fns[0] if init_fns else None,
        ready_op=ready_op,
        ready_for_local_init_op=joined(ready_for_local_init_op),
        local_init_op=grouped("local_init_op"),
        summary_op=grouped("summary_op"),
        saver=savers[0] if savers else None,
    )
