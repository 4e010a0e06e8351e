"""In which types layers compute and keep their weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.version_behavior import is_at_2
from stillflow.layers.settings import floatx
from stillflow.platform import logging

_INFER = "infer"
_WITH_FLOAT32 = "_with_float32_vars"
_RENAMED = {
    "infer_float32_vars": "infer_with_float32_vars",
    "float32_with_float32_vars": "float32",
}
_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


class Policy:
    """The types of a layer's computation and of its weights.

    Args:
      name: a type; "mixed_float16" or "mixed_bfloat16", which keep float32 weights, as
        "<type>_with_float32_vars" does; "infer" for the type of the first input.
      loss_scale: what models multiply their losses by: a LossScale, a number, "dynamic", or None;
        by default "dynamic" for "mixed_float16" alone.

    Raises:
      TypeError: the name is no string.
      ValueError: it is another name.
    """

    def __init__(self, name: str, loss_scale: Any = "auto"):
        if isinstance(name, DType):
            raise TypeError(
                f"'name' must be a string, not a DType. Instead, pass DType.name. Got: {name.name}"
            )
        if not isinstance(name, str):
            raise TypeError(f"'name' must be a string, but got: {name}")
        self._name = _RENAMED.get(name, name)
        self._compute_dtype, self._variable_dtype = _types(self._name)
        if loss_scale == "auto":
            loss_scale = "dynamic" if name == "mixed_float16" else None
        self._loss_scale = self._as_loss_scale(loss_scale)

    def _as_loss_scale(self, loss_scale: Any) -> Any:
        if loss_scale is None:
            return None
        from stillflow.train.loss_scaling.loss_scale import as_loss_scale  # few layers need it

        if self._compute_dtype not in (None, "float16"):
            logging.warn(
                "Creating a Policy with a loss scale is only useful for float16 policies. You "
                f"passed loss_scale={loss_scale!r} for policy {self._name}. Consider not passing "
                "any loss_scale instead."
            )
        return as_loss_scale(loss_scale)

    @property
    def name(self) -> str:
        return self._name

    @property
    def compute_dtype(self) -> str | None:
        """The name of the type of computation; None until an input tells."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str | None:
        """The name of the type of weights; None until an input tells."""
        return self._variable_dtype

    @property
    def should_cast_variables(self) -> bool:
        return self.variable_dtype != self.compute_dtype

    @property
    def loss_scale(self) -> Any:
        return self._loss_scale

    def __repr__(self) -> str:
        return f'<Policy "{self._name}", loss_scale={self.loss_scale}>'


def _types(name: str) -> tuple[str | None, str | None]:
    if name in _MIXED:
        return _MIXED[name], "float32"
    computed = name.removesuffix(_WITH_FLOAT32)
    kept = "float32" if computed != name else None
    if computed == _INFER:
        return None, kept
    try:
        computed = dtypes.as_dtype(computed).name
    except TypeError:
        raise ValueError(
            f"Cannot convert value {name} to a mixed precision Policy. Valid policies include "
            "those in the form '<dtype>' and '<dtype>_with_float32_vars', where <dtype> is the "
            "name of a dtype."
        ) from None
    return computed, kept or computed


def with_input_dtype(policy: Policy, dtype: str) -> Policy:
    """What "infer" or "infer_with_float32_vars" become for an input of a type."""
    return Policy(dtype + _WITH_FLOAT32 if policy.variable_dtype else dtype)


_global: Policy | None = None
_is_as_in_version_2: bool | None = None  # None: where all is as in version 2


def global_policy() -> Policy:
    """The policy of layers that are given none: "infer", if no other is set."""
    if _global is not None:
        return _global
    return Policy(floatx() if v2_dtype_behavior_enabled() else _INFER)


def defaults_to_floatx() -> bool:
    """Whether layers that are given no policy take `floatx` at once."""
    return _global is None and v2_dtype_behavior_enabled()


def enable_v2_dtype_behavior() -> None:
    """From here on layers are of `floatx` where no type is said, and cast what they are given."""
    global _is_as_in_version_2
    _is_as_in_version_2 = True


def disable_v2_dtype_behavior() -> None:
    """From here on layers are of the type of their first input where none is said, as at first."""
    global _is_as_in_version_2
    _is_as_in_version_2 = False


def v2_dtype_behavior_enabled() -> bool:
    """Whether it was enabled; where nothing was said, whether all is as in TensorFlow 2."""
    return is_at_2() if _is_as_in_version_2 is None else _is_as_in_version_2


def set_policy(policy: Policy | str | None) -> None:
    """Makes a policy that of all layers from here on; None for the first one, "infer".

    Raises:
      ValueError: it names a type of computation, which TensorFlow 1.x does not allow for all; or
        graphs are rewritten to mixed precision.
    """
    global _global
    from stillflow.train.loss_scaling import ways  # few programs set a policy

    ways.check_no_rewrite()
    new = Policy(policy) if isinstance(policy, str) else policy
    if new and new.compute_dtype and not _is_as_in_version_2:
        raise ValueError(
            "The global policy can only be set to a non-infer policy in TensorFlow 2\n"
            f"  Give the layers that need it `dtype=Policy({new.name!r})`."
        )
    _global = new
    ways.layers_have_policy = new is not None


@contextmanager
def policy_scope(policy: Policy | str | None) -> Iterator[None]:
    """A block whose layers have a policy."""
    before = _global
    try:
        set_policy(policy)
        yield
    finally:
        set_policy(before)


def policy_of(dtype: Any) -> Policy:
    """The policy of a layer: the one that it is given, that of a type, or for None the global."""
    if isinstance(dtype, Policy):
        return dtype
    return Policy(dtypes.as_dtype(dtype).name) if dtype else global_policy()
