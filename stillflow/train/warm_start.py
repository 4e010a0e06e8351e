"""`tf.train.warm_start`: variables that begin as those of another model's checkpoint."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

from stillflow.checkpoint import management
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import get_collection
from stillflow.ops.variables.partitioning import PartitionInfo
from stillflow.ops.variables.state import assign
from stillflow.ops.variables.variable import Variable
from stillflow.platform import logging
from stillflow.train.checkpoint_init import init_from_checkpoint
from stillflow.train.object_keys import is_of_objects, keys_by_name
from stillflow.train.remapped import load_and_remap_matrix_initializer
from stillflow.train.saveables import by_own_names


class _Fields(NamedTuple):
    new_vocab: str
    new_vocab_size: int
    num_oov_buckets: int
    old_vocab: str
    old_vocab_size: int
    backup_initializer: Any
    axis: int


class VocabInfo(_Fields):
    """The words that rows or columns of a variable stand for, and what they were before.

    Args:
      new_vocab, old_vocab: files of words, one a line.
      new_vocab_size: how many of the first count.
      num_oov_buckets: how many rows stand for other words.
      old_vocab_size: how many of the second count; -1 for all.
      backup_initializer: of new words; zeros by default.
      axis: 0 for rows, 1 for columns.

    Raises:
      ValueError: another axis.
    """

    def __new__(
        cls,
        new_vocab: str,
        new_vocab_size: int,
        num_oov_buckets: int,
        old_vocab: str,
        old_vocab_size: int = -1,
        backup_initializer: Any = None,
        axis: int = 0,
    ) -> VocabInfo:
        if axis not in (0, 1):
            raise ValueError(
                "The only supported values for the axis argument are 0 and 1.  Provided axis: "
                f"{axis}"
            )
        return super().__new__(
            cls,
            new_vocab,
            new_vocab_size,
            num_oov_buckets,
            old_vocab,
            old_vocab_size,
            backup_initializer,
            axis,
        )


def warm_start(
    ckpt_to_initialize_from: str,
    vars_to_warm_start: Any = ".*",
    var_name_to_vocab_info: Mapping[str, VocabInfo] | None = None,
    var_name_to_prev_var_name: Mapping[str, str] | None = None,
) -> None:
    """Makes the initializers of variables read those of the same names in a checkpoint.

    The parts of a partitioned variable have its name.

    Args:
      vars_to_warm_start: a pattern of trainable variables' names, a list of patterns of global
        variables' names, a list of variables, or None for those with a vocabulary alone.
      var_name_to_vocab_info: for variables whose rows or columns are words, which.
      var_name_to_prev_var_name: what a variable is called in the checkpoint, where that differs.

    Raises:
      ValueError: as `init_from_checkpoint` does; or a name to map is not among the variables.
    """
    logging.info(f"Warm-starting from: {ckpt_to_initialize_from}")
    chosen = _by_names(_to_warm_start(vars_to_warm_start))
    previous = dict(var_name_to_prev_var_name or _renamed(ckpt_to_initialize_from, chosen))
    vocabularies = dict(var_name_to_vocab_info or {})
    as_they_are: dict[str, Any] = {}
    count = 0
    for name, parts in chosen.items():
        old_name = previous.get(name) or name
        if vocabularies.get(name):
            remap(parts, ckpt_to_initialize_from, old_name, vocabularies[name])
        elif vars_to_warm_start:
            as_they_are[old_name] = parts if len(parts) > 1 else parts[0]
        else:
            continue
        count += 1
    init_from_checkpoint(ckpt_to_initialize_from, as_they_are)
    logging.info("Warm-started %d variables.", count)
    _check_used("var_name_to_prev_var_name", previous, chosen)
    _check_used("var_name_to_vocab_info", vocabularies, chosen)


def _renamed(checkpoint: str, chosen: Mapping[str, Any]) -> dict[str, str]:
    """What variables are called in a checkpoint of objects; nothing for any other."""
    reader = management.load_checkpoint(checkpoint)
    if not is_of_objects(reader):
        return {}
    keys = keys_by_name(reader)
    if missing := chosen.keys() - keys.keys():
        raise ValueError(
            "Attempting to warm-start from an object-based checkpoint, but found that the "
            "checkpoint did not contain values for all variables. The following variables were "
            f"missing: {missing}"
        )
    return {name: keys[name] for name in chosen}


def _check_used(argument: str, given: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
    unused = given.keys() - chosen.keys()
    if unused:
        raise ValueError(
            f"You provided the following variables in {argument} that were not used: "
            f"{unused}.  Perhaps you misspelled them?  Here is the list of viable variable "
            f"names: {chosen.keys()}"
        )


def _to_warm_start(chosen: Any) -> list[Variable]:
    if chosen is None or isinstance(chosen, str):
        logging.info("Warm-starting variables only in TRAINABLE_VARIABLES.")
        return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=chosen)
    if not isinstance(chosen, list):
        raise ValueError(
            f"`vars_to_warm_start must be a `list` or `str`.  Given type is {type(chosen)}"
        )
    if all(isinstance(item, str) for item in chosen):
        found = [get_collection(GraphKeys.GLOBAL_VARIABLES, scope=name) for name in chosen]
        return list(itertools.chain.from_iterable(found))
    if all(isinstance(item, Variable) for item in chosen):
        return chosen
    raise ValueError(
        "If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given types "
        f"are {[type(item) for item in chosen]}"
    )


def _by_names(variables: list[Variable]) -> dict[str, list[Variable]]:
    """Variables, or the parts of each, by their names in a checkpoint."""
    found: dict[str, list[Variable]] = {}
    for variable in variables:
        (name,) = by_own_names([variable])
        found.setdefault(name, []).append(variable)
    return found


def remap(parts: list[Variable], checkpoint: str, old_name: str, words: VocabInfo) -> None:
    """Initializes a variable's parts from a matrix of the checkpoint, word by word."""
    if not (words.new_vocab and words.new_vocab_size and checkpoint and words.old_vocab):
        raise ValueError(
            "Invalid args: Must provide all of [current_vocab_path, current_vocab_size, prev_ckpt, "
            "prev_vocab_path}."
        )
    path = management.checkpoint_prefix(checkpoint)
    shapes: list[Any] = [part.get_shape().as_list() for part in parts]
    rows = sum(shape[0] for shape in shapes)
    for part, shape in zip(parts, shapes, strict=True):
        place = part._get_save_slice_info()
        info = None if place is None else PartitionInfo(place.full_shape, place.var_offset)
        initialize = _initializer(path, old_name, words, rows, shape[1])
        value = convert_to_tensor(initialize(shape, partition_info=info))
        part._initialize_with(value, _operation(assign(part, value)))


def _initializer(path: str, old_name: str, words: VocabInfo, rows: int, columns: int) -> Any:
    given = {"initializer": words.backup_initializer}
    if words.axis == 0:
        return load_and_remap_matrix_initializer(
            path,
            old_name,
            words.new_vocab_size,
            columns,
            words.old_vocab_size,
            old_row_vocab_file=words.old_vocab,
            new_row_vocab_file=words.new_vocab,
            num_row_oov_buckets=words.num_oov_buckets,
            **given,
        )
    return load_and_remap_matrix_initializer(
        path,
        old_name,
        rows,
        words.new_vocab_size,
        old_col_vocab_file=words.old_vocab,
        new_col_vocab_file=words.new_vocab,
        num_col_oov_buckets=words.num_oov_buckets,
        **given,
    )


def _operation(update: Any) -> Any:
    return update.op if hasattr(update, "op") else update
