"""Single batches: `train_on_batch`, `test_on_batch` and `predict_on_batch`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.composite import CompositeTensor
from stillflow.keras.training.model_inputs import ModelInputs
from stillflow.keras.training.phases import is_phase_fed
from stillflow.keras.training.standardizing import Standardizing
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.platform.decorators import getfullargspec


class OnBatch(Standardizing):
    """The part of a model that runs its functions once."""

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        reset_metrics: bool = True,
    ) -> Any:
        """Trains with one batch.

        Args:
          x, y, sample_weight, class_weight: as of `fit`.
          reset_metrics: whether metrics begin anew after the batch.

        Returns:
          the loss, or a list of what `metrics_names` names.
        """
        self._check_ready("train_on_batch")
        x, y, weights = self._standardize_user_data(
            x,
            y,
            sample_weight=sample_weight,
            class_weight=class_weight,
            extract_tensors_from_dataset=True,
        )
        self._warn_of_no_targets(y)
        feeds = [*ModelInputs(x).as_list(), *(y or []), *(weights or [])]
        if is_phase_fed(self):
            feeds.append(True)
        self._update_sample_weight_modes(sample_weights=weights)
        run = self._make_batch_function(ModeKeys.TRAIN)
        return self._results(run(feeds), reset_metrics)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, reset_metrics: bool = True
    ) -> Any:
        """Evaluates one batch; arguments and result are those of `train_on_batch`."""
        self._check_ready("test_on_batch")
        x, y, weights = self._standardize_user_data(
            x, y, sample_weight=sample_weight, extract_tensors_from_dataset=True
        )
        self._warn_of_no_targets(y)
        feeds = [*ModelInputs(x).as_list(), *(y or []), *(weights or [])]
        self._update_sample_weight_modes(sample_weights=weights)
        run = self._make_batch_function(ModeKeys.TEST)
        return self._results(run(feeds), reset_metrics)

    def predict_on_batch(self, x: Any) -> Any:
        """Returns the outputs for one batch: an array, or a list of them.

        Of a compiled model in eager mode they are tensors, as in TensorFlow.
        """
        self._check_call_args("predict_on_batch")
        inputs, _, _ = self._standardize_user_data(x, extract_tensors_from_dataset=True)
        run = self._make_batch_function(ModeKeys.PREDICT)
        outputs = run(ModelInputs(inputs).as_list())
        if self._experimental_run_tf_function:
            outputs = [_tensor(output) for output in outputs]
        return outputs[0] if len(outputs) == 1 else outputs

    def _results(self, outputs: list[Any], reset_metrics: bool) -> Any:
        if reset_metrics:
            self.reset_metrics()
        return outputs[0] if len(outputs) == 1 else outputs

    def _check_ready(self, method: str) -> None:
        """Raises RuntimeError before `compile`, ValueError where `call` asks for too much."""
        if not self.optimizer:
            raise RuntimeError(
                "You must compile your model before training/testing. Use "
                "`model.compile(optimizer, loss)`."
            )
        self._check_call_args(method)

    def _check_call_args(self, method: str) -> None:
        extra = _too_many(getattr(self.call, "__func__", self.call))
        if extra:
            raise ValueError(
                f"Models passed to `{method}` can only have `training` and the first argument in "
                f"`call` as positional arguments, found: {extra}."
            )


def _tensor(output: Any) -> Any:
    return output if isinstance(output, CompositeTensor) else convert_to_tensor(output)


@functools.lru_cache(maxsize=256)
def _too_many(call: Callable[..., Any]) -> list[str]:
    """The parameters of a model's `call` that nobody gives in training."""
    spec = getfullargspec(call)
    required = spec.args[: len(spec.args) - len(spec.defaults or ())]
    return [name for name in required if name != "training"][2:]
