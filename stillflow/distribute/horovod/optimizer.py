"""An optimizer that applies the mean of all ranks' gradients."""

from __future__ import annotations

from typing import Any

from stillflow.distribute.horovod.compression import Compression, Compressor
from stillflow.distribute.horovod.gradients import GradientReduction, check_passes
from stillflow.distribute.horovod.reducing import Average
from stillflow.graph.operation import Operation
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
        check_passes(backward_passes_per_step)
        name = name or f"Distributed{type(optimizer).__name__}"
        super().__init__(use_locking, name)
        self._optimizer = optimizer
        self._reduction = GradientReduction(
            device_dense, device_sparse, compression, sparse_as_dense, op
        )

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Returns the pairs of the other optimizer, with all ranks' gradients brought together."""
        pairs = self._optimizer.compute_gradients(*args, **kwargs)
        reduced = self._reduction([grad for grad, _ in pairs], self.get_name())
        return [(grad, variable) for grad, (_, variable) in zip(reduced, pairs, strict=True)]

    def apply_gradients(self, *args: Any, **kwargs: Any) -> Operation:
        """Applies gradients by the other optimizer."""
        return self._optimizer.apply_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._optimizer.get_slot_names(*args, **kwargs)

    def variables(self, *args: Any, **kwargs: Any) -> list[Any]:
        return self._optimizer.variables(*args, **kwargs)
