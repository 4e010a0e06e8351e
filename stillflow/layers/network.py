"""`tf.contrib.eager.Network`: layers that hold layers, as they were before `tf.keras.Model`.

Names of variables follow how layers are held: net/dense/kernel. So a layer gets its last name from
the network that first tracks it, and a network that none tracks is named when it is first called.
"""

from __future__ import annotations

import weakref
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.context import executing_eagerly
from stillflow.layers import base
from stillflow.ops.variables import scope as scopes
from stillflow.platform import logging
from stillflow.platform.decorators import fn_args
from stillflow.platform.deprecation import deprecated

_INSTEAD = (
    "Please inherit from `tf.keras.Model`, whose attributes are tracked when they are set: most "
    "programs need no more than leaving the calls of `track_layer` out."
)


class Network(base.Layer):
    """A layer that is composed of others, which `track_layer` is told of; `call` calls them.

    Deprecated: `tf.keras.Model` takes its place.

    Args:
      name: of its own among networks of the variable scope, or among the layers of the network
        that tracks it; by default that of the class, with a number.

    Raises:
      ValueError: a VariableScope, or a name with a slash.
    """

    @deprecated(None, _INSTEAD)
    def __init__(self, name: str | None = None):
        if executing_eagerly():
            logging.warning(
                "** tfe.Network is deprecated and will be removed in a future version.\n\n%s",
                _INSTEAD,
            )
        if isinstance(name, scopes.VariableScope):
            raise ValueError("VariableScopes are not valid Network names.")
        if name is not None and "/" in name:
            raise ValueError("Forward slashes ('/') are not allowed in Network names.")
        super().__init__(name=name)
        self._names_by_scope = True
        self._use_resource_variables = True
        self._layers: list[base.Layer] = []
        self._owned: dict[str, base.Layer] = {}
        self._named_here: defaultdict[Any, int] = defaultdict(int)
        self._is_settled = False  # whether it has its parent, or none for good
        self._scope_around = scopes.get_variable_scope()
        self._opened_names = scopes.opened_names()

    # Names ----------------------------------------------------------------------------------------

    def _init_set_name(self, name: Any, zero_based: bool = True) -> None:
        self._name, self._base_name = name, None  # one of its own is found later

    @property
    def name(self) -> str:
        """Its name. ValueError where it has none yet."""
        if self._name is None:
            raise ValueError(
                "The network does not yet have a final name, but a name was requested for it. "
                "Networks get a name when they are added to another Network via track_layer, or "
                "when they are first called/built."
            )
        return self._name

    def _settle(self, parent: Network | None) -> None:
        """Gives it its name, in the network that holds it or in none."""
        if not self._name:
            if parent is not None:
                avoided: Any = parent._owned
            else:
                around = f"{self._scope_around.name}/" if self._scope_around.name else ""
                avoided = {
                    opened.removeprefix(around)
                    for opened in self._opened_names
                    if opened.startswith(around)
                }
            self._name, self._base_name = self._make_unique_name(
                None if parent is None else parent._named_here,
                avoided,
                self._scope_around.name,
                zero_based=True,
            )
        if not self._is_settled or self._lost_parent():
            self._is_settled = True
            self._first_parent = None if parent is None else weakref.ref(parent)

    def _lost_parent(self) -> bool:
        return self._first_parent is not None and self._first_parent() is None

    def _set_scope(self, scope: Any = None) -> None:
        if self._scope is not None:
            return
        if not self._is_settled or self._lost_parent():
            self._settle(None)
        if scope is not None:
            raise ValueError("Networks may not be created with explicit scopes.")
        parent: Any = self._first_parent and self._first_parent()
        around = self._scope_around
        if parent is not None:
            parent._set_scope()
            around = parent._scope
        with scopes.variable_scope(around) as outer:
            taken = f"{outer.name}/{self._name}" if outer.name else self._name
            if taken in self._opened_names:
                raise self._duplicate()
            with scopes.variable_scope(None, default_name=self._name, use_resource=True) as own:
                self._check_scope(own.name, parent)
                self._scope = own
        if parent is None:
            self._name = own.name
        for layer in self._layers:
            self._give_scope(layer)

    def _check_scope(self, scope_name: str, parent: Network | None) -> None:
        """ValueError where the scope's name does not say where the network is."""
        prefix, _, last = scope_name.rpartition("/")
        if last != self._name:
            raise self._duplicate()
        if parent is not None and prefix != parent.scope_name:
            raise ValueError(
                "Network variable names must match a nesting of sub-Network names. Expected prefix "
                f"'{parent.scope_name}' from parent network, but got '{prefix}' when attempting to "
                f"create a variable_scope for Network '{self._name}'. Likely an explicit "
                "variable_scope was inserted into the nesting."
            )

    def _duplicate(self) -> ValueError:
        return ValueError(
            f"A Network named '{self._name}' already exists (or a variable_scope was created with "
            "this name). Names must be unique."
        )

    def _give_scope(self, layer: base.Layer) -> None:
        """Has a layer that is no network make its variables in the scope of its first parent."""
        if isinstance(layer, Network) or layer._scope is not None:
            return
        parent = layer._first_parent and layer._first_parent()
        if parent is None:
            raise ValueError(
                f"The parent of a Layer added to Network {self.name} was garbage collected before "
                "the Layer was built.\n  Keep the network that tracked it first."
            )
        parent._set_scope()
        with (
            scopes.variable_scope(parent._scope),
            scopes.variable_scope(None, default_name=layer.name, use_resource=True) as own,
        ):
            layer._scope = own
            layer._names_by_scope = True

    # Layers ---------------------------------------------------------------------------------------

    def track_layer(self, layer: base.Layer) -> base.Layer:
        """Returns `layer`, whose weights are the network's from here on.

        Raises:
          RuntimeError: the network's `__init__` has not been called.
          TypeError: it is no layer of `tf.layers`.
          ValueError: another one of that name is tracked.
        """
        if not hasattr(self, "_owned"):
            raise RuntimeError("Need to call Network.__init__ before adding layers")
        if not isinstance(layer, base.Layer):
            raise TypeError(
                f"Network.track_layer() passed type {type(layer)}, not a tf.layers.Layer"
            )
        layer._use_resource_variables = True
        if isinstance(layer, Network):
            layer._settle(self)
        elif not layer.built and (layer._first_parent is None or layer._first_parent() is None):
            if layer._name != layer._base_name:  # nobody chose it
                layer._name, layer._base_name = layer._make_unique_name(
                    self._named_here, self._owned, zero_based=True
                )
            layer._first_parent = weakref.ref(self)
        if not layer.built and layer._first_parent and layer._first_parent() is self:
            if self._owned.setdefault(layer.name, layer) is not layer:
                raise ValueError(
                    f"Attempt to add two Layers with the name '{layer.name}' to the same Network."
                )
            if any(known is layer for known in self._layers):
                return layer
        self._layers.append(layer)
        if self._scope is not None:
            self._give_scope(layer)
        return layer

    @property
    def layers(self) -> list[base.Layer]:
        """The layers that are tracked, in order."""
        return self._layers

    def get_layer(self, name: str | None = None, index: int | None = None) -> base.Layer:
        """The layer of that name, or at that place. ValueError where there is none."""
        if index is not None:
            if name is not None:
                raise ValueError("Exactly one of 'index' or 'name' must be provided")
            if index >= len(self._layers):
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(self._layers)} layers."
                )
            return self._layers[index]
        if not name:
            raise ValueError("Provide either a layer name or layer index.")
        for layer in self._layers:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}")

    def _of_layers(self, what: str) -> list[Any]:
        return [part for layer in self._layers for part in getattr(layer, what)]

    @property
    def weights(self) -> list[Any]:
        return self._of_layers("weights")

    @property
    def trainable_weights(self) -> list[Any]:
        return self._of_layers("trainable_weights")

    @property
    def non_trainable_weights(self) -> list[Any]:
        return self._of_layers("non_trainable_weights")

    @property
    def losses(self) -> list[Any]:
        return self._of_layers("losses")

    @property
    def trainable(self) -> bool:
        """True; AttributeError for setting anything else."""
        return True

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if not value:
            raise AttributeError("cannot mark Network as not trainable")

    def add_weight(self, *args: Any, **kwargs: Any) -> Any:
        """RuntimeError: layers have the variables."""
        raise RuntimeError("add_variable not supported in Network class yet.")

    add_variable = add_weight

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """RuntimeError: layers have the losses."""
        raise RuntimeError("add_loss is not supported in Network class yet.")

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        raise NotImplementedError(
            f"tfe.Network does not support object-based checkpointing.\n\n{_INSTEAD}"
        )


