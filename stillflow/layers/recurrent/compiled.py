"""`CompiledWrapper`: a cell whose step is marked as to be compiled."""

from __future__ import annotations

from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.scopes import name_scope
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.ops.control.jit_scope import experimental_jit_scope


class CompiledWrapper(RNNCell):
    """Marks the operations of a cell's step for TensorFlow's XLA; Stillflow compiles in any case.

    Args:
      cell: the cell.
      compile_stateful: whether also those that draw random numbers and the like.
    """

    def __init__(self, cell: Any, compile_stateful: bool = False):
        self._cell = cell
        self._compile_stateful = compile_stateful

    @property
    def state_size(self) -> Any:
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        compiles = True if self._compile_stateful else _is_stateless
        with experimental_jit_scope(compile_ops=compiles):
            return self._cell(inputs, state, scope=scope)


def _is_stateless(node: Any) -> bool:
    """As TensorFlow has it, for which what changes a variable by its reference has no state."""
    op = get_default_graph().get_operation_by_name(node.name)
    return not op.defn.stateful or any(tensor.dtype._is_ref_dtype for tensor in op.inputs)
