"""Products of matrices, of batches of them, and of matrices with vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.executing import Registered
from stillflow.declare.numpy.threads import THREADED
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import COMPLEX, FLOATS, INDEX, types
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.graph.errors import OpError
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math import casts, conjugate
from stillflow.ops.reduce import reducing

_SMALL = 4096  # elements; beyond that speed counts for more than the last digit
_FACTORS = FLOATS + INDEX + COMPLEX
_SPARSE_FACTORS = types("float32 bfloat16")


def _why_not_multiplied(op: Operation, inputs: Sequence[Any]) -> str:
    for index, value in enumerate(inputs):
        if np.ndim(value) != 2:
            sizes = shapes.format_sizes(np.shape(value))
            return f"In[{index}] is not a matrix. Instead it has shape {sizes}"
    a, b = (shapes.format_sizes(np.shape(value)) for value in inputs)
    return f"Matrix size-incompatible: In[0]: {a}, In[1]: {b}"


def _fitted_product(
    fn: Callable[..., Any], a: Any, b: Any, *, transpose_a: bool, transpose_b: bool
) -> Callable[..., Any] | None:
    """The way that `matmul_op` takes for such matrices."""
    (rows, depth), (_, columns) = (
        (a.T if transpose_a else a).shape,
        (b.T if transpose_b else b).shape,
    )
    if a.dtype.isbuiltin != 1 or rows * columns * depth >= THREADED:
        return None
    multiply = np.dot
    if 1 in (rows, columns) and a.size + b.size <= _SMALL:
        multiply = _multiplying_by_vector(a.dtype, columns)
    return _TURNED[transpose_a, transpose_b](multiply)


def _multiplying_by_vector(dtype: Any, columns: int) -> Callable[..., Any]:
    """`_multiplied_by_vector`, of factors of a type, the second of which has so many columns."""
    multiply = np.multiply
    add_up: Any = np.add.reduce  # NumPy's stubs know its arguments by name only
    if columns == 1:
        return lambda a, b: add_up(multiply(a, b.T), 1, dtype, None, True)
    return lambda a, b: add_up(multiply(a.T, b), 0, dtype, None, True)


_TURNED = {
    (False, False): lambda multiply: multiply,
    (False, True): lambda multiply: lambda a, b: multiply(a, b.T),
    (True, False): lambda multiply: lambda a, b: multiply(a.T, b),
    (True, True): lambda multiply: lambda a, b: multiply(a.T, b.T),
}


@op(
    "MatMul",
    "a: T, b: T -> product: T",
    shape=shapes.matmul,
    types={"T": _FACTORS},
    flops=lambda a, b: 2 * a[0] * a[1] * max(b),
    explain=_why_not_multiplied,
    total=True,
    fitted=_fitted_product,
)
def matmul_op(xp, a, b, *, transpose_a: bool = False, transpose_b: bool = False):
    """a: n[n, k], b: n[k, m] -> n[n, m]; either is transposed first when asked."""
    # These fail unless both are matrices.
    rows, depth = a.shape[::-1] if transpose_a else a.shape
    inner, columns = b.shape[::-1] if transpose_b else b.shape
    is_small = (columns == 1 or rows == 1) and depth == inner and a.size + b.size <= _SMALL
    # Where a traced batch is of any size, no one can say how much that is; XLA does not ask.
    is_large = not isinstance(a, np.ndarray) or rows * columns * depth >= THREADED
    if is_large and not is_small:
        return _of_type(a.dtype, xp.matrix_product(a, b, transpose_a, transpose_b))
    a, b = a.T if transpose_a else a, b.T if transpose_b else b
    if is_small:
        return _multiplied_by_vector(xp, a, b)
    # For two small matrices NumPy's dot is matmul at half the cost of the call.
    return _of_type(a.dtype, xp.dot(a, b))


def _of_type(dtype: Any, product: Any) -> Any:
    # NumPy multiplies matrices of bfloat16 in float32.
    return product if product.dtype is dtype else product.astype(dtype)


def _multiplied_by_vector(xp: Any, a: Any, b: Any) -> Any:
    # TensorFlow 1.15's kernels round a product before they add it; BLAS and XLA need not. Over
    # thousands of steps of a small program that difference would show in the printed digits.
    if b.shape[1] == 1:
        return xp.add.reduce(xp.multiply(a, b.T), axis=1, dtype=a.dtype, keepdims=True)
    return xp.add.reduce(xp.multiply(a.T, b), axis=0, dtype=a.dtype, keepdims=True)


@matmul_op.gradient
def matmul_gradient(op, dy):
    if op._is_eager and any(op.unwanted):
        return _wanted_factors(op, dy)
    a, b = (conjugate.conj(tensor) for tensor in op.inputs)
    transposed = op.attrs["transpose_a"], op.attrs["transpose_b"]
    if transposed == (False, False):
        return matmul_op(dy, b, transpose_b=True), matmul_op(a, dy, transpose_a=True)
    if transposed == (False, True):
        return matmul_op(dy, b), matmul_op(dy, a, transpose_a=True)
    if transposed == (True, False):
        return matmul_op(b, dy, transpose_b=True), matmul_op(a, dy)
    return (
        matmul_op(b, dy, transpose_a=True, transpose_b=True),
        matmul_op(dy, a, transpose_a=True, transpose_b=True),
    )


def _wanted_factors(op: Any, dy: Tensor) -> tuple[Tensor | None, Tensor | None]:
    """The gradients of a product's factors, None for one that nobody asks for."""
    a, b = (conjugate.conj(tensor) for tensor in op.inputs)
    ta, tb = op.attrs["transpose_a"], op.attrs["transpose_b"]
    of_a = of_b = None
    if not op.unwanted[0]:
        first, second = (b, dy) if ta else (dy, b)
        of_a = matmul_op(first, second, transpose_a=ta and tb, transpose_b=ta or not tb)
    if not op.unwanted[1]:
        first, second = (dy, a) if tb else (a, dy)
        of_b = matmul_op(first, second, transpose_a=tb or not ta, transpose_b=ta and tb)
    return of_a, of_b


