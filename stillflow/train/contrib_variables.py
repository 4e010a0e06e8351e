"""`tf.contrib.framework`'s functions that find variables, and set them from a checkpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from stillflow.checkpoint import slices
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import get_collection
from stillflow.ops.control.ordering import group, placeholder
from stillflow.ops.variables.scope import VariableScope
from stillflow.platform import logging
from stillflow.runtime.session import BaseSession
from stillflow.train.saver import Saver
from stillflow.train.training_util import assert_global_step, get_global_step

Feeds = dict[Tensor, np.ndarray]

# Finding ------------------------------------------------------------------------------------------


def get_variables(
    scope: Any = None, suffix: str | None = None, collection: str = GraphKeys.GLOBAL_VARIABLES
) -> list:
    """Returns the variables of a collection below a scope whose names end with `suffix`."""
    if isinstance(scope, VariableScope):
        scope = scope.name
    if suffix is not None:
        end = suffix if ":" in suffix else f"{suffix}:"
        scope = f"{scope or ''}.*{end}"
    return get_collection(collection, scope)


def get_model_variables(scope: Any = None, suffix: str | None = None) -> list:
    return get_variables(scope, suffix, GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope: Any = None, suffix: str | None = None) -> list:
    return get_variables(scope, suffix, GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list:
    return get_variables(scope, suffix, GraphKeys.TRAINABLE_VARIABLES)


def get_variables_by_suffix(suffix: str, scope: Any = None) -> list:
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name: str, scope: Any = None) -> list:
    """Returns the variables with a name whose last part is `given_name`."""
    return get_variables(scope=scope, suffix=f"/{given_name}:|^{given_name}:")


def get_unique_variable(var_op_name: str) -> Any:
    """Returns the variable of exactly this name; ValueError when there is none."""
    candidates = get_variables(scope=var_op_name)
    if not candidates:
        raise ValueError(f"Couldn't find variable {var_op_name}")
    for candidate in candidates:
        if candidate.op.name == var_op_name:
            return candidate
    raise ValueError(f"Variable {var_op_name} does not uniquely identify a variable")


def get_variable_full_name(var: Any) -> str:
    """Returns the name that a variable has in a checkpoint."""
    info = var._get_save_slice_info()
    return var.op.name if info is None else info.full_name


def get_variables_to_restore(include: Any = None, exclude: Any = None) -> list:
    """Returns the variables below the scopes `include`, or all, that are not below `exclude`."""
    chosen = get_variables() if include is None else _below(include, "include")
    left_out = set() if exclude is None else set(_below(exclude, "exclude"))
    return [variable for variable in chosen if variable not in left_out]


def _below(scopes: Any, what: str) -> list:
    if not isinstance(scopes, (list, tuple)):
        raise TypeError(f"{what} is provided but is not a list or a tuple.")
    return [variable for scope in scopes for variable in get_variables(scope)]


def filter_variables(
    var_list: Iterable[Any],
    include_patterns: Iterable[str] | None = None,
    exclude_patterns: Iterable[str] | None = None,
    reg_search: bool = True,
) -> list:
    """Returns the variables whose names one of `include_patterns` matches, and none of the others.

    Args:
      reg_search: a pattern may match anywhere in a name; False: at its start.
    """
    matches = re.search if reg_search else re.match

    def any_matches(patterns: Iterable[str], variable: Any) -> bool:
        return any(matches(pattern, variable.name) for pattern in patterns)

    included = [v for v in var_list if not include_patterns or any_matches(include_patterns, v)]
    return [v for v in included if not (exclude_patterns and any_matches(exclude_patterns, v))]


def get_placeholders(graph: Graph) -> list[Tensor]:
    """Returns what a graph's placeholders give; TypeError when it is no graph."""
    if not isinstance(graph, Graph):
        raise TypeError(f"Input graph needs to be a Graph: {graph}")
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


def assert_or_get_global_step(graph: Graph | None = None, global_step_tensor: Any = None) -> Any:
    """Returns the global step: the graph's, or the one given, which must be able to be one."""
    if global_step_tensor is None:
        return get_global_step(graph)
    assert_global_step(global_step_tensor)
    return global_step_tensor


