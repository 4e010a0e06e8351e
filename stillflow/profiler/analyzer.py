"""`tf.contrib.tfprof.model_analyzer`: the profiler under its older names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.platform.deprecation import deprecated
from stillflow.profiler.options import ProfileOptionBuilder
from stillflow.profiler.profiling import DEFAULT, profile

TRAINABLE_VARS_PARAMS_STAT_OPTIONS = ProfileOptionBuilder.trainable_variables_parameter()
FLOAT_OPS_OPTIONS = ProfileOptionBuilder.float_operation()
PRINT_ALL_TIMING_MEMORY = {**ProfileOptionBuilder.time_and_memory(), "order_by": "name"}
ALL_ADVICE: dict[str, dict[str, Any]] = {
    "ExpensiveOperationChecker": {},
    "AcceleratorUtilizationChecker": {},
    "JobChecker": {},
    "OperationChecker": {},
}


@deprecated(
    "2018-01-01",
    "Use `tf.profiler.profile(graph, run_meta, op_log, cmd, options)`. "
    "Build `options` with `tf.profiler.ProfileOptionBuilder`. See README.md for details",
)
def print_model_analysis(
    graph: Any,
    run_meta: Any = None,
    op_log: Any = None,
    tfprof_cmd: str = "scope",
    tfprof_options: Mapping[str, Any] = DEFAULT,
) -> Any:
    """`tf.profiler.profile`."""
    return profile(graph, run_meta, op_log, tfprof_cmd, tfprof_options)
