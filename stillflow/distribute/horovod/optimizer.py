"""An optimizer that applies the mean of all ranks' gradients."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distribute.horovod import basics
from stillflow.distribute.horovod.compression import Compression, Compressor
from stillflow.distribute.horovod.reducing import Average, allreduce
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import name_scope
from stillflow.train.optimizer import Optimizer


class DistributedOptimizer(Optimizer):
    """Computes gradients by another optimizer, which also applies what they are on average.

    Args:
      optimizer: the other one.
      name: by default `Distributed` and its class.
      device_dense, device_sparse: where the nodes are.
      compression: one of `Compression`.
      sparse_as_dense: has gradients of gathered rows made dense first.
      backward_passes_per_step: must be 1.
      op: Average, or Sum.

    Raises:
      UnimplementedError: gradients are to be added up over several steps.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        name: str | None = None,
        use_locking: bool = False,
        device_dense: str = "",
        device_sparse: str = "",
        compression: type[Compressor] = Compression.none,
        sparse_as_dense: bool = False,
        backward_passes_per_step: int = 1,
        op: int = Average,
    ):
        if backward_passes_per_step != 1:
            raise UnimplementedError(
                None,
                None,
                "DistributedOptimizer has backward_passes_per_step=1 alone.\n  Feed batches that "
                "are so much larger instead.",
            )
        name = name or f"Distributed{type(optimizer).__name__}"
        super().__init__(use_locking, name)
        self._optimizer = optimizer
        self._sparse_as_dense = sparse_as_dense
        self._reduction: dict[str, Any] = {
            "device_dense": device_dense,
            "device_sparse": device_sparse,
            "compression": compression,
            "op": op,
        }

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Returns the pairs of the other optimizer, with all ranks' gradients brought together."""
        pairs = self._optimizer.compute_gradients(*args, **kwargs)
        if basics.size() == 1:
            return pairs
        with name_scope(f"{self.get_name()}_Allreduce"):
            return [(self._reduced(grad), variable) for grad, variable in pairs]

    def _reduced(self, grad: Any) -> Any:
        if grad is None:
            return None
        if self._sparse_as_dense and isinstance(grad, IndexedSlices):
            grad = convert_to_tensor(grad)
        return allreduce(grad, **self._reduction)

    def apply_gradients(self, *args: Any, **kwargs: Any) -> Operation:
        """Applies gradients by the other optimizer."""
        return self._optimizer.apply_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._optimizer.get_slot_names(*args, **kwargs)

    def variables(self, *args: Any, **kwargs: Any) -> list[Any]:
        return self._optimizer.variables(*args, **kwargs)
