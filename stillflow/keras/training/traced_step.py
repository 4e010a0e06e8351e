"""What training, evaluation and predictions in eager mode run: a model's step, as a function.

As in TensorFlow 1.15 the model is called anew while its step is traced, with `training` as the mode
says, and gradients are not clipped. Random ops without a seed take one from the seed that is set
and from the number of nodes before them, so that those of TensorFlow's function are here too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.keras.backend.eager_function import value_of
from stillflow.keras.training.eager_step import step_of
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.ops.control.ordering import no_op

# How many nodes come before the model's in TensorFlow's function: the iterator and the handle that
# deletes it, the element, the number of the replica; in training the size of the batch.
_NODES_BEFORE = {ModeKeys.TRAIN: 9, ModeKeys.TEST: 9, ModeKeys.PREDICT: 4}


def can_be_traced(model: Any) -> bool:
    """Whether the model's step can: what it is fed are arrays."""
    return not any(isinstance(each, CompositeTensor) for each in model._feed_inputs)


class TracedStep:
    """Takes what a model is fed in a mode, as a list, and gives arrays.

    It is traced once for batches of all sizes.
    """

    def __init__(self, model: Any, mode: str):
        self._model = model
        self._mode = mode
        self._functions: dict[Any, Callable[..., Any]] = {}

    def __call__(self, feeds: list[Any]) -> list[Any]:
        tensors = [_fed(value) for value in feeds if value is not None]
        given = tuple(value is not None for value in feeds)
        kind = given, tuple(map(_spec, tensors))
        if kind not in self._functions:
            self._functions[kind] = self._traced(*kind)
        return [value_of(each) for each in self._functions[kind](*tensors)]

    def _traced(self, given: tuple[bool, ...], specs: tuple[TensorSpec, ...]) -> Callable[..., Any]:
        """The step for tensors that are like `specs`, where one is `given`."""
        from stillflow.functions.decorated import function  # heavy, and for eager mode alone

        step = step_of(self._model, self._mode)

        def distributed_function(*tensors: Tensor) -> list[Tensor]:
            for _ in range(_NODES_BEFORE[self._mode] - len(tensors)):
                no_op()
            left = iter(tensors)
            outputs = step([next(left) if is_given else None for is_given in given])
            self._model._clear_losses()  # those of this graph, which are no others' to minimize
            return outputs

        traced: Callable[..., Any] = function(
            distributed_function, input_signature=specs, autograph=False
        )
        return traced


def _fed(value: Any) -> Tensor:
    tensor: Tensor = convert_to_tensor(value)
    return tensor


def _spec(tensor: Tensor) -> TensorSpec:
    """What it is, of any size of batch."""
    sizes = tensor.shape.as_list()
    return TensorSpec([None, *sizes[1:]] if sizes else [], tensor.dtype)