def _why_not_multiplied_as_sparse(op: Operation, inputs: Sequence[Any]) -> str:
    a, b = (shapes.format_sizes(np.shape(value)) for value in inputs)
    return f"Matrix size incompatible: a: {a}, b: {b}"


@op(
    "SparseMatMul",
    "a: Ta, b: Tb -> product: float32",
    shape=shapes.matmul,
    types={"Ta": _SPARSE_FACTORS, "Tb": _SPARSE_FACTORS},
    defaults={"Ta": dtypes.float32, "Tb": dtypes.float32},
    flops=lambda a, b: 2 * a[0] * a[1] * max(b),
    explain=_why_not_multiplied_as_sparse,
)
def sparse_matmul(
    xp,
    a,
    b,
    *,
    transpose_a: bool = False,
    transpose_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
):
    """a: f[n, k], b: f[k, m] -> f32[n, m]; that many elements are 0 is not made use of."""
    for name, factor in (("a", a), ("b", b)):
        if factor.ndim != 2:
            refuse(f"{name} is not a matrix")
    a, b = a.astype(np.float32), b.astype(np.float32)
    return xp.matmul(a.T if transpose_a else a, b.T if transpose_b else b)


@sparse_matmul.gradient
def sparse_matmul_gradient(op, dy):
    a, b = op.inputs
    ta, tb = op.attrs["transpose_a"], op.attrs["transpose_b"]
    # Whether each is taken to hold many zeros.
    sparse = {
        a: op.attrs["a_is_sparse"],
        b: op.attrs["b_is_sparse"],
        dy: not dy._is_eager and dy.op.type == "ReluGrad",
    }

    def product(x: Tensor, y: Tensor, dtype: Any, tx: bool, ty: bool) -> Tensor:
        hints = {"a_is_sparse": sparse[x], "b_is_sparse": sparse[y]}
        y = transpose(y) if ty else y
        result = matmul(x, y, transpose_a=tx, **hints)
        return casts.cast(result, dtype) if result.dtype is not dtype else result

    of_a = (b, dy, a.dtype, tb, True) if ta else (dy, b, a.dtype, False, not tb)
    of_b = (dy, a, b.dtype, True, ta) if tb else (a, dy, b.dtype, not ta, False)
    return product(*of_a), product(*of_b)


# Batches ----------------------------------------------------------------------------------------


