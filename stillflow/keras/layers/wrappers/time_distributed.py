"""`tf.keras.layers.TimeDistributed`: a layer at each time of a sequence."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.keras.backend.reducing import any_
from stillflow.keras.backend.rnn import rnn
from stillflow.keras.layers.recurrent.calling import takes
from stillflow.keras.layers.wrappers.wrapper import Wrapper
from stillflow.layers import base
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.ops.array import shape_of
from stillflow.ops.array.reshaping import reshape
from stillflow.platform.object_identity import ObjectIdentityWeakKeyDictionary
from stillflow.tracking.assigning import NoDependency

_PACKAGES = ("stillflow", "tensorflow")


class TimeDistributed(Wrapper):
    """Applies a layer to each time of inputs n[batch, time, ...].

    Times are put into the batch; or, where the batch is known and the layer is a program's own or
    keeps states, there is a loop over time.

    Args:
      layer: the layer inside.
      Others by name as for `Layer`.

    Raises:
      ValueError: `layer` is no layer.
    """

    def __init__(self, layer: Any, **kwargs: Any):
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Please initialize `TimeDistributed` layer with a `Layer` instance. You passed: "
                f"{layer}"
            )
        super().__init__(layer, **kwargs)
        self.supports_masking = True
        self._always_use_reshape = _is_ours(layer) and not getattr(layer, "stateful", False)
        # Of the inputs of each call what the layer inside was given, whose mask may be asked for.
        input_map: Any = NoDependency(ObjectIdentityWeakKeyDictionary())
        self._input_map = input_map

    def build(self, input_shape: Any = None) -> None:
        sizes = as_shape(input_shape).as_list()
        if len(sizes) < 3:
            raise ValueError(
                "`TimeDistributed` Layer should be passed an `input_shape ` with at least 3 "
                f"dimensions, received: {sizes}"
            )
        self.input_spec = InputSpec(shape=[None, None, *sizes[2:]])
        super().build((sizes[0], *sizes[2:]))

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        batch, steps, *sizes = as_shape(input_shape).as_list()
        inner = self.layer.compute_output_shape(TensorShape([batch, *sizes]))
        batch, *sizes = as_shape(inner).as_list()
        return TensorShape([batch, steps, *sizes])

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Tensor:
        options = {"training": training} if takes(self.layer.call, "training") else {}
        sizes = inputs.shape.as_list()
        if sizes[0] and not self._always_use_reshape:

            def step(x: Any, _: Any) -> tuple[Any, list]:
                return self.layer(x, **options), []

            _, outputs, _ = rnn(step, inputs, initial_states=[], input_length=sizes[1])
            return outputs
        steps = sizes[1] or shape_of.shape(inputs)[1]
        merged = reshape(inputs, _completed((-1,), inputs, 2))
        self._input_map[inputs] = merged
        if takes(self.layer.call, "mask") and mask is not None:
            options["mask"] = reshape(mask, _completed((-1,), mask, 2))
        outputs = self.layer(merged, **options)
        known = self.compute_output_shape(sizes).as_list()[2:]
        return reshape(outputs, _completed((-1, steps), outputs, 1, known))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of times; what the layer inside makes of it, where times were in the batch.

        A mask of more axes counts a time where it is True anywhere in it.
        """
        sizes = inputs.shape.as_list()
        if sizes[0]:
            return mask
        inner = None if mask is None else reshape(mask, _completed((-1,), mask, 2))
        output = self.layer.compute_mask(self._input_map.get(inputs, inputs), inner)
        if output is not None:
            steps = sizes[1] or shape_of.shape(inputs)[1]
            return reshape(output, _completed((-1, steps), output, 1))
        if mask is None:
            return None
        for _ in range(2, len(mask.shape)):
            mask = any_(mask, axis=-1)
        return mask


def _completed(leading: tuple, tensor: Any, first: int, sizes: Any = None) -> tuple:
    """`leading`, and the sizes of `tensor` from axis `first` on; in a run where not known."""
    sizes = tensor.shape.as_list()[first:] if sizes is None else list(sizes)
    if not all(sizes):
        in_run = shape_of.shape(tensor)
        sizes = [size or in_run[first + i] for i, size in enumerate(sizes)]
    return *leading, *sizes


def _is_ours(layer: Any) -> bool:
    """Whether a layer is no program's own, or derives from one that is not, the bases apart."""
    for owner in type(layer).__mro__:
        if owner.__module__.partition(".")[0] in _PACKAGES:
            return owner not in (Layer, base.Layer)
    return False
