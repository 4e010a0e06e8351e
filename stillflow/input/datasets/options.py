"""`tf.data.Options`: what a program says of how its pipeline is to be carried out.

Of the options those count that change the elements; Stillflow decides the others by itself. All of
them are checked, merged and shown in the graph as TensorFlow does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Option:
    """One option: a property of `OptionsBase` objects, of type `kind`."""

    def __init__(
        self, kind: Any, default: Callable[[], Any] = lambda: None, docstring: str | None = None
    ):
        self._kind = kind
        self._default = default
        self.__doc__ = docstring
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, options: Any, owner: type | None = None) -> Any:
        if options is None:
            return self
        return options._options.setdefault(self._name, self._default())

    def __set__(self, options: Any, value: Any) -> None:
        if not isinstance(value, self._kind):
            raise TypeError(
                f'Property "{self._name}" must be of type {self._kind}, got: {value!r} '
                f"(type: {type(value)!r})"
            )
        options._options[self._name] = value


def create_option(
    name: str, ty: Any, docstring: str | None, default_factory: Callable[[], Any] = lambda: None
) -> Option:
    """An option of a program's own `OptionsBase`; it has the name of the attribute it becomes."""
    return Option(ty, default_factory, docstring)


class OptionsBase:
    """Base of groups of options; those that are not set are None, or groups of their own."""

    def __init__(self) -> None:
        object.__setattr__(self, "_options", {})

    _options: dict[str, Any]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        names = {*self._options, *other._options}
        return all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: Any) -> None:
        if not hasattr(self, name):
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        object.__setattr__(self, name, value)


def merge_options(*options_list: Any) -> Any:
    """Options with all that is set in several.

    Raises:
      ValueError: there are none, or two set an option to different values.
      TypeError: they are not of one type.
    """
    if not options_list:
        raise ValueError("At least one options should be provided")
    kind = type(options_list[0])
    for options in options_list:
        if not isinstance(options, kind):
            raise TypeError(f"Incompatible options type: {kind!r} vs {type(options)!r}")
    if not isinstance(options_list[0], OptionsBase):
        raise TypeError("The inputs should inherit from `OptionsBase`")
    default, result = kind(), kind()
    for options in options_list:
        for name in list(options._options):
            this, that = getattr(result, name), getattr(options, name)
            if that == getattr(default, name):
                continue
            if this == getattr(default, name):
                setattr(result, name, that)
            elif isinstance(this, OptionsBase):
                setattr(result, name, merge_options(this, that))
            elif this != that:
                raise ValueError(
                    f"Cannot merge incompatible values ({this!r} and {that!r}) of option: {name}"
                )
    return result


class MapVectorizationOptions(OptionsBase):
    """Whether `map` runs over whole batches. Stillflow does so where results stay the same."""

    enabled = Option(bool)
    use_choose_fastest = Option(bool)

    def _static_optimizations(self) -> list[str]:
        return ["map_vectorization"] if self.enabled else []

    def _static_optimization_configs(self) -> list[str]:
        chooses = "true" if self.use_choose_fastest else "false"
        return [f"map_vectorization:use_choose_fastest:{chooses}"]


_BY_DEFAULT = ("map_and_batch_fusion", "noop_elimination", "shuffle_and_repeat_fusion")


class OptimizationOptions(OptionsBase):
    """Which rewritings are made before a pipeline runs."""

    apply_default_optimizations = Option(bool)
    autotune = Option(bool)
    autotune_algorithm = Option(int)
    autotune_buffers = Option(bool)
    autotune_cpu_budget = Option(int)
    filter_fusion = Option(bool)
    filter_with_random_uniform_fusion = Option(bool)
    hoist_random_uniform = Option(bool)
    map_and_batch_fusion = Option(bool)
    map_and_filter_fusion = Option(bool)
    map_fusion = Option(bool)
    map_parallelization = Option(bool)
    map_vectorization = Option(MapVectorizationOptions, MapVectorizationOptions)
    noop_elimination = Option(bool)
    parallel_batch = Option(bool)
    shuffle_and_repeat_fusion = Option(bool)

    def _static_optimizations(self) -> list[str]:
        asked = {
            name
            for name in (
                "filter_fusion",
                "filter_with_random_uniform_fusion",
                "hoist_random_uniform",
                "map_and_batch_fusion",
                "map_and_filter_fusion",
                "map_parallelization",
                "map_fusion",
                "noop_elimination",
                "parallel_batch",
                "shuffle_and_repeat_fusion",
            )
            if getattr(self, name)
        }
        if self.apply_default_optimizations is not False:
            asked |= {name for name in _BY_DEFAULT if getattr(self, name) is not False}
        asked.update(self.map_vectorization._static_optimizations())
        if self.autotune is not False and self.autotune_buffers:
            asked.add("inject_prefetch")
        return sorted(asked)

    def _static_optimization_configs(self) -> list[str]:
        return self.map_vectorization._static_optimization_configs()


class DistributeOptions(OptionsBase):
    """How elements are divided among workers."""

    auto_shard = Option(bool, lambda: True)
    _make_stateless = Option(bool)
    num_devices = Option(int)


class ThreadingOptions(OptionsBase):
    """How many threads there are."""

    max_intra_op_parallelism = Option(int)
    private_threadpool_size = Option(int)


class StatsOptions(OptionsBase):
    """What is counted, and by what."""

    aggregator = Option(object)
    prefix = Option(str, str)
    counter_prefix = Option(str, str)
    latency_all_edges = Option(bool)


class Options(OptionsBase):
    """What `Dataset.with_options` takes.

    Attributes:
      experimental_deterministic: whether the order of elements is always the same.
      experimental_slack: accepted.
      experimental_stateful_whitelist: accepted.
      experimental_distribute, experimental_optimization, experimental_stats,
        experimental_threading: groups of options.
    """

    experimental_deterministic = Option(bool)
    experimental_distribute = Option(DistributeOptions, DistributeOptions)
    experimental_optimization = Option(OptimizationOptions, OptimizationOptions)
    experimental_slack = Option(bool)
    experimental_stats = Option(StatsOptions, StatsOptions)
    experimental_threading = Option(ThreadingOptions, ThreadingOptions)
    experimental_stateful_whitelist = Option(list)

    def _static_optimizations(self) -> list[str]:
        names = self.experimental_optimization._static_optimizations()
        if self.experimental_deterministic is False:
            names.append("make_sloppy")
        if self.experimental_stats.latency_all_edges:
            names.append("latency_all_edges")
        if self.experimental_slack:
            names.append("slack")
        if self.experimental_distribute._make_stateless:
            names.append("make_stateless")
        return names

    def _static_optimization_configs(self) -> list[str]:
        configs = self.experimental_optimization._static_optimization_configs()
        if self.experimental_slack:
            count = self.experimental_distribute.num_devices or 1
            configs.append(f"slack:slack_period:{count}")
        return configs

    def merge(self, options: Options) -> Options:
        """These options and others; ValueError where they contradict each other."""
        return merge_options(self, options)
