"""`tf.contrib.eager.EagerVariableStore`: keeps the variables of `get_variable` in eager mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stillflow.graph.graph import get_default_graph
from stillflow.ops.variables.resource_variable import ResourceVariable
from stillflow.ops.variables.store import STORE_KEY, VariableStore
from stillflow.ops.variables.variable import Variable


class EagerVariableStore:
    """Within `with store.as_default():`, `tf.get_variable` finds what it has made before.

    Elsewhere in eager mode it makes a new variable each time, which goes with its last user.
    """

    def __init__(self, store: VariableStore | None = None):
        if store is not None and not store.keeps_eager_variables:
            raise ValueError(
                "Cannot construct EagerVariableStore from a VariableStore object that does not "
                "hold eager variables."
            )
        self._store = VariableStore() if store is None else store
        self._store.keeps_eager_variables = True

    @contextmanager
    def as_default(self) -> Iterator[VariableStore]:
        """A `with` block whose `tf.get_variable` uses this store."""
        holder = get_default_graph().get_collection_ref(STORE_KEY)
        outer = holder[:]
        holder[:] = [self._store]
        try:
            yield self._store
        finally:
            holder[:] = outer

    def variables(self) -> list[Variable]:
        """All of its variables, by name."""
        return sorted(self._store._vars.values(), key=lambda variable: variable.name)

    def trainable_variables(self) -> list[Variable]:
        return [variable for variable in self.variables() if variable.trainable]

    def non_trainable_variables(self) -> list[Variable]:
        return [variable for variable in self.variables() if not variable.trainable]

    def copy(self) -> EagerVariableStore:
        """A store of new variables of the same names and values."""
        copied = EagerVariableStore()
        for key, variable in self._store._vars.items():
            name = variable.name.partition(":")[0]
            copied._store._vars[key] = ResourceVariable(
                variable.read_value(), name=name, trainable=variable.trainable
            )
        return copied
