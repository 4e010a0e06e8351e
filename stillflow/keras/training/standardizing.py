"""Data in whichever form they come, made what the functions of a model are fed."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.iterator import Iterator
from stillflow.input.datasets.iterator_v2 import IteratorV2
from stillflow.keras.training import data_checks, datasets, per_output
from stillflow.keras.training.arrays import standardize_input_data, without_sparse_matrices
from stillflow.keras.training.deferred import Deferred
from stillflow.keras.training.sample_weights import (
    standardize_class_weights,
    standardize_sample_weights,
    standardize_weights,
)
from stillflow.keras.training.validation import unpack_validation_data
from stillflow.keras.utils.sequences import is_generator_or_sequence

Standardized = tuple[Any, Any, Any]  # lists of inputs, of targets, and of weights (or None)
_BATCH_SIZE = 32


class Standardizing(Deferred):
    """The part of a model that checks data and puts them in the order of its inputs."""

    def _standardize_user_data(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        batch_size: int | None = None,
        check_steps: bool = False,
        steps_name: str = "steps",
        steps: int | None = None,
        validation_split: float = 0,
        shuffle: Any = False,
        extract_tensors_from_dataset: bool = False,
    ) -> Standardized:
        """Returns inputs, targets and weights as lists; a dict of inputs stays one.

        A model that does not know its inputs yet is built for these, and compiled.

        Args:
          extract_tensors_from_dataset: whether a dataset becomes its next element, rather than
            staying as it is.

        Raises:
          ValueError, TypeError: what is wrong with the data.
        """
        y_given = y
        x, y, sample_weight = nest.map_structure(_as_array, (x, y, sample_weight))
        is_dataset = datasets.is_dataset_or_iterator(x)
        if is_dataset:
            data_checks.check_dataset_alone(x, y, sample_weight, validation_split)
            if shuffle and isinstance(x, DatasetV2):
                datasets.warn_unless_shuffled(x)
            if isinstance(x, (Iterator, IteratorV2)):
                x, y, sample_weight = datasets.unpack_iterator_input(x)
            elif extract_tensors_from_dataset:
                x, y, sample_weight = datasets.extract_tensors_from_dataset(x)
            y_given = y
        x, y, sample_weight = nest.map_structure(_as_array, (x, y, sample_weight))
        if check_steps:
            data_checks.check_steps(x, steps, steps_name)
        has_dict = isinstance(self.inputs, dict) if self.inputs else isinstance(x, dict)
        if self._build_and_compile_for(x, y, is_dataset):
            return [], [], None
        x = self._standardized_inputs(x)
        if y is None:
            y, weights = [], None
        else:
            y, weights = self._standardized_targets(x, y, sample_weight, class_weight)
            if self._is_fed:
                data_checks.check_loss_and_target_compatibility(
                    _without_tensors(y, y_given, self._feed_output_names),
                    self._feed_loss_fns,
                    self._feed_output_shapes,
                )
        self._check_batches_of_states(x, batch_size, is_dataset)
        if has_dict and not isinstance(x, DatasetV2):
            x = dict(zip(self._feed_input_names, x, strict=True))
        return x, y, weights

    @property
    def _is_fed(self) -> bool:
        """Whether data go to placeholders, whose shapes they are to have."""
        return self._is_graph_network and not self.run_eagerly

    def _standardized_inputs(self, x: Any) -> Any:
        if isinstance(x, DatasetV2):
            return x
        arrays = standardize_input_data(
            x,
            self._feed_input_names,
            self._feed_input_shapes if self._is_fed else None,
            check_batch_axis=False,
            exception_prefix="input",
        )
        arrays = [
            without_sparse_matrices(array, tensor)
            for array, tensor in zip(arrays, self._feed_inputs, strict=False)
        ]
        for array, tensor in zip(arrays, self._feed_inputs, strict=False):
            if isinstance(array, CompositeTensor):
                nest.assert_same_structure(array, tensor, expand_composites=True)
        return arrays

    def _standardized_targets(
        self, x: Any, y: Any, sample_weight: Any, class_weight: Any
    ) -> tuple[Any, Any]:
        per_output.set_sample_weight_modes(self._training_endpoints, self.sample_weight_mode)
        names, modes = self._feed_output_names, self._sample_weight_modes
        targets = standardize_input_data(
            y, names, None, check_batch_axis=False, exception_prefix="target"
        )
        of_samples = standardize_sample_weights(sample_weight, names)
        of_classes = standardize_class_weights(class_weight, names)
        weights: Any = [
            standardize_weights(*each)
            for each in zip(targets, of_samples, of_classes, modes, strict=False)
        ]
        data_checks.check_array_lengths(x, targets, weights)
        if all(each is None for each in [*modes, *weights]):
            weights = None
        return targets, weights

    def _check_batches_of_states(self, x: Any, batch_size: int | None, is_dataset: bool) -> None:
        if not (self.stateful and batch_size) or is_dataset:
            return
        samples = x[0].shape[0]
        if samples % batch_size:
            raise ValueError(
                "In a stateful network, you should only pass inputs with a number of samples that "
                f"can be divided by the batch size. Found: {samples} samples"
            )

    def _prepare_validation_data(
        self, validation_data: Any, batch_size: int | None, validation_steps: int | None
    ) -> Standardized:
        x, y, weights = unpack_validation_data(validation_data)
        return self._standardize_user_data(
            x,
            y,
            sample_weight=weights,
            batch_size=batch_size,
            steps=validation_steps,
            steps_name="validation_steps",
        )

    # Batches --------------------------------------------------------------------------------------

    def _validate_or_infer_batch_size(
        self, batch_size: int | None, steps: int | None, x: Any
    ) -> int | None:
        """Returns how many samples a batch has: as given, as the first layer says, or 32.

        It is None where the data are batches already, or where steps are counted.

        Raises:
          ValueError: the data or the first layer say something else.
        """
        if isinstance(x, DatasetV2) or is_generator_or_sequence(x):
            if batch_size is not None:
                raise ValueError(
                    "The `batch_size` argument must not be specified for the given input type. "
                    f"Received input: {x}, batch_size: {batch_size}"
                )
            return None
        fixed = _batch_size_of(self.layers[0]) if self.layers else None
        if fixed is not None:
            if batch_size not in (None, fixed):
                raise ValueError(
                    f"The `batch_size` argument value {batch_size} is incompatible with the "
                    f"specified batch size of your Input Layer: {fixed}"
                )
            self._check_batch_size_of_iterator(x, fixed)
            if steps is None:
                return fixed
        if batch_size is None and steps is None:
            return _BATCH_SIZE
        return batch_size

    def _check_batch_size_of_iterator(self, x: Any, fixed: int) -> None:
        given = datasets.static_batch_size(x) if isinstance(x, Iterator) else None
        if given not in (None, fixed):
            raise ValueError(
                f"The batch output shape of your `Dataset` is {given}, which is incompatible with "
                f"the specified batch size of your Input Layer: {fixed}"
            )


def _as_array(value: Any) -> Any:
    """A tensor of eager mode as an array, which is cut into batches; all else as it is."""
    return value.numpy() if isinstance(value, EagerTensor) else value


def _without_tensors(targets: list[Any], given: Any, names: list[str]) -> list[Any]:
    """Targets, with None for each that was given as a tensor, whose shape nobody checks."""
    if isinstance(given, dict):
        given = [given.get(name) for name in names]
    given = given if isinstance(given, (list, tuple)) else [given]
    if len(given) != len(targets):  # a nested list of numbers
        return targets
    pairs = zip(targets, given, strict=True)
    return [None if isinstance(each, EagerTensor) else target for target, each in pairs]


def _batch_size_of(layer: Any) -> int | None:
    """The fixed size of batches that the first of all layers was given, if any."""
    while getattr(layer, "_is_graph_network", False) or type(layer).__name__ == "Sequential":
        if not layer.layers:
            raise ValueError("An empty Model cannot be used as a Layer.")
        layer = layer.layers[0]
    shape = getattr(layer, "_batch_input_shape", None)
    return None if shape is None else shape[0]
