"""Op types that no public function builds: programs meet them in GraphDefs of older versions."""

import numpy as np

from .arrays import TIES, f32, half, ints, num, pos
from .nodes import node
from .suite import Suite

suite = Suite("imported")


def case(type, label, *inputs, **options):
    """A case of a node whose inputs all have type T."""
    suite.case(
        f"{type}_{label}", lambda tf, *xs: node(tf, type, *xs, T=xs[0].dtype), *inputs, **options
    )


def integers(dtype):
    """Every power of two of a type, the numbers beside it, and the extremes."""
    info = np.iinfo(dtype)
    powers = [1 << bit for bit in range(info.bits - (info.min < 0))]
    near = {info.min, info.max, 0, *powers, *(p - 1 for p in powers), *(-p for p in powers)}
    return np.array(sorted(n for n in near if info.min <= n <= info.max), dtype)


for dtype in ("int8", "int16", "int32", "int64", "uint8", "uint16"):
    case("PopulationCount", dtype, integers(dtype), grad=False)

case("Inv", "float", f32(2, 3))
case("Inv", "zero", num([0.0, -0.0, np.inf, 1e-30]), grad=False)
case("Inv", "half", half([0.5, -4, 3]), grad=False)
case("InvGrad", "float", f32(2, 3), f32(2, 3, at=1))
# A slope of infinity, or none, does not matter where the gradient is 0.
for dtype in (np.float32, np.float64):
    for type in ("InvGrad", "ReciprocalGrad", "SqrtGrad", "RsqrtGrad"):
        slopes = [0, np.inf, np.nan, np.inf, 2], [0, -0.0, 0, 1, 1]
        case(
            type, f"zero_{np.dtype(dtype).name}", *(np.array(x, dtype) for x in slopes), grad=False
        )
case("SoftplusGrad", "float", f32(2, 3), f32(2, 3, at=1))
case("Div", "float", f32(2, 3), pos(3, at=1))
case("Div", "by_zero", num([1, 0, -1]), num([0, 0, 0]), grad=False)
case("Div", "int", ints([7, -7, 7, -7, 0]), ints([2, 2, -2, -2, 5]), grad=False)
case("Mod", "float", num([7.5, -7.5, 7.5, -7.5]), num([2, 2, -2, -2]), grad=False)
case("Mod", "int", ints([7, -7, 7, -7]), ints([3, 3, -3, -3]), grad=False)
case("ApproximateEqual", "far", *TIES, grad=False)
case("BatchMatMul", "rank_2", f32(2, 3), f32(3, 4, at=1))
case("BatchMatMul", "rank_4", f32(2, 1, 2, 3), f32(2, 1, 3, 2, at=1))
case("OnesLike", "int", ints([[1, 2], [3, 4]]), grad=False)
suite.case(
    "ApproximateEqual_near",
    lambda tf, x: [node(tf, "ApproximateEqual", x, x + d, T=x.dtype) for d in (1e-6, 1e-5, 1e-4)],
    num([0, 0.5, -1]),
    grad=False,
)
for dtype in ("float16", "float32", "float64", "int32"):
    suite.case(
        f"ApproximateEqual_of_limits_{dtype}",
        lambda tf, x, y: node(tf, "ApproximateEqual", x, y, T=x.dtype, tolerance=1.0),
        np.array([0, 1, 2], dtype),
        np.array([0, 0, 0], dtype),
        grad=False,
    )
suite.case(
    "ConcatOffset",
    lambda tf, *sizes: node(tf, "ConcatOffset", tf.constant(1), *sizes, outputs=3, N=3),
    ints([2, 3, 4]),
    ints([2, 1, 4]),
    ints([2, 5, 4]),
    grad=False,
)
suite.case(
    "ConjugateTranspose",
    lambda tf, x, y: [
        part(
            node(tf, "ConjugateTranspose", tf.complex(x, y), [1, 0], T=tf.complex64, Tperm=tf.int32)
        )
        for part in (tf.real, tf.imag)
    ],
    f32(2, 3),
    f32(2, 3, at=1),
)


def old_variable(shape):
    """A variable of before TensorFlow 1.0, assigned; its shape tells nothing when it is empty."""

    def build(tf, x):
        (variable,) = node(tf, "Variable", dtype=tf.float32, shape=tf.TensorShape(shape))
        return tf.assign(variable, x, validate_shape=False) + 1.0

    return build


suite.case("Variable_of_a_vector", old_variable([2]), num([1, 2]), grad=False)
suite.case("Variable_of_no_shape", old_variable([]), num([1, 2]), grad=False)


def sets(tf, operation, *groups):
    return node(
        tf,
        "DenseToDenseSetOperation",
        *groups,
        outputs=3,
        T=groups[0].dtype,
        set_operation=operation,
    )


SETS = ints([[3, 1, 1, 2], [5, 6, 7, 8]]), ints([[1, 9], [5, 4]])
for operation in ("a-b", "b-a", "intersection", "union", "A-B"):
    suite.case(
        f"DenseToDenseSetOperation_{operation}",
        lambda tf, *xs, operation=operation: sets(tf, operation, *xs),
        *SETS,
        grad=False,
    )
suite.case(
    "DenseToDenseSetOperation_deep",
    lambda tf, *xs: sets(tf, "a-b", *xs),
    ints([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
    ints([[[2], [4]], [[6], [9]]]),
    grad=False,
)
suite.case(
    "DenseToDenseSetOperation_strings",
    lambda tf: sets(tf, "union", tf.constant([["b", "a"]]), tf.constant([["c", "a"]])),
    grad=False,
)


def gathered(label, params, indices, **options):
    """A case of the op that `tf.gather` built before it had an axis."""
    suite.case(
        f"Gather_{label}",
        lambda tf, x, at: node(tf, "Gather", x, at, Tparams=x.dtype, Tindices=at.dtype),
        params,
        indices,
        **options,
    )


gathered("rows", f32(3, 2), ints([2, 0, 2]))
gathered("in_a_matrix", f32(3, 2), ints([[2, 0], [1, 1]]))
gathered("one", f32(3), ints(1))
gathered("integers", ints([4, 5, 6]), np.array([2, 0], np.int64), grad=False)
