"""What seeded and stateless random ops share: shapes, checks of their inputs, arguments."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.type_sets import FLOATS, INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.random_seed import get_seed
from stillflow.graph.tensor_shape import Dimension
from stillflow.ops.math import arithmetic
from stillflow.ops.random.philox import discrete

# Shapes while building --------------------------------------------------------------------------


def drawn_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """Input 0 holds the output's shape."""
    shapes.with_rank(ctx.shape(0), 1)
    return ctx.value_as_shape(0)


def bounded_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """Input 0 holds the output's shape; the last two inputs are scalars."""
    sizes = drawn_shape(ctx)
    for bound in ctx.shapes(-2):
        shapes.with_rank(bound, 0)
    return sizes


def chosen_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """logits: f[b, c], num_samples: i[] -> [b, num_samples]"""
    batch, _ = shapes.with_rank(ctx.shape(0), 2)
    shapes.with_rank(ctx.shape(1), 0)
    count = ctx.value(1)
    if count is not None and count < 0:
        raise shapes.ShapeError(
            f"Dimension size, given by scalar input 1, must be non-negative but is {count}"
        )
    return batch, None if count is None else int(count)


# Drawing ----------------------------------------------------------------------------------------


def as_sizes(xp: Any, shape: Any) -> tuple[int, ...]:
    """shape: i[k] -> k sizes, none of them negative."""
    _check_rank(xp, shape, 1, "shape must be a vector of {int32,int64}")
    sizes = tuple(shape.tolist())
    negative = [size for size in sizes if size < 0]
    xp.check(not negative, lambda: f"Dimension {negative[0]} must be >= 0")
    return sizes


def draw_int(xp: Any, stream: Any, shape: Any, minval: Any, maxval: Any) -> Any:
    """shape: i[k], minval: i[], maxval: i[] -> i[*shape] in [minval, maxval)"""
    sizes = as_sizes(xp, shape)
    _check_rank(xp, minval, 0, "minval must be 0-D")
    _check_rank(xp, maxval, 0, "maxval must be 0-D")
    if 0 in sizes:
        return xp.zeros(sizes, minval.dtype)
    message = lambda low, high: f"Need minval < maxval, got {low} >= {high}"
    xp.check(minval < maxval, message, minval, maxval)
    return discrete.uniform_int(xp, stream, sizes, xp.asarray(minval), xp.asarray(maxval))


def draw_categories(xp: Any, stream: Any, logits: Any, num_samples: Any, dtype: DType) -> Any:
    """logits: f[b, c], num_samples: i[] -> i[b, num_samples]"""
    _check_rank(xp, logits, 2, "logits should be a matrix")
    _check_rank(xp, num_samples, 0, "num_samples should be a scalar")
    count, classes = int(num_samples), logits.shape[1]
    xp.check(count >= 0, lambda: f"num_samples should be nonnegative, got {count}")
    xp.check(classes > 0, lambda: f"num_classes should be positive, got {classes}")
    return discrete.categories(xp, stream, logits, count, dtype.stored_as)


def _check_rank(xp: Any, value: Any, rank: int, demand: str) -> None:
    sizes = ",".join(map(str, value.shape))
    xp.check(len(value.shape) == rank, lambda: f"{demand}, got shape [{sizes}]")


# Arguments of the public functions --------------------------------------------------------------


def op_seeds(op_seed: int | None) -> dict[str, Any]:
    """The attributes `seed` and `seed2` of an op built now; zeros when it is unseeded."""
    seed, seed2 = get_seed(op_seed)
    return {"seed": seed or 0, "seed2": seed2 or 0}


def shape_tensor(shape: Any) -> Tensor:
    """`shape` as i[k], int32 when it is empty."""
    if isinstance(shape, (list, tuple)):
        sizes = [size.value if isinstance(size, Dimension) else size for size in shape]
        return convert_to_tensor(sizes, None if sizes else dtypes.int32, "shape")
    return convert_to_tensor(shape, name="shape")


def normal_arguments(
    shape: Any, mean: Any, stddev: Any, dtype: Any
) -> tuple[Tensor, Tensor, Tensor]:
    return (
        shape_tensor(shape),
        convert_to_tensor(mean, dtype=dtype, name="mean"),
        convert_to_tensor(stddev, dtype=dtype, name="stddev"),
    )


def scaled(number: Tensor, mean: Tensor, stddev: Tensor, scope: str) -> Tensor:
    """Standard numbers brought to `mean` and `stddev`; the last node is named `scope`."""
    return arithmetic.add(arithmetic.multiply(number, stddev, name="mul"), mean, name=scope)


def uniform_type(dtype: Any, maxval: Any) -> tuple[DType, Any]:
    """The type and the upper bound of uniform numbers, checked and filled in.

    Raises:
      ValueError: `dtype` is none of the four floating types, int32 and int64; or an integer type
        and no `maxval`.
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in (*FLOATS, *INDEX):
        raise ValueError(f"Invalid dtype {dtype!r}")
    if maxval is None and dtype.is_integer:
        raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
    return dtype, 1 if maxval is None else maxval


def uniform_arguments(
    shape: Any, minval: Any, maxval: Any, dtype: DType
) -> tuple[Tensor, Tensor, Tensor]:
    return (
        shape_tensor(shape),
        convert_to_tensor(minval, dtype=dtype, name="min"),
        convert_to_tensor(maxval, dtype=dtype, name="max"),
    )


def between(number: Tensor, minval: Tensor, maxval: Tensor, scope: str) -> Tensor:
    """Numbers in [0, 1) brought to [minval, maxval); the last node is named `scope`."""
    width = arithmetic.subtract(maxval, minval, name="sub")
    return arithmetic.add(arithmetic.multiply(number, width, name="mul"), minval, name=scope)
