"""What a graph knows of its towers: how many there are, and the gradients that each gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.graph.graph import get_default_graph

_COLLECTION = "replicate_model_fn_graph_states"


class TowerState:
    """Attributes:
    number_of_towers: how many are built in all.
    loss_reduction: the `tf.losses.Reduction` of each tower's loss.
    has_optimizer: whether a TowerOptimizer was used.
    scopes: the variable scope and the name scope of the first tower.
    """

    def __init__(self) -> None:
        self.number_of_towers = 1
        self.loss_reduction: str | None = None
        self.has_optimizer = False
        self.scopes: tuple[Any, Any] = (None, None)
        self._current = 0
        self._gradients: dict[int, list[Any]] = defaultdict(list)

    @contextmanager
    def tower(self, number: int, var_scope: Any, name_scope: Any) -> Iterator[None]:
        """A block in which a tower is built."""
        if number == 0:
            self.scopes = (var_scope, name_scope)
        self._current = number
        yield

    @property
    def is_last(self) -> bool:
        return self._current == self.number_of_towers - 1

    def collect(self, grads_and_vars: Any) -> None:
        self._gradients[self._current].append(grads_and_vars)

    def latest_of_all(self) -> list[tuple[Any, Any]]:
        """Gradients and variables of the call that the last tower made last, of each tower."""
        last = len(self._gradients[self._current]) - 1
        return [
            pair for number in range(self._current + 1) for pair in self._gradients[number][last]
        ]

    def had_same_calls(self) -> bool:
        calls = sum(len(gradients) for gradients in self._gradients.values())
        return calls % self.number_of_towers == 0


def tower_state() -> TowerState:
    """The state of the default graph."""
    states = get_default_graph().get_collection_ref(_COLLECTION)
    if not states:
        states.append(TowerState())
    return states[-1]


def forget_towers() -> None:
    get_default_graph().clear_collection(_COLLECTION)
