"""`tf.layers.Layer`: layers whose variables are those of `tf.get_variable`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import init_scope, name_scope
from stillflow.layers import base_layer, keras_style, names
from stillflow.layers.base_layer import settled_trainable
from stillflow.ops.variables import scope as scopes
from stillflow.ops.variables import sets
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization
from stillflow.platform.decorators import fn_args
from stillflow.platform.deprecation import deprecated


class Layer(base_layer.Layer):
    """The base of the layers of `tf.layers`, and of those that programs write.

    A layer has a variable scope, which is opened at the first call: `name`, or the name of the
    class with a number. Calls after the first share the variables.

    Args:
      trainable, name, dtype: as for all layers; a VariableScope as the name gives its name.
      _scope: the variable scope, or its name; opened now.
      _reuse: whether the variables are those of the scope, which exist already.
    """

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any):
        self._use_resource_variables = False
        scope = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._keras_style = keras_style.is_keras_style()
        if self._keras_style:
            _refuse_in_keras_style("scope", scope)
            _refuse_in_keras_style("reuse", self._reuse)
        self._call_has_scope_arg = "scope" in fn_args(self.call)
        self._scope: scopes.VariableScope | None = None
        if scope:
            with scopes.variable_scope(scope) as self._scope:
                pass
        self._current_scope: scopes.VariableScope | None = None
        # Of layers that networks hold: who named it, whether operations are named as variables.
        self._first_parent: Callable[[], Any] | None = None
        self._names_by_scope = False

    def __setattr__(self, name: str, value: Any) -> None:
        # Layers and variables in attributes are not followed, unlike those of `tf.keras` layers.
        object.__setattr__(self, name, value)

    @property
    @deprecated(
        None, "Stop using this property because tf.layers layers no longer track their graph."
    )
    def graph(self) -> None:
        """None: a layer does not know its graph."""

    @property
    def _is_legacy_layer(self) -> bool:
        """What models of `tf.keras` look for, since they do not take such layers."""
        return True

    # Names ----------------------------------------------------------------------------------------

    def _init_set_name(self, name: Any, zero_based: bool = True) -> None:
        self._name, self._base_name = name, name
        if isinstance(name, scopes.VariableScope):
            self._base_name = name.name
            self._name, _ = self._make_unique_name()
        elif not name:
            self._name, self._base_name = self._make_unique_name()

    def _make_unique_name(
        self,
        name_uid_map: dict | None = None,
        avoid_names: Any = (),
        namespace: str = "",
        zero_based: bool = False,
    ) -> tuple[str, str]:
        """(the name of this layer, that of its class)"""
        base_name = names.to_snake_case(type(self).__name__)
        name = names.unique_object_name(
            base_name, name_uid_map, avoid_names or (), namespace, zero_based
        )
        return name, base_name

    @property
    def scope_name(self) -> str:
        """The name of its variable scope. ValueError before the first call."""
        if not self._scope:
            raise ValueError(
                f'No name available for layer scope because the layer "{self._name}" has not been '
                "used yet. The scope name  is determined the first time the layer instance is "
                "called. You must therefore call the layer before querying `scope_name`."
            )
        return self._scope.name

    def _name_scope(self) -> str:
        if self._keras_style:
            return super()._name_scope()
        assert self._current_scope is not None
        if self._names_by_scope:
            return f"{self._current_scope.name}/"
        return self._current_scope.original_name_scope

    def _set_scope(self, scope: Any = None) -> None:
        if self._scope is not None:
            return
        if self._reuse:
            opening = scopes.variable_scope(self._base_name if scope is None else scope)
        else:
            opening = scopes.variable_scope(scope, default_name=self._base_name)
        with opening as self._scope:
            pass

    # Weights and losses ---------------------------------------------------------------------------

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """The base's `add_loss`; the losses join the collection of regularization losses too."""
        count, count_of_callables = len(self._losses), len(self._callable_losses)
        super().add_loss(losses, inputs=inputs)
        built = [loss() for loss in self._callable_losses[count_of_callables:]]
        new = [*self._losses[count:], *(loss for loss in built if loss is not None)]
        _collect(new, GraphKeys.REGULARIZATION_LOSSES)

    def add_weight(  # type: ignore[override]
        self,
        name: str,
        shape: Any,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        trainable: bool | None = None,
        constraint: Callable[[Any], Any] | None = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
        partitioner: Callable | None = None,
        **kwargs: Any,
    ) -> Any:
        """Returns the variable `name` of the layer's scope, made or found by `tf.get_variable`.

        Args:
          dtype: by default that of the layer, else float32.
          initializer: by default that of the variable scope.
          regularizer: its loss is added unless the variable existed before.
          trainable: True by default; and only if the layer is.
          All others are as for `tf.get_variable`.

        Raises:
          ValueError: as `tf.get_variable`, or it is read in sync and to be trained.
        """
        for keyword in kwargs:
            if keyword != "experimental_autocast":
                raise TypeError("Unknown keyword argument:", keyword)
        making: dict[str, Any] = {
            "shape": shape,
            "constraint": constraint,
            "partitioner": partitioner,
        }
        if self._keras_style:
            return super().add_weight(
                name,
                dtype=dtype,
                initializer=initializer,
                regularizer=regularizer,
                trainable=trainable and self.trainable,
                use_resource=use_resource,
                getter=keras_style.make_variable,
                **making,
            )
        trainable = settled_trainable(trainable, synchronization) and self.trainable
        existing = self._variables_outside_of_functions(sets.global_variables)
        self._set_scope(None)
        with scopes.variable_scope(
            self._scope, reuse=self.built or self._reuse, auxiliary_name_scope=False
        ) as scope:
            self._current_scope = scope
            with name_scope(self._name_scope()):
                variable = super().add_weight(
                    name,
                    dtype=dtype,
                    initializer=scope.initializer if initializer is None else initializer,
                    trainable=trainable,
                    use_resource=use_resource or self._use_resource_variables or scope.use_resource,
                    synchronization=synchronization,
                    aggregation=aggregation,
                    getter=scopes.get_variable,
                    **making,
                )
                if regularizer and not any(part in existing for part in _parts(variable)):
                    self._regularize(name, variable, regularizer)
        if trainable and not self._is_trained(variable):
            # A custom getter, say, made it one that is not trained.
            self._non_trainable_weights.append(self._trainable_weights.pop())
        return variable

    # Calls ----------------------------------------------------------------------------------------

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Applies the layer: see `Called`. Its updates join the collection of update ops.

        Args:
          scope: as a keyword: the variable scope of the layer, at its first call. A method `call`
            with an argument of that name gets the open one.
        """
        scope = kwargs.pop("scope", None)
        if self._keras_style:
            _refuse_in_keras_style("scope", scope)
            return super().__call__(inputs, *args, **kwargs)
        self._set_scope(scope)
        with self._variable_scope() as self._current_scope:
            if self._call_has_scope_arg:
                kwargs["scope"] = self._current_scope
            outputs = super().__call__(inputs, *args, **kwargs)
        _collect(self.updates, GraphKeys.UPDATE_OPS)
        return outputs

    def _variable_scope(self) -> scopes.variable_scope:
        """The scope of a call, which finds variables only once the layer is built."""
        reuse = True if self.built else self._reuse
        return scopes.variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> Layer:
        """A copy that shares tensors and has the same variable scope."""
        result = type(self).__new__(type(self))
        memo[id(self)] = result
        for name, value in vars(self).items():
            if name == "_scope":
                copied = copy.copy(value)
            elif _starts_with_tensor(value):
                copied = value
            else:
                copied = copy.deepcopy(value, memo)
            setattr(result, name, copied)
        return result

    def _is_trained(self, variable: Any) -> bool:
        if executing_eagerly_outside_functions():  # where no collection holds variables
            return bool(variable.trainable)
        return variable in self._variables_outside_of_functions(sets.trainable_variables)

    @staticmethod
    def _variables_outside_of_functions(collected: Callable[[], list[Any]]) -> list[Any]:
        """What `collected` gives in the graph where variables are made."""
        if not get_default_graph().building_function:
            return collected()
        with init_scope():
            return collected()


def _refuse_in_keras_style(argument: str, value: Any) -> None:
    if value is not None:
        raise ValueError(
            f"{argument} argument not allowed when keras style layers are enabled, but saw: {value}"
        )


def _parts(variable: Any) -> Iterable[Any]:
    return variable if isinstance(variable, PartitionedVariable) else [variable]


def _starts_with_tensor(value: Any) -> bool:
    leaves = nest.flatten(value)
    return bool(leaves) and isinstance(leaves[0], Tensor)


def _collect(elements: list[Any], name: str) -> None:
    """Adds to a collection what it does not hold yet."""
    collection = get_default_graph().get_collection_ref(name)
    held = {id(element) for element in collection}
    collection.extend(element for element in elements if id(element) not in held)
