"""What an exported model is fed: `InputFnOps`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from stillflow.graph import dtypes
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.parsing.parse_example import parse_example
from stillflow.platform.deprecation import deprecated


class InputFnOps(NamedTuple):
    """Features and labels, and the placeholders that they are made of."""

    features: Any
    labels: Any
    default_inputs: Any


@deprecated(None, "Please use tf.estimator.export.build_parsing_serving_input_receiver_fn.")
def build_parsing_serving_input_fn(
    feature_spec: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], InputFnOps]:
    """Returns a function of which a model is fed serialised Examples, parsed by `feature_spec`."""

    def input_fn() -> InputFnOps:
        serialized = placeholder(dtypes.string, [default_batch_size], name="input_example_tensor")
        features = parse_example(serialized, feature_spec)
        return InputFnOps(features, None, {"examples": serialized})

    return input_fn


@deprecated(None, "Please use tf.estimator.export.build_raw_serving_input_receiver_fn.")
def build_default_serving_input_fn(
    features: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], InputFnOps]:
    """Returns a function of which a model is fed features as they are, of the given's shapes."""

    def input_fn() -> InputFnOps:
        fed = {}
        for name, tensor in features.items():
            shape = TensorShape([default_batch_size, *tensor.get_shape().as_list()[1:]])
            fed[name] = placeholder(tensor.dtype, shape, name=tensor.op.name)
        return InputFnOps(fed, None, fed)

    return input_fn
