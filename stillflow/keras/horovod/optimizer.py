"""Optimizers of Keras that apply the mean of all ranks' gradients."""

from __future__ import annotations

from typing import Any

from stillflow.distribute.horovod.compression import Compression, Compressor
from stillflow.distribute.horovod.gradients import GradientReduction, check_passes
from stillflow.distribute.horovod.reducing import Average
from stillflow.graph.operation import Tensor
from stillflow.keras.optimizers.of_train import TFOptimizer
from stillflow.train.optimizer import Optimizer as TrainOptimizer


def DistributedOptimizer(
    optimizer: Any,
    name: str | None = None,
    device_dense: str = "",
    device_sparse: str = "",
    compression: type[Compressor] = Compression.none,
    sparse_as_dense: bool = False,
    op: int = Average,
    backward_passes_per_step: int = 1,
) -> Any:
    """Returns an optimizer like another one, of a class that brings gradients together first.

    The class has the other's name, so that what is saved is read without Horovod too.

    Args:
      optimizer: one of `tf.keras.optimizers`.
      name: by default `Distributed` and its class.
      device_dense, device_sparse: where the nodes are.
      compression: one of `Compression`.
      sparse_as_dense: has gradients of gathered rows made dense first.
      backward_passes_per_step: must be 1.
      op: Average, or Sum.

    Raises:
      TypeError: `optimizer` is one of `tf.train`.
      UnimplementedError: gradients are to be added up over several steps.
    """
    check_passes(backward_passes_per_step)
    if isinstance(optimizer, (TrainOptimizer, TFOptimizer)):
        raise TypeError(
            f"{type(optimizer).__name__} is no optimizer of Keras.\n  Take one of "
            "tf.keras.optimizers; those of tf.train are for horovod.tensorflow's."
        )
    kind = type(optimizer)
    reduction = GradientReduction(device_dense, device_sparse, compression, sparse_as_dense, op)
    made = _distributed(kind, reduction).from_config(optimizer.get_config())
    made._name = name or f"Distributed{kind.__name__}"
    return made


def _distributed(kind: type[Any], reduction: GradientReduction) -> Any:
    """The subclass of an optimizer's class whose gradients are those of all ranks."""

    def get_gradients(self: Any, loss: Tensor, params: Any) -> list[Any]:
        return reduction(kind.get_gradients(self, loss, params), self._name)

    def _compute_gradients(self: Any, *args: Any, **kwargs: Any) -> list[Any]:
        pairs = kind._compute_gradients(self, *args, **kwargs)
        reduced = reduction([grad for grad, _ in pairs], self._name)
        return [(grad, variable) for grad, (_, variable) in zip(reduced, pairs, strict=True)]

    methods = {
        "__doc__": kind.__doc__,
        "__module__": kind.__module__,
        "get_gradients": get_gradients,
        "_compute_gradients": _compute_gradients,
    }
    return type(kind.__name__, (kind,), methods)
