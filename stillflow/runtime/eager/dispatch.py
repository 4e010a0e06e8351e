"""Carries out calls of operations: binds and converts arguments, and finds the kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from stillflow.declare import executing
from stillflow.declare.attributes import check_limits, unmet_limit
from stillflow.declare.binding import bind
from stillflow.declare.building import build
from stillflow.declare.convert import to_tensor
from stillflow.declare.eager_constants import constant
from stillflow.declare.inputs import check_types, convert_inputs
from stillflow.graph.eager_tensor import EagerOperation, EagerTensor, eager_tensor
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import builds_from_eager_mode
from stillflow.runtime.eager.kernel import Kernel, is_plain
from stillflow.runtime.eager.stateful import StatefulKernel

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef

# Of an op. Where an attribute is another one in each call, as a seed may be, none is found again.
_MOST_KERNELS = 1000


def execute(defn: OpDef, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What a call of `defn` gives, at once: a tensor, a list, a named tuple, or None.

    Raises:
      OpError: the operation refuses its inputs.
      TypeError, ValueError: the arguments are none of its own.
    """
    name = kwargs.pop("name", None) if kwargs else None
    # What decides about a call: the types of its tensors, and all other arguments.
    key: list[Any] = []
    inputs: list[Any] = []
    for arg in args:
        if type(arg) is not EagerTensor:
            is_like_others = _is_number(arg) and defn.takes_one_type
            arg = _number(arg, args) if is_like_others else _quickly(arg)
            if type(arg) is not EagerTensor:
                if arg is None:
                    return _first(defn, args, kwargs, name)
                key.append(tuple([part._dtype._number for part in arg]))
                inputs += arg
                continue
        key.append(arg._dtype._number)
        inputs.append(arg)
    if kwargs:
        key += kwargs.items()
    try:
        found: tuple | None = tuple(key)
        kernel = defn.kernels.get(found)  # type: ignore[arg-type]
    except TypeError:
        found = _with_tuples(key)
        kernel = None if found is None else defn.kernels.get(found)
    if kernel is not None:
        return kernel(inputs, name)
    if defn.takes_one_type:
        args = tuple([_number(arg, args) if _is_number(arg) else arg for arg in args])
    return _first(defn, args, kwargs, name, found, inputs)


def _quickly(arg: Any) -> Any:
    """An argument as an eager tensor, or a list of them; None where that needs to be looked at."""
    kind = type(arg)
    if kind is list and arg and type(arg[0]) is EagerTensor:
        return arg if all([type(part) is EagerTensor for part in arg]) else None
    if kind is tuple or kind is list:
        return constant(tuple(arg), None, None) if all([type(p) is int for p in arg]) else None
    if kind is int:
        return constant(arg, None, None)
    if hasattr(kind, "_should_act_as_resource_variable"):
        value = arg.value()
        return value if type(value) is EagerTensor else None
    return None


def _is_number(arg: Any) -> bool:
    return type(arg) is float or type(arg) is int


def _number(number: float, args: tuple) -> EagerTensor | None:
    """A number among arguments of one type: that of the first tensor, wherever it is.

    Raises:
      TypeError: it cannot be of that type.
    """
    for arg in args:
        if type(arg) is EagerTensor or hasattr(type(arg), "_should_act_as_resource_variable"):
            try:
                return constant(number, arg.dtype, None)
            except ValueError:  # it is too large
                return None
    return _quickly(number)


def _with_tuples(key: list[Any]) -> tuple | None:
    """A key in which lists are tuples; None where that is none either."""
    found = tuple(
        [
            (part[0], tuple(part[1])) if type(part) is tuple and type(part[-1]) is list else part
            for part in key
        ]
    )
    try:
        hash(found)
    except TypeError:
        return None
    return found


def _first(
    defn: OpDef,
    args: tuple,
    kwargs: dict[str, Any],
    name: str | None,
    key: tuple | None = None,
    seen: Sequence[EagerTensor] = (),
) -> Any:
    """A call that is not known yet, or of arguments that are no tensors yet.

    Further calls of its kind are known by `key`, if its inputs are like those that were `seen`.
    """
    values, attrs, also = bind(defn, args, kwargs)
    name = name or also
    if defn.is_constant:
        check_types(defn, attrs)
        return eager_tensor(attrs["value"], attrs["dtype"])
    if defn.maps_values and getattr(values[0], "_is_sparse_tensor", False):
        return values[0]._with_values(defn(values[0].values, name=name))
    symbolic = [v for v in _flat(values) if isinstance(v, Tensor) and not v._is_eager]
    if symbolic:
        _check_may_build(symbolic[0])
        return build(defn, args, {**kwargs, "name": name})  # in the graph of that tensor
    inputs = _converted(defn, values, attrs, name)
    check_types(defn, attrs)
    _check_limits(defn, attrs, name)
    kernel = _kernel_of(defn, attrs)
    if key is not None and _are_inputs(defn, key, inputs, seen):
        _keep(defn, key, kernel)
    return kernel(inputs, name)


