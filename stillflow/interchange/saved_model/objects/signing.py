"""Which functions answer requests: the signatures of a SavedModel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.decorated import Function, function
from stillflow.functions.polymorphic import Function as Defun
from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.objects.revived import SignatureMap

ATTRIBUTE = "signatures"
_DEFAULT = "_default_save_signature"


def function_to_export(functions: dict[str, Any]) -> Any:
    """The only function of these that can be a signature; None where there are more, or none."""
    if _DEFAULT in functions:
        return functions[_DEFAULT]
    concrete = [_concrete(each) for each in functions.values()]
    possible = [each for each in concrete if each is not None and _gives_tensors(each)]
    return possible[0] if len(possible) == 1 else None


def signature_map(signatures: Any) -> SignatureMap:
    """The signatures as functions that take tensors by keyword and give a dict of them.

    Args:
      signatures: a function, or several by their keys; None for none.

    Raises:
      ValueError: one is no function, has no input signature, or gives nests of tensors.
    """
    made = SignatureMap()
    if signatures is None:
        return made
    if not isinstance(signatures, Mapping):
        signatures = {names.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signatures}
    for key, item in signatures.items():
        concrete = _concrete(item)
        if concrete is None:
            raise ValueError(
                f"Expected a TensorFlow function to generate a signature for, but got {item}. "
                "Only `tf.functions` with an input signature or concrete functions can be used "
                "as a signature."
            )
        made._add_signature(key, _by_keyword(concrete, key))
    return made


def _concrete(item: Any) -> ConcreteFunction | None:
    if isinstance(item, (Function, Defun)) and item.input_signature is not None:
        item = item.get_concrete_function()
    return item if isinstance(item, ConcreteFunction) else None


def _gives_tensors(concrete: ConcreteFunction) -> bool:
    if not concrete.outputs:
        return False
    try:
        _as_dict(concrete.structured_outputs, "unused", "unused")
    except ValueError:
        return False
    return True


def _by_keyword(concrete: ConcreteFunction, key: str) -> ConcreteFunction:
    def signature_wrapper(**kwargs: Any) -> Any:
        return _as_dict(concrete(**kwargs), concrete.name.decode(), key)

    keywords = concrete._arg_keywords or []
    specs = {
        keyword: TensorSpec(tensor.shape, tensor.dtype, keyword)
        for keyword, tensor in zip(keywords, concrete.inputs, strict=False)
    }
    made = function(signature_wrapper, autograph=False).get_concrete_function(**specs)
    # Where there is but one argument, it may be given by position too.
    made._num_positional_args = int(len(made._arg_keywords or ()) == 1)
    return made


def _as_dict(outputs: Any, function_name: str, key: str) -> Any:
    """What a signature gives, by name."""
    if isinstance(outputs, Mapping):
        for name, value in outputs.items():
            if not isinstance(value, Tensor):
                raise ValueError(
                    f"Got a dictionary containing non-Tensor value {value} for key {name} in the "
                    f"output of the function {function_name} used to generate a SavedModel "
                    "signature. Dictionaries outputs for functions used as signatures should have "
                    "one Tensor output per string key."
                )
        return outputs
    values = outputs if isinstance(outputs, Sequence) else [outputs]
    if any(nest.is_sequence(value) for value in values):
        raise ValueError(
            f"Got non-flat outputs '{outputs}' from '{function_name}' for SavedModel signature "
            f"'{key}'. Signatures have one Tensor per output, so to have predictable names Python "
            "functions used to generate these signatures should avoid outputting Tensors in "
            "nested structures."
        )
    return {f"output_{number}": value for number, value in enumerate(values)}
