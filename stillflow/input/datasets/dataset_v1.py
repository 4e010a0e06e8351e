"""`tf.data.Dataset` of TensorFlow 1: datasets that make their iterators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph import random_seed
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.input.datasets import structure
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.iterator import Iterator
from stillflow.ops.datasets.iterators import (
    iterator_v2_op,
    make_iterator_op,
    one_shot_iterator_op,
)
from stillflow.ops.functions.defun import Defun
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated

_ITERATE = (
    "Use `for ... in dataset:` to iterate over a dataset. If using `tf.estimator`, return the "
    "`Dataset` object directly from your input function. As a last resort, you can use "
    "`tf.compat.v1.data.{}(dataset)`."
)
_MAX_SEED = 2**63 - 1


class DatasetV1(DatasetV2):
    """A dataset that makes iterators over itself. See `tf.compat.v2.data.Dataset`.

    A program's own subclass gives `_as_variant_tensor`, `_inputs`, and `element_spec` or
    `output_types`, `output_shapes` and `output_classes`.
    """

    _keeps_cardinality = False

    def __init__(self) -> None:
        super().__init__(self._as_variant_tensor())

    def _as_variant_tensor(self) -> Tensor:
        """variant[], which stands for it in a run."""
        raise NotImplementedError("Dataset._as_variant_tensor")

    @classmethod
    def _wrapped(cls, dataset: DatasetV2) -> Any:
        return DatasetV1Adapter(dataset)

    # Iterators ------------------------------------------------------------------------------------

    @deprecated(None, _ITERATE.format("make_one_shot_iterator"))
    def make_one_shot_iterator(self) -> Iterator:
        """An iterator that needs no initialisation: it goes through the elements once.

        Raises:
          ValueError: the pipeline takes from outside what has effects, such as a variable.
        """
        return self._make_one_shot_iterator()

    def _make_one_shot_iterator(self) -> Any:
        if executing_eagerly():
            return iter(self)
        _warn_of_other_graphs(self)
        seed, seed2 = random_seed.get_seed(None)

        @Defun(capture_by_value=True, whitelisted_stateful_ops=variant_ops(self))
        def _make_dataset() -> Tensor:
            if seed is not None and seed2 is not None:
                random_seed.set_random_seed((seed + 87654321 * seed2) % _MAX_SEED)
            return self._apply_options()._variant_tensor

        try:
            _make_dataset.add_to_graph(get_default_graph())
        except ValueError as error:
            if "Cannot capture a stateful node" not in str(error):
                raise
            raise ValueError(
                "Failed to create a one-shot iterator for a dataset. "
                "`Dataset.make_one_shot_iterator()` does not support datasets that capture "
                "stateful objects, such as a `Variable` or `LookupTable`. In these cases, use "
                f"`Dataset.make_initializable_iterator()`. (Original error: {error})"
            ) from None
        resource = one_shot_iterator_op(dataset_factory=_make_dataset, **self._flat_structure)
        return Iterator._of(resource, None, self.element_spec)

    @deprecated(None, _ITERATE.format("make_initializable_iterator"))
    def make_initializable_iterator(self, shared_name: str | None = None) -> Iterator:
        """An iterator whose `initializer` a run must have carried out.

        shared_name: the iterator of that name is one in all graphs of a session.
        """
        return self._make_initializable_iterator(shared_name)

    def _make_initializable_iterator(self, shared_name: str | None = None) -> Iterator:
        if executing_eagerly():
            raise RuntimeError(
                "dataset.make_initializable_iterator is not supported when eager execution is "
                "enabled.\n  Write `for element in dataset:`."
            )
        _warn_of_other_graphs(self)
        dataset = self._apply_options()
        resource = iterator_v2_op(
            container="", shared_name=shared_name or "", **self._flat_structure
        )
        with colocate_with(resource):
            initializer: Any = make_iterator_op(dataset._variant_tensor, resource)
        return Iterator._of(resource, initializer, dataset.element_spec)

    # Structures -----------------------------------------------------------------------------------

    @property
    @deprecated(None, "Use `tf.compat.v1.data.get_output_classes(dataset)`.")
    def output_classes(self) -> Any:
        """The structure of the classes of components."""
        return structure.legacy_output_classes(self.element_spec)

    @property
    @deprecated(None, "Use `tf.compat.v1.data.get_output_shapes(dataset)`.")
    def output_shapes(self) -> Any:
        """The structure of the shapes of components."""
        return structure.legacy_output_shapes(self.element_spec)

    @property
    @deprecated(None, "Use `tf.compat.v1.data.get_output_types(dataset)`.")
    def output_types(self) -> Any:
        """The structure of the types of components."""
        return structure.legacy_output_types(self.element_spec)

    @property
    def element_spec(self) -> Any:
        return structure.convert_legacy_structure(
            self.output_types, self.output_shapes, self.output_classes
        )

    # Older names ----------------------------------------------------------------------------------

    @staticmethod
    @deprecated(None, "Use `tf.data.Dataset.from_tensor_slices()`.")
    def from_sparse_tensor_slices(sparse_tensor: Any) -> DatasetV1Adapter:
        """The rows of a SparseTensor: (indices, values, dense_shape) of each."""
        from stillflow.input.datasets.sparse_slices import SparseTensorSliceDataset

        return DatasetV1Adapter(SparseTensorSliceDataset(sparse_tensor))

    @deprecated(None, "Use `tf.data.Dataset.map()")
    def map_with_legacy_function(
        self, map_func: Callable[..., Any], num_parallel_calls: Any = None
    ) -> DatasetV1Adapter:
        """As `map`, by a function that is built as `Defun` builds it."""
        return DatasetV1Adapter(self._mapped(map_func, num_parallel_calls, legacy=True))

    @deprecated(None, "Use `tf.data.Dataset.filter()")
    def filter_with_legacy_function(self, predicate: Callable[..., Any]) -> DatasetV2:
        """As `filter`, by a function that is built as `Defun` builds it."""
        from stillflow.input.datasets.mapping import FilterDataset

        return FilterDataset(self, predicate, use_legacy_function=True)


class DatasetV1Adapter(DatasetV1):
    """Another dataset, as one that makes its iterators."""

    def __init__(self, dataset: DatasetV2):
        self._dataset = dataset
        super().__init__()

    def _as_variant_tensor(self) -> Tensor:
        return self._dataset._variant_tensor

    def _has_captured_ref(self) -> bool:
        return self._dataset._has_captured_ref()

    def _inputs(self) -> Sequence[DatasetV2]:
        return self._dataset._inputs()

    def _functions(self) -> list[Any]:
        return self._dataset._functions()

    def options(self) -> Any:
        return self._dataset.options()

    @property
    def element_spec(self) -> Any:
        return self._dataset.element_spec


def variant_ops(dataset: DatasetV2) -> list[Operation]:
    """The operations that make a dataset, and those that make datasets for these."""
    found: dict[Operation, None] = {}
    waiting = [dataset._variant_tensor.op]
    while waiting:
        op = waiting.pop(0)
        if op not in found:
            found[op] = None
            waiting += [t.op for t in op.inputs if t.dtype.name == "variant"]
    return list(found)


def _warn_of_other_graphs(dataset: DatasetV2) -> None:
    """Warns where the iterator would be in another graph than a dataset."""
    current, waiting = get_default_graph(), [dataset]
    while waiting:
        own = waiting.pop()
        if own._graph is not current:
            logging.warning(
                "The graph (%s) of the iterator is different from the graph (%s) the dataset: %s "
                "was created in. If you are using the Estimator API, make sure that no part of the "
                "dataset returned by the `input_fn` function is defined outside the `input_fn` "
                "function. Please ensure that all datasets in the pipeline are created in the same "
                "graph as the iterator. NOTE: This warning will become an error in future versions "
                "of TensorFlow.",
                current,
                own._graph,
                own._variant_tensor,
            )
        waiting.extend(own._inputs())


def _as_v1(dataset: Any) -> Any:
    """What makes the iterators: of a strategy's dataset that itself."""
    makes_them = hasattr(dataset, "_make_initializable_iterator")
    return dataset if makes_them else DatasetV1Adapter(dataset)


def make_one_shot_iterator(dataset: DatasetV2) -> Iterator:
    """An iterator over `dataset` that needs no initialisation.

    Raises:
      ValueError: the pipeline takes from outside what has effects, such as a variable.
    """
    return _as_v1(dataset)._make_one_shot_iterator()


def make_initializable_iterator(dataset: DatasetV2, shared_name: str | None = None) -> Iterator:
    """An iterator over `dataset` whose `initializer` a run must have carried out."""
    return _as_v1(dataset)._make_initializable_iterator(shared_name)