def _batched(ctx: shapes.ShapeContext) -> shapes.Sizes:
    x = shapes.with_rank_at_least(ctx.shape(0), 2)
    y = shapes.with_rank_at_least(ctx.shape(1), 2)
    if x is None or y is None:
        return None
    rows, inner = x[-2:][::-1] if ctx.attrs["adj_x"] else x[-2:]
    other_inner, columns = y[-2:][::-1] if ctx.attrs["adj_y"] else y[-2:]
    batch = shapes.broadcast_sizes(x[:-2], y[:-2])
    shapes.merge_size(inner, other_inner)
    assert batch is not None
    return (*batch, rows, columns)


def _batched_flops(x: tuple[int, ...], y: tuple[int, ...]) -> int:
    return 2 * int(np.prod(x)) * max(y[-2:])


_BATCHED: dict[str, Any] = {
    "shape": _batched,
    "types": {"T": _FACTORS},
    "flops": _batched_flops,
    "total": True,
}


def _why_not_batched(op: Operation, inputs: Sequence[Any]) -> str:
    a, b = (np.shape(value) for value in inputs)
    shown = [shapes.format_sizes(sizes) for sizes in (a, b)]
    adjoint = int(op.attrs["adj_x"]), int(op.attrs["adj_y"])
    inner = a[-2] if adjoint[0] else a[-1], b[-1] if adjoint[1] else b[-2]
    if inner[0] == inner[1]:
        return f"In[0] and In[1] must have compatible batch dimensions: {' vs. '.join(shown)}"
    return (
        f"In[0] mismatch In[1] shape: {inner[0]} vs. {inner[1]}: {' '.join(shown)} "
        f"{adjoint[0]} {adjoint[1]}"
    )


@op("BatchMatMulV2", "x: T, y: T -> output: T", explain=_why_not_batched, **_BATCHED)
def batch_matmul_v2(xp, x, y, *, adj_x: bool = False, adj_y: bool = False):
    """x: n[..., n, k], y: n[..., k, m] -> n[..., n, m], the axes before broadcast.

    With `adj_x` or `adj_y` that input's matrices are transposed and conjugated first.
    """
    for index, rank in enumerate((x.ndim, y.ndim)):
        if rank < 2:
            refuse(f"In[{index}] ndims must be >= 2: {rank}")
    return _batched_product(xp, x, y, adj_x, adj_y)


@op("BatchMatMul", "x: T, y: T -> output: T", explain=_why_not_batched, **_BATCHED)
def batch_matmul(xp, x, y, *, adj_x: bool = False, adj_y: bool = False):
    """x: n[..., n, k], y: n[..., k, m] -> n[..., n, m], the axes before equal."""
    _check_equal_batches(x.shape, y.shape)
    return _batched_product(xp, x, y, adj_x, adj_y)


def _check_equal_batches(x: tuple[int, ...], y: tuple[int, ...]) -> None:
    shown = [shapes.format_sizes(sizes) for sizes in (x, y)]
    if len(x) != len(y):
        refuse(f"In[0] and In[1] has different ndims: {' vs. '.join(shown)}")
    if len(x) < 2:
        refuse(f"In[0] and In[1] ndims must be >= 2: {len(x)}")
    for axis, (own, other) in enumerate(zip(x[:-2], y[:-2], strict=True)):
        if own != other:
            refuse(
                f"In[0].dim({axis}) and In[1].dim({axis}) must be the same: {' vs '.join(shown)}"
            )


def _batched_product(xp: Any, x: Any, y: Any, adj_x: bool, adj_y: bool) -> Any:
    product = xp.matrix_product(
        xp.conj(x) if adj_x and x.dtype.kind == "c" else x,
        xp.conj(y) if adj_y and y.dtype.kind == "c" else y,
        adj_x,
        adj_y,
    )
    return _of_type(x.dtype, product)


@batch_matmul.gradient
def batch_matmul_gradient(op, dz):
    return _factors_gradients(op, dz)


@batch_matmul_v2.gradient
def batch_matmul_v2_gradient(op, dz):
    x, y = op.inputs
    dx, dy = _factors_gradients(op, dz)
    if x.shape.is_fully_defined() and x.shape.sizes == y.shape.sizes:
        return dx, dy
    sizes = shape_of.shape(x), shape_of.shape(y)
    axes = filling.broadcast_gradient_args(sizes[0][:-2], sizes[1][:-2])
    dx = reshaping.reshape(reducing.sum_op(dx, axes[0]), sizes[0])
    return dx, reshaping.reshape(reducing.sum_op(dy, axes[1]), sizes[1])


