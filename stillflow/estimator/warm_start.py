"""`tf.estimator.WarmStartSettings`: a checkpoint that a new model begins with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from stillflow.interchange.saved_model.folders import get_variables_path


class _Fields(NamedTuple):
    ckpt_to_initialize_from: str
    vars_to_warm_start: Any
    var_name_to_vocab_info: Mapping[str, Any]
    var_name_to_prev_var_name: Mapping[str, str]


class WarmStartSettings(_Fields):
    """What `tf.train.warm_start` is called with; ValueError without a checkpoint."""

    def __new__(
        cls,
        ckpt_to_initialize_from: str,
        vars_to_warm_start: Any = ".*",
        var_name_to_vocab_info: Mapping[str, Any] | None = None,
        var_name_to_prev_var_name: Mapping[str, str] | None = None,
    ) -> WarmStartSettings:
        if not ckpt_to_initialize_from:
            raise ValueError("`ckpt_to_initialize_from` MUST be set in WarmStartSettings")
        return super().__new__(
            cls,
            ckpt_to_initialize_from,
            vars_to_warm_start,
            var_name_to_vocab_info or {},
            var_name_to_prev_var_name or {},
        )


def as_settings(warm_start_from: Any) -> WarmStartSettings | None:
    """Settings of themselves, of a checkpoint's path or folder, or of a SavedModel's folder."""
    if warm_start_from is None or isinstance(warm_start_from, WarmStartSettings):
        return warm_start_from
    if not isinstance(warm_start_from, (str, bytes)):
        raise ValueError(
            "warm_start_from must be a string or a WarmStartSettings, instead got "
            f"{type(warm_start_from)}"
        )
    path = os.fsdecode(warm_start_from)
    saved = get_variables_path(path)
    return WarmStartSettings(saved if os.path.exists(f"{saved}.index") else path)
