"""`tf.variable_scope` and `tf.get_variable`: variables found by name, and shared.

A variable scope prefixes the names of the variables that `get_variable` makes in it, and gives them
defaults. It also opens a name scope, for the operations.
"""

from __future__ import annotations

import copy
import functools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import graph_of, name_scope
from stillflow.ops.variables.store import AUTO_REUSE, VariableStore, default_variable_store
from stillflow.ops.variables.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
    modes,
)

_KEY = ("stillflow", "variable scopes")


class VariableScope:
    """The prefix and the defaults of the variables made in a scope.

    Attributes:
      name: the prefix, without a slash at its end.
      reuse: True to find variables only, False or None to make them, AUTO_REUSE for both.
      initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource,
      constraint: what `get_variable` takes where it is given none.
      original_name_scope: the name scope that came with it, ready to be re-entered.
    """

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Callable | None = None,
        caching_device: Any = None,
        partitioner: Callable | None = None,
        custom_getter: Callable | None = None,
        name_scope: str = "",
        dtype: Any = dtypes.float32,
        use_resource: bool | None = None,
        constraint: Callable | None = None,
    ):
        if executing_eagerly():
            if caching_device is not None:
                raise NotImplementedError(
                    "Caching devices is not yet supported when eager execution is enabled."
                )
            reuse, use_resource = AUTO_REUSE, True
        self.name = name
        self.reuse = reuse
        self.original_name_scope = name_scope
        self.initializer = initializer
        self.regularizer = regularizer
        self.caching_device = caching_device
        self.partitioner = partitioner
        self.custom_getter = custom_getter
        self.dtype = dtype
        self.use_resource = use_resource
        self.constraint = constraint

    def reuse_variables(self) -> None:
        """From here on `get_variable` only finds variables in this scope."""
        self.reuse = True

    def set_initializer(self, initializer: Any) -> None:
        self.initializer = initializer

    def set_regularizer(self, regularizer: Callable | None) -> None:
        self.regularizer = regularizer

    def set_caching_device(self, caching_device: Any) -> None:
        if executing_eagerly():
            raise NotImplementedError(
                "Caching devices are not yet supported when eager execution is enabled."
            )
        self.caching_device = caching_device

    def set_partitioner(self, partitioner: Callable | None) -> None:
        self.partitioner = partitioner

    def set_custom_getter(self, custom_getter: Callable | None) -> None:
        self.custom_getter = custom_getter

    def set_dtype(self, dtype: Any) -> None:
        self.dtype = dtype

    def set_use_resource(self, use_resource: bool | None) -> None:
        if executing_eagerly() and not use_resource:
            raise ValueError(
                "When eager execution is enabled, use_resource cannot be set to false."
            )
        self.use_resource = use_resource

    def get_collection(self, name: Any) -> list:
        """What of the collection `name` has a name within this scope."""
        return get_default_graph().get_collection(name, f"{self.name}/" if self.name else "")

    def trainable_variables(self) -> list:
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self) -> list:
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list:
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(self, var_store: VariableStore, name: str, **given: Any) -> Variable:
        """`tf.get_variable` with this scope's prefix and defaults, in `var_store`."""
        settings = {**given, **self._defaults_for(given)}
        custom_getter = settings.pop("custom_getter")
        # A variable's name depends on variable scopes only.
        with name_scope(None):
            _check_initializer_type(given)
            full_name = f"{self.name}/{name}" if self.name else name
            return var_store.get_variable(full_name, custom_getter=custom_getter, **settings)

    def get_in_parts(self, var_store: VariableStore, name: str | None, **given: Any) -> Any:
        """A variable in parts, named as the scope when `name` is None."""
        settings = {**given, **self._defaults_for(given)}
        custom_getter = settings.pop("custom_getter")
        if custom_getter is not None:
            raise ValueError(
                "Private access to _get_partitioned_variable is not allowed when a custom getter "
                f"is set.  Current custom getter: {custom_getter}.  It is likely that you're using "
                "create_partitioned_variables.  If so, consider instead using get_variable with a "
                "non-empty partitioner parameter instead."
            )
        with name_scope(None):
            return var_store.get_in_parts("/".join(filter(None, (self.name, name))), **settings)

    def _defaults_for(self, given: dict[str, Any]) -> dict[str, Any]:
        names = (
            *("initializer", "regularizer", "caching_device", "partitioner", "custom_getter"),
            *("dtype", "use_resource", "constraint", "reuse"),
        )
        defaults = {name: getattr(self, name) for name in names if given.get(name) is None}
        if executing_eagerly():
            defaults |= {"reuse": False, "use_resource": True}
        return defaults


