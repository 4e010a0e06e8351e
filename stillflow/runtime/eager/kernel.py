"""The fast path: one op type with attributes, ready to be called with tensors, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.graph.context import graphs
from stillflow.graph.dtypes import resource, variant
from stillflow.graph.eager_tensor import EagerOperation, EagerTensor, eager_tensor
from stillflow.runtime.eager.failing import check_result, failure
from stillflow.runtime.eager.results import returned
from stillflow.runtime.quiet import quiet

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef

_new = object.__new__
_HANDLES = (resource, variant)


def is_plain(defn: OpDef) -> bool:
    """Whether inputs and attributes decide what it gives, and no handle is among them."""
    args = (*defn.signature.inputs, *defn.signature.outputs)
    return (
        defn.is_pure
        and not (defn.host or defn.waits or defn.splits or defn.joins or defn.frame)
        and not (defn.is_variable or defn.forwards)
        and defn.expands is None
        and not any(arg.is_ref or arg.dtype in _HANDLES for arg in args)
        and bool(defn.signature.outputs)
    )


class Kernel:
    """Calls a plain op's function on the values of tensors."""

    __slots__ = ("_attrs", "_fn", "_is_checked", "_type", "_types", "defn")

    def __init__(self, defn: OpDef, attrs: dict[str, Any]):
        self.defn = defn
        self._attrs = attrs
        self._fn = partial(defn.fn, NUMPY, **defn.fn_attrs(attrs))
        self._types = [dtype for arg in defn.signature.outputs for dtype in arg.types(attrs)]
        is_single = len(self._types) == 1 and not defn.signature.outputs[0].is_list
        self._type = self._types[0] if is_single else None
        self._is_checked = False

    def __call__(self, inputs: Sequence[Any], name: str | None = None) -> Any:
        """What a call gives, for its inputs, lists taken apart."""
        try:
            result = quiet.call(self._fn, *[tensor._value for tensor in inputs])
        except Exception as error:
            self._fail(inputs, name, error)
        if not self._is_checked:
            self._check(inputs, result)
        if self._type is None:
            return self._several(inputs, result)
        output = _new(EagerTensor)
        output._value = result
        output._dtype = self._type
        tapes = graphs.tapes
        if tapes:
            op = EagerOperation(self.defn, tuple(inputs), self._attrs, [output], name)
            for tape in tapes:
                tape.record(op)
        return output

    def _several(self, inputs: Sequence[Any], result: Any) -> Any:
        results = (result,) if len(self._types) == 1 else result
        outputs = [eager_tensor(*pair) for pair in zip(results, self._types, strict=True)]
        op = EagerOperation(self.defn, tuple(inputs), self._attrs, outputs)  # type: ignore[arg-type]
        for tape in graphs.tapes:
            tape.record(op)
        return returned(op)

    def _fail(self, inputs: Sequence[Any], name: str | None, error: Exception) -> NoReturn:
        op = EagerOperation(self.defn, tuple(inputs), self._attrs, [], name)
        raise failure(op, error, [tensor._value for tensor in inputs]) from error

    def _check(self, inputs: Sequence[Any], result: Any) -> None:
        """Holds the first result to the types that the op declares."""
        results = (result,) if len(self._types) == 1 else result
        op = EagerOperation(self.defn, tuple(inputs), self._attrs, [])
        check_result(op, results, self._types)
        self._is_checked = True
