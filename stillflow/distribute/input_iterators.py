"""What gives every replica its own input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from stillflow.distribute.device_map import DeviceMap
from stillflow.distribute.devices import canonicalize
from stillflow.distribute.values import regroup
from stillflow.graph.context import executing_eagerly
from stillflow.graph.device import DeviceSpec
from stillflow.graph.graph import get_default_graph
from stillflow.graph.scopes import device
from stillflow.input.datasets import structure
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.dividing import (
    MultiDeviceIterator,
    RebatchDataset,
    auto_shard_dataset,
    clone_dataset,
)
from stillflow.input.datasets.for_python import ForPython
from stillflow.input.datasets.options import Options
from stillflow.ops.control.ordering import group


class InputWorkers:
    """Where input is made, and for which devices.

    Args:
      device_map: the devices of the replicas.
      worker_device_pairs: (host, its devices) pairs; the first host and all of them by default.
    """

    def __init__(
        self, device_map: DeviceMap, worker_device_pairs: Any = None, logical_device: int = 0
    ):
        self._device_map = device_map
        self._logical_device = logical_device
        places = device_map.logical_to_actual_devices(logical_device)
        if worker_device_pairs is None:
            worker_device_pairs = [(canonicalize("/device:CPU:0"), places)]
        self._input_worker_devices = tuple(worker for worker, _ in worker_device_pairs)
        self._fed_devices = tuple(tuple(map(canonicalize, fed)) for _, fed in worker_device_pairs)
        flattened = tuple(place for fed in self._fed_devices for place in fed)
        assert flattened == places, (
            f"flattened: {flattened} logical device {logical_device}: {places}"
        )

    @property
    def device_map(self) -> DeviceMap:
        return self._device_map

    @property
    def logical_device(self) -> int:
        return self._logical_device

    @property
    def num_workers(self) -> int:
        return len(self._input_worker_devices)

    @property
    def worker_devices(self) -> tuple[str, ...]:
        return self._input_worker_devices

    def compute_devices_for_worker(self, worker_index: int) -> tuple[str, ...]:
        """Those whose input the worker makes."""
        return self._fed_devices[worker_index]

    def __repr__(self) -> str:
        rows = enumerate(zip(self.worker_devices, self._fed_devices, strict=True))
        lines = ",\n".join(f"  {n} {worker}: {fed}" for n, (worker, fed) in rows)
        return f"{type(self).__name__}:{{\n{lines}\n  device_map: {self._device_map}}}"


class DistributedIterator(ForPython):
    """Gives the next element of every replica."""

    def __init__(self, input_workers: InputWorkers, iterators: Sequence[Any], strategy: Any):
        assert isinstance(input_workers, InputWorkers)
        if not input_workers.worker_devices:
            raise ValueError("Should have at least one worker for input iterator.")
        self._iterators = list(iterators)
        self._input_workers = input_workers
        self._strategy = strategy

    def get_next(self, name: str | None = None) -> Any:
        """Returns the next element, of which each replica has its own."""
        replicas: list[Any] = []
        for worker, iterator in zip(
            self._input_workers.worker_devices, self._iterators, strict=True
        ):
            with device(worker):
                replicas += iterator.get_next_as_list(_named(name, worker))
        return regroup(self._input_workers.device_map, replicas)

    def _autograph_for_loop(self, loop: Any) -> None:
        from stillflow.input.datasets.looping import optional_loop

        optional_loop(self, self._next_as_optional, loop)

    def _next_as_optional(self) -> tuple[Any, Callable[[], Any]]:
        """In a function: whether there is a next element, and what gives it."""
        optionals = [iterator.optionals() for iterator in self._iterators]

        def value() -> Any:
            pairs = zip(self._iterators, optionals, strict=True)
            replicas = [each for iterator, own in pairs for each in iterator.values(own)]
            return regroup(self._input_workers.device_map, replicas)

        return optionals[0][0].has_value(), value

    def initialize(self) -> Any:
        """Returns the operation that has it begin with the first element."""
        return group(*(op for iterator in self._iterators for op in iterator.initialize()))

    @property
    def initializer(self) -> Any:
        return self.initialize()

    @property
    def element_spec(self) -> Any:
        """The structure of the TypeSpecs of one replica's components."""
        return self._iterators[0].element_spec

    @property
    def output_classes(self) -> Any:
        return structure.legacy_output_classes(self.element_spec)

    @property
    def output_shapes(self) -> Any:
        return structure.legacy_output_shapes(self.element_spec)

    @property
    def output_types(self) -> Any:
        return structure.legacy_output_types(self.element_spec)

    def get_iterator(self, worker: str) -> Any:
        """Returns that of one worker; None where there is none."""
        found = dict(zip(self._input_workers.worker_devices, self._iterators, strict=True))
        return found.get(worker)


