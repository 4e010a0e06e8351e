"""The op types of TensorFlow's own tests, `python.framework.test_ops`: most compute nothing.

They are declared when this module is imported, as graphs of tests name them.
"""

from __future__ import annotations

import re
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import refuse
from stillflow.graph.function_library import FunctionName

_WITHOUT_ATTRIBUTES = {
    "A": "-> out: float32",
    "B": "-> out: float32",
    "Binary": "a: T, b: T -> out: T",
    "CopyOp": "a: T -> b: T",
    "FiveFloatOutputs": "-> a: float32, b: float32, c: float32, d: float32, e: float32",
    "FloatInput": "a: float32 ->",
    "FloatOutput": "-> a: float32",
    "FloatOutputStringOutput": "-> a: float32, b: string",
    "Foo1": "a: float32, b: int32, c: int32 -> d: float32, e: int32",
    "Foo2": "a: float32, b: string, c: string -> d: float32, e: int32",
    "Foo3": "a: float32, b: string, c: float32 -> d: float32, e: int32",
    "Int64Output": "-> out: int64",
    "IntInput": "a: int32 ->",
    "IntInputFloatInput": "a: int32, b: float32 ->",
    "IntInputIntOutput": "a: int32 -> b: int32",
    "IntOutput": "-> a: int32",
    "IntOutputFloatOutput": "-> a: int32, b: float32",
    "KernelLabelRequired": "input: int32 -> result: string",
    "ListInput": "a: N * T ->",
    "ListOutput": "-> a: [T]",
    "None": "->",
    "Old": "->",
    "OpWithFutureDefaultAttr": "->",
    "RefInputFloatInput": "a: ref float32, b: float32 ->",
    "RefInputFloatInputIntOutput": "a: ref float32, b: float32 -> c: int32",
    "RefInputIntInput": "a: ref int32, b: int32 ->",
    "RefOutput": "-> a: ref int32",
    "RefOutputFloatOutput": "-> a: ref float32, b: float32",
    "Simple": "a: int32 -> out: float32",
    "TestStringOutput": "input: float32 -> output1: float32, output2: string",
    "TwoFloatInputs": "a: float32, b: float32 ->",
    "TwoFloatInputsFloatOutput": "a: float32, b: float32 -> c: float32",
    "TwoFloatInputsIntOutput": "a: float32, b: float32 -> c: int32",
    "TwoFloatOutputs": "-> a: float32, b: float32",
    "TwoIntInputs": "a: int32, b: int32 ->",
    "TwoIntOutputs": "-> a: int32, b: int32",
    "Unary": "a: T -> b: T",
}
_EFFECTS = {
    "DevicePlacementOp": "-> device: string",
    "RequiresOlderGraphVersion": "-> version: int32",
    "ResourceCreateOp": "resource: resource ->",
    "ResourceInitializedOp": "resource: resource -> initialized: bool",
    "ResourceUsingOp": "resource: resource ->",
}


def _no_kernel(xp, *inputs):
    """What no kernel computes."""
    refuse("No OpKernel was registered to support this op of TensorFlow's tests.")


def _snake_case(op_type: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", op_type).lower()


_DECLARED: dict[str, OpDef] = {
    _snake_case(name): op(name, signature, stateful=name in _EFFECTS, host=True)(_no_kernel)
    for name, signature in {**_WITHOUT_ATTRIBUTES, **_EFFECTS}.items()
}


@op("IntAttr", "-> out: int64", shape=shapes.scalar)
def int_attr(xp, *, foo: int = 1):
    """Nothing."""
    _no_kernel(xp)


@op("KernelLabel", "-> result: string", shape=shapes.scalar, host=True)
def kernel_label(xp):
    """Nothing."""
    _no_kernel(xp)


@op("GraphDefVersion", "-> version: int32", shape=shapes.scalar, stateful=True, host=True)
def graph_def_version(xp):
    """i32[]: the version of the GraphDefs that TensorFlow 1.15 writes."""
    return xp.asarray(134, dtype="int32")


@op("OpWithDefaultAttr", "-> a: int32")
def op_with_default_attr(xp, *, default_float: float = 123.0):
    """Nothing."""
    _no_kernel(xp)


@op("FuncAttr", "->")
def func_attr(xp, *, f: FunctionName):
    """Nothing."""


@op("StubResourceHandleOp", "-> resource: resource", shape=shapes.scalar, stateful=True, host=True)
def stub_resource_handle_op(xp, *, container: str = "", shared_name: str = ""):
    """A handle of nothing."""
    _no_kernel(xp)


def __getattr__(name: str) -> Any:
    """The function of an op type, by TensorFlow's name of it."""
    try:
        return _DECLARED[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
