"""`tf.test.Benchmark`: classes whose methods time something, and say what they measured."""

from __future__ import annotations

import inspect
import numbers
import os
import re
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from stillflow.events.timeline import Timeline
from stillflow.graph import nest
from stillflow.graph.context import get_default_session
from stillflow.graph.protos import schema
from stillflow.platform import logging
from stillflow.runtime.session import Session

_SCHEMA: schema.Schema = {
    "BenchmarkEntries": {"entry": (1, "*BenchmarkEntry")},
    "BenchmarkEntry": {
        "name": (1, "string"),
        "iters": (2, "int64"),
        "cpu_time": (3, "double"),
        "wall_time": (4, "double"),
        "throughput": (5, "double"),
        "extras": (6, "<EntryValue"),
        "metrics": (7, "*MetricEntry"),
    },
    "EntryValue": {"double_value": (1, "double"), "string_value": (2, "string")},
    "MetricEntry": {
        "name": (1, "string"),
        "value": (2, "double"),
        "min_value": (3, "DoubleValue"),
        "max_value": (4, "DoubleValue"),
    },
    "DoubleValue": {"value": (1, "double")},
}
_IN_ONEOF = {("EntryValue", field): "kind" for field in ("double_value", "string_value")}
_REPORTS = "TEST_REPORT_FILE_PREFIX"
_FLAG = re.compile(r"--?benchmarks=(.*)")
_classes: list[type[Benchmark]] = []


@cache
def _entries_class() -> Any:
    pool = schema.pool_of(_SCHEMA, "stillflow", _IN_ONEOF)
    return schema.message_class(pool, "stillflow.BenchmarkEntries")


