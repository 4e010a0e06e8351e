"""The loop over arrays, tensors and datasets: what a model's functions are fed with."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly, executing_eagerly_outside_functions
from stillflow.graph.errors import OutOfRangeError
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.iterator_v2 import IteratorV2
from stillflow.keras.callbacks.configuring import configure_callbacks, progress_bar
from stillflow.keras.training import datasets
from stillflow.keras.training.aggregating import Aggregator, MetricsAggregator, OutputsAggregator
from stillflow.keras.training.arrays import is_sparse_matrix
from stillflow.keras.training.batches import batch_shuffle, make_batches, slice_arrays
from stillflow.keras.training.data_checks import check_steps
from stillflow.keras.training.loop import Loop
from stillflow.keras.training.model_inputs import ModelInputs
from stillflow.keras.training.phases import goes_by_itself, is_phase_fed
from stillflow.keras.utils.mode_keys import ModeKeys

_NO_FANCY_INDEXING = (
    'TypeError while preparing batch. If using HDF5 input data, pass shuffle="batch".'
)


def iterate_arrays(
    model: Any,
    inputs: Any,
    targets: Any = None,
    sample_weights: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: int = 1,
    callbacks: Any = None,
    val_inputs: Any = None,
    val_targets: Any = None,
    val_sample_weights: Any = None,
    shuffle: Any = False,
    initial_epoch: int = 0,
    steps: int | None = None,
    validation_steps: int | None = None,
    validation_freq: Any = 1,
    mode: str = ModeKeys.TRAIN,
    steps_name: str = "steps",
) -> Any:
    """Trains, evaluates or predicts, and returns the history or the results.

    Args:
      inputs, targets, sample_weights: as `_standardize_user_data` gives them.
      shuffle: whether NumPy mixes the samples of every epoch; "batch" for whole batches.
      steps: how many batches an epoch has, where these are not cut out of arrays.
      steps_name: what a program calls these.
    """
    source = _source(model, inputs, targets, sample_weights, mode, steps, steps_name)
    count = source.steps if source.is_dataset else _samples_or_steps(source, batch_size, steps_name)
    _update_sample_weight_modes(model, mode, source.feeds)
    run = model._make_execution_function(mode)
    validation = None
    if val_inputs is not None:
        validation = _Validation(
            model, val_inputs, val_targets, val_sample_weights, batch_size, validation_steps
        )
    if mode == ModeKeys.TRAIN and verbose:
        if not (source.is_dataset and executing_eagerly_outside_functions()):
            _tell(count, validation.count if validation else None, source.is_dataset)
        elif model._experimental_run_tf_function and steps is not None:
            print(f"Train for {steps} steps")
    use_steps = source.is_dataset or source.steps is not None
    listeners = configure_callbacks(
        callbacks,
        model,
        do_validation=val_inputs is not None,
        batch_size=batch_size,
        epochs=epochs,
        steps_per_epoch=source.steps,
        samples=count,
        verbose=0,
        mode=mode,
    )
    bar = progress_bar(model, "steps" if use_steps else "samples", listeners, verbose)
    loop = Loop(
        model,
        mode,
        listeners,
        bar,
        _aggregator(mode, use_steps, None if source.steps else count, source.steps),
        validate=None if validation is None else lambda: validation(listeners),
        validation_freq=validation_freq,
        on_next_epoch=lambda: _begin_anew(source, validation),
        batches=source.steps if use_steps else _batch_count(count, batch_size),
    )

    def run_batches() -> None:
        if use_steps:
            _run_steps(loop, source, run, epochs, steps_name)
        else:
            _run_samples(loop, source.feeds, run, count, batch_size, shuffle)

    return loop.run(epochs, initial_epoch, run_batches)


class _Source:
    """What batches are made of.

    Attributes:
      feeds: arrays, or tensors of which each run has new values.
      iterator: over a dataset, if it is one.
      steps: how many batches an epoch has, if that is loss_kinds.
    """

    def __init__(self, feeds: list[Any], iterator: Any, is_dataset: bool, steps: int | None):
        self.feeds = feeds
        self.iterator = iterator
        self.is_dataset = is_dataset
        self.steps = steps
        self.begins_anew = is_dataset

    def next_feeds(self) -> list[Any]:
        """What the next step is fed with."""
        return self.feeds

    def begin_anew(self) -> None:
        datasets.initialize_iterator(self.iterator)


class _EagerSource(_Source):
    """A dataset in eager mode, whose elements come as values."""

    def __init__(self, model: Any, dataset: Any, iterator: Any, mode: str, steps: int | None):
        self._model, self._dataset, self._mode = model, dataset, mode
        self._is_first_left = True
        super().__init__(self._read(iterator), iterator, True, steps)

    def _read(self, iterator: Any) -> list[Any]:
        return feed_values(self._model, iterator, None, None, self._mode)

    def next_feeds(self) -> list[Any]:
        if not self._is_first_left:
            return self._read(self.iterator)
        self._is_first_left = False
        return self.feeds

    def begin_anew(self) -> None:
        self._is_first_left = False
        self.iterator = datasets.get_iterator(self._dataset)


def _source(
    model: Any,
    inputs: Any,
    targets: Any,
    sample_weights: Any,
    mode: str,
    steps: int | None,
    steps_name: str,
) -> _Source:
    is_dataset = isinstance(inputs, DatasetV2)
    begins_anew = is_dataset and steps is None
    if begins_anew:
        steps = datasets.number_of_batches(inputs, steps_name)
    iterator = datasets.get_iterator(inputs) if is_dataset else None
    if isinstance(iterator, IteratorV2):
        eager_source = _EagerSource(model, inputs, iterator, mode, steps)
        eager_source.begins_anew = begins_anew
        return eager_source
    feeds = feed_values(model, iterator or inputs, targets, sample_weights, mode)
    source = _Source(feeds, iterator, is_dataset, steps)
    source.begins_anew = begins_anew
    return source


def feed_values(model: Any, inputs: Any, targets: Any, sample_weights: Any, mode: str) -> list[Any]:
    """Returns what a function of the model is fed with, in order."""
    if datasets.is_dataset_or_iterator(inputs):
        inputs, targets, sample_weights = model._standardize_user_data(
            inputs, extract_tensors_from_dataset=True
        )
    if mode != ModeKeys.PREDICT:
        model._warn_of_no_targets(targets)
    feeds = [*ModelInputs(inputs).as_list(), *(targets or []), *(sample_weights or [])]
    if mode == ModeKeys.TRAIN and is_phase_fed(model):
        feeds.append(True)
    return feeds


def _samples_or_steps(source: _Source, batch_size: int | None, steps_name: str) -> int | None:
    if source.steps:
        return source.steps
    if check_steps(source.feeds, source.steps, steps_name):
        return None
    first = source.feeds[0]
    return int(first.shape[0]) if hasattr(first, "shape") else None


def _update_sample_weight_modes(model: Any, mode: str, feeds: list[Any]) -> None:
    if mode == ModeKeys.PREDICT:
        return
    weights = feeds[len(model._feed_inputs) + len(model._feed_targets) :]
    if mode == ModeKeys.TRAIN and is_phase_fed(model):
        weights = weights[:-1]
    model._update_sample_weight_modes(sample_weights=weights)


def _aggregator(mode: str, use_steps: bool, samples: int | None, steps: int | None) -> Aggregator:
    kind = OutputsAggregator if mode == ModeKeys.PREDICT else MetricsAggregator
    return kind(use_steps, num_samples=samples, steps=steps)


def _tell(count: int | None, validation_count: int | None, is_dataset: bool) -> None:
    unit = "steps" if is_dataset else "samples"
    message = f"Train on {count} {unit}"
    if validation_count:
        message += f", validate on {validation_count} {unit}"
    print(message)


def _begin_anew(source: _Source, validation: _Validation | None) -> None:
    if source.begins_anew:
        source.begin_anew()
    if validation is not None:
        validation.begin_anew()


class _Validation:
    """An evaluation at the end of epochs.

    Attributes:
      count: how many samples or steps it has, if that is loss_kinds.
    """

    def __init__(
        self,
        model: Any,
        inputs: Any,
        targets: Any,
        sample_weights: Any,
        batch_size: int | None,
        steps: int | None,
    ):
        self._model = model
        self._batch_size = batch_size
        self._steps = steps
        self._iterator = None
        self._has_run = False
        if isinstance(inputs, DatasetV2):
            if steps is None:
                self._steps = datasets.number_of_batches(inputs, "validation_steps")
            if not executing_eagerly():
                self._iterator = datasets.get_iterator(inputs)
                inputs, targets, sample_weights = model._standardize_user_data(
                    self._iterator, extract_tensors_from_dataset=True
                )
            self.count = self._steps
        else:
            self.count = (inputs and nest.flatten(inputs)[0].shape[0]) or None
        self._data = (inputs, targets, sample_weights)

    def __call__(self, callbacks: Any) -> Any:
        self._has_run = True
        return iterate_arrays(
            self._model,
            *self._data,
            batch_size=self._batch_size,
            steps=self._steps,
            callbacks=callbacks,
            verbose=0,
            # As in TensorFlow it moves NumPy's stream, so the next epoch's order, in older loops.
            shuffle=not goes_by_itself(self._model),
            mode=ModeKeys.TEST,
            steps_name="validation_steps",
        )

    def begin_anew(self) -> None:
        """Goes back to the first element, if the last epoch has taken some."""
        if self._iterator is not None and self._has_run:
            datasets.initialize_iterator(self._iterator)
        self._has_run = False


def _run_steps(
    loop: Loop, source: _Source, run: Callable[[Any], Any], epochs: int, steps_name: str
) -> None:
    """Runs an epoch of tensors, whose values are new in every step."""
    step = 0
    while source.steps is None or step < source.steps:
        try:
            loop.batch(step, 1, lambda: run(source.next_feeds()))
        except OutOfRangeError:
            if source.is_dataset:
                loop.end_of_dataset(step, source.steps, steps_name, epochs)
                source.steps = source.steps or step or None
            else:
                loop.end_of_iterator(source.steps or 0, steps_name, epochs)
            break
        step += 1
        if loop.is_stopped:
            break


def _run_samples(
    loop: Loop,
    feeds: list[Any],
    run: Callable[[Any], Any],
    count: int | None,
    batch_size: int | None,
    shuffle: Any,
) -> None:
    """Runs an epoch of batches cut out of arrays."""
    assert count is not None
    assert batch_size is not None
    order = _order(count, batch_size, shuffle)
    batches = make_batches(count, batch_size)
    for number, (start, end) in enumerate(batches):
        batch = feeds if len(batches) == 1 else _cut(feeds, order, start, end)
        loop.batch(number, end - start, functools.partial(run, batch), start, end)
        if loop.is_stopped:
            break


def _batch_count(count: int | None, batch_size: int | None) -> int:
    assert count is not None
    assert batch_size is not None
    return len(make_batches(count, batch_size))


def _order(count: int, batch_size: int, shuffle: Any) -> np.ndarray | None:
    """The numbers of the samples as they come; None for their own order."""
    if not shuffle:
        return None
    order = np.arange(count)
    if shuffle == "batch":
        return batch_shuffle(order, batch_size)
    np.random.shuffle(order)
    return order


def _cut(feeds: list[Any], order: np.ndarray | None, start: int, end: int) -> list[Any]:
    """The samples of a batch; a learning phase at the end stays as it is."""
    phase = feeds[-1:] if isinstance(feeds[-1], bool) else []
    arrays = feeds[: len(feeds) - len(phase)]
    try:
        if order is None:
            rows = slice_arrays(arrays, start, end)
        else:
            rows = slice_arrays(arrays, order[start:end])
    except TypeError as error:
        raise TypeError(_NO_FANCY_INDEXING) from error
    return [each.toarray() if is_sparse_matrix(each) else each for each in rows] + phase
