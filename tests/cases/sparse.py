"""Sparse tensors: arithmetic, products, reductions, and how they are rearranged."""

import numpy as np

from .arrays import f32, longs, num
from .suite import Suite

suite = Suite("sparse")
case = suite.case

#: Six elements of a matrix of 3 rows and 4 columns, and of three more axes.
MATRIX = longs([[0, 1], [0, 3], [1, 0], [2, 1], [2, 2], [2, 3]])
CUBE = longs([[0, 0, 1], [0, 1, 0], [0, 1, 2], [1, 0, 0], [1, 0, 2], [1, 1, 1]])
VALUES = f32(6)
SIZES, CUBE_SIZES = longs([3, 4]), longs([2, 2, 3])


def on(*parts):
    """The inputs of a case of one sparse tensor: its parts, and others."""
    return (MATRIX, VALUES, SIZES, *parts)


# Products ---------------------------------------------------------------------------------------
for a, b in [(False, False), (False, True), (True, False), (True, True)]:
    case(
        f"matmul_{a}_{b}",
        lambda tf, i, v, s, x, a=a, b=b: tf.sparse_tensor_dense_matmul(
            tf.SparseTensor(i, v, s), x, adjoint_a=a, adjoint_b=b
        ),
        *on(f32(*[(4, 2), (2, 4), (3, 2), (2, 3)][2 * a + b])),
    )
case(
    "matmul_complex",
    lambda tf, i, v, s, x: tf.sparse.matmul(tf.SparseTensor(i, v, s), x, adjoint_a=True),
    *(MATRIX, (f32(6) + 1j * f32(6, at=1)).astype(np.complex64), SIZES),
    (f32(3, 2) + 1j * f32(3, 2, at=1)).astype(np.complex64),
    grad=False,
)
case(
    "matmul_repeated",
    lambda tf, i, v, s, x: tf.sparse.sparse_dense_matmul(tf.SparseTensor(i, v, s), x),
    *(longs([[1, 0], [1, 0], [0, 1]]), num([1, 2, 4]), longs([2, 2]), f32(2, 2)),
)
case(
    "matmul_of_nothing",
    lambda tf, i, v, s, x: tf.sparse.matmul(tf.SparseTensor(i, v, s), x),
    *(np.zeros([0, 2], np.int64), f32(0), longs([2, 3]), f32(3, 2)),
)


# Arithmetic -------------------------------------------------------------------------------------
def of_two(function):
    """A case's function of the parts of two sparse tensors."""
    return lambda tf, i, v, s, j, w, z: function(tf)(
        tf.SparseTensor(i, v, s), tf.SparseTensor(j, w, z)
    )


OTHER = longs([[0, 0], [0, 3], [2, 1], [2, 3]])
TWO = on(OTHER, f32(4, at=1), SIZES)
case("add", of_two(lambda tf: tf.sparse_add), *TWO)
case(
    "add_threshold",
    lambda tf, i, v, s, j, w, z: tf.sparse.add(
        tf.SparseTensor(i, v, s), tf.SparseTensor(j, w, z), threshold=1.5
    ),
    *TWO,
)
case(
    "add_complex",
    lambda tf, i, v, s: tf.sparse.add(tf.SparseTensor(i, v, s), tf.SparseTensor(i, v, s), 2.0),
    *(MATRIX, (f32(6) + 1j * f32(6, at=1)).astype(np.complex64), SIZES),
    grad=False,
)
case("maximum", of_two(lambda tf: tf.sparse.maximum), *TWO, grad=False)
case("minimum", of_two(lambda tf: tf.sparse_minimum), *TWO, grad=False)
for name, operate in {
    "mul": lambda tf, a, x: a * x,
    "mul_after": lambda tf, a, x: x * a,
    "div": lambda tf, a, x: a / x,
    "add_dense": lambda tf, a, x: tf.sparse.add(a, x),
}.items():
    for kind, shape in {"whole": (3, 4), "row": (4,), "column": (3, 1), "one": ()}.items():
        if name != "add_dense" or kind == "whole":
            case(
                f"{name}_{kind}",
                lambda tf, i, v, s, x, operate=operate: operate(tf, tf.SparseTensor(i, v, s), x),
                *on(f32(*shape)),
            )
case(
    "div_ints",
    lambda tf, i, v, s, x: [tf.SparseTensor(i, v, s) / x, tf.SparseTensor(i, v, s).__div__(x)],
    *(MATRIX, longs([7, -7, 5, 9, -3, 0]), SIZES, longs([2, 3, -4, 5])),
)
case(
    "softmax",
    lambda tf, i, v, s: tf.sparse_softmax(tf.SparseTensor(i, v, s)),
    *on(),
)
case(
    "softmax_cube",
    lambda tf, i, v, s: tf.sparse.softmax(tf.SparseTensor(i, v, s)),
    CUBE,
    VALUES,
    CUBE_SIZES,
)

# Reductions -------------------------------------------------------------------------------------
for axis in [None, 0, 1, [0, 2], [-1], [0, 1, 2]]:
    for keep in (False, True):
        case(
            f"reduce_sum_{axis}_{keep}",
            lambda tf, i, v, s, axis=axis, keep=keep: tf.sparse_reduce_sum(
                tf.SparseTensor(i, v, s), axis, keepdims=keep
            ),
            *(CUBE, VALUES, CUBE_SIZES),
        )
        case(
            f"reduce_others_{axis}_{keep}",
            lambda tf, i, v, s, axis=axis, keep=keep: [
                reduce(tf.SparseTensor(i, v, s), axis, keepdims=keep)
                for reduce in (
                    tf.sparse_reduce_max,
                    tf.sparse_reduce_max_sparse,
                    tf.sparse_reduce_sum_sparse,
                )
            ],
            *(CUBE, VALUES, CUBE_SIZES),
            grad=False,
        )