def _check_initializer_type(given: dict[str, Any]) -> None:
    """ValueError when a value as the initializer is not of the type that is asked for."""
    initializer, dtype = given.get("initializer"), given.get("dtype")
    if dtype is None or initializer is None or callable(initializer):
        return
    # TensorFlow makes a node to look at its type; the nodes after it are numbered accordingly.
    found = convert_to_tensor(initializer).dtype.base_dtype
    if found != dtype:
        raise ValueError(
            f"Initializer type '{found}' and explicit dtype '{dtypes.as_dtype(dtype)}' don't match."
        )


class _ScopeState(threading.local):
    """The variable scope that a thread is in, and how often scopes of each name were opened."""

    def __init__(self) -> None:
        self.current = VariableScope(False)
        self.opened: Counter[str] = Counter()

    @classmethod
    def of(cls, graph: Graph) -> _ScopeState:
        holder = graph.get_collection_ref(_KEY)
        if not holder:
            holder.append(cls())
        return holder[0]

    @contextmanager
    def entered(self, scope: VariableScope, jumped: bool) -> Iterator[VariableScope]:
        """A block in `scope`; one that was `jumped` to leaves the counts of scopes as they were."""
        outer, self.current = self.current, scope
        self.opened[scope.name] += 1
        opened = self.opened.copy()
        try:
            yield scope
        finally:
            self.current = outer
            if jumped:
                self.opened = opened
            else:
                self._forget_inner(scope.name)

    def check_current(self, scope: VariableScope) -> None:
        """RuntimeError when another scope than `scope` is the innermost."""
        if self.current is not scope:
            raise RuntimeError(
                "Improper nesting of variable_scope.\n"
                "  Leave its blocks in the reverse order of entering them."
            )

    def _forget_inner(self, name: str) -> None:
        """Default names within a scope are numbered anew each time it is opened."""
        for inner in [key for key in self.opened if key.startswith(f"{name}/")]:
            self.opened[inner] = 0

    def unique_name(self, default: str) -> str:
        """`default`, or `default_1`, ..., when a scope of that name was opened here before."""
        prefix = f"{self.current.name}/{default}" if self.current.name else default
        if not self.opened[prefix]:
            return default
        number = 1
        while self.opened[f"{prefix}_{number}"]:
            number += 1
        return f"{default}_{number}"


def get_variable_scope() -> VariableScope:
    """Returns the variable scope that is open."""
    return _ScopeState.of(get_default_graph()).current


def opened_names() -> Mapping[str, int]:
    """The names of the scopes of the default graph, those that will be opened here included."""
    return _ScopeState.of(get_default_graph()).opened


