"""Functions from features to logits, called with what they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.platform.decorators import fn_args


def call_logit_fn(
    logit_fn: Callable[..., Any], features: Any, mode: str, params: Any, config: Any
) -> Any:
    """Returns `logit_fn(features)`, also given `mode`, `params` and `config` if it takes them.

    Raises:
      ValueError: it returns neither a tensor nor a dict of tensors by strings.
    """
    names = fn_args(logit_fn)
    given = {"mode": mode, "params": params, "config": config}
    found = logit_fn(
        features=features, **{name: value for name, value in given.items() if name in names}
    )
    if not (isinstance(found, Tensor) or _is_dict_of_tensors(found)):
        raise ValueError(
            "logit_fn should return a Tensor or a dictionary mapping strings to Tensors.  logit_fn "
            f"returned: {found}"
        )
    return found


def _is_dict_of_tensors(found: Any) -> bool:
    return isinstance(found, dict) and all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in found.items()
    )
