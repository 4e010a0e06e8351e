"""What training asks of a model: the attributes that its networks bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


class ModelParts:
    """Base of the parts of `TrainingModel`, for what they ask of each other and of the network."""

    if TYPE_CHECKING:
        built: bool
        inputs: Any
        outputs: Any
        input_names: Any
        output_names: Any
        stateful: Any
        optimizer: Any
        history: Any
        total_loss: Any
        train_function: Any
        test_function: Any
        predict_function: Any
        _traced_steps: Any
        _feed_inputs: list[Any]
        _feed_input_names: list[str]
        _feed_input_shapes: list[Any]
        _is_compiled: bool
        _is_graph_network: bool
        _dtype_policy: Any
        _expects_training_arg: bool
        _metrics: list[Any]
        _layers: list[Any]
        _training_endpoints: list[Any]

        @property
        def dynamic(self) -> bool: ...
        @property
        def weights(self) -> list[Any]: ...
        @property
        def layers(self) -> list[Any]: ...
        @property
        def losses(self) -> list[Any]: ...
        @property
        def state_updates(self) -> list[Any]: ...
        @property
        def _unique_trainable_weights(self) -> list[Any]: ...
        def get_losses_for(self, inputs: Any) -> list[Any]: ...
        def get_updates_for(self, inputs: Any) -> list[Any]: ...
        def _get_trainable_state(self) -> Any: ...
        def _set_trainable_state(self, state: Any) -> None: ...
        def _track_trackable(self, trackable: Any, name: str, overwrite: bool = False) -> Any: ...
        def compile(self, *args: Any, **kwargs: Any) -> None: ...
        def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any: ...
        def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any: ...
