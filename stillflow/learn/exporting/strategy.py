"""`ExportStrategy`: how an estimator is exported, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.platform.decorators import getargspec
from stillflow.platform.deprecation import deprecated


class _Fields(NamedTuple):
    name: str
    export_fn: Callable[..., Any]
    strip_default_attrs: bool | None


class ExportStrategy(_Fields):
    """A name and a function that exports.

    Args:
      name: the folder below `export` that it writes to.
      export_fn: called with the estimator and the folder, and with those of `checkpoint_path`,
        `eval_result` and `strip_default_attrs` that it takes; returns what it wrote.
    """

    @deprecated(
        None,
        "Please switch to tf.estimator.train_and_evaluate, and use tf.estimator.Exporter.",
    )
    def __new__(
        cls,
        name: str,
        export_fn: Callable[..., Any],
        strip_default_attrs: bool | None = None,
    ) -> ExportStrategy:
        return super().__new__(cls, name, export_fn, strip_default_attrs)

    def export(
        self,
        estimator: Any,
        export_path: Any,
        checkpoint_path: str | None = None,
        eval_result: Any = None,
    ) -> Any:
        """Exports; ValueError for a function that takes results without the checkpoint."""
        names = getargspec(self.export_fn).args
        if "eval_result" in names and "checkpoint_path" not in names:
            raise ValueError("An export_fn accepting eval_result must also accept checkpoint_path.")
        offered = {
            "checkpoint_path": checkpoint_path,
            "eval_result": eval_result,
            "strip_default_attrs": self.strip_default_attrs,
        }
        taken = {name: value for name, value in offered.items() if name in names}
        return self.export_fn(estimator, export_path, **taken)
