"""The loop over generators and Sequences, whose batches come one by one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stillflow.graph import nest
from stillflow.graph.errors import OutOfRangeError
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.keras.callbacks.configuring import (
    configure_callbacks,
    progress_bar,
    set_callback_parameters,
)
from stillflow.keras.training.aggregating import Aggregator, MetricsAggregator, OutputsAggregator
from stillflow.keras.training.generating import generator_like
from stillflow.keras.training.loop import Loop
from stillflow.keras.utils.enqueuers import GeneratorEnqueuer, OrderedEnqueuer, SequenceEnqueuer
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.keras.utils.sequences import (
    Sequence,
    batches_without_end,
    is_generator_or_sequence,
)
from stillflow.platform import logging


def iterate_generator(
    model: Any,
    data: Any,
    steps: int | None = None,
    epochs: int = 1,
    verbose: int = 1,
    callbacks: Any = None,
    validation_data: Any = None,
    validation_steps: int | None = None,
    validation_freq: Any = 1,
    class_weight: Any = None,
    max_queue_size: int = 10,
    workers: int = 1,
    use_multiprocessing: bool = False,
    shuffle: Any = False,
    initial_epoch: int = 0,
    mode: str = ModeKeys.TRAIN,
    batch_size: int | None = None,
    steps_name: str = "steps",
) -> Any:
    """Trains, evaluates or predicts, and returns the history or the results.

    Args:
      data: a generator, a Sequence, a dataset, or a tuple of arrays that are cut into batches.
      steps: how many batches an epoch has; not needed for a Sequence.
      workers: how many make batches ahead; 0 for none.
      use_multiprocessing: whether these are processes.
      steps_name: what a program calls the steps.

    Raises:
      ValueError: there is no telling how many steps, or a batch is no tuple of up to three.
    """
    source, steps = generator_like(data, batch_size, steps, epochs - initial_epoch, shuffle)
    _check(source, use_multiprocessing, workers, steps, validation_data, validation_steps, mode)
    assert steps is not None
    run_batch = _batch_function(model, mode, class_weight)
    batches, enqueuer = _enqueued(source, workers, use_multiprocessing, max_queue_size, shuffle)
    samples, use_steps = _samples_or_steps(data, steps)
    told: dict[str, Any] = {
        "do_validation": validation_data is not None,
        "epochs": epochs,
        "steps_per_epoch": steps,
        "samples": samples,
        "mode": mode,
    }
    listeners = configure_callbacks(callbacks, model, batch_size=batch_size, verbose=0, **told)
    bar = progress_bar(model, "steps" if use_steps else "samples", listeners, verbose)

    def validate() -> Any:
        return iterate_generator(
            model,
            validation_data,
            steps=validation_steps,
            batch_size=epoch.batch_size or batch_size,
            class_weight=class_weight,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            max_queue_size=max_queue_size,
            callbacks=listeners,
            verbose=verbose,
            mode=ModeKeys.TEST,
            steps_name="validation_steps",
        )

    def tell_compiled(size: int) -> None:
        """Tells callbacks the names of metrics of a model that its first batch has compiled."""
        set_callback_parameters(listeners, model, batch_size=size, verbose=verbose, **told)
        bar.params = listeners.params
        bar.params["verbose"] = verbose

    loop = Loop(
        model,
        mode,
        listeners,
        bar,
        _aggregator(mode, steps),
        validate=validate if validation_data is not None else None,
        validation_freq=validation_freq,
        batches=steps,
    )
    epoch = _Epoch(loop, batches, run_batch, steps, epochs, steps_name, tell_compiled)
    was_looping, model._is_looping = model._is_looping, True
    try:
        return loop.run(epochs, initial_epoch, epoch)
    finally:
        model._is_looping = was_looping
        if enqueuer is not None:
            enqueuer.stop()


class _Epoch:
    """Runs the batches of one epoch, whenever it is called."""

    def __init__(
        self,
        loop: Loop,
        batches: Any,
        run_batch: Callable[..., Any],
        steps: int,
        epochs: int,
        steps_name: str,
        tell_compiled: Callable[[int], None],
    ):
        self._loop = loop
        self._batches = batches
        self._run_batch = run_batch
        self._steps = steps
        self._epochs = epochs
        self._steps_name = steps_name
        self._tell_compiled = tell_compiled
        self.batch_size: int | None = None  # of the last batch

    def __call__(self) -> None:
        loop = self._loop
        for step in range(self._steps):
            batch = _next_batch(self._batches)
            if batch is None:
                loop.end_of_iterator(self._steps, self._steps_name, self._epochs)
                return
            self.batch_size = size = int(nest.flatten(batch)[0].shape[0])
            loop.batch(step, size, functools.partial(self._run, batch, size))
            if loop.is_stopped:
                return

    def _run(self, batch: tuple[Any, ...], size: int) -> Any:
        is_deferred = not self._loop.model._is_compiled
        results = self._run_batch(*batch)
        if is_deferred:
            self._tell_compiled(size)
        return results


def _next_batch(batches: Any) -> tuple[Any, ...] | None:
    """The next batch as a tuple; None at the end."""
    try:
        batch = next(batches)
    except (StopIteration, OutOfRangeError):
        return None
    batch = batch if isinstance(batch, tuple) else (batch,)
    if len(batch) not in (1, 2, 3):
        raise ValueError(
            "Output of generator should be a tuple of 1 or 2 or 3 elements: (input,) or (input, "
            f"target) or (input, target, sample_weights). Received {batch}"
        )
    return batch


def _check(
    source: Any,
    use_multiprocessing: bool,
    workers: int,
    steps: int | None,
    validation_data: Any,
    validation_steps: int | None,
    mode: str,
) -> None:
    if not isinstance(source, Sequence) and use_multiprocessing and workers > 1:
        logging.warning(
            UserWarning(
                "Using a generator with `use_multiprocessing=True` and multiple workers may "
                "duplicate your data. Please consider using the `keras.utils.Sequence` class."
            )
        )
    if steps is None:
        name = "steps_per_epoch" if mode == ModeKeys.TRAIN else "steps"
        raise ValueError(f"Please specify the number of steps via the `{name}` argument.")
    is_endless = is_generator_or_sequence(validation_data) and not isinstance(
        validation_data, Sequence
    )
    if is_endless and not validation_steps:
        raise ValueError("Please specify the `validation_steps` argument.")


def _batch_function(model: Any, mode: str, class_weight: Any) -> Callable[..., Any]:
    if mode == ModeKeys.TRAIN:
        return functools.partial(
            model.train_on_batch, class_weight=class_weight, reset_metrics=False
        )
    if mode == ModeKeys.TEST:
        return functools.partial(model.test_on_batch, reset_metrics=False)
    return lambda x, y=None, sample_weights=None: model.predict_on_batch(x)


def _aggregator(mode: str, steps: int | None) -> Aggregator:
    kind = OutputsAggregator if mode == ModeKeys.PREDICT else MetricsAggregator
    return kind(True, steps=steps)


def _enqueued(
    source: Any, workers: int, use_multiprocessing: bool, max_queue_size: int, shuffle: Any
) -> tuple[Any, SequenceEnqueuer | None]:
    """The batches, and the workers that make them ahead."""
    is_sequence = isinstance(source, Sequence)
    if workers <= 0:
        return (batches_without_end(source) if is_sequence else source), None
    enqueuer: SequenceEnqueuer
    if is_sequence:
        enqueuer = OrderedEnqueuer(source, use_multiprocessing, shuffle=shuffle)
    else:
        enqueuer = GeneratorEnqueuer(source, use_multiprocessing)
    enqueuer.start(workers=workers, max_queue_size=max_queue_size)
    return enqueuer.get(), enqueuer


def _samples_or_steps(data: Any, steps: int | None) -> tuple[int | None, bool]:
    """How many samples or steps there are, and whether it is steps."""
    if is_generator_or_sequence(data) or isinstance(data, DatasetV2):
        return steps, True
    first = nest.flatten(data)[0]
    return (int(first.shape[0]), False) if hasattr(first, "shape") else (steps, True)
