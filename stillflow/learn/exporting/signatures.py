"""The signatures of exported models: each way to feed one with each way to ask it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph import dtypes
from stillflow.interchange.saved_model import signatures
from stillflow.learn.estimators.constants import PredictionKey, ProblemType
from stillflow.learn.estimators.model_fn_ops import scores_of
from stillflow.learn.exporting.input_fns import InputFnOps
from stillflow.platform.deprecation import deprecated

DEFAULT_INPUT_ALTERNATIVE_KEY = "default_input_alternative"
FEATURES_INPUT_ALTERNATIVE_KEY = "features_input_alternative"
FALLBACK_DEFAULT_OUTPUT_ALTERNATIVE_KEY = "default_output_alternative"
SWITCH = "Switch to tf.estimator.Exporter and associated utilities."
_DEFAULT_SIGNATURE = "serving_default"
_CLASSIFICATIONS = (ProblemType.CLASSIFICATION, ProblemType.LOGISTIC_REGRESSION)


@deprecated(None, SWITCH)
def build_standardized_signature_def(
    input_tensors: Mapping[str, Any], output_tensors: Mapping[str, Any], problem_type: int
) -> Any:
    """The SignatureDef of a classification, a regression, or of any function.

    Raises:
      ValueError: there are no inputs or no outputs.
    """
    if not input_tensors:
        raise ValueError("input_tensors must be provided.")
    if not output_tensors:
        raise ValueError("output_tensors must be provided.")
    outputs = list(output_tensors.values())
    if len(input_tensors) == 1:
        (examples,) = input_tensors.values()
        if problem_type in _CLASSIFICATIONS:
            classes, scores = _classes(output_tensors), scores_of(output_tensors)
            if classes is None and scores is None and len(outputs) == 1:
                is_text = outputs[0].dtype == dtypes.string
                classes, scores = (outputs[0], None) if is_text else (None, outputs[0])
            if classes is not None or scores is not None:
                return signatures.classification_signature_def(examples, classes, scores)
        if problem_type == ProblemType.LINEAR_REGRESSION and len(outputs) == 1:
            return signatures.regression_signature_def(examples, outputs[0])
    return signatures.predict_signature_def(input_tensors, output_tensors)


def _classes(outputs: Mapping[str, Any]) -> Any:
    classes = outputs.get(PredictionKey.CLASSES)
    return classes if classes is not None and classes.dtype == dtypes.string else None


@deprecated(None, SWITCH)
def get_input_alternatives(input_ops: Any) -> tuple[dict[str, Any], Any]:
    """({name: tensors that may be fed}, features) of InputFnOps, or of (features, labels)."""
    alternatives = {}
    if isinstance(input_ops, InputFnOps):
        alternatives[DEFAULT_INPUT_ALTERNATIVE_KEY] = input_ops.default_inputs
        features = input_ops.features
    else:
        features, _ = input_ops
    if not features:
        raise ValueError("Features must be defined.")
    return alternatives, features


@deprecated(None, SWITCH)
def get_output_alternatives(
    model_fn_ops: Any, default_output_alternative_key: str | None = None
) -> tuple[dict[Any, Any], Any]:
    """(what may be asked by name, the name of the default).

    Raises:
      ValueError: there is no such default, or none is named among several.
    """
    alternatives, wanted = model_fn_ops.output_alternatives, default_output_alternative_key
    if wanted and wanted not in (alternatives or ()):
        raise ValueError(
            f"Requested default_output_alternative: {wanted}, but available output_alternatives "
            f"are: {sorted(alternatives or ())}"
        )
    if not alternatives:
        outputs = model_fn_ops.predictions
        if not isinstance(outputs, dict):
            outputs = {PredictionKey.GENERIC: outputs}
        name = FALLBACK_DEFAULT_OUTPUT_ALTERNATIVE_KEY
        return {name: (ProblemType.UNSPECIFIED, outputs)}, name
    if wanted:
        return alternatives, wanted
    if len(alternatives) == 1:
        (name,) = alternatives
        return alternatives, name
    raise ValueError(
        "Please specify a default_output_alternative.  Available output_alternatives are: "
        f"{sorted(alternatives)}"
    )


@deprecated(None, SWITCH)
def build_all_signature_defs(
    input_alternatives: Mapping[str, Any],
    output_alternatives: Mapping[Any, Any],
    actual_default_output_alternative_key: Any,
) -> dict[str, Any]:
    """SignatureDefs of all pairs of inputs and outputs, and the default one.

    Raises:
      ValueError: there are no default inputs.
    """
    found = {
        f"{fed}:{asked or 'None'}": build_standardized_signature_def(inputs, outputs, problem)
        for fed, inputs in input_alternatives.items()
        for asked, (problem, outputs) in output_alternatives.items()
    }
    default_inputs = input_alternatives.get(DEFAULT_INPUT_ALTERNATIVE_KEY)
    if not default_inputs:
        raise ValueError("A default input_alternative must be provided.")
    problem, outputs = output_alternatives[actual_default_output_alternative_key]
    default = build_standardized_signature_def(default_inputs, outputs, problem)
    return {**found, _DEFAULT_SIGNATURE: default}
