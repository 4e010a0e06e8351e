"""The signatures of an exported model: every output with every way to feed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.interchange.saved_model import export_modes, names
from stillflow.interchange.saved_model import export_output as outputs
from stillflow.interchange.saved_model.export_modes import ModeKeyMap
from stillflow.interchange.saved_model.signatures import is_valid_signature
from stillflow.platform import logging

SINGLE_RECEIVER_DEFAULT_NAME = "input"
SINGLE_FEATURE_DEFAULT_NAME = "feature"
SINGLE_LABEL_DEFAULT_NAME = "label"
_DEFAULT = names.DEFAULT_SERVING_SIGNATURE_DEF_KEY
EXPORT_TAG_MAP = ModeKeyMap(
    predict=[names.SERVING], train=[names.TRAINING], test=[names.EVALUATION]
)
SIGNATURE_KEY_MAP = ModeKeyMap(predict=_DEFAULT, train="train", test="eval")
_METHODS = {
    names.CLASSIFY_METHOD_NAME: "Classify",
    names.REGRESS_METHOD_NAME: "Regress",
    names.PREDICT_METHOD_NAME: "Predict",
    outputs.TrainOutput.method_name: "Train",
    outputs.EvalOutput.method_name: "Eval",
}


def get_export_outputs(export_outputs: Any, predictions: Any) -> dict[str, outputs.ExportOutput]:
    """What is served: `export_outputs`, of which one is the default, or the predictions.

    Raises:
      TypeError: they are no dict of ExportOutputs.
      ValueError: there are several, and none is the default.
    """
    if export_outputs is None:
        return {_DEFAULT: outputs.PredictOutput(predictions)}
    if not isinstance(export_outputs, dict):
        raise TypeError(f"export_outputs must be dict, given: {export_outputs}")
    if not all(isinstance(value, outputs.ExportOutput) for value in export_outputs.values()):
        raise TypeError(
            f"Values in export_outputs must be ExportOutput objects. Given: {export_outputs}"
        )
    if len(export_outputs) == 1:
        export_outputs.setdefault(_DEFAULT, next(iter(export_outputs.values())))
    if len(export_outputs) > 1 and _DEFAULT not in export_outputs:
        raise ValueError(
            "Multiple export_outputs were provided, but none of them is specified as the default."
            "  Do this by naming one of them with "
            "signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY."
        )
    return export_outputs


def export_outputs_for_mode(
    mode: str,
    serving_export_outputs: Any = None,
    predictions: Any = None,
    loss: Any = None,
    metrics: Any = None,
) -> dict[str, outputs.ExportOutput]:
    """The outputs of a model in `mode`, by the names of their signatures.

    Args:
      serving_export_outputs, predictions: as `get_export_outputs` has them; for training and
        evaluation the predictions alone count, a tensor or a dict.
      loss: a tensor or a dict.
      metrics: {name: (value, update)}, or one pair.

    Raises:
      ValueError: it is no mode.
    """
    key = SIGNATURE_KEY_MAP[mode]
    if export_modes.is_predict(mode):
        return get_export_outputs(serving_export_outputs, predictions)
    kind = outputs.TrainOutput if export_modes.is_train(mode) else outputs.EvalOutput
    return {key: kind(loss, predictions, metrics)}


def build_all_signature_defs(
    receiver_tensors: Any,
    export_outputs: Mapping[str, outputs.ExportOutput],
    receiver_tensors_alternatives: Mapping[str, Any] | None = None,
    serving_only: bool = True,
) -> dict[str, Any]:
    """SignatureDefs by their names; what cannot be fed so is left out, and logged."""
    if not isinstance(export_outputs, dict):
        raise ValueError(f"export_outputs must be a dict and not{type(export_outputs)}")
    receivers = {"": receiver_tensors} | {
        f"{key or None}:": t for key, t in _items(receiver_tensors_alternatives)
    }
    found: dict[str, Any] = {}
    excluded: dict[str, str] = {}
    for prefix, tensors in receivers.items():
        if not isinstance(tensors, dict):
            tensors = {SINGLE_RECEIVER_DEFAULT_NAME: tensors}
        for key, output in export_outputs.items():
            try:
                found[f"{prefix}{key or None}"] = output.as_signature_def(tensors)
            except ValueError as error:
                excluded[f"{prefix}{key or None}"] = str(error)
    _report(found, excluded)
    if serving_only:
        return {name: own for name, own in found.items() if is_valid_signature(own)}
    return found


def _items(alternatives: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    return list((alternatives or {}).items())


def _report(found: Mapping[str, Any], excluded: Mapping[str, str]) -> None:
    for method, shown in _METHODS.items():
        own = [name for name, signature in found.items() if signature.method_name == method]
        logging.info(f"Signatures INCLUDED in export for {shown}: {own or None}")
    if excluded:
        logging.info(
            "Signatures EXCLUDED from export because they cannot be be served via TensorFlow "
            "Serving APIs:"
        )
        for name, why in excluded.items():
            logging.info(f"'{name}' : {why}")
    if not found:
        logging.warning("Export includes no signatures!")
    elif _DEFAULT not in found:
        logging.warning("Export includes no default signature!")
