"""`tf.train.Optimizer`: computes gradients and applies them. Knows no update rule.

An optimizer says which slots it keeps for a variable (`_create_slots`), turns its hyper-parameters
into tensors (`_prepare`) and builds the op that updates one variable (`_apply_dense`,
`_apply_sparse`); these hooks are TensorFlow 1.x's, so that programs can write their own.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    Sequence,
    ValuesView,
)
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.gradients.gradient_tape import GradientTape
from stillflow.gradients.walk import gradients
from stillflow.graph import dtypes
from stillflow.graph.context import eager_graph, executing_eagerly
from stillflow.graph.distribution import replica_context_around, strategy_around
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies, init_scope, name_scope
from stillflow.ops.array.gathering import unsorted_segment_sum
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.unique import unique
from stillflow.ops.control.ordering import group, tuple_
from stillflow.ops.math.casts import cast
from stillflow.ops.variables import state
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.ops.variables.reference_variable import RefVariable
from stillflow.ops.variables.sets import trainable_variables
from stillflow.ops.variables.variable import Variable
from stillflow.tracking.trackable import Trackable, TrackableReference
from stillflow.train import slot_creator
from stillflow.train.distributing.replicas import (
    applied_for_all,
    container_of,
    scaled_loss,
    with_gradients,
)
from stillflow.train.repeated_updates import numbers_of, repeated

Gradient = Tensor | IndexedSlices
Pair = tuple[Gradient | None, Any]


class Optimizer(Trackable):
    """The base of all optimizers.

    Args:
      use_locking: recorded in the update ops; a session runs one step at a time anyway.
      name: of the scope in which the update is built, and of the slots.

    Raises:
      ValueError: no name.
    """

    # What waits for what, as `gate_gradients`: nothing; the gradients of one op for each other;
    # every gradient for every other.
    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    # The attributes of a class that alone decide, besides variables and gradients, what an update
    # does; they are for no class that is derived from it.
    _decided_by: tuple[str, ...] | None = None

    def __init__(self, use_locking: bool, name: str):
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        self._slots: dict[str, dict[tuple, Variable]] = {}
        self._non_slot_dict: dict[tuple, Variable] = {}
        # {slot: {variable: restores that wait for it}}
        self._deferred_slot_restorations: dict[str, dict[tuple, list[Any]]] = {}

    def get_name(self) -> str:
        return self._name

    # Computing and applying gradients -------------------------------------------------------------

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Operation:
        """Returns an operation that takes one step: `compute_gradients`, then `apply_gradients`.

        Raises:
          ValueError: `loss` depends on none of the variables.
        """
        grads_and_vars = self.compute_gradients(
            loss,
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss,
        )
        if all(grad is None for grad, _ in grads_and_vars):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not "
                f"support gradients, between variables {[str(v) for _, v in grads_and_vars]} and "
                f"loss {loss}."
            )
        return self.apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[Pair]:
        """Returns (gradient, variable) for each variable; None where `loss` does not depend on it.

        Args:
          loss: a float tensor, or a function without arguments that returns one.
          var_list: the variables; all trainable ones by default.
          gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH.
          aggregation_method, colocate_gradients_with_ops: as of `tf.gradients`.
          grad_loss: the gradient of `loss`; ones by default.

        Raises:
          ValueError: no variable, an unknown gate, or a type that cannot be optimized.
        """
        in_function = callable(loss) and get_default_graph().building_function
        if executing_eagerly() or in_function:
            return self._taped_gradients(loss, var_list, grad_loss)
        loss = scaled_loss(loss() if callable(loss) else loss)
        if gate_gradients not in (self.GATE_NONE, self.GATE_OP, self.GATE_GRAPH):
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
                f"Optimizer.GATE_GRAPH.  Not {gate_gradients}"
            )
        self._assert_valid_dtypes([loss] if grad_loss is None else [loss, grad_loss])
        variables = trainable_variables() if var_list is None else list(_flattened(var_list))
        targets = [_differentiated(variable) for variable in variables]
        if not targets:
            raise ValueError("No variables to optimize.")
        grads = gradients(
            loss,
            targets,
            grad_ys=grad_loss,
            gate_gradients=gate_gradients == self.GATE_OP,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gate_gradients == self.GATE_GRAPH:
            grads = tuple_(grads)
        pairs = list(zip(grads, variables, strict=True))
        self._assert_valid_dtypes([v for grad, v in pairs if grad is not None])
        return pairs

    def _taped_gradients(self, loss: Any, var_list: Any, grad_loss: Any) -> list[Pair]:
        """`compute_gradients` in eager mode, of a function that gives the loss."""
        if not callable(loss):
            raise RuntimeError(
                "`loss` passed to Optimizer.compute_gradients should be a function when eager "
                "execution is enabled."
            )
        with GradientTape() as tape:
            if var_list is not None:
                tape.watch(var_list)
            value = scaled_loss(loss())
        variables = list(tape.watched_variables() if var_list is None else _flattened(var_list))
        grads = tape.gradient(value, variables, grad_loss)
        return list(zip(grads, variables, strict=True))

    def apply_gradients(
        self, grads_and_vars: Iterable[Pair], global_step: Any = None, name: str | None = None
    ) -> Operation:
        """Returns an operation that updates each variable by its gradient.

        Args:
          grads_and_vars: what `compute_gradients` returned, perhaps changed; variables with a
            gradient of None are left alone.
          global_step: a variable that is raised by one afterwards.
          name: of the scope; the optimizer's name by default.

        Raises:
          TypeError: a gradient that is no tensor.
          ValueError: no gradient at all.
          RuntimeError: in the scope of a strategy, but in none of its replicas.
        """
        strategy = strategy_around()
        if strategy is not None:
            replica_context = replica_context_around()
            if replica_context is None:
                raise RuntimeError(
                    "Use `_distributed_apply()` instead of `apply_gradients()` in a cross-replica "
                    "context.\n  strategy.experimental_run builds a function for the replicas; "
                    "minimize in that."
                )
            given = with_gradients(grads_and_vars)
            return replica_context.merge_call(
                self._distributed_apply, args=(given, global_step, name)
            )
        pairs = [(_as_gradient(grad), variable) for grad, variable in grads_and_vars]
        if not pairs:
            raise ValueError("No variables provided.")
        given = [(grad, variable) for grad, variable in pairs if grad is not None]
        if not given:
            raise ValueError(
                f"No gradients provided for any variable: {[str(v) for _, v in pairs]}."
            )
        if repeated(self, given, global_step):
            return None  # type: ignore[return-value]  # as in eager mode always
        with init_scope():
            self._create_slots([variable for _, variable in given])
        return _collected(self._build_update(given, global_step, name))

    def _deciding(self) -> list[Any] | None:
        """What decides about an update of eager mode; None where anything may."""
        return numbers_of(self)

    def _build_update(
        self, given: Sequence[tuple[Gradient, Any]], global_step: Any, name: str | None
    ) -> Operation:
        """Builds what updates variables, whose slots are there, by their gradients."""
        with name_scope(name, self._name) as scope:
            self._prepare()
            updates = [self._update(grad, variable) for grad, variable in given]
            return self._finished(updates, global_step, scope)

    def _distributed_apply(
        self,
        distribution: Any,
        grads_and_vars: Iterable[Pair],
        global_step: Any = None,
        name: str | None = None,
    ) -> Operation:
        """`apply_gradients` for all replicas of a strategy, outside of them.

        Args:
          grads_and_vars: for each variable of all replicas, its gradients in these.
        """
        return applied_for_all(self, distribution, list(grads_and_vars), global_step, name)

    def _update(self, grad: Gradient, variable: Any) -> Tensor | Operation:
        """Builds what updates one variable, beside it and in a scope of its name."""
        if isinstance(variable, Tensor):
            raise NotImplementedError("Trying to update a Tensor ", variable)
        if executing_eagerly():
            return self._updated(grad, variable)
        if not getattr(variable, "_in_graph_mode", True):  # it has no node, in functions neither
            with name_scope("update_"):
                return self._updated(grad, variable)
        with name_scope(f"update_{variable.op.name}"), colocate_with(variable):
            return self._updated(grad, variable)

    def _updated(self, grad: Gradient, variable: Any) -> Tensor | Operation:
        """Builds what updates one variable, which its constraint may change afterwards."""
        if isinstance(grad, IndexedSlices):
            if variable.constraint is not None:
                raise RuntimeError("Cannot use a constraint function on a sparse variable.")
            return self._apply_rows(grad, variable)
        if is_resource_variable(variable):
            updated = self._resource_apply_dense(grad, variable)
        else:
            updated = self._apply_dense(grad, variable)
        if variable.constraint is None:
            return updated
        with control_dependencies([updated]):
            return variable.assign(variable.constraint(variable))

    def _apply_rows(self, grad: IndexedSlices, variable: Any) -> Tensor | Operation:
        if not is_resource_variable(variable):
            return self._apply_sparse_duplicate_indices(grad, variable)
        return self._resource_apply_sparse_duplicate_indices(grad.values, variable, grad.indices)

    def _finished(self, updates: list, global_step: Any, scope: str) -> Operation:
        if global_step is None:
            return self._finish(updates, scope)
        with control_dependencies([self._finish(updates, "update")]), colocate_with(global_step):
            return _counted(global_step, scope)

    # Slots ----------------------------------------------------------------------------------------

    def get_slot(self, var: Any, name: str) -> Variable | None:
        """Returns what the optimizer keeps for `var` under `name`; None when it keeps nothing."""
        slots = self._slots.get(name, {})
        whole = container_of(var)
        if whole is None:
            return slots.get(_key(var))
        is_eager = not getattr(whole, "_in_graph_mode", True)
        slot: Any = slots.get(_key(whole) if is_eager else (whole.graph, whole._shared_name))
        return None if slot is None else slot.get(device=var.device)

    def get_slot_names(self) -> list[str]:
        return sorted(self._slots)

    def variables(self) -> list[Variable]:
        """Returns the optimizer's own variables in the default graph, by name."""
        slots = [slot for named in self._slots.values() for slot in named.values()]
        own = [*self._non_slot_variables(), *slots]
        graph = get_default_graph()
        return sorted((v for v in own if _graph_of(v) is graph), key=lambda v: v.name)

    def _slot_dict(self, slot_name: str) -> dict[tuple, Variable]:
        return self._slots.setdefault(slot_name, {})

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Variable:
        """The slot of `var`, made with zeros when there is none."""
        known = self._slots.get(slot_name, {}).get(_key(var))
        if known is not None:
            return known
        return self._slot(var, slot_name, lambda: slot_creator.create_zeros_slot(var, op_name))

    def _get_or_make_slot(self, var: Any, val: Tensor, slot_name: str, op_name: str) -> Variable:
        """The slot of `var`, made with initial value `val` when there is none."""
        return self._slot(var, slot_name, lambda: slot_creator.create_slot(var, val, op_name))

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: Any, dtype: DType, slot_name: str, op_name: str
    ) -> Variable:
        """The slot of `var`, made with `initializer` when there is none."""

        def make() -> Variable:
            return slot_creator.create_slot_with_initializer(
                var, initializer, shape, dtype, op_name
            )

        return self._slot(var, slot_name, make)

    def _slot(self, var: Any, slot_name: str, make: Callable[[], Variable]) -> Variable:
        named, key = self._slot_dict(slot_name), _key(var)
        if key not in named:
            made = make()
            waiting = self._deferred_slot_restorations.get(slot_name, {}).pop(key, ())
            for position in sorted(waiting, key=lambda p: p.restore_uid, reverse=True):
                position.restore(made)
            named[key] = made
        return named[key]

    def _create_non_slot_variable(
        self, initial_value: Any, name: str, colocate_with: Variable
    ) -> Variable:
        """The optimizer's variable `name` for the graph of `colocate_with`, made once for each."""
        graph = _graph_of(colocate_with)
        if (name, graph) not in self._non_slot_dict:
            with slot_creator.beside(colocate_with):
                variable = Variable(
                    initial_value,
                    name=name,
                    trainable=False,
                    use_resource=is_resource_variable(colocate_with),
                )
            self._handle_deferred_dependencies(name=name, trackable=variable)
            self._non_slot_dict[name, graph] = variable
        return self._non_slot_dict[name, graph]

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Variable | None:
        if graph is not None and graph.building_function:
            with init_scope():  # functions have the variables of what is around them
                graph = get_default_graph()
        variable: Any = self._non_slot_dict.get((name, graph))
        return variable.get() if hasattr(variable, "device_map") else variable

    def _non_slot_variables(self) -> list[Variable]:
        return list(self._non_slot_dict.values())

    # In checkpoints of objects --------------------------------------------------------------------

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        """Its own variables in the default graph too; slots are saved with what they are of."""
        graph, own = get_default_graph(), sorted(self._non_slot_dict, key=lambda key: key[0])
        references = [
            TrackableReference(key[0], self._non_slot_dict[key]) for key in own if key[1] is graph
        ]
        return super()._checkpoint_dependencies + references

    def _lookup_dependency(self, name: str) -> Any:
        found = super()._lookup_dependency(name)
        if found is not None:
            return found
        return self._get_non_slot_variable(name, graph=get_default_graph())

    def _create_or_restore_slot_variable(
        self, slot_variable_position: Any, slot_name: str, variable: Variable
    ) -> None:
        """Restores a slot of `variable`, now or once it is made: eagerly it is made for that."""
        key = _key(variable)
        slot = self._slot_dict(slot_name).get(key)
        if slot is None and slot_variable_position.makes_slots():
            slot = self._zeros_slot(variable, slot_name, self._name)
        if slot is not None:
            slot_variable_position.restore(slot)
            return
        waiting = self._deferred_slot_restorations.setdefault(slot_name, {})
        waiting.setdefault(key, []).append(slot_variable_position)

    # What an optimizer says -----------------------------------------------------------------------

    def _valid_dtypes(self) -> set[DType]:
        """The element types of losses and variables that it can optimize."""
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        """Makes the slots of each variable."""

    def _prepare(self) -> None:
        """Makes tensors of the hyper-parameters."""

    def _apply_dense(self, grad: Tensor, var: Variable) -> Tensor | Operation:
        """Returns what updates `var` by a gradient of its shape."""
        raise NotImplementedError

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Tensor | Operation:
        """Returns what updates `var` by a gradient for some rows, no row twice."""
        raise NotImplementedError

    def _apply_sparse_duplicate_indices(
        self, grad: IndexedSlices, var: Variable
    ) -> Tensor | Operation:
        """`_apply_sparse` for a gradient in which a row may occur several times."""
        total, rows = _without_duplicates(grad.values, grad.indices)
        return self._apply_sparse(IndexedSlices(total, rows, grad.dense_shape), var)

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Tensor | Operation:
        """`_apply_dense` for a variable behind a handle."""
        raise NotImplementedError

    def _resource_apply_sparse(
        self, grad: Tensor, handle: Any, indices: Tensor
    ) -> Tensor | Operation:
        """`_apply_sparse` for a variable behind a handle, of whose rows some have gradients."""
        raise NotImplementedError

    def _resource_apply_sparse_duplicate_indices(
        self, grad: Tensor, handle: Any, indices: Tensor
    ) -> Tensor | Operation:
        """`_resource_apply_sparse` for rows of which some may occur several times."""
        total, rows = _without_duplicates(grad, indices)
        return self._resource_apply_sparse(total, handle, rows)

    def _finish(self, update_ops: list, name_scope: str) -> Operation:
        """Returns the operation that is done when all of `update_ops` are."""
        return group(*update_ops, name=name_scope)

    # For the optimizers' use ----------------------------------------------------------------------

    def _call_if_callable(self, param: Any) -> Any:
        return param() if callable(param) else param

    def _hyper(self, **params: Any) -> list[Tensor]:
        """The tensors of hyper-parameters: numbers, tensors, or functions that return them."""
        values = {name: self._call_if_callable(param) for name, param in params.items()}
        return [convert_to_tensor(value, name=name) for name, value in values.items()]

    def _assert_valid_dtypes(self, tensors: Iterable[Any]) -> None:
        valid = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in valid:
                raise ValueError(
                    f"Invalid type {dtype!r} for {tensor.name}, expected: {list(valid)}."
                )