# Rearranged -------------------------------------------------------------------------------------
SHUFFLED = [4, 0, 5, 2, 1, 3]
case(
    "reorder",
    lambda tf, i, v, s: tf.sparse_reorder(tf.SparseTensor(i, v, s)),
    MATRIX[SHUFFLED],
    VALUES,
    SIZES,
)
case(
    "transpose_perm",
    lambda tf, i, v, s: tf.sparse.transpose(tf.SparseTensor(i, v, s), [1, 2, 0]),
    *(CUBE, VALUES, CUBE_SIZES),
)
case("slice", lambda tf, i, v, s: tf.sparse_slice(tf.SparseTensor(i, v, s), [1, 1], [2, 2]), *on())
case(
    "slice_beyond",
    lambda tf, i, v, s: tf.sparse.slice(tf.SparseTensor(i, v, s), [0, 2], [9, 9]),
    *on(),
)
for count, axis in [(1, 0), (2, 0), (3, 0), (2, 1), (3, 1)]:
    case(
        f"split_{count}_{axis}",
        lambda tf, i, v, s, count=count, axis=axis: tf.sparse_split(
            sp_input=tf.SparseTensor(i, v, s), num_split=count, axis=axis
        ),
        *on(),
        grad=False,
    )
case(
    "expand_dims",
    lambda tf, i, v, s: [
        tf.sparse.expand_dims(tf.SparseTensor(i, v, s), at) for at in (None, 0, 1, -2)
    ],
    *on(),
)
case(
    "reset_shape_tight", lambda tf, i, v, s: tf.sparse.reset_shape(tf.SparseTensor(i, v, s)), *on()
)
case(
    "fill_empty_rows",
    lambda tf, i, v, s, d: tf.sparse_fill_empty_rows(tf.SparseTensor(i, v, s), d),
    longs([[1, 2], [1, 0], [3, 1]]),
    f32(3),
    longs([5, 3]),
    num(9),
)
case(
    "fill_empty_rows_strings",
    lambda tf, i, v, s, d: tf.sparse.fill_empty_rows(tf.SparseTensor(i, v, s), d),
    longs([[1, 2], [3, 1]]),
    np.array([b"a", b"b"], object),
    longs([4, 3]),
    np.array(b"-", object),
    grad=False,
)
case(
    "retain",
    lambda tf, i, v, s: tf.sparse_retain(
        tf.SparseTensor(i, v, s), [True, False, True, True, False, False]
    ),
    *on(),
)
case("reshape", lambda tf, i, v, s: tf.sparse_reshape(tf.SparseTensor(i, v, s), [2, -1]), *on())
for axis in (0, 1, -1):
    case(
        f"concat_{axis}",
        lambda tf, i, v, s, j, w, z, axis=axis: tf.sparse_concat(
            axis, [tf.SparseTensor(i, v, s), tf.SparseTensor(j, w, z)]
        ),
        *TWO,
        grad=False,
    )
    case(
        f"concat_expanded_{axis}",
        lambda tf, i, v, s, j, w, z, axis=axis: tf.sparse.concat(
            axis, [tf.SparseTensor(i, v, s), tf.SparseTensor(j, w, z)], expand_nonconcat_dim=True
        ),
        *on(OTHER, f32(4, at=1), longs([5, 6])),
        grad=False,
    )

# Made -------------------------------------------------------------------------------------------
case("from_dense", lambda tf, x: tf.sparse.from_dense(x), num([[0, 1, 2], [3, 0, 0]]))
case(
    "eye",
    lambda tf: [tf.sparse.eye(3), tf.sparse.eye(2, 3, tf.int32), tf.sparse.eye(3, 2)],
    grad=False,
)
case(
    "merge",
    lambda tf, i, v, s, w: tf.sparse_merge(tf.SparseTensor(i, v, s), tf.SparseTensor(i, w, s), 9),
    MATRIX,
    longs([8, 1, 0, 5, 4, 7]),
    SIZES,
    VALUES,
)
case(
    "merge_lists",
    lambda tf, i, v, s, w: tf.sparse.merge(
        [tf.SparseTensor(i, v, s)] * 2, tf.SparseTensor(i, w, s), [9, 9], already_sorted=True
    ),
    MATRIX,
    longs([8, 1, 0, 5, 4, 7]),
    SIZES,
    VALUES,
)
case(
    "to_indicator",
    lambda tf, i, v, s: tf.sparse_to_indicator(tf.SparseTensor(i, v, s), 9),
    MATRIX,
    longs([8, 1, 0, 5, 4, 7]),
    SIZES,
)
case(
    "to_dense", lambda tf, i, v, s: tf.sparse_tensor_to_dense(tf.SparseTensor(i, v, s), -1.0), *on()
)
case(
    "cast_and_sizes",
    lambda tf, i, v, s: [
        tf.cast(tf.SparseTensor(i, v, s), tf.float64),
        tf.shape(tf.SparseTensor(i, v, s)),
        tf.size(tf.SparseTensor(i, v, s)),
        tf.rank(tf.SparseTensor(i, v, s)),
    ],
    *on(),
)
