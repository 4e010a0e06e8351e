"""Gradients of all ranks brought together, for the optimizers that apply them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distribute.horovod import basics
from stillflow.distribute.horovod.compression import Compression, Compressor
from stillflow.distribute.horovod.reducing import Average, allreduce
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.scopes import name_scope


@dataclass(frozen=True)
class GradientReduction:
    """How gradients become those of all ranks.

    Attributes:
      device_dense, device_sparse: where the nodes are.
      compression: one of `Compression`.
      sparse_as_dense: has gradients of gathered rows made dense first.
      op: Average, or Sum.
    """

    device_dense: str = ""
    device_sparse: str = ""
    compression: type[Compressor] = Compression.none
    sparse_as_dense: bool = False
    op: int = Average

    def __call__(self, gradients: Iterable[Any], name: str) -> list[Any]:
        """Returns the gradients of all ranks, those of one as they are.

        Args:
          gradients: tensors, IndexedSlices or None.
          name: of the optimizer, whose `_Allreduce` scope the nodes are in.
        """
        if basics.size() == 1:
            return list(gradients)
        with name_scope(f"{name}_Allreduce"):
            return [self._reduced(gradient) for gradient in gradients]

    def _reduced(self, gradient: Any) -> Any:
        if gradient is None:
            return None
        if self.sparse_as_dense and isinstance(gradient, IndexedSlices):
            gradient = convert_to_tensor(gradient)
        return allreduce(
            gradient,
            device_dense=self.device_dense,
            device_sparse=self.device_sparse,
            compression=self.compression,
            op=self.op,
        )


def check_passes(backward_passes_per_step: int) -> None:
    """UnimplementedError where gradients are to be added up over several steps."""
    if backward_passes_per_step != 1:
        raise UnimplementedError(
            None,
            None,
            "DistributedOptimizer has backward_passes_per_step=1 alone.\n  Feed batches that "
            "are so much larger instead.",
        )