def cast_like(tensors: Iterable[Tensor], var: Variable) -> list[Tensor]:
    """`tensors`, hyper-parameters, in the element type of `var`."""
    return [cast(tensor, var.dtype.base_dtype) for tensor in tensors]


def _without_duplicates(values: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """The sums of the `values` of equal `indices`, and those indices once each."""
    rows, positions = unique(indices)
    return unsorted_segment_sum(values, positions, shape(rows)[0]), rows


def _key(var: Any) -> tuple:
    if getattr(var, "_in_graph_mode", True):
        return var.op.graph, var.op.name
    return eager_graph(), var._unique_id


def _graph_of(var: Any) -> Graph:
    """The graph of a variable; for one of eager mode what stands for a graph there."""
    return var.graph if getattr(var, "_in_graph_mode", True) else eager_graph()


def _flattened(variables: Any) -> Iterator[Any]:
    if isinstance(variables, Mapping):
        variables = [variables[key] for key in sorted(variables)]
    if isinstance(variables, (list, tuple, KeysView, ValuesView, ItemsView)):
        for item in variables:
            yield from _flattened(item)
    else:
        yield variables


def _differentiated(variable: Any) -> Tensor:
    """What the loss is differentiated by: every read of a variable, not just one of them."""
    if is_resource_variable(variable):
        return variable.handle
    if isinstance(variable, RefVariable):
        return variable._ref()
    if isinstance(variable, Tensor):
        return variable
    raise NotImplementedError("Trying to optimize unsupported type ", variable)


def _collected(train_op: Any) -> Operation:
    if executing_eagerly():
        return train_op
    train_ops = get_default_graph().get_collection_ref(GraphKeys.TRAIN_OP)
    if train_op not in train_ops:
        train_ops.append(train_op)
    return train_op


def _counted(global_step: Any, scope: str) -> Operation:
    """Raises the count of steps by one."""
    if not is_resource_variable(global_step):
        counted: Any = global_step._ref() if isinstance(global_step, RefVariable) else global_step
        return state.assign_add(counted, 1, name=scope).op
    from stillflow.ops.variables.resource import assign_add_variable_op  # few programs have it

    one = convert_to_tensor(1, dtype=global_step.dtype)
    counted = assign_add_variable_op(global_step.handle, one, name=scope)
    return counted


def _as_gradient(grad: Any) -> Gradient | None:
    if grad is None or isinstance(grad, (Tensor, IndexedSlices)):
        return grad
    try:
        return convert_to_tensor(grad)
    except TypeError:
        raise TypeError(
            f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {grad}"
        ) from None