def _named(name: str | None, worker: str) -> str | None:
    if name is None:
        return None
    spec = DeviceSpec.from_string(worker)
    return f"{name}_{spec.job}_{spec.task}"


class _OfDataset:
    """The iterator of one worker, over a dataset, in a graph."""

    def __init__(self, dataset: DatasetV2, worker: str, places: Sequence[str]):
        with device(worker):
            self._iterator = MultiDeviceIterator(dataset, places)
        self._worker = worker

    def get_next_as_list(self, name: str | None = None) -> list[Any]:
        with device(self._worker):
            return self._iterator.get_next()

    def initialize(self) -> list[Any]:
        return [self._iterator.initializer]

    @property
    def element_spec(self) -> Any:
        return self._iterator.element_spec


class _OfFunction:
    """The iterator of one worker, over what a function gives whenever it is called."""

    def __init__(self, fn: Callable[[], Any], worker: str, places: Sequence[str]):
        self._fn = fn
        self._worker = worker
        self._places = places

    def get_next_as_list(self, name: str | None = None) -> list[Any]:
        with device(self._worker):
            return [self._fn() for _ in self._places]

    def initialize(self) -> list[Any]:
        return []

    @property
    def element_spec(self) -> NoReturn:
        raise NotImplementedError("What a function gives is not known before it is called.")


class InputFunctionIterator(DistributedIterator):
    """Over what `input_fn(InputContext)` gives: a dataset, or a function without arguments.

    Raises:
      ValueError: it gives something else.
    """

    def __init__(
        self,
        input_fn: Callable[..., Any],
        input_workers: InputWorkers,
        input_contexts: Sequence[Any],
        strategy: Any,
    ):
        _check_number(input_workers, input_contexts)
        iterators: list[Any] = []
        for number, context in enumerate(input_contexts):
            worker = input_workers.worker_devices[number]
            places = input_workers.compute_devices_for_worker(number)
            with device(worker):
                result = input_fn(context)
                if isinstance(result, DatasetV2):
                    iterators.append(_of_dataset(result, worker, places, strategy))
                elif callable(result):
                    iterators.append(_OfFunction(result, worker, places))
                else:
                    raise ValueError("input_fn must return a tf.data.Dataset or a callable.")
        super().__init__(input_workers, iterators, strategy)


class DatasetIterator(DistributedIterator):
    """Over a dataset, of whose batches each replica gets a part."""

    def __init__(
        self,
        dataset: DatasetV2,
        input_workers: InputWorkers,
        strategy: Any,
        split_batch_by: int | None = None,
        input_context: Any = None,
    ):
        distributed = DistributedDataset(
            dataset, input_workers, strategy, split_batch_by, input_context
        )
        super().__init__(input_workers, distributed._iterators(), strategy)


class _Iterable:
    """What makes DistributedIterators."""

    _input_workers: InputWorkers
    _strategy: Any

    def _datasets(self) -> list[DatasetV2]:
        """That of each worker."""
        raise NotImplementedError

    def _iterators(self) -> list[Any]:
        return _iterators_of(self._datasets(), self._input_workers, self._strategy)

    def make_initializable_iterator(self) -> DistributedIterator:
        """Returns an iterator whose `initializer` a run must have carried out."""
        return self._make_initializable_iterator()

    def _make_initializable_iterator(self, shared_name: str | None = None) -> DistributedIterator:
        if executing_eagerly():
            raise ValueError(
                "Cannot create initializable iterator in Eager mode. Please use `iter()` instead."
            )
        return DistributedIterator(self._input_workers, self._iterators(), self._strategy)

    def make_one_shot_iterator(self) -> DistributedIterator:
        """Returns an eager iterator; ValueError: there is none in a graph."""
        return self._make_one_shot_iterator()

    def _make_one_shot_iterator(self) -> DistributedIterator:
        if executing_eagerly():
            return DistributedIterator(self._input_workers, self._iterators(), self._strategy)
        raise ValueError(
            "Cannot create a one shot iterator. Please use `make_initializable_iterator()` instead."
        )

    def __iter__(self) -> Any:
        if not _is_at_once():
            raise RuntimeError(
                "__iter__() is only supported inside of tf.function or when eager execution is "
                "enabled.\n  In a graph, make_initializable_iterator() gives an iterator; run its "
                "initializer."
            )
        return DistributedIterator(self._input_workers, self._iterators(), self._strategy)

    def _autograph_for_loop(self, loop: Any) -> None:
        iter(self)._autograph_for_loop(loop)