class variable_scope:
    """`with tf.variable_scope(name_or_scope) as scope:` for variables that are found by name.

    Args:
      name_or_scope: a name within the open scope; a VariableScope, whose variables are meant
        whatever scope is open; or None for `default_name`, numbered when it is taken.
      values: the scope is opened in the graph of these tensors.
      reuse: True, AUTO_REUSE, or None for that of the scope around.
      auxiliary_name_scope: False leaves the name scope as it is.
      initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource:
        defaults for `get_variable`; None for those of the scope around.
      constraint: the default for `get_variable`; None for none.

    Raises:
      TypeError: neither a name nor a default name, or something else as a name.
      ValueError: another `reuse`, or `reuse` of a scope with a default name.
    """

    def __init__(
        self,
        name_or_scope: Any,
        default_name: str | None = None,
        values: Any = None,
        initializer: Any = None,
        regularizer: Callable | None = None,
        caching_device: Any = None,
        partitioner: Callable | None = None,
        custom_getter: Callable | None = None,
        reuse: Any = None,
        dtype: Any = None,
        use_resource: bool | None = None,
        constraint: Callable | None = None,
        auxiliary_name_scope: bool = True,
    ):
        if name_or_scope is None and default_name is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if not (name_or_scope is None or isinstance(name_or_scope, (str, VariableScope))):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        if not (reuse in (None, False, AUTO_REUSE) or reuse is True):
            raise ValueError("The reuse parameter must be True or False or None.")
        if name_or_scope is None and reuse:
            raise ValueError("reuse=True cannot be used without a name_or_scope")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError(
                "The auxiliary_name_scope must be `True` or `False`, while get "
                f"{auxiliary_name_scope}"
            )
        self._name_or_scope = name_or_scope
        self._default_name = default_name
        self._values = values
        self._reuse = reuse
        self._auxiliary_name_scope = auxiliary_name_scope
        self._custom_getter = custom_getter
        self._changes = {
            "initializer": initializer,
            "regularizer": regularizer,
            "caching_device": caching_device,
            "partitioner": partitioner,
            "dtype": dtype,
            "use_resource": use_resource,
        }
        self._constraint = constraint
        self._open: list[tuple[_ScopeState, VariableScope, ExitStack]] = []

    def __enter__(self) -> VariableScope:
        with ExitStack() as blocks:
            graph = graph_of(self._values)
            blocks.enter_context(graph.as_default())
            entered = blocks.enter_context(self._name_scope(graph))
            state = _ScopeState.of(graph)
            scope = self._scope(state, entered)
            jumped = isinstance(self._name_or_scope, VariableScope)
            blocks.enter_context(state.entered(scope, jumped))
            self._open.append((state, scope, blocks.pop_all()))
        return scope

    def __exit__(self, *exc: Any) -> None:
        state, scope, blocks = self._open[-1]
        state.check_current(scope)
        self._open.pop()
        blocks.__exit__(*exc)

    def _name_scope(self, graph: Graph):
        """The block of the name scope that goes with the variable scope."""
        current = graph.get_name_scope()
        here = f"{current}/" if current else None
        if not self._auxiliary_name_scope:
            return name_scope(here)
        if self._name_or_scope is None:
            return name_scope(self._default_name)
        if isinstance(self._name_or_scope, VariableScope):
            return name_scope(self._name_or_scope.name.split("/")[-1] or here)
        return name_scope(self._name_or_scope or here)

    def _scope(self, state: _ScopeState, entered: str) -> VariableScope:
        """The scope to enter: a changed copy of the one around, or of the one to jump to."""
        if isinstance(self._name_or_scope, VariableScope):
            scope = copy.copy(self._name_or_scope)
            scope.reuse = self._reuse or scope.reuse
        else:
            outer = state.current
            name = self._name_or_scope or ""
            if self._name_or_scope is None:
                name = state.unique_name(self._default_name or "")
            scope = copy.copy(outer)
            scope.name = f"{outer.name}/{name}" if outer.name else name
            scope.reuse = self._reuse or outer.reuse
            scope.original_name_scope = entered
        for setting, value in self._changes.items():
            if value is not None:
                setattr(scope, setting, value)
        scope.constraint = self._constraint  # not inherited, as in TensorFlow 1.15
        if self._custom_getter is not None:
            scope.custom_getter = _chained(self._custom_getter, scope.custom_getter)
        return scope


