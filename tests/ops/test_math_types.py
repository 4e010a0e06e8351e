"""Every op of arithmetic, reductions and linear algebra keeps to the types that it declares."""

import warnings

import jax
import numpy as np
from at_once import for_each

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.graph import dtypes
from stillflow.graph.dtypes import as_dtype
from stillflow.ops.families import all_ops
from stillflow.runtime.xla_namespace import JaxNamespace

FAMILIES = (
    "stillflow.ops.math",
    "stillflow.ops.reduce.reducing",
    "stillflow.ops.reduce.argmax",
    "stillflow.ops.linalg",
)
FAMILY = {name: op for name, op in all_ops().items() if op.__module__.startswith(FAMILIES)}
ANY = tuple(map(as_dtype, ("float16", "float32", "float64", "int8", "int32", "bool", "complex64")))
COMPLEX_OF = {dtypes.float32: dtypes.complex64, dtypes.float64: dtypes.complex128}
PART_OF = {whole: part for part, whole in COMPLEX_OF.items()}
SQUARE = np.eye(3) * 2 + 1
STATIC = {
    "reduction_indices": np.array([0], np.int32),
    "dimension": np.array(1, np.int32),
    "axis": np.array(1, np.int32),
    "size": np.array(4, np.int32),
}
# TensorFlow declares these types, but has no kernel that computes with them on a CPU.
INTEGERS = ("uint8", "int8", "uint16", "int16", "int32", "int64")
WITHOUT_KERNEL = {
    *((name, t) for name in ("Acos", "Asin", "Atan", "Tan", "Inv", "Reciprocal") for t in INTEGERS),
    *(("RealDiv", t) for t in INTEGERS),
    *(("FloorDiv", t) for t in ("complex64", "complex128")),
    *((name, "float16") for name in ("Cholesky", "LogMatrixDeterminant", "MatrixDeterminant")),
    *((name, "float16") for name in ("MatrixInverse", "MatrixSolve", "MatrixTriangularSolve")),
    *((name, "float16") for name in ("Qr", "SelfAdjointEigV2", "Svd", "MatrixSolveLs")),
}


def type_attr(op):
    """The attribute that the op's other types follow from, or None."""
    attrs = [arg.type_attr for arg in op.signature.inputs if arg.type_attr]
    return attrs[0] if attrs else None


def cases():
    for name, op in sorted(FAMILY.items()):
        allowed = op.types.get(type_attr(op)) or (ANY if type_attr(op) else (None,))
        for dtype in allowed:
            kind = dtype.name if dtype else "fixed"
            if kind not in ("string", "variant") and (name, kind) not in WITHOUT_KERNEL:
                yield f"{name}-{kind}", (op, dtype)


def attributes(op, dtype):
    chosen = {"Tout": COMPLEX_OF.get(dtype) or PART_OF.get(dtype), "DstT": dtypes.float32}
    chosen["boundaries"] = [1.0, 2.0]
    return {name: chosen.get(name, op.attr_defaults.get(name)) for name in op.attr_names}


def arguments(op, dtype):
    values = []
    for arg in op.signature.inputs:
        if arg.name in op.static:
            values.append(STATIC[arg.name])
            continue
        follows = arg.type_attr == type_attr(op)
        kind = arg.dtype or (dtype if follows else op.defaults[arg.type_attr])
        values.append(SQUARE.astype(kind.stored_as))
    if op.type == "Bincount":
        values = [value.reshape(-1) if value.ndim else value for value in values]
    return values * 2 if op.signature.inputs[0].is_list else values


def declared(op, dtype, attrs):
    kinds = {**op.defaults, **attrs, type_attr(op): dtype}
    return [np.dtype((out.dtype or kinds[out.type_attr]).stored_as) for out in op.signature.outputs]


def dtypes_of(result):
    results = result if isinstance(result, (tuple, list)) else [result]
    return [np.dtype(array.dtype) for array in results]


@for_each(dict(cases()))
def test_types(case):
    """NumPy gives the declared types and, but for ops of the host, so does JAX; neither warns."""
    op, dtype = case
    attrs, values = attributes(op, dtype), arguments(op, dtype)
    wanted = declared(op, dtype, attrs)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert dtypes_of(op.fn(NUMPY, *values, **attrs)) == wanted
    if op.host:
        return
    names = [arg.name for arg in op.signature.inputs]
    static = {i for i, name in enumerate(names) if name in op.static}
    traced = [value for i, value in enumerate(values) if i not in static]

    def compiled(*given):
        left = iter(given)
        every = [value if i in static else next(left) for i, value in enumerate(values)]
        return op.fn(JaxNamespace(), *every, **attrs)

    with jax.enable_x64(True):
        assert dtypes_of(jax.eval_shape(compiled, *traced)) == wanted
