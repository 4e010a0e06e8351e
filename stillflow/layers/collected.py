"""Losses, updates and metrics that a layer and the layers inside of it have added."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import nest
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation
from stillflow.layers.added_metrics import AddedMetrics
from stillflow.layers.branches import check_not_in_branch
from stillflow.layers.call_context import current_call
from stillflow.layers.keras_graph import is_in_keras_graph, runs_at_once, runs_in_function
from stillflow.layers.reachable import reachable_from
from stillflow.layers.settings import floatx
from stillflow.layers.sublayers import Sublayers, filter_empty_layer_containers
from stillflow.platform.deprecation import deprecated_args

# Losses and updates that depend on the inputs of the call that added them.
_conditional: weakref.WeakSet[Any] = weakref.WeakSet()


class Collected(AddedMetrics, Sublayers):
    """The part of a layer that keeps what its calls add."""

    stateful: bool
    _updates: list[Any]
    _losses: list[Any]
    _callable_losses: list[Callable[[], Any]]

    def _init_collected(self) -> None:
        self._updates = []
        self._losses = []
        self._eager_losses: list[Any] = []
        self._callable_losses = []
        self._metrics = []

    def _all_inputs(self) -> list[Any]:
        raise NotImplementedError

    # Losses ---------------------------------------------------------------------------------------

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Adds losses: tensors, numbers, or functions that build one.

        Args:
          inputs: what the losses depend on, if they do; `get_losses_for` tells them apart by it.
        """
        for loss in nest.flatten(losses):
            if callable(loss):
                self._callable_losses.append(functools.partial(_loss_of, loss, inputs))
            elif loss is not None:
                self._add_loss_tensor(_marked(loss, inputs))

    def _clear_losses(self) -> None:
        """Forgets the losses of the last call, which has computed them."""
        self._own_list("_eager_losses").clear()
        for layer in filter_empty_layer_containers(self._layers):
            layer._clear_losses()

    def _add_loss_tensor(self, loss: Any) -> None:
        check_not_in_branch(loss, "add_loss")
        if loss._is_eager or runs_in_function():
            if not current_call().in_call:
                raise ValueError(
                    "Expected a symbolic Tensors or a callable for the loss value. Please wrap "
                    "your loss computation in a zero argument `lambda`."
                )
            self._eager_losses.append(loss)
        elif self._is_graph_network and not current_call().in_call:
            self._graph_network_add_loss(loss)
        else:
            self._losses.append(loss)

    def _graph_network_add_loss(self, symbolic_loss: Any) -> None:
        raise NotImplementedError

    @property
    def losses(self) -> list[Any]:
        """Those of this layer and of all inside; those of functions are built at each access.

        In eager mode they are those of the last call, where it has added some.
        """
        built = [loss() for loss in self._callable_losses]
        own = (self._eager_losses or self._losses) + [loss for loss in built if loss is not None]
        return own + self._gather_children_attribute("losses")

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """Returns the losses that depend on `inputs`; for None those that depend on no input."""
        return _depending(self.losses, inputs)

    # Updates --------------------------------------------------------------------------------------

    @deprecated_args(None, "`inputs` is now automatically inferred", "inputs")
    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Adds operations that a step of training runs: tensors, operations, or functions of them.

        Args:
          inputs: not looked at.
        """
        del inputs
        given = updates if isinstance(updates, list) else [updates]
        if runs_at_once():  # so do they, and those that are no functions have
            if not current_call().frozen:
                for update in filter(callable, given):
                    update()
            return
        depends_on = current_call().inputs if current_call().in_call else self._all_inputs()
        for update in given:
            op = _built_apart(update) if is_in_keras_graph() else _update_of(update)
            check_not_in_branch(op, "add_update")
            if op in reachable_from(depends_on, [op]):
                _conditional.add(op)
            self._updates.append(op)

    @property
    def updates(self) -> list[Any]:
        """None at all where the layer is not to be trained, unless it is stateful."""
        if not self.trainable and not self.stateful:
            return []
        return list(self._updates) + self._gather_children_attribute("updates")

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """Returns the updates that depend on `inputs`; for None those that depend on no input."""
        return _depending(self.updates, inputs)


def _loss_of(build: Callable[[], Any], inputs: Any) -> Any:
    loss = build()
    return None if loss is None else _marked(loss, inputs)


def _marked(loss: Any, inputs: Any) -> Any:
    """A loss as a tensor, of which is remembered whether it depends on inputs."""
    if not is_tensor(loss):
        loss = convert_to_tensor(loss, dtype=floatx())
    if inputs is not None:
        _conditional.add(loss)
    return loss


def _built_apart(update: Any) -> Any:
    """An update, for which nothing waits where a function builds it: frozen layers leave it out."""
    graph = get_default_graph()
    since = len(graph.get_operations())
    op = _update_of(update)
    graph.unordered.update(graph.get_operations()[since:])
    return op


def _update_of(update: Any) -> Any:
    if callable(update) and not isinstance(update, Operation):
        return _update_of(update())
    if isinstance(update, Operation):
        return update
    return update.op if hasattr(update, "op") else convert_to_tensor(update)


def _depending(found: list[Any], inputs: Any) -> list[Any]:
    """What depends on `inputs`; for None, what depends on no input of a call."""
    if inputs is None:
        return [each for each in found if each not in _conditional]
    conditional = [each for each in found if each in _conditional]
    reached = reachable_from(inputs, conditional)
    return [each for each in conditional if each in reached]
