"""Wrappers that are no layers of their own: `HighwayWrapper` and `CompiledWrapper`."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.wrapping import check_same_shapes
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.nn.bias import xw_plus_b
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.scope import get_variable


class HighwayWrapper(RNNCell):
    """Carries inputs past a cell as a gate says: Srivastava et al., 2015 (arXiv:1505.00387).

    Args:
      cell: the cell.
      couple_carry_transform_gates: what is not carried is transformed; else a gate of its own says.
      carry_bias_init: of the gate's bias; its negative is that of the other gate's.
    """

    def __init__(
        self,
        cell: Any,
        couple_carry_transform_gates: bool = True,
        carry_bias_init: float = 1.0,
    ):
        self._cell = cell
        self._couple_carry_transform_gates = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    @property
    def state_size(self) -> Any:
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with self._zero_state_scope(batch_size):
            return self._cell.zero_state(batch_size, dtype)

    def _highway(self, x: Any, out: Any) -> Any:
        size = x.shape.with_rank(2).as_list()[1]

        def gate(name: str, bias: float) -> Any:
            weight = get_variable(f"{name}_w", [size, size])
            biases = get_variable(f"{name}_b", [size], initializer=Constant(bias))
            return sigmoid(xw_plus_b(x, weight, biases))

        carry = gate("carry", self._carry_bias_init)
        if self._couple_carry_transform_gates:
            transform = 1 - carry
        else:
            transform = gate("transform", -self._carry_bias_init)
        return x * carry + out * transform

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        outputs, new_state = self._cell(inputs, state, scope=scope)
        check_same_shapes(inputs, outputs)
        return nest.map_structure(self._highway, inputs, outputs), new_state
