"""`fit`, `evaluate` and `predict`: the part of tf.keras' models that trains them."""

from __future__ import annotations

from typing import Any

from stillflow.input.datasets.iterator import Iterator
from stillflow.keras.training.array_loop import iterate_arrays
from stillflow.keras.training.data_checks import check_generator_alone, check_not_arrays
from stillflow.keras.training.generator_loop import iterate_generator
from stillflow.keras.training.on_batch import OnBatch
from stillflow.keras.training.validation import split_training_and_validation_data
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.keras.utils.sequences import is_generator_or_sequence
from stillflow.platform import logging


class TrainingModel(OnBatch):
    """What a model can do once it has inputs and outputs: be compiled, trained, evaluated, asked.

    Data may be arrays, frames of pandas, tensors, lists or dicts of these, a `tf.data.Dataset`, a
    generator or a `tf.keras.utils.Sequence`.
    """

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_freq: Any = 1,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Trains the model, and returns a History.

        Args:
          x: inputs; datasets, generators and Sequences give targets (and weights) too.
          y: targets.
          batch_size: how many samples a step takes; 32 by default.
          epochs: the number of the last epoch.
          verbose: 1 for a progress bar, 2 for a line an epoch, 0 for silence.
          callbacks: a list of `tf.keras.callbacks`.
          validation_split: which share of the samples, the last ones, epochs are judged by.
          validation_data: what they are judged by: (x, y), (x, y, weights), or as `x`.
          shuffle: whether NumPy mixes the samples of every epoch; "batch" mixes whole batches.
          class_weight: a dict from the number of a class to what its samples weigh.
          sample_weight: what samples weigh; of time steps where `compile` was told "temporal".
          initial_epoch: the number of the first epoch.
          steps_per_epoch: how many batches an epoch has, where that does not follow from the data.
          validation_steps: as much for `validation_data`.
          validation_freq: after how many epochs they are judged, or after which.
          max_queue_size, workers, use_multiprocessing: of generators and Sequences: how many
            batches wait, how many workers make them, and whether these are processes.

        Raises:
          RuntimeError: the model is not compiled.
          ValueError, TypeError: the data do not fit the model, or each other.
        """
        if "nb_epoch" in kwargs:
            logging.warning("The `nb_epoch` argument in `fit` has been renamed `epochs`.")
            epochs = kwargs.pop("nb_epoch")
        if kwargs:
            raise TypeError(f"Unrecognized keyword arguments: {kwargs}")
        self._check_ready("fit")
        common: dict[str, Any] = {
            "epochs": epochs,
            "verbose": verbose,
            "callbacks": callbacks,
            "shuffle": shuffle,
            "initial_epoch": initial_epoch,
            "validation_steps": validation_steps,
            "validation_freq": validation_freq,
            "steps_name": "steps_per_epoch",
        }
        batch_size = self._checked_batch_size(x, batch_size, steps_per_epoch)
        if is_generator_or_sequence(x):
            check_generator_alone(y, sample_weight, validation_split)
            return iterate_generator(
                self,
                x,
                steps=steps_per_epoch,
                validation_data=validation_data,
                class_weight=class_weight,
                max_queue_size=max_queue_size,
                workers=workers,
                use_multiprocessing=use_multiprocessing,
                **common,
            )
        x, y, weights = self._standardize_user_data(
            x,
            y,
            sample_weight=sample_weight,
            class_weight=class_weight,
            batch_size=batch_size,
            check_steps=True,
            steps_name="steps_per_epoch",
            steps=steps_per_epoch,
            validation_split=validation_split,
            shuffle=shuffle,
        )
        validation: tuple[Any, Any, Any] = (None, None, None)
        if validation_data:
            validation = self._prepare_validation_data(
                validation_data, batch_size, validation_steps
            )
        elif validation_split and 0.0 < validation_split < 1.0:
            x, y, weights, *rest = split_training_and_validation_data(
                x, y, weights, validation_split
            )
            validation = (rest[0], rest[1], rest[2])
        elif validation_steps:
            raise ValueError(
                "`validation_steps` should not be specified if `validation_data` is None."
            )
        return iterate_arrays(
            self,
            x,
            y,
            weights,
            batch_size,
            val_inputs=validation[0],
            val_targets=validation[1],
            val_sample_weights=validation[2],
            steps=steps_per_epoch,
            **common,
        )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int = 1,
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:
        """Returns the loss, or a list of what `metrics_names` names.

        Arguments and errors are those of `fit`; `steps` is how many batches there are.
        """
        self._check_ready("evaluate")
        batch_size = self._checked_batch_size(x, batch_size, steps)
        common: dict[str, Any] = {"steps": steps, "verbose": verbose, "callbacks": callbacks}
        if is_generator_or_sequence(x):
            check_generator_alone(y, sample_weight)
            return iterate_generator(
                self,
                x,
                max_queue_size=max_queue_size,
                workers=workers,
                use_multiprocessing=use_multiprocessing,
                mode=ModeKeys.TEST,
                **common,
            )
        x, y, weights = self._standardize_user_data(
            x,
            y,
            sample_weight=sample_weight,
            batch_size=batch_size,
            check_steps=True,
            steps_name="steps",
            steps=steps,
        )
        return iterate_arrays(self, x, y, weights, batch_size, mode=ModeKeys.TEST, **common)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int = 0,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:
        """Returns the outputs for all samples: an array, or a list of them.

        Arguments and errors are those of `fit`; `steps` is how many batches there are.
        """
        self._check_call_args("predict")
        batch_size = self._checked_batch_size(x, batch_size, steps)
        common: dict[str, Any] = {"steps": steps, "verbose": verbose, "callbacks": callbacks}
        if is_generator_or_sequence(x):
            return iterate_generator(
                self,
                x,
                max_queue_size=max_queue_size,
                workers=workers,
                use_multiprocessing=use_multiprocessing,
                mode=ModeKeys.PREDICT,
                **common,
            )
        x, _, _ = self._standardize_user_data(x, check_steps=True, steps_name="steps", steps=steps)
        return iterate_arrays(self, x, batch_size=batch_size, mode=ModeKeys.PREDICT, **common)

    def _checked_batch_size(self, x: Any, batch_size: int | None, steps: int | None) -> int | None:
        if isinstance(x, Iterator):
            raise ValueError(
                "For performance reasons Keras `fit`, `evaluate` and`predict` accept tf.data "
                "`Datasets` as input but not iterators that have been manually generated from "
                "Datasets by users. Please directly pass in the original `Dataset` object instead "
                "of passing in `iter(dataset)`."
            )
        size = self._validate_or_infer_batch_size(batch_size, steps, x)
        if size is None and not self._experimental_run_tf_function and self.run_eagerly:
            check_not_arrays(x)
        return size

    # By generators --------------------------------------------------------------------------------

    def fit_generator(
        self,
        generator: Any,
        steps_per_epoch: int | None = None,
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
        shuffle: Any = True,
        initial_epoch: int = 0,
    ) -> Any:
        """Trains with the batches of a generator or a Sequence; see `fit`."""
        self._refuse_strategy("fit_generator")
        self._check_call_args("fit_generator")
        return iterate_generator(
            self,
            generator,
            steps=steps_per_epoch,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_data=validation_data,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            class_weight=class_weight,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            shuffle=shuffle,
            initial_epoch=initial_epoch,
            steps_name="steps_per_epoch",
        )

    def evaluate_generator(
        self,
        generator: Any,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        verbose: int = 0,
    ) -> Any:
        """Evaluates the batches of a generator or a Sequence; see `evaluate`."""
        self._refuse_strategy("evaluate_generator")
        self._check_call_args("evaluate_generator")
        return iterate_generator(
            self,
            generator,
            steps=steps,
            callbacks=callbacks,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            verbose=verbose,
            mode=ModeKeys.TEST,
        )

    def predict_generator(
        self,
        generator: Any,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        verbose: int = 0,
    ) -> Any:
        """Returns the outputs for the batches of a generator or a Sequence; see `predict`."""
        self._refuse_strategy("predict_generator")
        return iterate_generator(
            self,
            generator,
            steps=steps,
            callbacks=callbacks,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            verbose=verbose,
            mode=ModeKeys.PREDICT,
        )

    def _refuse_strategy(self, method: str) -> None:
        if self._distribution_strategy:
            raise NotImplementedError(
                f"`{method}` is not supported for models compiled with tf.distribute.Strategy."
            )

    @property
    def _object_identifier(self) -> str:
        return "_tf_keras_model"

    def _get_callback_model(self) -> Any:
        """The model that callbacks are told of: `callback_model` where a program has set it."""
        return getattr(self, "callback_model", None) or self
