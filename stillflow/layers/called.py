"""What a call of a layer does around the layer's own `call`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from stillflow.autograph.calling import tf_convert
from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly, executing_eagerly_outside_functions
from stillflow.graph.conversion import control_status_ctx
from stillflow.graph.errors import OperatorNotAllowedInGraphError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import init_scope, name_scope
from stillflow.layers import history, policies
from stillflow.layers.autocast import reading_as
from stillflow.layers.branches import check_not_in_branch
from stillflow.layers.call_context import Call, calling, current_call
from stillflow.layers.call_signature import call_signature
from stillflow.layers.collected import Collected
from stillflow.layers.connections import Connections, mask_of
from stillflow.layers.defaults import default, is_default
from stillflow.layers.input_spec import assert_input_compatibility
from stillflow.layers.keras_graph import in_graph, is_in_keras_graph, runs_at_once
from stillflow.layers.learning_phase import (
    phase_of_scope,
    phase_set_eagerly,
    symbolic_phase_of_layers,
)
from stillflow.layers.settings import floatx
from stillflow.layers.symbolic import are_all_symbolic_tensors
from stillflow.ops.array import shape_of
from stillflow.ops.control.effects import AutomaticControlDependencies
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.math import casts
from stillflow.platform import logging


class Called(Connections, Collected):
    """The part of a layer that calls it: builds it first, and notes masks, nodes and losses."""

    built: bool
    input_spec: Any
    supports_masking: bool
    compute_output_shape: Any
    set_weights: Any
    _activity_regularizer: Any
    _autocast: bool
    _dtype_defaulted_to_floatx = False
    _has_warned_of_cast = False
    _dtype_policy: policies.Policy
    _expects_mask_arg: bool
    _expects_training_arg: bool
    _initial_weights: Any

    @property
    def dynamic(self) -> bool:
        raise NotImplementedError

    @property
    def dtype(self) -> str | None:
        raise NotImplementedError

    @property
    def _compute_dtype(self) -> str | None:
        raise NotImplementedError

    def build(self, input_shape: Any) -> None:
        """Makes the variables for inputs of a shape, or of a nest of shapes."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Returns what the layer makes of its inputs."""
        return inputs

    @default
    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns the masks of the outputs: those of the inputs, where the layer supports them.

        Raises:
          TypeError: there is a mask, and it does not.
        """
        if self.supports_masking:
            return mask
        if any(each is not None for each in nest.flatten(mask)):
            raise TypeError(
                f"Layer {self.name} does not support masking, but was passed an input_mask: {mask}"
            )
        return None

    def _name_scope(self) -> str:
        """The name scope of the layer's operations."""
        return self.name

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Applies the layer, whose variables are made first when this is the first call.

        Args:
          inputs: a tensor or a nest of them; what the layer is connected to.
          args, kwargs: what `call` takes besides. `training` and `mask` come from the layer around
            and from the inputs where they are not given.

        Raises:
          ValueError: the inputs are not what `input_spec` demands, or `call` returns None.
          TypeError: `call` asks for the truth of a tensor.
        """
        is_symbolic = are_all_symbolic_tensors(nest.flatten(inputs))
        if not is_symbolic:
            inputs = nest.map_structure(_tensor_of, inputs)
        given = dict(zip(self._call_fn_args[1:], args, strict=False), **kwargs)
        masks = given["mask"] if "mask" in given else self._masks_of_inputs(inputs)
        passed = {}
        if masks is not None and self._expects_mask_arg and "mask" not in given:
            passed["mask"] = masks
        training = self._training_of(given, kwargs, passed, is_symbolic)
        if is_symbolic and history.is_needed(inputs):
            history.create(inputs)
        frozen = current_call().frozen or not self.trainable
        if not current_call().in_call and runs_at_once():
            self._clear_losses()
        with (
            in_graph() if is_symbolic else nullcontext(),
            calling(Call(self, inputs, training, frozen)),
        ):
            if is_symbolic:
                assert_input_compatibility(self.input_spec, inputs, self.name)
            with name_scope(self._name_scope()):
                self._maybe_build(inputs)
                outputs = self._outputs_of(inputs, args, {**kwargs, **passed})
                if is_symbolic:
                    self._check_outputs(outputs)
                    if all(hasattr(each, "_keras_history") for each in nest.flatten(inputs)):
                        outputs = self._connect(inputs, outputs, given)
                self._regularize_activity(inputs, outputs)
                self._set_masks(inputs, outputs, masks)
                if is_symbolic:
                    self._note_first_call(inputs, outputs)
        return outputs

    # What `call` gets -----------------------------------------------------------------------------

    def _init_call_fn_args(self) -> None:
        """Finds out what `call` takes; a class that sets another `call` later does so again."""
        signature = call_signature(self.call)
        self._expects_training_arg = self._call_takes("training", signature)
        self._expects_mask_arg = self._call_takes("mask", signature)

    @staticmethod
    def _call_takes(name: str, signature: Any) -> bool:
        return name in signature.arguments or signature.takes_any_keyword

    @property
    def _call_fn_args(self) -> list[str]:
        return list(call_signature(self.call).arguments)

    @property
    def _call_accepts_kwargs(self) -> bool:
        return call_signature(self.call).takes_any_keyword

    @property
    def _should_compute_mask(self) -> bool:
        return True

    def _masks_of_inputs(self, inputs: Any) -> Any:
        """The masks that the inputs have; None where none has one."""
        if not self._should_compute_mask:
            return None
        if all(mask_of(each) is None for each in nest.flatten(inputs)):
            return None
        return nest.map_structure(mask_of, inputs)

    def _training_of(
        self,
        given: dict[str, Any],
        kwargs: dict[str, Any],
        passed: dict[str, Any],
        is_symbolic: bool,
    ) -> Any:
        """The argument `training` of a call: its own, that of the call around, or the phase.

        `kwargs` loses one that `call` does not take, `passed` gets one from around.
        """
        if "training" in given:
            if not self._expects_training_arg:
                kwargs.pop("training")
                return given.pop("training")
            return given["training"]
        training = current_call().training
        if training is None and is_symbolic and getattr(self, "_is_graph_network", False):
            training = phase_of_scope()
        if training is None and is_symbolic and (executing_eagerly() or is_in_keras_graph()):
            training = symbolic_phase_of_layers()
        if training is None:
            training = phase_set_eagerly()
        if self._expects_training_arg and training is not None:
            is_known = not is_tensor(training)
            passed["training"] = bool(training) if is_known else casts.cast(training, dtypes.bool)
        return training

    def _maybe_build(self, inputs: Any) -> None:
        if not self.built:
            assert_input_compatibility(self.input_spec, inputs, self.name)
            leaves = nest.flatten(inputs)
            policy = self._dtype_policy
            if leaves and policy.compute_dtype is None and hasattr(leaves[0], "dtype"):
                dtype = dtypes.as_dtype(leaves[0].dtype).base_dtype.name
                self._dtype_policy = policies.with_input_dtype(policy, dtype)
            with _outside_of_models():
                self._build_for(leaves, inputs)
            self.built = True
        if self._initial_weights is not None:
            weights, self._initial_weights = self._initial_weights, None
            self.set_weights(weights)

    def _build_for(self, leaves: list[Any], inputs: Any) -> None:
        if is_default(self.build):
            return
        shapes = None
        if all(hasattr(leaf, "shape") for leaf in leaves):
            shapes = nest.map_structure(lambda leaf: leaf.shape, inputs)
        self.build(shapes)

    def _outputs_of(self, inputs: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.dynamic and not executing_eagerly():
            return self._symbolic_call(inputs)
        inputs = self._maybe_cast_inputs(inputs)
        try:
            with reading_as(self._compute_dtype):
                call = self._call_to_build()
                if is_in_keras_graph():
                    return _in_order(call, inputs, *args, **kwargs)
                return call(inputs, *args, **kwargs)
        except OperatorNotAllowedInGraphError as error:
            raise TypeError(
                "You are attempting to use Python control flow in a layer that was not declared to "
                "be dynamic. Pass `dynamic=True` to the class constructor.\n"
                f'Encountered error:\n"""\n{error}\n"""'
            ) from error

    def _call_to_build(self, call: Callable[..., Any] | None = None) -> Callable[..., Any]:
        """The method `call`, or another; in a graph, that of a program's own class is converted."""
        call = self.call if call is None else call
        if type(self).__module__.startswith("stillflow.") or executing_eagerly():
            return call
        return tf_convert(call, control_status_ctx())

    def _maybe_cast_inputs(self, inputs: Any) -> Any:
        dtype = self._compute_dtype
        if not (self._autocast and dtype and dtypes.as_dtype(dtype).is_floating):
            return inputs

        def cast(value: Any) -> Any:
            if not is_tensor(value) or not value.dtype.is_floating:
                return value
            if value.dtype.base_dtype.name == dtype:
                return value
            self._warn_of_cast(value.dtype.base_dtype.name)
            return casts.cast(value, dtype)

        return nest.map_structure(cast, inputs)

    def _warn_of_cast(self, dtype: str) -> None:
        """Warns once, where the program did not say the type."""
        if not self._dtype_defaulted_to_floatx or self._has_warned_of_cast:
            return
        self._has_warned_of_cast = True
        own = self._compute_dtype
        logging.warn(
            f"Layer {self.name} is casting an input tensor from dtype {dtype} to the layer's dtype "
            f"of {own}, which is new behavior in TensorFlow 2.  The layer has dtype {own} because "
            f"it's dtype defaults to floatx.\n  Pass dtype={dtype!r} to the layer for {dtype}, or "
            "autocast=False for no cast."
        )

    def _symbolic_call(self, inputs: Any) -> Any:
        """Placeholders for what a dynamic layer would give."""
        shapes = self.compute_output_shape(nest.map_structure(lambda each: each.shape, inputs))

        def stand_in(shape: Any) -> Any:
            made: Any = placeholder(self.dtype or floatx(), shape=shape)
            made._keras_mask = None
            return made

        return nest.map_structure(stand_in, shapes)

    # What comes of it -----------------------------------------------------------------------------

    def _check_outputs(self, outputs: Any) -> None:
        if outputs is None:
            raise ValueError(
                "A layer's `call` method should return a Tensor or a list of Tensors, not None "
                f"(layer: {self.name})."
            )

    def _note_first_call(self, inputs: Any, outputs: Any) -> None:
        """For models, which take inputs and outputs from it."""

    def _regularize_activity(self, inputs: Any, outputs: Any) -> None:
        if not self._activity_regularizer:
            return
        with name_scope("ActivityRegularizer"):
            for output in nest.flatten(outputs):
                check_not_in_branch(output, "activity_regularizer")
                loss = self._activity_regularizer(output)
                batch_size = casts.cast(shape_of.shape(output)[0], loss.dtype)
                self.add_loss(loss / batch_size, inputs=inputs)

    def _set_masks(self, inputs: Any, outputs: Any, masks: Any) -> None:
        leaves = nest.flatten(outputs)
        if getattr(self, "_compute_output_and_mask_jointly", False) or all(
            mask_of(leaf) is not None for leaf in leaves
        ):
            found = [mask_of(leaf) for leaf in leaves]
        else:
            found = self._computed_masks(inputs, masks) or [None] * len(leaves)
        for leaf, mask in zip(leaves, found, strict=False):
            try:
                leaf._keras_mask = mask
            except AttributeError:
                continue  # an output that keeps no marks
            if mask is not None and is_tensor(leaf):
                mask._keras_history_checked = True

    def _computed_masks(self, inputs: Any, masks: Any) -> list[Any] | None:
        if not self.supports_masking and is_default(self.compute_mask):
            return None
        computed = self.compute_mask(inputs, masks)
        return None if computed is None else nest.flatten(computed)


def _in_order(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `call` gives, which waits for all that has effects in it, as in a function."""
    with AutomaticControlDependencies() as effects:

        def marked(value: Any) -> Any:
            if not isinstance(value, Tensor):
                return value
            waiting = effects.mark_as_return(value)
            mask = mask_of(value)
            waiting._keras_mask = None if mask is None else effects.mark_as_return(mask)
            return waiting

        outputs = call(*args, **kwargs)
        return nest.map_structure(marked, outputs, expand_composites=True)


def _outside_of_models() -> AbstractContextManager[Any]:
    """Where variables are made: outside of functions, and of Keras' graph, in eager mode."""
    is_inside = executing_eagerly_outside_functions() and not executing_eagerly()
    return init_scope() if is_inside else nullcontext()


def _tensor_of(value: Any) -> Any:
    """A number or an array as a tensor; all else as it is."""
    is_value = isinstance(value, (float, int)) or type(value).__module__ == "numpy"
    return convert_to_tensor(value) if is_value else value
