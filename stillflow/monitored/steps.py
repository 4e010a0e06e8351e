"""The global step as hooks read it."""

from __future__ import annotations

from stillflow.graph.operation import Tensor
from stillflow.train.training_util import get_or_create_global_step_read


def step_read(hook: str) -> Tensor:
    """The tensor that reads the global step before a run raises it.

    Raises:
      RuntimeError: the graph has no global step, which the class `hook` needs.
    """
    step = get_or_create_global_step_read()
    if step is None:
        raise RuntimeError(
            f"Global step should be created to use {hook}.\n"
            "  Call tf.train.get_or_create_global_step() while the graph is built."
        )
    return step