def _factors_gradients(op: Operation, dz: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of the factors, with the batch axes of `dz`."""
    x, y = op.inputs
    adj_x, adj_y = op.attrs["adj_x"], op.attrs["adj_y"]
    if adj_x:
        dx = matmul(y, dz, adjoint_a=adj_y, adjoint_b=True)
    else:
        dx = matmul(dz, y, adjoint_a=False, adjoint_b=not adj_y)
    if adj_y:
        return dx, matmul(dz, x, adjoint_a=True, adjoint_b=adj_x)
    return dx, matmul(x, dz, adjoint_a=not adj_x, adjoint_b=False)


def _are_matrices_now(a: Any, b: Any) -> bool:
    """Whether both are eager matrices, for which nothing is left to choose."""
    return (
        type(a) is EagerTensor
        and type(b) is EagerTensor
        and len(a._value.shape) == len(b._value.shape) == 2
        and executing_eagerly()
    )


# Public functions -------------------------------------------------------------------------------


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns the product of matrices `a` and `b`, or of those in their last two axes.

    Either is transposed first, or transposed and conjugated, when asked. `a_is_sparse` and
    `b_is_sparse` are hints that many elements are 0; they change the op type, not the product.

    Raises:
      ValueError: the inner sizes differ, or one factor is both transposed and adjoint.
    """
    if hasattr(type(b), "_should_act_as_resource_variable") and executing_eagerly():
        b = b.value()
    if _are_matrices_now(a, b) and not (adjoint_a or adjoint_b or a_is_sparse or b_is_sparse):
        attrs = {}
        if transpose_a or transpose_b:
            attrs = {"transpose_a": transpose_a, "transpose_b": transpose_b}
        try:
            return Registered.execute(matmul_op, (a, b), attrs)
        except OpError:
            name = name or "MatMul"  # what follows fails in its name
    with name_scope(name, "MatMul", [a, b]) as scope:
        _check_one(transpose_a, adjoint_a, "a")
        _check_one(transpose_b, adjoint_b, "b")
        a, b = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")
        is_sparse = a_is_sparse or b_is_sparse
        if not is_sparse and any(t.shape.ndims is None or t.shape.ndims > 2 for t in (a, b)):
            if transpose_a:
                a, adjoint_a = conjugate.conj(a), True
            if transpose_b:
                b, adjoint_b = conjugate.conj(b), True
            return batch_matmul_v2(a, b, adj_x=adjoint_a, adj_y=adjoint_b, name=scope)
        if adjoint_a:
            a, transpose_a = conjugate.conj(a), True
        if adjoint_b:
            b, transpose_b = conjugate.conj(b), True
        if not _takes_sparse(a, b, is_sparse):
            return matmul_op(a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=scope)
        product = sparse_matmul(
            a,
            b,
            transpose_a=transpose_a,
            transpose_b=transpose_b,
            a_is_sparse=a_is_sparse,
            b_is_sparse=b_is_sparse,
            name=scope,
        )
        both_bfloat16 = a.dtype.base_dtype is b.dtype.base_dtype is dtypes.bfloat16
        return casts.cast(product, dtypes.bfloat16) if both_bfloat16 else product


def _check_one(transpose: bool, adjoint: bool, letter: str) -> None:
    if transpose and adjoint:
        raise ValueError(f"Only one of transpose_{letter} and adjoint_{letter} can be True.")


def _takes_sparse(a: Tensor, b: Tensor, is_sparse: bool) -> bool:
    """Whether TensorFlow multiplies with SparseMatMul, which alone mixes float32 and bfloat16."""
    kinds = a.dtype.base_dtype, b.dtype.base_dtype
    if not all(kind in _SPARSE_FACTORS for kind in kinds):
        return False
    return is_sparse or kinds[0] is not kinds[1]


def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns the products of the matrices in `a`, n[..., n, k], with vectors `b`, n[..., k]."""
    with name_scope(name, "MatVec", [a, b]):
        product = matmul(
            a,
            reshaping.expand_dims(b, axis=-1),
            transpose_a=transpose_a,
            adjoint_a=adjoint_a,
            a_is_sparse=a_is_sparse,
            b_is_sparse=b_is_sparse,
        )
        return reshaping.squeeze(product, axis=-1)
