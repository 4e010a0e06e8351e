"""Layers whose variables `adapt` sets from data, in eager mode."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from stillflow.graph.errors import OutOfRangeError
from stillflow.graph.scopes import init_scope
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.dataset_v1 import make_one_shot_iterator
from stillflow.input.datasets.experimental.selecting import cardinality
from stillflow.keras.engine.base_layer import Layer
from stillflow.keras.layers.preprocessing.combiner import Combiner
from stillflow.keras.training.generating import generator_like
from stillflow.ops.datasets.dataset import INFINITE
from stillflow.ops.math import comparison


class PreprocessingLayer(Layer):
    """A layer that has `adapt`, which subclasses override."""

    def adapt(self, data: Any, reset_state: bool = True) -> None:
        """Sets the layer's state from data.

        Args:
          data: an array, or a dataset.
          reset_state: whether what was known before is forgotten.
        """


class CombinerPreprocessingLayer(PreprocessingLayer):
    """A layer whose state a Combiner computes, and variables hold.

    A subclass makes the variables in `build` with `_add_state_variable`, under the names that the
    combiner's `extract` gives them.

    Attributes:
      state_variables: the variables by these names, in the order of their making.
    """

    def __init__(self, combiner: Combiner, **kwargs: Any):
        super().__init__(**kwargs)
        self._combiner = combiner
        self.state_variables: dict[str, Any] = OrderedDict()

    def _add_state_variable(
        self,
        name: str,
        shape: Any,
        dtype: Any,
        initializer: Any = None,
        partitioner: Any = None,
        use_resource: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Returns a new variable of the state, not trained; arguments are `add_weight`'s."""
        variable = self.add_weight(
            name=name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            trainable=False,
            partitioner=partitioner,
            use_resource=use_resource,
            **kwargs,
        )
        self.state_variables[name] = variable
        return variable

    def adapt(self, data: Any, reset_state: bool = True) -> None:
        """Sets the layer's variables from data, and builds it if it is not built yet.

        Args:
          data: an array, which is one batch, or a dataset, whose elements are the batches.
          reset_state: whether what was known before is forgotten; else `data` comes on top of it.

        Raises:
          ValueError: `data` is neither, or a dataset without an end.
        """
        accumulator = None if reset_state else self._combiner.restore(self._restore_updates())
        for batch in self._batches(data):
            if not self.built:
                self.build(getattr(batch, "shape", None))
            accumulator = self._combiner.compute(batch, accumulator)
        self._set_state_variables(self._combiner.extract(accumulator))

    def _batches(self, data: Any) -> Iterator[Any]:
        next_batch = self._next_of(data)
        while True:
            try:
                batch = next_batch()
            except (StopIteration, OutOfRangeError):
                return
            yield batch

    def _next_of(self, data: Any) -> Callable[[], Any]:
        """What returns the next batch at each call, until StopIteration or OutOfRangeError."""
        if isinstance(data, np.ndarray):
            return generator_like(data, batch_size=len(data))[0].__next__
        if not isinstance(data, DatasetV2):
            raise ValueError(
                f"adapt() requires a Dataset or a Numpy array as input, got {type(data)}\n"
                "  np.array(data) makes an array of lists and of eager tensors."
            )
        if self._dataset_is_infinite(data):
            raise ValueError(
                'The dataset passed to "adapt()" has an infinite number of elements. Please use '
                "dataset.take(...) to make the number of elements finite."
            )
        return self._get_dataset_iterator(data)

    # What depends on whether operations run at once -----------------------------------------------

    def _restore_updates(self) -> dict[str, Any]:
        """The state as arrays, by names."""
        return {name: variable.numpy() for name, variable in self.state_variables.items()}

    def _dataset_is_infinite(self, dataset: DatasetV2) -> bool:
        return bool(comparison.equal(cardinality(dataset), INFINITE))

    def _get_dataset_iterator(self, dataset: DatasetV2) -> Callable[[], Any]:
        return make_one_shot_iterator(dataset).get_next

    def _set_state_variables(self, updates: Mapping[str, Any]) -> None:
        """Sets variables of the state, by names.

        Raises:
          RuntimeError: the layer is not built, so it has none.
        """
        self._check_built()
        with init_scope():
            for name, value in updates.items():
                self.state_variables[name].assign(value)

    def _check_built(self) -> None:
        if not self.built:
            raise RuntimeError("_set_state_variables() must be called after build().")