class Benchmark:
    """A class whose methods that begin with `benchmark` measure something.

    `tf.test.main` runs those whose full name `module.Class.method` matches the pattern of the flag
    `--benchmarks`, or all of them where it is `all`.
    """

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        _classes.append(cls)

    @classmethod
    def is_abstract(cls) -> bool:
        """Whether this is the class that others derive from, which measures nothing."""
        return cls is Benchmark

    def report_benchmark(
        self,
        iters: int | None = None,
        cpu_time: float | None = None,
        wall_time: float | None = None,
        throughput: float | None = None,
        extras: Mapping[str, Any] | None = None,
        name: str | None = None,
        metrics: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Prints what was measured; with TEST_REPORT_FILE_PREFIX set, writes it to a file.

        Args:
          iters: how often it ran.
          cpu_time: seconds of a processor.
          wall_time: seconds.
          throughput: megabytes in a second.
          extras: what else is to be known, numbers or text.
          name: instead of the name of the method that calls.
          metrics: dicts with `name`, `value` and, at will, `min_value` and `max_value`.

        Raises:
          TypeError: `extras` is no dict, `metrics` no list of dicts with names and values.
          OSError: the file is there already.
        """
        entries = _entries_class()()
        entry = entries.entry.add(name=f"{type(self).__name__}.{name or self._method()}")
        given = {"iters": iters, "cpu_time": cpu_time, "wall_time": wall_time}
        for field, value in {**given, "throughput": throughput}.items():
            if value is not None:
                setattr(entry, field, value)
        _add_extras(entry, extras)
        _add_metrics(entry, metrics)
        shown = {k: -1 if v is None else v for k, v in {**given, "throughput": throughput}.items()}
        logging.info(
            "Benchmark [%s] iters: %d, wall_time: %g, cpu_time: %g,throughput: %g, extras: %s, "
            "metrics: %s",
            entry.name,
            *(shown[field] for field in ("iters", "wall_time", "cpu_time", "throughput")),
            extras or None,
            metrics or None,
        )
        _report(entry.name, entries)

    def _method(self) -> str:
        """The outermost method of this benchmark that is running."""
        frames = [f for f in inspect.stack(0) if f.frame.f_locals.get("self") is self]
        return frames[-1].function

    def run_op_benchmark(
        self,
        sess: Session,
        op_or_tensor: Any,
        feed_dict: dict[Any, Any] | None = None,
        burn_iters: int = 2,
        min_iters: int = 10,
        store_trace: bool = False,
        store_memory_usage: bool = True,
        name: str | None = None,
        extras: dict[str, Any] | None = None,
        mbs: float = 0,
    ) -> dict[str, Any]:
        """Times runs of an operation, reports the median, and returns what was reported.

        Args:
          burn_iters: runs before those that are timed.
          min_iters: runs that are timed.
          store_trace: has one more run recorded, whose trace in the format of Chrome is
            `extras["full_trace_chrome_format"]` of what is returned.
          store_memory_usage: accepted; how much memory a run takes is not recorded.
          mbs: megabytes that one run moves.
        """
        for _ in range(burn_iters):
            sess.run(op_or_tensor, feed_dict)
        times = []
        for _ in range(min_iters):
            start = time.perf_counter()
            sess.run(op_or_tensor, feed_dict)
            times.append(time.perf_counter() - start)
        median = statistics.median(times) if times else -1.0
        extras = {} if extras is None else extras
        values: dict[str, Any] = {"iters": min_iters, "wall_time": median, "extras": extras}
        values["name"] = name
        values["throughput"] = mbs / median
        self.report_benchmark(**values)
        if store_trace:
            extras["full_trace_chrome_format"] = _trace(sess, op_or_tensor, feed_dict)
        return values

    def evaluate(self, tensors: Any) -> Any:
        """Returns the values of tensors, or of a structure of them, in the default session."""
        session = get_default_session()
        if session is None:
            return nest.map_structure(lambda tensor: tensor.numpy(), tensors)
        return session.run(tensors)


def _trace(session: Session, fetch: Any, feeds: dict[Any, Any] | None) -> str:
    from tensorboard.compat.proto import config_pb2

    metadata = config_pb2.RunMetadata()
    options = config_pb2.RunOptions(trace_level=config_pb2.RunOptions.FULL_TRACE)
    session.run(fetch, feeds, options=options, run_metadata=metadata)
    return Timeline(metadata.step_stats).generate_chrome_trace_format()


def _add_extras(entry: Any, extras: Any) -> None:
    if extras is not None and not isinstance(extras, dict):
        raise TypeError("extras must be a dict")
    for key, value in (extras or {}).items():
        if isinstance(value, numbers.Number):
            entry.extras[key].double_value = value
        else:
            entry.extras[key].string_value = str(value)


def _add_metrics(entry: Any, metrics: Any) -> None:
    if metrics is not None and not isinstance(metrics, list):
        raise TypeError("metrics must be a list")
    for metric in metrics or []:
        for field in ("name", "value"):
            if field not in metric:
                raise TypeError(f"metric must has a '{field}' field")
        made = entry.metrics.add(name=metric["name"], value=metric["value"])
        for field in ("min_value", "max_value"):
            if field in metric:
                getattr(made, field).value = metric[field]


def _report(name: str, entries: Any) -> None:
    prefix = os.environ.get(_REPORTS)
    if prefix is None:
        print(entries)
        return
    path = prefix + name.replace("/", "__")
    if os.path.exists(path):
        raise OSError(f"File already exists: {path}")
    with open(path, "wb") as file:
        file.write(entries.SerializeToString())


def asked_for(argv: list[str] | None) -> str | None:
    """The pattern of the flag `--benchmarks`, which is taken out of `argv`; None without it."""
    arguments = sys.argv if argv is None else argv
    for argument in arguments:
        if found := _FLAG.fullmatch(argument):
            arguments.remove(argument)
            return found[1]
    return None


def run_benchmarks(pattern: str) -> None:
    """Calls the methods of benchmarks whose names match."""
    for cls in list(_classes):
        methods = [name for name in dir(cls) if name.startswith("benchmark")]
        called = [m for m in methods if callable(getattr(cls, m)) and _matches(pattern, cls, m)]
        benchmark = cls() if called else None
        for method in called:
            getattr(benchmark, method)()


def _matches(pattern: str, cls: type, method: str) -> bool:
    full = f"{cls.__module__}.{cls.__name__}.{method}"
    return pattern == "all" or re.search(pattern, full) is not None


def benchmark_config() -> Any:
    """Returns a ConfigProto that keeps control dependencies that an optimizer would take away."""
    from tensorboard.compat.proto import config_pb2, rewriter_config_pb2

    config = config_pb2.ConfigProto()
    rewriting = config.graph_options.rewrite_options
    rewriting.dependency_optimization = rewriter_config_pb2.RewriterConfig.OFF
    return config