class Sequential(Network):
    """Layers or functions, each of which is given what the one before gives.

    Args:
      layers_funcs: the first of them.
      name: as for all networks.
    """

    def __init__(
        self,
        layers_funcs: Sequence[base.Layer | Callable[..., Any]] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name)
        self._layers_funcs: list[tuple[bool, Any]] = []
        for layer_func in layers_funcs or ():
            self.add(layer_func)

    def add(self, layer_func: base.Layer | Callable[..., Any]) -> None:
        """Adds a layer or a function. TypeError for what is neither."""
        if isinstance(layer_func, base.Layer):
            arguments = fn_args(layer_func.call)
            self.track_layer(layer_func)
        elif callable(layer_func):
            arguments = fn_args(layer_func)
        else:
            raise TypeError(
                "Sequential.add() takes only tf.layers.Layer objects or callables; not "
                f"'{layer_func}' of type '{type(layer_func)}'."
            )
        self._layers_funcs.append(("training" in arguments, layer_func))

    def call(self, inputs: Any, training: Any = None) -> Any:
        """Calls each in order; those that have an argument `training` are given it."""
        for takes_training, layer_func in self._layers_funcs:
            is_told = takes_training and training is not None
            inputs = layer_func(inputs, training) if is_told else layer_func(inputs)
        return inputs
