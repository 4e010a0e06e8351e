"""`tf.estimator.export`: what an exported model is fed, and the features made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from stillflow.estimator.input_functions import parsed
from stillflow.graph import dtypes
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.saved_model.export_signatures import (
    SINGLE_FEATURE_DEFAULT_NAME,
    SINGLE_LABEL_DEFAULT_NAME,
    SINGLE_RECEIVER_DEFAULT_NAME,
)
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.parsing.parse_example import parse_example
from stillflow.ops.sparse.sparse_tensor import SparseTensor


class _Fields(NamedTuple):
    features: Any
    receiver_tensors: Any
    receiver_tensors_alternatives: Any


class ServingInputReceiver(_Fields):
    """Features, and the tensors that are fed for them, each a dict or one tensor.

    Args:
      receiver_tensors_alternatives: other tensors that may be fed, by name.

    Raises:
      ValueError: something is missing or no tensor, or a key is no str.
    """

    def __new__(
        cls,
        features: Any,
        receiver_tensors: Any,
        receiver_tensors_alternatives: Mapping[str, Any] | None = None,
    ) -> ServingInputReceiver:
        features = named_inputs(
            features, "feature", SINGLE_FEATURE_DEFAULT_NAME, allows_numbers=True
        )
        receiver_tensors = named_inputs(
            receiver_tensors, "receiver_tensor", SINGLE_RECEIVER_DEFAULT_NAME
        )
        others = receiver_tensors_alternatives
        if others is not None:
            if not isinstance(others, dict):
                raise ValueError(f"receiver_tensors_alternatives must be a dict: {others}.")
            others = {
                name: named_inputs(
                    tensors, "receiver_tensors_alternative", SINGLE_RECEIVER_DEFAULT_NAME
                )
                for name, tensors in others.items()
            }
        return super().__new__(cls, features, receiver_tensors, others)


class TensorServingInputReceiver(_Fields):
    """`ServingInputReceiver` of a model function whose features are one tensor."""

    def __new__(
        cls,
        features: Any,
        receiver_tensors: Any,
        receiver_tensors_alternatives: Mapping[str, Any] | None = None,
    ) -> TensorServingInputReceiver:
        if features is None:
            raise ValueError("features must be defined.")
        _check_tensor(features, None, "feature")
        whole = ServingInputReceiver(features, receiver_tensors, receiver_tensors_alternatives)
        return super().__new__(cls, whole.features[SINGLE_FEATURE_DEFAULT_NAME], *whole[1:])


class SupervisedInputReceiver(NamedTuple):
    """Features and labels, and the tensors that are fed for them."""

    features: Any
    labels: Any
    receiver_tensors: Any


def build_parsing_serving_input_receiver_fn(
    feature_spec: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """Returns a function of which a model is fed serialised Examples, parsed by `feature_spec`."""

    def serving_input_receiver_fn() -> ServingInputReceiver:
        serialized = placeholder(dtypes.string, [default_batch_size], name="input_example_tensor")
        features = parse_example(serialized, feature_spec)
        return ServingInputReceiver(features, {"examples": serialized})

    return serving_input_receiver_fn


def build_raw_serving_input_receiver_fn(
    features: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """Returns a function of which the model is fed features as they are, of the given's shapes."""

    def serving_input_receiver_fn() -> ServingInputReceiver:
        fed = _placeholders(features, default_batch_size)
        return ServingInputReceiver(fed, fed)

    return serving_input_receiver_fn


def build_raw_supervised_input_receiver_fn(
    features: Any, labels: Any, default_batch_size: int | None = None
) -> Callable[[], SupervisedInputReceiver]:
    """Returns a function of which the model is fed features and labels as they are.

    Raises:
      ValueError: a feature and a label have one name.
    """
    named_features = (
        features if isinstance(features, dict) else {SINGLE_RECEIVER_DEFAULT_NAME: features}
    )
    named_labels = labels if isinstance(labels, dict) else {SINGLE_LABEL_DEFAULT_NAME: labels}
    common = set(named_features) & set(named_labels)
    if common:
        raise ValueError(
            f"Features and labels must have distinct keys. Found overlapping keys: {common}"
        )

    def supervised_input_receiver_fn() -> SupervisedInputReceiver:
        fed = _placeholders(named_features, default_batch_size)
        labelled = _placeholders(named_labels, default_batch_size)
        return SupervisedInputReceiver(
            fed if isinstance(features, dict) else fed[SINGLE_RECEIVER_DEFAULT_NAME],
            labelled if isinstance(labels, dict) else labelled[SINGLE_LABEL_DEFAULT_NAME],
            {**fed, **labelled},
        )

    return supervised_input_receiver_fn


def supervised_receiver_fn_of_input(
    input_fn: Callable[..., Any], **input_fn_args: Any
) -> Callable[[], SupervisedInputReceiver]:
    """Returns a function of which the model is fed what looks like features and labels of an input.

    Args:
      input_fn: is called once, with `input_fn_args`, for names, dtypes and shapes.
    """
    with Graph().as_default():
        features, labels, _ = parsed(input_fn(**input_fn_args))
    return build_raw_supervised_input_receiver_fn(features, labels)


def _placeholders(tensors: Mapping[str, Any], batch_size: int | None) -> dict[str, Tensor]:
    return {name: _placeholder(tensor, batch_size) for name, tensor in tensors.items()}


def _placeholder(tensor: Any, batch_size: int | None) -> Tensor:
    shape = TensorShape([batch_size]).concatenate(tensor.get_shape()[1:])
    return placeholder(tensor.dtype, shape, name=tensor.op.name)


def named_inputs(
    tensors: Any, what: str, single: str, allows_numbers: bool = False
) -> dict[Any, Any]:
    if tensors is None:
        raise ValueError(f"{what}s must be defined.")
    if not isinstance(tensors, dict):
        tensors = {single: tensors}
    kinds, shown = ((str, int), "strings or ints") if allows_numbers else ((str,), "strings")
    for name, tensor in tensors.items():
        if not isinstance(name, kinds):
            raise ValueError(f"{what} keys must be {shown}: {name}.")
        _check_tensor(tensor, name, what)
    return tensors


def _check_tensor(tensor: Any, name: Any, what: str) -> None:
    if not isinstance(tensor, (Tensor, SparseTensor)):
        named = f" {name}" if name else ""
        raise ValueError(f"{what}{named} must be a Tensor or SparseTensor.")