def _chained(custom_getter: Callable, outer: Callable | None) -> Callable:
    """A getter that asks `custom_getter` first, whose own getter is then `outer`."""
    if outer is None:
        return custom_getter

    def getter(getter: Callable, *args: Any, **kwargs: Any) -> Any:
        return custom_getter(functools.partial(outer, getter), *args, **kwargs)

    return getter


@contextmanager
def pure_variable_scope(
    name_or_scope: str | VariableScope, custom_getter: Callable | None = None, reuse: Any = None
) -> Iterator[VariableScope]:
    """A variable scope without a name scope, whose variables are float32 by default."""
    state = _ScopeState.of(get_default_graph())
    opening = variable_scope(
        name_or_scope, custom_getter=custom_getter, reuse=reuse, dtype=dtypes.float32
    )
    jumped = isinstance(name_or_scope, VariableScope)
    with state.entered(opening._scope(state, str(name_or_scope)), jumped) as scope:
        yield scope


def unique_scope_name(name: str) -> str:
    """`name`, numbered when a variable scope of that name was opened before in the one open now."""
    return _ScopeState.of(get_default_graph()).unique_name(name)


@contextmanager
def variable_op_scope(
    values: Any,
    name_or_scope: Any,
    default_name: str | None = None,
    initializer: Any = None,
    regularizer: Callable | None = None,
    caching_device: Any = None,
    partitioner: Callable | None = None,
    custom_getter: Callable | None = None,
    reuse: Any = None,
    dtype: Any = None,
    use_resource: bool | None = None,
    constraint: Callable | None = None,
) -> Iterator[VariableScope]:
    """The older argument order of `tf.variable_scope`."""
    with variable_scope(
        name_or_scope,
        default_name,
        values,
        initializer,
        regularizer,
        caching_device,
        partitioner,
        custom_getter,
        reuse,
        dtype,
        use_resource,
        constraint,
    ) as scope:
        yield scope


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Callable | None = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Callable | None = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Callable | None = None,
    constraint: Callable | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
) -> Variable:
    """Makes the variable `name` of the open variable scope, or finds it when the scope reuses.

    Args:
      shape: required unless the initializer is a value or a function without arguments.
      initializer: an initializer, its class, a value, or a function; by default that of the scope,
        else Glorot's uniform one for floats and zeros for other types.
      regularizer: a function of the variable whose result joins the regularization losses.
      custom_getter: called as `custom_getter(getter, name, ...)` in place of making the variable.
      All others are as for `tf.Variable`, or default to those of the scope.

    Raises:
      ValueError: the variable exists and the scope does not reuse, or the other way round; it is of
        another shape or type; the initializer does not tell the shape.
    """
    settled = modes(synchronization, aggregation, trainable, name)
    return get_variable_scope().get_variable(
        default_variable_store(),
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=settled.trainable,
        collections=collections,
        caching_device=caching_device,
        partitioner=partitioner,
        validate_shape=validate_shape,
        use_resource=use_resource,
        custom_getter=custom_getter,
        constraint=constraint,
        synchronization=settled.synchronization,
        aggregation=settled.aggregation,
    )


def get_local_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Callable | None = None,
    trainable: bool | None = False,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Callable | None = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Callable | None = None,
    constraint: Callable | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
) -> Variable:
    """`get_variable` of a local variable: not trained, and not in checkpoints."""
    del trainable  # False, as in TensorFlow, whatever is asked for
    return get_variable(
        name,
        shape,
        dtype,
        initializer,
        regularizer,
        False,
        [*(collections or ()), GraphKeys.LOCAL_VARIABLES],
        caching_device,
        partitioner,
        validate_shape,
        use_resource,
        custom_getter,
        constraint,
        synchronization,
        aggregation,
    )


def no_regularizer(_: Any) -> None:
    """A regularizer that adds nothing, for a variable in a scope that has one."""