def _kernel_of(defn: OpDef, attrs: dict[str, Any]) -> Kernel | StatefulKernel:
    """The kernel for these attributes: of a plain op always the same one, if that can be known."""
    if not is_plain(defn):
        return StatefulKernel(defn, attrs)
    key = _with_tuples(["attributes", *attrs.items()])
    if key is None:
        return Kernel(defn, attrs)
    if key not in defn.kernels:
        _keep(defn, key, Kernel(defn, attrs))
    kernel: Kernel = defn.kernels[key]
    return kernel


def _keep(defn: OpDef, key: tuple, kernel: Kernel | StatefulKernel) -> None:
    if len(defn.kernels) >= _MOST_KERNELS:
        defn.kernels.clear()
    defn.kernels[key] = kernel


def _are_inputs(
    defn: OpDef, key: tuple, inputs: Sequence[Any], seen: Sequence[EagerTensor]
) -> bool:
    """Whether the arguments in order were all the inputs, lists where there are lists."""
    declared = defn.signature.inputs
    kinds = key[: len(declared)]
    return (
        len(inputs) == len(seen)
        and len(kinds) == len(declared)
        and all(
            arg.is_list == (type(kind) is tuple) for arg, kind in zip(declared, kinds, strict=True)
        )
        and all(a._dtype is b._dtype for a, b in zip(inputs, seen, strict=True))
    )


def _check_may_build(tensor: Tensor) -> None:
    """TypeError for a tensor of a graph, but of the one in which Keras builds models."""
    if not builds_from_eager_mode(tensor.graph):
        raise TypeError(
            'An op outside of the function building code is being passed\na "Graph" tensor. It '
            "is possible to have Graph tensors\nleak out of the function building context by "
            "including a\ntf.init_scope in your function building code.\n"
            f"  The graph tensor has name: {tensor.name}"
        )


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


def _converted(
    defn: OpDef, values: Sequence[Any], attrs: dict[str, Any], name: str | None
) -> list[Any]:
    """The inputs as tensors; InvalidArgumentError where one is of another type than it must be."""
    values = [_read(arg, value) for arg, value in zip(defn.signature.inputs, values, strict=True)]
    _check_types(defn, values, attrs, name)
    return convert_inputs(defn, values, attrs)


def _read(arg: Any, value: Any) -> Any:
    """`value`; of a variable, what it holds, where no reference to it is asked for."""
    if arg.is_ref and not isinstance(value, Tensor):
        raise RuntimeError(f"Eager execution has no references: argument '{arg.name}' is one.")
    if not arg.is_list and hasattr(value, "_handle"):
        return to_tensor(value)
    return value


def _check_types(
    defn: OpDef, values: Sequence[Any], attrs: dict[str, Any], name: str | None
) -> None:
    """What TensorFlow's runtime says of two tensors that must be of one type and are not."""
    decided: dict[str, Any] = {}
    index = 0
    for arg, value in zip(defn.signature.inputs, values, strict=True):
        given = value if arg.is_list and isinstance(value, (list, tuple)) else [value]
        for one in given:
            if isinstance(one, EagerTensor) and not arg.type_list_attr:
                wanted = (
                    arg.dtype or attrs.get(arg.type_attr or "") or decided.get(arg.type_attr or "")
                )
                if wanted is None:
                    decided[arg.type_attr or ""] = one._dtype
                elif wanted.base_dtype is not one._dtype:
                    names = wanted.runtime_name, one._dtype.runtime_name
                    raise _refusal(
                        defn,
                        f"cannot compute {defn.type} as input #{index}(zero-based) was expected "
                        f"to be a {names[0]} tensor but is a {names[1]} tensor",
                        name,
                    )
            index += 1


def _check_limits(defn: OpDef, attrs: dict[str, Any], name: str | None) -> None:
    """What TensorFlow's runtime says of an attribute beyond its limit."""
    try:
        check_limits(defn.type, defn.limits, attrs)
    except ValueError as error:
        raise _refusal(defn, unmet_limit(defn.limits, attrs) or str(error), name) from None


def _refusal(defn: OpDef, message: str, name: str | None) -> InvalidArgumentError:
    named = f" name: {name}" if name else ""
    return InvalidArgumentError(None, None, f"{message} [Op:{defn.type}]{named}")


def run(
    defn: OpDef, inputs: Sequence[Any], attrs: dict[str, Any], name: str | None = None
) -> EagerOperation:
    """Carries out one operation on tensors, whose attributes are complete."""
    return StatefulKernel(defn, attrs).carried_out(inputs, name)


executing.register(execute)
