"""Layers that are networks of layers: functional ones, and those of subclasses."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.keras.engine import building, inserting, running, shapes
from stillflow.keras.engine.described import Described
from stillflow.keras.engine.saved import Saved
from stillflow.keras.engine.topology import Topology, map_graph_network, map_subgraph_network
from stillflow.keras.engine.validating import check_keywords, check_no_legacy_layers, check_tensors
from stillflow.layers import history, policies
from stillflow.layers.defaults import default
from stillflow.layers.keras_graph import get_graph, runs_in_function
from stillflow.layers.nodes import Node
from stillflow.layers.op_layer import AddLoss, AddMetric
from stillflow.layers.sublayers import filter_empty_layer_containers, has_weights
from stillflow.tracking.trackable import no_automatic_dependency_tracking

_OPTIONS = ("trainable", "dtype", "dynamic", "autocast")


class Network(Described, Saved):
    """A layer made of layers.

    `Network(inputs, outputs)` is functional: it applies the layers between these tensors. A
    subclass that calls `__init__` without tensors has a `call` of its own.

    Args:
      inputs: tensors of `Input`, or a nest of them.
      outputs: tensors that depend on them, or a nest of such.
      name, trainable: as for all layers; `dtype` and `dynamic` for subclasses alone.

    Attributes:
      inputs, outputs: the tensors as lists; empty before the first call of a subclass's.
      input_names, output_names: of a functional network, by the layers' names.

    Raises:
      TypeError: an unknown keyword.
      ValueError: the outputs do not depend on the inputs alone, or two layers share a name.
    """

    _is_graph_network: bool
    optimizer: Any
    inputs: Any
    outputs: Any
    input_names: list[str]
    output_names: list[str]
    _topology: Topology
    _is_compiled: bool
    _feed_inputs: list[Any]
    _feed_input_names: list[str]
    _feed_input_shapes: list[Any]

    def __init__(self, *args: Any, **kwargs: Any):
        given = len(args) + sum(name in kwargs for name in ("inputs", "outputs"))
        if given == 2:
            self._init_graph_network(*args, **kwargs)
        else:
            self._init_subclassed_network(**kwargs)
        check_no_legacy_layers(self.layers)

    @no_automatic_dependency_tracking
    def _base_init(self, name: str | None = None, **kwargs: Any) -> None:
        check_keywords(kwargs, _OPTIONS)
        self._init_set_name(name)
        self._activity_regularizer = None
        self._trainable = kwargs.get("trainable", True)
        self._dynamic = kwargs.get("dynamic", False)
        self._autocast = kwargs.get("autocast", policies.v2_dtype_behavior_enabled())
        self._is_compiled = False
        self._compute_output_and_mask_jointly = False
        self._initial_weights = None
        self.supports_masking = False
        if not hasattr(self, "optimizer"):
            self.optimizer = None
        for own in ("_trainable_weights", "_non_trainable_weights"):
            self._own_list(own)
        self._layers = []
        self._init_collected()
        self._init_connections()
        self._graph = get_graph()
        self._dtype_policy = policies.policy_of(kwargs.get("dtype"))
        self._dtype_defaulted_to_floatx = not kwargs.get("dtype") and policies.defaults_to_floatx()

    @no_automatic_dependency_tracking
    def _init_graph_network(
        self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any
    ) -> None:
        check_keywords(
            kwargs,
            ("trainable",),
            "Functional models may only specify `name` and `trainable` keyword arguments during "
            "initialization. Got an unexpected argument:",
        )
        self._nested_inputs = inputs = _the_only(inputs)
        self._nested_outputs = outputs = _the_only(outputs)
        self.inputs, self.outputs = nest.flatten(inputs), nest.flatten(outputs)
        if not all(hasattr(tensor, "_keras_history") for tensor in self.outputs):
            history.create(outputs)
        self._base_init(name=name, **kwargs)
        check_tensors(self)
        self.built = True
        self._compute_output_and_mask_jointly = True
        self._is_graph_network = True
        self._expects_training_arg = self._expects_mask_arg = True
        self._autocast = False
        self._output_shape_cache: dict[str, Any] = {}
        self._output_coordinates = [tuple(each._keras_history) for each in self.outputs]
        self._input_coordinates = [tuple(each._keras_history) for each in self.inputs]
        self._output_layers = [layer for layer, _, _ in self._output_coordinates]
        self._input_layers = [layer for layer, _, _ in self._input_coordinates]
        self._topology = map_graph_network(self.inputs, self.outputs)
        self._layers = list(self._topology.layers)
        self._track_layers(self._layers)
        Node(self, [], [], [], inputs, outputs)
        self._set_names()

    @no_automatic_dependency_tracking
    def _init_subclassed_network(self, name: str | None = None, **kwargs: Any) -> None:
        self._base_init(name=name, **kwargs)
        self._is_graph_network = False
        self._init_call_fn_args()
        self.outputs = []
        self.inputs = []
        self.built = False

    def _set_names(self) -> None:
        self.output_names = unique_names([layer.name for layer in self._output_layers])
        self.input_names = [layer.name for layer in self._input_layers]
        fed = [layer for layer in self._input_layers if layer.is_placeholder]
        self._feed_input_names = [layer.name for layer in fed]
        self._feed_input_shapes = [layer._batch_input_shape for layer in fed]
        self._feed_inputs = [layer.input for layer in fed]

    def _track_layers(self, layers: list[Any]) -> None:
        """Depends on layers by their numbers; on those with weights by another number too."""
        with_weights = 0
        for number, layer in enumerate(layers):
            if _has_weights_now(layer):
                name = f"layer_with_weights-{with_weights}"
                self._track_trackable(layer, name=name, overwrite=True)
                with_weights += 1
            self._track_trackable(layer, name=f"layer-{number}", overwrite=True)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_is_graph_network" not in self.__dict__ and _asks_for_init(self, value):
            raise RuntimeError(
                "It looks like you are subclassing `Model` and you forgot to call "
                "`super(YourClass, self).__init__()`. Always start with this line."
            )
        super().__setattr__(name, value)
        if hasattr(value, "update_state") and self._setattr_tracking:  # a metric
            self._metrics.append(value)

    # What it is -----------------------------------------------------------------------------------

    @property
    def dynamic(self) -> bool:
        inside = any(layer.dynamic for layer in self.layers)
        return inside or (not self._is_graph_network and self._dynamic)

    @property
    def stateful(self) -> bool:  # type: ignore[override]
        return any(getattr(layer, "stateful", False) for layer in self.layers)

    def reset_states(self) -> None:
        """Forgets what stateful layers keep from batch to batch."""
        for layer in self.layers:
            if hasattr(layer, "reset_states") and getattr(layer, "stateful", False):
                layer.reset_states()

    @property
    def state_updates(self) -> list[Any]:
        """The updates of stateful layers, which count outside of training too."""
        stateful = [layer for layer in self.layers if getattr(layer, "stateful", False)]
        return [update for layer in stateful for update in layer.updates]

    @property
    def layers(self) -> list[Any]:
        """The layers inside, from the inputs to the outputs."""
        return filter_empty_layer_containers(self._layers)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Returns a layer by its name or its number, which counts first.

        Raises:
          ValueError: there is none such.
        """
        if index is not None:
            if len(self.layers) <= index:
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(self.layers)} layers."
                )
            return self.layers[index]
        if not name:
            raise ValueError("Provide either a layer name or layer index.")
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(layer.name for layer in self.layers)
        raise ValueError(f"No such layer: {name}\n  There are: {names}.")

    @property
    def _nodes_by_depth(self) -> dict[int, list[Node]]:
        return self._topology.nodes_by_depth

    @property
    def _network_nodes(self) -> set[str]:
        return self._topology.node_keys

    @property  # type: ignore[misc]
    def input_spec(self) -> Any:
        """What the inputs must be: an InputSpec, or a list of them; None of a subclass."""
        if not self._is_graph_network:
            return None
        specs: list[Any] = []
        for layer in self._input_layers:
            if layer.input_spec is None:
                specs.append(None)
            elif not isinstance(layer.input_spec, list):
                raise TypeError(
                    f"Layer {layer.name} has an input_spec attribute that is not a list. We expect "
                    f"a list. Found input_spec = {layer.input_spec}"
                )
            else:
                specs += layer.input_spec
        return specs[0] if len(specs) == 1 else specs

    @property
    def _object_identifier(self) -> str:
        return "_tf_keras_network"

    # Weights --------------------------------------------------------------------------------------

    @property
    def weights(self) -> list[Any]:
        """Those of each layer, then the network's own."""
        self._assert_weights_created()
        inside = [weight for layer in self._layers for weight in layer.weights]
        return inside + self._trainable_weights + self._non_trainable_weights

    @property
    def trainable_weights(self) -> list[Any]:
        self._assert_weights_created()
        if not self.trainable:
            return []
        inside = [weight for layer in self._layers for weight in layer.trainable_weights]
        return inside + [each for each in self._trainable_weights if each.trainable]

    @property
    def non_trainable_weights(self) -> list[Any]:
        self._assert_weights_created()
        own = self._non_trainable_weights + self._trainable_weights
        fixed = [weight for layer in self._layers for weight in layer.non_trainable_weights]
        fixed += [each for each in own if not each.trainable]
        if self.trainable:
            return fixed
        inside = [weight for layer in self._layers for weight in layer.trainable_weights]
        return inside + [each for each in own if each.trainable] + fixed

    def _assert_weights_created(self) -> None:
        """ValueError where a class makes its weights in `build`, which was not called yet."""
        if self.dynamic or self._is_graph_network or self.built:
            return
        if "build" in type(self).__dict__:
            raise ValueError(
                f"Weights for model {self.name} have not yet been created. Weights are created "
                "when the Model is first called on inputs or `build()` is called with an "
                "`input_shape`."
            )

    # Calls ----------------------------------------------------------------------------------------

    def _note_first_call(self, inputs: Any, outputs: Any) -> None:
        # What a function is traced with stays in the function: training starts from its own data.
        if not self.inputs and hasattr(self, "_set_inputs") and not runs_in_function():
            self._set_inputs(inputs, outputs)

    @default
    def build(self, input_shape: Any) -> None:
        """Makes the variables of a subclass, by a call on placeholders of a shape.

        Args:
          input_shape: a tuple, a TensorShape, or a list of them.

        Raises:
          ValueError: another kind of shape, or `call` takes more than inputs, or other types.
        """
        if not self._is_graph_network:
            building.build(self, input_shape)
        self.built = True

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Applies the layers to other tensors; a subclass overrides it."""
        if not self._is_graph_network:
            raise NotImplementedError(
                "When subclassing the `Model` class, you should implement a `call` method."
            )
        return running.run(self, inputs, training, mask)

    @property
    def _should_compute_mask(self) -> bool:
        return self._is_graph_network

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if not self._is_graph_network:
            return None
        outputs = running.run(self, inputs, mask=mask)
        return nest.map_structure(lambda tensor: tensor._keras_mask, outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not self._is_graph_network:
            return super().compute_output_shape(input_shape)
        return shapes.output_shapes(self, input_shape)

    # Losses and metrics of functional networks ----------------------------------------------------

    def _graph_network_add_loss(self, symbolic_loss: Any) -> None:
        nodes, layers = map_subgraph_network(self.inputs, [symbolic_loss])
        layer = AddLoss(unconditional=False)
        layer(symbolic_loss)
        self._insert_layers([*layers, layer], [*nodes, *layer._inbound_nodes])

    def _graph_network_add_metric(self, value: Any, aggregation: str | None, name: str) -> None:
        nodes, layers = map_subgraph_network(self.inputs, [value])
        layer = AddMetric(aggregation, name)
        layer(value)
        self._insert_layers([*layers, layer], [*nodes, *layer._inbound_nodes])

    def _insert_layers(self, layers: Any, relevant_nodes: list[Any] | None = None) -> None:
        """Has calls compute more layers, which are no outputs; see `inserting`."""
        inserting.insert(self, nest.flatten(layers), relevant_nodes)


def unique_names(names: list[str]) -> list[str]:
    """["a", "a", "b"] -> ["a", "a_1", "b"]"""
    unique: list[str] = []
    counts: dict[str, int] = {}
    for name in names:
        proposed = name
        while proposed in unique:
            counts[name] = counts.get(name, 0) + 1
            proposed = f"{name}_{counts[name]}"
        unique.append(proposed)
    return unique


def _the_only(tensors: Any) -> Any:
    """The tensor of a list that holds one."""
    return tensors[0] if isinstance(tensors, list) and len(nest.flatten(tensors)) == 1 else tensors


def _has_weights_now(layer: Any) -> bool:
    try:
        return bool(layer.weights)
    except ValueError:  # they are not made yet
        return False


def _asks_for_init(network: Network, value: Any) -> bool:
    leaves = nest.flatten(value)
    return network._setattr_tracking and all(has_weights(leaf) for leaf in leaves)
