"""How the arguments of a call belong to the parameters of a Python function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.nest_above import flatten_up_to
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec, type_spec_from_value
from stillflow.platform.decorators import getfullargspec, unwrap

_NO_KEYWORDS = (
    "Cannot define a TensorFlow function from a Python function with keyword arguments when "
    "input_signature is provided."
)


class FunctionSpec:
    """The parameters of a Python function, and the signature that a program gave, if any.

    Attributes:
      fullargspec: as `inspect` says it; what a `functools.partial` gives by keyword is left out.
      is_method: whether the first parameter is given already.
      arg_names: those that a call gives in order.
      vararg_name: the name behind `*`.
      input_signature: a tuple of nests of TensorSpecs, or None.
    """

    def __init__(self, python_function: Callable, input_signature: Any = None):
        target = plain_function(python_function)
        self.fullargspec = _argspec(target)
        is_weak = target is not python_function and hasattr(python_function, "instance")
        self.is_method = is_weak or inspect.ismethod(unwrap(target)[1])
        self.arg_names = list(self.fullargspec.args[self.is_method :])
        self.vararg_name = self.fullargspec.varargs
        self._places = {name: place for place, name in enumerate(self.arg_names)}
        defaults = list(self.fullargspec.defaults or ())
        offset = len(self.arg_names) - len(defaults)
        self._defaults = {offset + place: value for place, value in enumerate(defaults)}
        self.input_signature: tuple | None = None
        self.flat_input_signature: tuple = ()
        if input_signature is not None:
            self._take_signature(input_signature)

    def _take_signature(self, signature: Any) -> None:
        if self.fullargspec.kwonlyargs:
            raise ValueError(_NO_KEYWORDS)
        if not isinstance(signature, (tuple, list)):
            raise TypeError(
                f"input_signature must be either a tuple or a list, received {type(signature)}"
            )
        self.input_signature = tuple(signature)
        self.flat_input_signature = tuple(flat_specs(signature))

    @property
    def is_plain(self) -> bool:
        """Whether a call of the function in order is as it should be: no defaults to fill in."""
        return not self._defaults and self.input_signature is None

    def canonicalize_function_inputs(self, *args: Any, **kwargs: Any) -> tuple[tuple, dict]:
        """(arguments in order, defaults included; those that have no place in it)

        NumPy arrays become tensors, and with a signature everything does.

        Raises:
          TypeError: with a signature, there are arguments that it does not have.
          ValueError: they do not fit it.
        """
        if self.input_signature is not None:
            self._check_covered(args, kwargs)
        inputs, words = self._in_order(args, kwargs)
        if self.input_signature is None:
            return _with_tensors(inputs), words
        return self._as_signature(inputs), {}

    def _check_covered(self, args: tuple, kwargs: dict[str, Any]) -> None:
        covered = "When input_signature is provided, only pass arguments covered by it. Received"
        count = len(self.input_signature or ())
        if len(args) > count:
            raise TypeError(f"{covered} {len(args)} argument(s).")
        for name in kwargs:
            if name not in self._places:
                raise TypeError(f"Function got an unexpected keyword argument {name}")
            if self._places[name] >= count:
                raise TypeError(f"{covered} argument {name}.")

    def _in_order(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        known = {place: value for place, value in self._defaults.items() if place >= len(args)}
        if not kwargs:
            first = min(self._defaults, default=0)
            assert first <= len(args), f"Not enough arguments ({args}, {self.arg_names})"
        words = dict(kwargs)
        for name in kwargs:
            if name in self._places:
                known[self._places[name]] = words.pop(name)
        return (*args, *(known[place] for place in sorted(known))), words

    def _as_signature(self, inputs: tuple) -> tuple:
        """The arguments as tensors of the signature."""
        signature = self.input_signature
        assert signature is not None
        shown = "  inputs: (\n    " + ",\n    ".join(map(str, inputs)) + ")\n"
        shown += "  input_signature: (\n    " + ",\n    ".join(map(str, signature)) + ")"
        try:
            leaves = flatten_up_to(signature, inputs[: len(signature)])
        except (ValueError, TypeError):
            raise ValueError(
                f"Structure of Python function inputs does not match input_signature:\n{shown}"
            ) from None
        flat = list(leaves)
        for place, (value, spec) in enumerate(zip(flat, nest.flatten(signature), strict=False)):
            if isinstance(value, (Tensor, CompositeTensor)):
                continue
            try:
                flat[place] = convert_to_tensor(value, preferred_dtype=spec.dtype)
            except (ValueError, TypeError):
                raise ValueError(
                    "When input_signature is provided, all inputs to the Python function must be "
                    f"convertible to tensors:\n{shown}"
                ) from None
        pairs = list(zip(nest.flatten(signature), flat, strict=False))
        if any(_has_other_parts(spec, value) for spec, value in pairs):
            raise ValueError(
                f"Structure of Python function inputs does not match input_signature:\n{shown}"
            )
        if any(not spec.is_compatible_with(value) for spec, value in pairs):
            raise ValueError(f"Python inputs incompatible with input_signature:\n{shown}")
        return tuple(nest.pack_sequence_as(signature, flat))

    def check_signature(self, args: tuple, kwargs: dict[str, Any]) -> None:
        """ValueError where what `get_concrete_function` gets is not as the signature says."""
        if kwargs:
            raise ValueError(_NO_KEYWORDS)
        if not args:
            return
        if not _are_alike(self.input_signature, args):
            raise ValueError("Structure of Python function inputs does not match input_signature.")
        flat = flat_specs(args)
        if any(not isinstance(arg, (Tensor, TensorSpec)) for arg in flat):
            raise ValueError(
                "When input_signature is provided, all inputs to the Python function must be "
                "Tensors or tf.TensorSpec objects."
            )
        pairs = zip(self.flat_input_signature, flat, strict=True)
        if any(not spec.is_compatible_with(arg) for spec, arg in pairs):
            raise ValueError(
                f"Python inputs incompatible with input_signature: inputs ({args}), "
                f"input_signature ({self.input_signature})"
            )

    def names_for(self, count: int) -> list[str]:
        """The names of so many arguments; those behind `*` are numbered."""
        more = count - len(self.arg_names)
        return [*self.arg_names[:count], *(f"{self.vararg_name}_{i}" for i in range(more))]


def plain_function(python_function: Any) -> Any:
    """The Python function behind what calls it for a Function."""
    while hasattr(python_function, "called_function"):
        python_function = python_function.called_function
    return python_function


def flat_specs(nests: Any) -> list[Any]:
    """The parts of arguments or signatures, those of composite tensors and of their specs too."""
    found: list[Any] = []
    for leaf in nest.flatten(nests, expand_composites=True):
        is_whole = isinstance(leaf, TensorSpec) or not isinstance(leaf, TypeSpec)
        found += [leaf] if is_whole else flat_specs(leaf._component_specs)
    return found


def _has_other_parts(spec: TypeSpec, value: Any) -> bool:
    """Whether a composite tensor's parts are more, fewer or of other types than the spec's."""
    if not isinstance(value, CompositeTensor) or isinstance(spec, TensorSpec):
        return False
    parts = flat_specs(spec), flat_specs(type_spec_from_value(value))
    return [part.dtype for part in parts[0]] != [part.dtype for part in parts[1]]


def _are_alike(first: Any, second: Any) -> bool:
    try:
        nest.assert_same_structure(first, second, expand_composites=True)
    except (ValueError, TypeError):
        return False
    return True


def _argspec(python_function: Callable) -> inspect.FullArgSpec:
    spec = getfullargspec(python_function)
    target = unwrap(python_function)[1]
    if not isinstance(target, functools.partial):
        return spec
    # What a partial gives by keyword is no default of a call.
    spec = inspect.getfullargspec(target)
    offset = len(spec.args) - len(spec.defaults or ())
    given = dict(zip(spec.args[offset:], spec.defaults or (), strict=True))
    left = [name for name in spec.args if name not in target.keywords]
    return spec._replace(
        args=left,
        defaults=tuple(given[name] for name in left if name in given),
        kwonlyargs=[],
        kwonlydefaults={},
    )


def _with_tensors(inputs: tuple) -> tuple:
    """The arguments, in which NumPy arrays are tensors."""
    if not any(isinstance(value, (np.ndarray, list, tuple, dict)) for value in inputs):
        return inputs
    flat = nest.flatten(inputs)
    if not any(type(value) is np.ndarray for value in flat):
        return inputs
    flat = [convert_to_tensor(v) if type(v) is np.ndarray else v for v in flat]
    return tuple(nest.pack_sequence_as(inputs, flat))


def validate_signature(signature: Any) -> None:
    """TypeError where a signature holds something else than TensorSpecs."""
    flat = flat_specs(signature)
    if any(not isinstance(spec, TensorSpec) for spec in flat):
        raise TypeError(
            f"Invalid input_signature {signature}; input_signature must be a possibly nested "
            "sequence of TensorSpec objects."
        )
