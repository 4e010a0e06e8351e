"""Adagrad that can take steps which do not count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.declare.opdef import OpDef
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.variables.variable import Variable
from stillflow.train.adagrad import AdagradOptimizer
from stillflow.train.one_op import built
from stillflow.train.optimizer import cast_like


class RegAdagradOptimizer(AdagradOptimizer):
    """Adagrad in which what is built `with avoid_updating_slots()` leaves the accumulators alone.

    So the gradients of a penalty need not slow down the learning of the rest.
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "RegAdagrad",
    ):
        super().__init__(learning_rate, initial_accumulator_value, use_locking, name)
        self._should_update_slots = True

    @contextmanager
    def avoid_updating_slots(self) -> Iterator[None]:
        before, self._should_update_slots = self._should_update_slots, False
        try:
            yield
        finally:
            self._should_update_slots = before

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        (rate,) = cast_like([self._learning_rate_tensor], var)
        return built(
            update,
            [var, self.get_slot(var, "accumulator")],
            rate,
            *grad,
            use_locking=self._use_locking,
            update_slots=self._should_update_slots,
        )