class DistributedDataset(_Iterable):
    """A dataset, of whose batches each replica gets a part.

    Args:
      split_batch_by: into how many parts each batch is divided; None leaves them whole.
      input_context: an InputContext, which says what part of the elements is this process's.
    """

    def __init__(
        self,
        dataset: DatasetV2,
        input_workers: InputWorkers,
        strategy: Any,
        split_batch_by: int | None = None,
        input_context: Any = None,
    ):
        if split_batch_by:
            dataset = RebatchDataset(dataset, split_batch_by).prefetch(split_batch_by)
        dataset = dataset.with_options(_stateless())
        self._input_workers = input_workers
        self._strategy = strategy
        self.element_spec = dataset.element_spec
        self._cloned_datasets: list[DatasetV2] = []
        for number, worker in enumerate(input_workers.worker_devices):
            with device(worker):
                clone = clone_dataset(dataset).with_options(dataset.options())
                shards = (input_workers.num_workers, number)
                if input_context is not None:
                    assert input_workers.num_workers == 1
                    shards = input_context.num_input_pipelines, input_context.input_pipeline_id
                self._cloned_datasets.append(auto_shard_dataset(clone, *shards))

    def _datasets(self) -> list[DatasetV2]:
        return self._cloned_datasets


class DistributedDatasetsFromFunction(_Iterable):
    """What `dataset_fn(InputContext)` gives each worker; each replica gets whole elements."""

    def __init__(
        self,
        dataset_fn: Callable[..., DatasetV2],
        input_workers: InputWorkers,
        input_contexts: Sequence[Any],
        strategy: Any,
    ):
        _check_number(input_workers, input_contexts)
        self._dataset_fn = dataset_fn
        self._input_workers = input_workers
        self._input_contexts = input_contexts
        self._strategy = strategy

    def _datasets(self) -> list[DatasetV2]:
        datasets = []
        for worker, context in zip(
            self._input_workers.worker_devices, self._input_contexts, strict=True
        ):
            with device(worker):
                datasets.append(self._dataset_fn(context).with_options(_stateless()))
        return datasets


def _iterators_of(
    datasets: Sequence[DatasetV2], input_workers: InputWorkers, strategy: Any
) -> list[Any]:
    iterators = []
    for number, (dataset, worker) in enumerate(
        zip(datasets, input_workers.worker_devices, strict=True)
    ):
        places = input_workers.compute_devices_for_worker(number)
        iterators.append(_of_dataset(dataset, worker, places, strategy))
    return iterators


def _of_dataset(dataset: DatasetV2, worker: str, places: Sequence[str], strategy: Any) -> Any:
    """The iterator of one worker, over a dataset."""
    if _is_at_once():
        from stillflow.distribute.eager_input import DealtAtOnce  # few programs are eager

        fills_up = strategy.extended.experimental_enable_get_next_as_optional
        return DealtAtOnce(dataset, worker, places, fills_up)
    with device(worker):
        return _OfDataset(dataset, worker, places)


def _is_at_once() -> bool:
    """Whether elements come to Python, or to a function that is traced, without a session."""
    return executing_eagerly() or get_default_graph().building_function


def _stateless() -> Options:
    options = Options()
    options.experimental_distribute._make_stateless = True
    return options


def _check_number(input_workers: InputWorkers, input_contexts: Sequence[Any]) -> None:
    if input_workers.num_workers != len(input_contexts):
        raise ValueError(
            f"Number of input workers ({input_workers.num_workers}) is not same as number of "
            f"input_contexts ({len(input_contexts)})"
        )
