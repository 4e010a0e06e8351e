"""`tf.train.init_from_checkpoint`: initial values that come from a checkpoint."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from stillflow.checkpoint import management
from stillflow.graph.scopes import device
from stillflow.ops.saving import save_restore
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.store import default_variable_store
from stillflow.ops.variables.variable import Variable
from stillflow.train.saveables import saveables_of, slice_infos
from stillflow.train.saver_graph import restored

# Names in a checkpoint, variables to initialize from them, and which parts of a whole those are.
Plan = list[tuple[str, Variable, str]]


def init_from_checkpoint(ckpt_dir_or_file: str, assignment_map: Mapping[str, Any]) -> None:
    """Makes the initializers of variables read a checkpoint. It is read when they are run.

    Args:
      ckpt_dir_or_file: a checkpoint, or a folder, whose latest one it is then.
      assignment_map: from what is in the checkpoint to what it initializes. From a tensor's name to
        a variable, or to the name of one that `get_variable` made; from "scope/" to "scope/", all
        variables of it; "/" is all of them. A list holds the parts of a partitioned variable.

    Raises:
      ValueError: the checkpoint lacks a tensor, or has it in another shape; a scope is not mapped
        to a scope; the folder has no checkpoint.
      tf.errors.OpError: there is no checkpoint, or it is damaged.
    """
    path = management.checkpoint_prefix(ckpt_dir_or_file)
    shapes = management.load_checkpoint(path).get_variable_to_shape_map()
    plan: Plan = []
    for name, target in sorted(assignment_map.items(), key=operator.itemgetter(0)):
        found = _found(target)
        if found is None:
            plan += _plan_of_scope(name, target, shapes, ckpt_dir_or_file)
            continue
        _check_name(name, shapes, ckpt_dir_or_file)
        if isinstance(found, Variable):
            _check_shape(name, found, shapes)
        plan += _plan_of_one(name, found)
    for name, variable, spec in plan:
        _set_initializer(variable, path, name, spec)


def _found(target: Any) -> Variable | list[Variable] | None:
    """Returns the variable that is meant, or its parts; None for a scope."""
    if isinstance(target, Variable):
        return target
    if isinstance(target, (list, tuple, PartitionedVariable)):
        return list(target)
    return default_variable_store().find(target)


def _plan_of_one(name: str, found: Variable | list[Variable]) -> Plan:
    if isinstance(found, Variable):
        return [(name, found, "")]
    places = slice_infos(found)
    return [(name, part, place.spec) for part, place in zip(found, places, strict=True)]


def _check_name(name: str, shapes: Mapping[str, Any], where: str) -> None:
    if name not in shapes:
        raise ValueError(f"Tensor {name} is not found in {where} checkpoint {shapes}")


def _check_shape(name: str, variable: Variable, shapes: Mapping[str, Any]) -> None:
    if not variable.shape.is_compatible_with(shapes[name]):
        raise ValueError(
            f"Shape of variable {variable.name} ({variable.shape}) doesn't match with shape of "
            f"tensor {name} ({shapes[name]}) from checkpoint reader."
        )


def _plan_of_scope(prefix: str, target: str, shapes: Mapping[str, Any], where: str) -> Plan:
    """Returns what initializes a scope of the graph from one in the checkpoint, sorted by name."""
    scope = target[: target.rindex("/")] if "/" in target else ""
    if not prefix.endswith("/"):
        raise ValueError(
            f"Assignment map with scope only name {scope} should map to scope only {prefix}. "
            "Should be 'scope/': 'other_scope/'.\n"
            f"  {target!r} is no variable that tf.get_variable made; give any other as an object."
        )
    plan: Plan = []
    for name, variable in default_variable_store().below(scope):
        rest = name[len(scope) :].removeprefix("/")
        stored = (rest if prefix == "/" else prefix + rest).rstrip("/")
        if stored not in shapes:
            raise ValueError(
                f"Tensor {stored} ({rest} in {prefix}) is not found in {where} checkpoint"
            )
        plan += _plan_of_one(stored, variable)
    return plan


def _set_initializer(variable: Variable, path: str, name: str, spec: str) -> None:
    with device(variable.device), device("/cpu:0"):
        (stored,) = save_restore.restore_v2(
            path, [name], [spec], dtypes=[variable.dtype.base_dtype], name="checkpoint_initializer"
        )
    (saveable,) = saveables_of([variable])
    update: Any = restored(saveable, stored)
    initializer = update.op if hasattr(update, "op") else update
    stored.set_shape(variable.shape)
    variable._initialize_with(stored, initializer)
