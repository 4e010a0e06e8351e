"""What an optimizer of `tf.keras` keeps: its numbers, which are variables, slots, and the steps."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.distribution import strategy_around
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.keras.optimizers.schedules import LearningRateSchedule
from stillflow.keras.optimizers.weights import set_values
from stillflow.layers import identifiers, keras_style
from stillflow.layers.base_layer import settled_trainable
from stillflow.layers.default_session import track_variable
from stillflow.layers.values import batch_get_value, set_value
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import casts
from stillflow.ops.variables.reference_variable import RefVariable
from stillflow.ops.variables.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
)
from stillflow.tracking.trackable import Trackable
from stillflow.train.distributing.replicas import container_of

# How to get what these optimizers change.
BY_HANDLES = (
    "\n  Optimizers of tf.keras change variables behind handles: make them by tf.get_variable(..., "
    "use_resource=True), or call tf.enable_resource_variables() first."
)


class Hyper(Trackable):
    """The state of an optimizer, and how attributes stand for its numbers.

    A number that was given to `_set_hyper` is an attribute; setting it changes the variable that it
    has become, in Keras' session.
    """

    def __init__(self) -> None:
        self._hyper: dict[str, Any] = {}
        self._hypers_created = False
        self._slots: dict[Any, dict[str, Any]] = {}
        self._slot_names: list[str] = []
        self._weights: list[Any] = []
        self._iterations: Any = None
        # {slot: {variable: restores that wait for it}}
        self._deferred_slot_restorations: dict[str, dict[Any, list[Any]]] = {}
        self._initial_decay: Any = 0.0

    # Numbers --------------------------------------------------------------------------------------

    def _set_hyper(self, name: str, value: Any) -> None:
        """Sets a number: a Python one, a tensor, a function that gives one, or a schedule."""
        if isinstance(value, Trackable):
            self._track_trackable(value, name, overwrite=True)
        before = self._hyper.get(name)
        is_variable = isinstance(before, Variable)
        if is_variable and not isinstance(value, LearningRateSchedule):
            set_value(before, value)
        else:
            self._hyper[name] = value

    def _get_hyper(self, name: str, dtype: DType | None = None) -> Any:
        """A number, cast to `dtype` if that is told; a schedule as it is."""
        if not self._hypers_created:
            self._create_hypers()
        value = self._hyper[name]
        if isinstance(value, LearningRateSchedule):
            return value
        value = self._call_if_callable(value)
        return casts.cast(value, dtype) if dtype else value

    def _call_if_callable(self, param: Any) -> Any:
        return param() if callable(param) else param

    def _create_hypers(self) -> None:
        """Makes variables of the numbers that are Python ones."""
        if self._hypers_created:
            return
        for name, value in sorted(self._hyper.items()):
            if not isinstance(value, (Tensor, Variable)) and not callable(value):
                self._hyper[name] = self.add_weight(
                    name,
                    shape=[],
                    trainable=False,
                    initializer=value,
                    aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
                )
        self._hypers_created = True

    def __getattr__(self, name: str) -> Any:
        """The numbers, by their names; `lr` is `learning_rate`."""
        hyper = vars(self).get("_hyper", {})
        key = "learning_rate" if name == "lr" else name
        if key in hyper:
            return self._get_hyper(key)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        key = "learning_rate" if name == "lr" else name
        if key in vars(self).get("_hyper", {}):
            self._set_hyper(key, value)
        else:
            super().__setattr__(key, value)

    def _prepare_local(
        self, var_device: str, var_dtype: DType, apply_state: dict[Any, dict[str, Any]]
    ) -> None:
        """Makes the tensors that updates of variables of a type are given, on a device."""
        if "learning_rate" in self._hyper:
            rate = identity(self._decayed_lr(var_dtype))
            apply_state[var_device, var_dtype]["lr_t"] = rate

    def _decayed_lr(self, var_dtype: DType) -> Tensor:
        """The rate of the step to come."""
        rate = self._get_hyper("learning_rate", var_dtype)
        if isinstance(rate, LearningRateSchedule):
            step = casts.cast(self.iterations, var_dtype)
            rate = casts.cast(rate(step), var_dtype)
        if self._initial_decay > 0.0:
            step = casts.cast(self.iterations, var_dtype)
            rate = rate / (1.0 + self._get_hyper("decay", var_dtype) * step)
        return rate

    @property
    def iterations(self) -> Any:
        """The variable that counts steps."""
        if self._iterations is None:
            self._iterations = self.add_weight(
                "iter",
                shape=[],
                dtype=dtypes.int64,
                trainable=False,
                aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
            )
            self._weights.append(self._iterations)
        return self._iterations

    @iterations.setter
    def iterations(self, variable: Any) -> None:
        if self._iterations is not None:
            raise RuntimeError(
                "Cannot set `iterations` to a new Variable after the Optimizer weights have been "
                "created\n  Set it before the first update is built."
            )
        self._iterations = variable
        self._weights.append(variable)

    # Variables ------------------------------------------------------------------------------------

    def add_weight(
        self,
        name: str,
        shape: Any,
        dtype: Any = None,
        initializer: Any = "zeros",
        trainable: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
    ) -> Any:
        """Returns a new variable of the optimizer, on which it depends by its name.

        Raises:
          ValueError: it is read in sync and to be trained.
        """
        if isinstance(initializer, str) or callable(initializer):
            initializer = identifiers.initializer_of(initializer)
        variable = self._add_variable_with_custom_getter(
            name=name,
            getter=keras_style.make_variable,
            overwrite=True,
            shape=shape,
            dtype=dtypes.as_dtype(dtype or dtypes.float32),
            initializer=initializer,
            trainable=settled_trainable(trainable, synchronization),
            use_resource=True,
            synchronization=synchronization,
            aggregation=aggregation,
        )
        track_variable(variable)
        return variable

    def get_slot_names(self) -> list[str]:
        """The kinds of slots that there are."""
        return self._slot_names

    def add_slot(self, var: Any, slot_name: str, initializer: Any = "zeros") -> Any:
        """The slot of a variable, made where there is none.

        Args:
          initializer: a value, an initializer or the name of one.
        """
        if slot_name not in self._slot_names:
            self._slot_names.append(slot_name)
        slots = self._slots.setdefault(key_of(var), {})
        if slot_name not in slots:
            slots[slot_name] = self._made_slot(var, slot_name, initializer)
        return slots[slot_name]

    def _made_slot(self, var: Any, slot_name: str, initializer: Any) -> Any:
        if isinstance(var, RefVariable):
            raise ValueError(
                f"Tensor conversion requested dtype {var.dtype.name} for Tensor with dtype "
                f"{var.dtype.base_dtype.name}: the {slot_name} of {var}{BY_HANDLES}"
            )
        initial = initializer
        if isinstance(initializer, str) or callable(initializer):
            maker = identifiers.initializer_of(initializer)
            initial = functools.partial(maker, shape=var.shape, dtype=var.dtype)
        strategy = strategy_around()
        place = (
            colocate_with(var) if strategy is None else strategy.extended.colocate_vars_with(var)
        )
        with place:
            slot = Variable(
                initial,
                name=f"{var._shared_name}/{slot_name}",
                dtype=var.dtype,
                trainable=False,
                use_resource=True,
            )
        track_variable(slot)
        waiting = self._deferred_slot_restorations.get(slot_name, {}).pop(key_of(var), [])
        for position in sorted(waiting, key=lambda p: p.restore_uid, reverse=True):
            position.restore(slot)
        self._weights.append(slot)
        return slot

    def get_slot(self, var: Any, slot_name: str) -> Any:
        """The slot of a variable. KeyError where there is none."""
        return self._slots[key_of(var)][slot_name]

    def _create_or_restore_slot_variable(
        self, slot_variable_position: Any, slot_name: str, variable: Any
    ) -> None:
        """Restores a slot of `variable`, now or once it is made: eagerly it is made for that."""
        slot = self._slots.get(key_of(variable), {}).get(slot_name)
        if slot is None and slot_variable_position.makes_slots():
            slot = self.add_slot(variable, slot_name)
        if slot is not None:
            slot_variable_position.restore(slot)
            return
        waiting = self._deferred_slot_restorations.setdefault(slot_name, {})
        waiting.setdefault(key_of(variable), []).append(slot_variable_position)

    def variables(self) -> list[Any]:
        """Its variables in the order of their making: the count of steps, the slots."""
        return self._weights

    @property
    def weights(self) -> list[Any]:
        return self._weights

    def get_weights(self) -> list[Any]:
        """The values of `weights` in Keras' session."""
        return batch_get_value(self.weights)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Sets the values of `weights`, in Keras' session.

        Raises:
          ValueError: their number or a shape is another.
        """
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on optimizer {self._name} with a  weight list "
                f"of length {len(weights)}, but the optimizer was expecting {len(own)} weights. "
                f"Provided weights: {str(weights)[:50]}...\n  Slots are made with the first "
                "update: train a step, or build the training function, before."
            )
        set_values(own, weights)


def key_of(var: Any) -> Any:
    """What a variable is known by: its name, which a restored one shares; of replicas, all's.

    In eager mode several may have one name, and each is known by what no other has.
    """
    variable = container_of(var) or var
    own = getattr(variable, "_unique_id", None)
    return variable._shared_name if own is None else own