# Setting ------------------------------------------------------------------------------------------


def assign_from_values(var_names_to_values: Mapping[str, Any]) -> tuple[Operation, Feeds]:
    """Returns what sets variables, by their names, to arrays of their sizes, and what to feed.

    Raises:
      ValueError: a variable is not there, or has another size.
    """
    known = {variable.op.name: variable for variable in get_variables()}
    pairs = []
    for name, value in var_names_to_values.items():
        if name not in known:
            raise ValueError(f"Variable {name} wasn't found")
        sizes = known[name].get_shape().as_list()
        pairs.append((known[name], np.asarray(value).reshape(sizes)))
    return _assignment(pairs)


def assign_from_values_fn(var_names_to_values: Mapping[str, Any]) -> Callable[[BaseSession], None]:
    """Returns a function that sets the variables in a session."""
    assign, feeds = assign_from_values(var_names_to_values)

    def callback(session: BaseSession) -> None:
        session.run(assign, feeds)

    return callback


def assign_from_checkpoint(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Operation, Feeds]:
    """Returns what sets variables to what a checkpoint holds now, and what to feed to it.

    Args:
      var_list: variables, or a dict from names in the checkpoint to a variable, or to several.

    Raises:
      ValueError: the checkpoint lacks a variable (unless `ignore_missing_vars`) or has it in
        another shape.
      tf.errors.OpError: there is no checkpoint, or it is damaged.
    """
    reader = CheckpointReader(model_path)
    pairs = []
    for name, variable in _named(var_list):
        if not reader.has_tensor(name):
            if not ignore_missing_vars:
                raise ValueError(f"Checkpoint is missing variable [{name}]")
            logging.warning("Checkpoint is missing variable [%s]", name)
            continue
        info = variable._get_save_slice_info()
        part = None if info is None else slices.parse(info.spec)[1]
        value = reader.read(name) if part is None else reader.read_slice(name, part)
        if not variable.get_shape().is_compatible_with(value.shape):
            raise ValueError(
                f"Total size of new array must be unchanged for {name} lh_shape: "
                f"[{value.shape}], rh_shape: [{variable.get_shape()}]"
            )
        pairs.append((variable, value))
    return _assignment(pairs)


def _named(var_list: Any) -> list[tuple[str, Any]]:
    if not isinstance(var_list, Mapping):
        return [(get_variable_full_name(variable), variable) for variable in var_list]
    pairs = []
    for name, value in var_list.items():
        several = value if isinstance(value, (list, tuple)) else [value]
        pairs += [(name, variable) for variable in several]
    return pairs


def _assignment(pairs: list[tuple[Any, np.ndarray]]) -> tuple[Operation, Feeds]:
    """Returns what sets each variable to its array, and the feeds that hold the arrays."""
    feeds: Feeds = {}
    assigned = []
    for variable, value in pairs:
        name = f"placeholder/{variable.op.name}"
        fed = placeholder(variable.dtype.base_dtype, variable.get_shape(), name=name)
        assigned.append(variable.assign(fed))
        feeds[fed] = value
    return group(*assigned), feeds


def assign_from_checkpoint_fn(
    model_path: str,
    var_list: Any,
    ignore_missing_vars: bool = False,
    reshape_variables: bool = False,
) -> Callable[[BaseSession], None] | None:
    """Returns a function that restores variables in a session; None when none is to be restored.

    Args:
      var_list: variables, or a dict from names in the checkpoint to variables.
      ignore_missing_vars: leaves out what the checkpoint lacks.
      reshape_variables: a variable may have another shape of the same size.
    """
    if not var_list:
        raise ValueError("var_list cannot be empty")
    if ignore_missing_vars:
        named = dict(_named(var_list))
        reader = CheckpointReader(model_path)
        for name in [name for name in named if not reader.has_tensor(name)]:
            logging.warning("Variable %s missing in checkpoint %s", name, model_path)
            del named[name]
        if not named:
            logging.warning("No Variables to restore")
            return None
        var_list = named
    saver = Saver(var_list, reshape=reshape_variables)

    def callback(session: BaseSession) -> None:
        saver.restore(session, model_path)

    return callback
