"""What a report shows: `ProfileOptionBuilder`, and its options as they are read."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from stillflow.graph.errors import InvalidArgumentError, UnimplementedError

TRAINABLE_VARIABLES = "_trainable_variables"
_Options = dict[str, Any]
_MANY = 10000

ORDERS = {
    "name": "",
    "bytes": "total_requested_bytes",
    "peak_bytes": "total_peak_bytes",
    "residual_bytes": "total_residual_bytes",
    "output_bytes": "total_output_bytes",
    "micros": "total_exec_micros",
    "accelerator_micros": "total_accelerator_exec_micros",
    "cpu_micros": "total_cpu_exec_micros",
    "params": "total_parameters",
    "float_ops": "total_float_ops",
}
_LEAST = (
    *("max_depth", "min_bytes", "min_peak_bytes", "min_residual_bytes", "min_output_bytes"),
    *("min_micros", "min_accelerator_micros", "min_cpu_micros", "min_params", "min_float_ops"),
    "min_occurrence",
)
_REGEXES = (
    *("account_type_regexes", "start_name_regexes", "trim_name_regexes"),
    *("show_name_regexes", "hide_name_regexes"),
)


def _options(order_by: str, select: list[str], accounted: str, **others: Any) -> _Options:
    return {
        "max_depth": _MANY,
        **dict.fromkeys(_LEAST[1:], 0),
        "order_by": order_by,
        "account_type_regexes": [accounted],
        "start_name_regexes": [".*"],
        "trim_name_regexes": [],
        "show_name_regexes": [".*"],
        "hide_name_regexes": [],
        "account_displayed_op_only": True,
        "select": select,
        "step": -1,
        "output": "stdout",
        **others,
    }


class ProfileOptionBuilder:
    """Builds the options of a report, step by step: each method returns the builder.

    Args:
      options: to begin with, of one of the static methods or another builder.
    """

    def __init__(self, options: Mapping[str, Any] | None = None):
        if options is not None:
            self._options = copy.deepcopy(dict(options))
        else:
            self._options = _options(
                "name", ["micros"], ".*", max_depth=100, account_displayed_op_only=False
            )

    @staticmethod
    def trainable_variables_parameter() -> _Options:
        """Options that show the sizes of trainable variables."""
        return _options("name", ["params"], TRAINABLE_VARIABLES)

    @staticmethod
    def float_operation() -> _Options:
        """Options that show how many arithmetic operations are made."""
        return _options("float_ops", ["float_ops"], ".*", min_float_ops=1)

    @staticmethod
    def time_and_memory(
        min_micros: int = 1,
        min_bytes: int = 1,
        min_accelerator_micros: int = 0,
        min_cpu_micros: int = 0,
        min_peak_bytes: int = 0,
        min_residual_bytes: int = 0,
        min_output_bytes: int = 0,
    ) -> _Options:
        """Options that show what took at least so much time and memory."""
        return _options(
            "micros", ["micros", "bytes"], ".*", min_micros=min_micros, min_bytes=min_bytes,
            min_accelerator_micros=min_accelerator_micros, min_cpu_micros=min_cpu_micros,
            min_peak_bytes=min_peak_bytes, min_residual_bytes=min_residual_bytes,
            min_output_bytes=min_output_bytes,
        )  # fmt: skip

    def build(self) -> _Options:
        """The options, a copy."""
        return copy.deepcopy(self._options)

    def _with(self, **options: Any) -> ProfileOptionBuilder:
        self._options.update(options)
        return self

    def with_max_depth(self, max_depth: int) -> ProfileOptionBuilder:
        """How deep the tree is shown."""
        return self._with(max_depth=max_depth)

    def with_min_memory(
        self,
        min_bytes: int = 0,
        min_peak_bytes: int = 0,
        min_residual_bytes: int = 0,
        min_output_bytes: int = 0,
    ) -> ProfileOptionBuilder:
        """Shows what takes at least so many bytes."""
        return self._with(
            min_bytes=min_bytes, min_peak_bytes=min_peak_bytes,
            min_residual_bytes=min_residual_bytes, min_output_bytes=min_output_bytes,
        )  # fmt: skip

    def with_min_execution_time(
        self, min_micros: int = 0, min_accelerator_micros: int = 0, min_cpu_micros: int = 0
    ) -> ProfileOptionBuilder:
        """Shows what takes at least so many microseconds."""
        return self._with(
            min_micros=min_micros, min_accelerator_micros=min_accelerator_micros,
            min_cpu_micros=min_cpu_micros,
        )  # fmt: skip

    def with_min_parameters(self, min_params: int) -> ProfileOptionBuilder:
        return self._with(min_params=min_params)

    def with_min_occurrence(self, min_occurrence: int) -> ProfileOptionBuilder:
        return self._with(min_occurrence=min_occurrence)

    def with_min_float_operations(self, min_float_ops: int) -> ProfileOptionBuilder:
        return self._with(min_float_ops=min_float_ops)

    def with_accounted_types(self, account_type_regexes: Sequence[str]) -> ProfileOptionBuilder:
        """Counts only nodes one of whose types matches one of these expressions."""
        return self._with(account_type_regexes=copy.copy(account_type_regexes))

    def with_node_names(
        self,
        start_name_regexes: Sequence[str] | None = None,
        show_name_regexes: Sequence[str] | None = None,
        hide_name_regexes: Sequence[str] | None = None,
        trim_name_regexes: Sequence[str] | None = None,
    ) -> ProfileOptionBuilder:
        """Which nodes to begin at, to show, to hide, and to show nothing below of, by names."""
        given = {
            "start_name_regexes": start_name_regexes,
            "show_name_regexes": show_name_regexes,
            "hide_name_regexes": hide_name_regexes,
            "trim_name_regexes": trim_name_regexes,
        }
        return self._with(**{k: copy.copy(v) for k, v in given.items() if v is not None})

    def account_displayed_op_only(self, is_true: bool) -> ProfileOptionBuilder:
        """Whether totals are those of what is shown."""
        return self._with(account_displayed_op_only=is_true)

    def with_empty_output(self) -> ProfileOptionBuilder:
        return self._with(output="none")

    def with_stdout_output(self) -> ProfileOptionBuilder:
        return self._with(output="stdout")

    def with_file_output(self, outfile: str) -> ProfileOptionBuilder:
        return self._with(output=f"file:outfile={outfile}")

    def with_timeline_output(self, timeline_file: str) -> ProfileOptionBuilder:
        return self._with(output=f"timeline:outfile={timeline_file}")

    def with_pprof_output(self, pprof_file: str) -> ProfileOptionBuilder:
        return self._with(output=f"pprof:outfile={pprof_file}")

    def order_by(self, attribute: str) -> ProfileOptionBuilder:
        return self._with(order_by=attribute)

    def select(self, attributes: Sequence[str]) -> ProfileOptionBuilder:
        """Which statistics to show."""
        return self._with(select=copy.copy(attributes))

    def with_step(self, step: int) -> ProfileOptionBuilder:
        """Of which step; -1 for the mean of all."""
        return self._with(step=step)


class Options(NamedTuple):
    """Options as a report reads them."""

    numbers: Mapping[str, int]
    regexes: Mapping[str, Sequence[str]]
    step: int
    order_by: str
    account_displayed_op_only: bool
    select: Sequence[str]
    output: str
    outfile: str

    def text(self) -> str:
        """A line for each."""
        lines: dict[str, Any] = {**self.numbers, "step": self.step, "order_by": self.order_by}
        lines |= {name: ",".join(regexes) for name, regexes in self.regexes.items()}
        lines["account_displayed_op_only"] = str(self.account_displayed_op_only).lower()
        lines["select"] = ",".join(self.select)
        file = f"outfile={self.outfile}" if self.outfile else ""
        lines["output"] = f"{self.output}:{file}"
        return "".join(f"{'-' + name:<28}{value}\n" for name, value in lines.items())


def read(given: Mapping[str, Any]) -> Options:
    """The options of a builder.

    Raises:
      tf.errors.InvalidArgumentError: the output is none of TensorFlow's.
      tf.errors.UnimplementedError: it is one that Stillflow has not.
    """
    output, _, rest = given.get("output", "stdout").partition(":")
    if output in ("timeline", "pprof"):
        raise UnimplementedError(
            None,
            None,
            f"The output {output} of the profiler is not in Stillflow.\n"
            "  Use with_stdout_output() or with_file_output(); "
            "tensorflow.python.client.timeline draws a run in time.",
        )
    if output not in ("stdout", "file", "none"):
        raise InvalidArgumentError(None, None, f"Unknown output option: {output}")
    return Options(
        numbers={name: given.get(name, 10 if name == "max_depth" else 0) for name in _LEAST},
        regexes={name: list(given.get(name, ())) for name in _REGEXES},
        step=given.get("step", -1),
        order_by=given.get("order_by", "name"),
        account_displayed_op_only=bool(given.get("account_displayed_op_only", False)),
        select=sorted(set(given.get("select", ()))),
        output=output,
        outfile=rest.removeprefix("outfile="),
    )
