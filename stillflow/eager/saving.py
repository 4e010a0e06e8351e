"""`tf.contrib.eager.Saver`, and variables that have a checkpoint's values from the beginning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.checkpoint.management import load_checkpoint
from stillflow.graph.context import executing_eagerly
from stillflow.graph.errors import NotFoundError
from stillflow.ops.variables.resource_variable import told_of_new
from stillflow.train import saver


class Saver:
    """`tf.train.Saver` without a session: it goes by the names of variables.

    Args:
      var_list: variables, or a dict from names in the checkpoint to variables.

    Raises:
      RuntimeError: in a graph.
    """

    def __init__(self, var_list: Any):
        if not executing_eagerly():
            raise RuntimeError(
                "tfe.Saver can only be used when eager execution is enabled. Use tf.train.Saver "
                "when building graphs."
            )
        self._saver = saver.Saver(var_list=var_list)

    def save(self, file_prefix: str, global_step: Any = None) -> str | None:
        """Writes a checkpoint; returns its prefix, to which `global_step` is appended."""
        return self._saver.save(None, file_prefix, write_meta_graph=False, global_step=global_step)

    def restore(self, file_prefix: str) -> None:
        """Sets the variables to what a checkpoint holds: all of them, or, when it fails, none."""
        self._saver.restore(None, file_prefix)


@contextmanager
def restore_variables_on_create(
    save_path: str | None, map_func: Callable[[str], str] | None = None
) -> Iterator[None]:
    """A block in which a new variable has the value that a checkpoint has of its name.

    The first variable of a name takes the value; a further one keeps its own.

    Args:
      save_path: the checkpoint's prefix; None for none.
      map_func: gives the name in the checkpoint of a variable's name; by default that itself.

    Raises:
      ValueError: in a graph, or `map_func` cannot be called.
      tf.errors.NotFoundError: a variable is made that the checkpoint does not have.
    """
    if not executing_eagerly():
        raise ValueError(
            "Currently, restore_variables_on_create can only be used with eager execution enabled."
        )
    if not save_path:
        yield
        return
    if map_func is not None and not callable(map_func):
        raise ValueError("map_func must be callable.")
    reader = load_checkpoint(save_path)
    given: set[str] = set()

    def restore(variable: Any) -> None:
        name = variable._shared_name if map_func is None else map_func(variable._shared_name)
        if not reader.has_tensor(name):
            raise NotFoundError(None, None, f"{name} not found in checkpoint")
        if name not in given:
            given.add(name)
            variable.assign(reader.get_tensor(name))

    told_of_new.append(restore)
    try:
        yield
    finally:
        told_of_new.remove(restore)


def get_optimizer_variables(optimizer: Any) -> list[Any]:
    """Returns the variables that an optimizer has made."""
    variables: list[Any] = optimizer.variables()
    return variables
