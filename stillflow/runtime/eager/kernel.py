"""The fast path: one op type with attributes, ready to be called with tensors, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.graph.context import graphs
from stillflow.graph.dtypes import resource
from stillflow.graph.eager_tensor import EagerOperation, EagerTensor, eager_tensor
from stillflow.runtime.eager.failing import check_result, failure
from stillflow.runtime.quiet import quiet

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef

_new = object.__new__


def is_plain(defn: OpDef) -> bool:
    """Whether inputs and attributes decide what it gives, and no handle is among them."""
    inputs, outputs = defn.signature.inputs, defn.signature.outputs
    return (
        defn.is_pure
        and not (defn.host or defn.waits or defn.splits or defn.joins or defn.frame)
        and defn.expands is None
        and not any(arg.is_list or arg.is_ref or arg.dtype is resource for arg in inputs)
        and bool(outputs)
        and not any(arg.is_list or arg.is_ref for arg in outputs)
    )


class Kernel:
    """Calls a plain op's function on the values of tensors."""

    __slots__ = ("_attrs", "_fn", "_is_checked", "_is_single", "_types", "defn")

    def __init__(self, defn: OpDef, attrs: dict[str, Any]):
        self.defn = defn
        self._attrs = attrs
        self._fn = partial(defn.fn, NUMPY, **defn.fn_attrs(attrs))
        self._types = [dtype for arg in defn.signature.outputs for dtype in arg.types(attrs)]
        self._is_single = len(self._types) == 1
        self._is_checked = False

    def __call__(self, inputs: Sequence[Any], name: str | None = None) -> Any:
        try:
            result = quiet.call(self._fn, *[tensor._value for tensor in inputs])
        except Exception as error:
            self._fail(inputs, name, error)
        if not self._is_checked:
            self._check(inputs, result)
        if self._is_single:
            output = _new(EagerTensor)
            output._value = result
            output._dtype = self._types[0]
            tapes = graphs.tapes
            if tapes:
                op = EagerOperation(self.defn, tuple(inputs), self._attrs, [output])
                for tape in tapes:
                    tape.record(op)
            return output
        return self._several(inputs, result)

    def _several(self, inputs: Sequence[Any], result: Any) -> Any:
        outputs = [eager_tensor(*pair) for pair in zip(result, self._types, strict=True)]
        tapes = graphs.tapes
        if tapes:
            op = EagerOperation(self.defn, tuple(inputs), self._attrs, outputs)  # type: ignore[arg-type]
            for tape in tapes:
                tape.record(op)
        return self.defn.result_type(*outputs)

    def _fail(self, inputs: Sequence[Any], name: str | None, error: Exception) -> None:
        op = EagerOperation(self.defn, tuple(inputs), self._attrs, [], name)
        raise failure(op, error, [tensor._value for tensor in inputs]) from error

    def _check(self, inputs: Sequence[Any], result: Any) -> None:
        """Holds the first result to the types that the op declares."""
        results = (result,) if self._is_single else result
        check_result(
            EagerOperation(self.defn, tuple(inputs), self._attrs, []), results, self._types
        )
        self._is_checked = True
