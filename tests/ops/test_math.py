"""Arithmetic, reductions and linear algebra beyond what is recorded: errors, operators, corners."""

import numpy as np
import pytest

import stillflow as tf

FLOATS, INTS = np.float32([1, 2, 3]), np.int32([1, 2, 3])


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def fed(array):
    """A placeholder of the array's type and shape, and the feed that gives it the array."""
    array = np.asarray(array)
    tensor = tf.placeholder(array.dtype, array.shape)
    return tensor, {tensor: array}


# What fails in a run ----------------------------------------------------------------------------

DIVISIONS = {
    "floordiv": tf.floordiv,
    "floor_div": tf.floor_div,
    "div": tf.div,
    "mod": tf.mod,
    "truncatediv": tf.truncatediv,
    "truncatemod": tf.truncatemod,
}


@pytest.mark.parametrize("divide", DIVISIONS.values(), ids=DIVISIONS)
def test_integer_division_by_zero(divide, tier):
    """Dividing integers by 0 fails the run, as TensorFlow's kernels do; of floats it gives inf."""
    x, feeds = fed(INTS)
    y = divide(x, tf.constant([1, 0, 2]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        run(y, feeds)


def test_division_of_floats_by_zero(tier):
    x, feeds = fed(np.float32([1, -1, 0]))
    assert str(run(x / 0.0, feeds)) == "[ inf -inf  nan]"


def test_negative_power_of_integers(tier):
    x, feeds = fed(INTS)
    message = "Integers to negative integer powers are not allowed"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(x**-1, feeds)


SINGULAR = np.float32([[1, 2], [2, 4]])
UNSOLVABLE = {
    "inverse": (tf.matrix_inverse, SINGULAR, "Input is not invertible."),
    "solve": (lambda x: tf.matrix_solve(x, [[1.0], [2.0]]), SINGULAR, "not invertible"),
    "cholesky": (tf.cholesky, -np.eye(2, dtype=np.float32), "Cholesky decomposition was not succe"),
}


@pytest.mark.parametrize(
    ("function", "matrix", "message"), UNSOLVABLE.values(), ids=UNSOLVABLE.keys()
)
def test_unsolvable(function, matrix, message, tier):
    """A singular or indefinite matrix fails the run on both tiers."""
    x, feeds = fed(matrix)
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(function(x), feeds)


def test_bincount_of_negative_values(tier):
    x, feeds = fed(np.int32([1, -1]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be non-negative"):
        run(tf.bincount(x), feeds)


def test_fed_axis_out_of_range(tier):
    x, feeds = fed(FLOATS)
    axis = tf.placeholder(tf.int32, [])
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(tf.reduce_sum(x, axis), {**feeds, axis: 3})


# What fails while building ----------------------------------------------------------------------


def placeholder(dtype=tf.float32, shape=None):
    return tf.placeholder(dtype, shape)


MISUSES = {
    "add_of_two_types": (
        lambda: placeholder() + placeholder(tf.int32),
        TypeError,
        "Input 'y' of 'AddV2' Op has type int32 that does not match type float32 of argument 'x'.",
    ),
    "float_to_ints": (
        lambda: placeholder(tf.int32) + 1.5,
        TypeError,
        "Input 'y' of 'AddV2' Op has type float32 that does not match type int32 of argument 'x'.",
    ),
    "ints_to_float": (
        lambda: 1.5 + placeholder(tf.int32),
        TypeError,
        "Expected int32, got 1.5 of type 'float' instead.",
    ),
    "divide_two_types": (
        lambda: placeholder(tf.int32) / placeholder(),
        TypeError,
        "x and y must have the same dtype, got tf.int32 != tf.float32",
    ),
    "add_bools": (
        lambda: placeholder(tf.bool) + placeholder(tf.bool),
        TypeError,
        "Value passed to parameter 'x' has DataType bool not in list of allowed values: bfloat16,"
        " float16, float32, float64, uint8, int8, int16, int32, int64, complex64, complex128",
    ),
    "add_none": (lambda: placeholder() + None, ValueError, "None values not supported."),
    "and_of_floats": (
        lambda: placeholder() & placeholder(),
        TypeError,
        "Input 'x' of 'LogicalAnd' Op has type float32 that does not match expected type of bool.",
    ),
    "sqrt_of_ints": (
        lambda: tf.sqrt(placeholder(tf.int32)),
        TypeError,
        "Value passed to parameter 'x' has DataType int32 not in list of allowed values: bfloat16,"
        " float16, float32, float64, complex64, complex128",
    ),
    "complex_of_two_types": (
        lambda: tf.complex(placeholder(), placeholder(tf.float64)),
        TypeError,
        "real and imag have incorrect types: float32 float64",
    ),
    "conj_of_bools": (
        lambda: tf.conj(placeholder(tf.bool)),
        TypeError,
        "Expected numeric or variant tensor, got dtype tf.bool",
    ),
    "shapes_that_differ": (
        lambda: placeholder(shape=[2, 3]) + placeholder(shape=[4]),
        ValueError,
        "Dimensions must be equal, but are 3 and 4 for 'add' (op: 'AddV2') with input shapes: "
        "[2,3], [4].",
    ),
    "matmul_inner_sizes": (
        lambda: tf.matmul(placeholder(shape=[2, 3]), placeholder(shape=[4, 5])),
        ValueError,
        "Dimensions must be equal, but are 3 and 4 for 'MatMul' (op: 'MatMul') with input shapes: "
        "[2,3], [4,5].",
    ),
    "matmul_batches": (
        lambda: tf.matmul(placeholder(shape=[2, 2, 3]), placeholder(shape=[4, 3, 2])),
        ValueError,
        "Dimensions must be equal, but are 2 and 4 for 'MatMul' (op: 'BatchMatMulV2') with input "
        "shapes: [2,2,3], [4,3,2].",
    ),
    "matmul_of_two_types": (
        lambda: tf.matmul(placeholder(shape=[2, 3]), placeholder(tf.int32, [3, 2])),
        TypeError,
        "Input 'b' of 'MatMul' Op has type int32 that does not match type float32 of argument 'a'.",
    ),
    "matmul_transposed_twice": (
        lambda: tf.matmul(placeholder(), placeholder(), transpose_a=True, adjoint_a=True),
        ValueError,
        "Only one of transpose_a and adjoint_a can be True.",
    ),
    "both_spellings_of_keepdims": (
        lambda: tf.reduce_sum(placeholder(), keepdims=True, keep_dims=True),
        ValueError,
        "Cannot specify both 'keep_dims' and 'keepdims'",
    ),
    "both_spellings_of_axis": (
        lambda: tf.argmax(placeholder(), axis=0, dimension=1),
        ValueError,
        "Cannot specify both 'dimension' and 'axis'",
    ),
    "axis_out_of_range": (
        lambda: tf.reduce_sum(placeholder(shape=[2]), 1),
        ValueError,
        "Invalid reduction dimension 1 for input with 1 dimensions. for 'Sum' (op: 'Sum') with "
        "input shapes: [2], [] and with computed input tensors: input[1] = <1>.",
    ),
    "axis_of_rank_two": (
        lambda: tf.reduce_sum(placeholder(shape=[2, 3]), [[0]]),
        ValueError,
        "Shape must be at most rank 1 but is rank 2 for 'Sum' (op: 'Sum') with input shapes: "
        "[2,3], [1,1].",
    ),
    "axis_no_integer": (
        lambda: tf.reduce_sum(placeholder(), 1.5),
        TypeError,
        "Value passed to parameter 'reduction_indices' has DataType float32 not in list of allowed "
        "values: int32, int64",
    ),
    "argmax_over_two_axes": (
        lambda: tf.argmax(placeholder(shape=[2, 3]), [0]),
        ValueError,
        "Shape must be rank 0 but is rank 1 for 'ArgMax' (op: 'ArgMax') with input shapes: "
        "[2,3], [1].",
    ),
    "add_nothing": (
        lambda: tf.add_n([]),
        ValueError,
        "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape",
    ),
    "add_n_of_two_types": (
        lambda: tf.add_n([placeholder(), placeholder(tf.int32)]),
        TypeError,
        "Tensors in list passed to 'inputs' of 'AddN' Op have types [float32, int32] that don't "
        "all match.",
    ),
    "scalar_mul_of_a_vector": (
        lambda: tf.scalar_mul(placeholder(shape=[2]), placeholder()),
        ValueError,
        "Only scalar multiply works, got shape (2,)",
    ),
    "norm_order": (
        lambda: tf.norm(placeholder(shape=[2, 3]), "fro"),
        ValueError,
        "'ord' must be a supported vector norm, got fro",
    ),
    "norm_axes": (
        lambda: tf.norm(placeholder(shape=[2, 3]), axis=[0, 1, 2]),
        ValueError,
        "'axis' must be None, an integer, or a tuple of 2 unique integers",
    ),
    "einsum_axis_twice": (
        lambda: tf.einsum("ii->", placeholder(shape=[3, 3])),
        ValueError,
        "Subscript not supported: an axis appears more than once: ii",
    ),
    "einsum_new_axis": (
        lambda: tf.einsum("ij->ik", placeholder(shape=[3, 3])),
        ValueError,
        "Invalid equation: ij->ik",
    ),
    "einsum_too_few": (
        lambda: tf.einsum("ij,jk->ik", placeholder(shape=[3, 3])),
        ValueError,
        'Got 1 arguments for equation "ij,jk->ik", expecting 2',
    ),
    "einsum_keyword": (
        lambda: tf.einsum("i->i", placeholder(shape=[3]), foo=1),
        TypeError,
        "invalid keyword arguments for this function: foo",
    ),
    "tensordot_axes": (
        lambda: tf.tensordot(placeholder(shape=[2]), placeholder(shape=[2]), [[0], [0, 1]]),
        ValueError,
        "Different number of contraction axes 'a' and 'b', 1 != 2.",
    ),
    "global_norm_of_a_tensor": (
        lambda: tf.global_norm(placeholder()),
        TypeError,
        "t_list should be a sequence",
    ),
    "clip_that_widens": (
        lambda: tf.clip_by_value(placeholder(shape=[3]), [[0.0], [1.0]], 2.0),
        ValueError,
        "Shapes (3,) and (2, 3) are not compatible",
    ),
}


@pytest.mark.parametrize(("build", "kind", "message"), MISUSES.values(), ids=MISUSES.keys())
def test_misuse(build, kind, message):
    """TensorFlow 1.15's class of error and its words, which were seen to be these."""
    with pytest.raises(kind) as raised:
        build()
    assert str(raised.value).startswith(message)


# Python's operators -----------------------------------------------------------------------------


def test_operators_of_variables():
    """A variable stands for its value on either side."""
    w = tf.Variable([2.0, 3.0])
    results = [w + 1, 1 - w, w * w, w / 2, 2 / w, -w, abs(-w), w**2, w > 2]
    with tf.Session() as session:
        session.run(w.initializer)
        values = session.run(results)
    assert [v.tolist() for v in values[:4]] == [[3, 4], [-1, -2], [4, 9], [1, 1.5]]
    assert values[8].tolist() == [False, True]


def test_operators_of_arrays():
    """An array on the left leaves the operator to the tensor."""
    x = tf.constant(FLOATS)
    sums = FLOATS + x, FLOATS * x, np.float64(2) * x, x > FLOATS
    assert all(isinstance(total, tf.Tensor) for total in sums)
    assert sums[2].dtype == tf.float32


def test_unknown_operands_are_asked():
    """An operand that no tensor can be made of may know the operator itself."""

    class Unit:
        def __radd__(self, other):
            return "asked"

    assert tf.constant(1) + Unit() == "asked"


def test_equality_is_identity():
    """`==` compares tensors as objects, so that they can be keys and list members."""
    x, y = tf.constant(1), tf.constant(1)
    assert x == x
    assert x != y
    assert {x: 1}[x] == 1


def test_strings_are_joined():
    assert run(tf.constant(["a", "b"]) + "c").tolist() == [b"ac", b"bc"]


def test_complex_operators():
    """The operators of complex tensors."""
    z = tf.constant(1 + 2j)
    assert run([z * 2, z / 2j, z**2, abs(z), -z]) == [2 + 4j, 1 - 0.5j, -3 + 4j, 5**0.5, -1 - 2j]


# Corners ----------------------------------------------------------------------------------------


def test_einsum_where_a_letter_occurs_thrice(tier):
    """Letters that more than two inputs share are summed at once."""
    arrays = [
        np.float64([[1, 2], [3, 4]]),
        np.float64([[5, 6], [7, 8]]),
        np.float64([[9, 1], [2, 3]]),
    ]
    tensors, feeds = zip(*map(fed, arrays), strict=True)
    result = run(tf.einsum("ij,jk,kj->i", *tensors), {k: v for f in feeds for k, v in f.items()})
    np.testing.assert_allclose(result, np.einsum("ij,jk,kj->i", *arrays))


def test_norm_of_matrices(tier):
    """The 2-norm of matrices is their largest singular value, whichever axes they lie in."""
    x, feeds = fed(np.arange(12.0).reshape(2, 3, 2) % 5)
    norms = run([tf.norm(x, 2, axis=[1, 2]), tf.norm(x, 2, axis=[-1, 0], keepdims=True)], feeds)
    value = feeds[x]
    np.testing.assert_allclose(norms[0], np.linalg.norm(value, 2, axis=(1, 2)))
    wanted = np.linalg.norm(value.transpose(1, 2, 0), 2, axis=(1, 2))
    np.testing.assert_allclose(norms[1], wanted.reshape(1, 3, 1))


def test_decompositions_multiply_back(tier):
    """The factors' product is the matrix."""
    x, feeds = fed(np.random.default_rng(3).normal(size=(2, 4, 3)))
    s, u, v = tf.svd(x)
    q, r = tf.qr(x)
    square = tf.matmul(x, x, transpose_a=True)
    e, w = tf.self_adjoint_eig(square)
    products = [
        (tf.matmul(u, tf.matmul(tf.matrix_diag(s), v, adjoint_b=True)), x),
        (tf.matmul(q, r), x),
        (tf.matmul(w, tf.matmul(tf.matrix_diag(e), w, adjoint_b=True)), square),
        (tf.matmul(tf.cholesky(square), tf.cholesky(square), adjoint_b=True), square),
    ]
    for got, want in run(products, feeds):
        np.testing.assert_allclose(got, want, atol=1e-9)


def test_sums_over_no_axes_do_nothing():
    """An empty list of axes leaves a tensor as it is, mean and extremum alike."""
    x = tf.constant(FLOATS)
    for function in (tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_prod):
        assert run(function(x, [])).tolist() == FLOATS.tolist()


def test_reductions_of_python_lists():
    """Plain values are reduced over all their axes."""
    assert run([tf.reduce_sum([[1, 2], [3, 4]]), tf.reduce_mean([1, 2])]) == [10, 1]


def test_sparse_matmul_takes_two_types(tier):
    """SparseMatMul alone mixes bfloat16 and float32, and gives float32."""
    x, feeds = fed(np.float32([[1, 2]]))
    product = tf.matmul(tf.to_bfloat16(x), [[1.0], [3.0]])
    assert product.op.type == "SparseMatMul"
    assert run(product, feeds) == [[7.0]]


def test_cast_drops_imaginary_parts_silently():
    """As TensorFlow does; NumPy alone would warn."""
    assert run(tf.cast(tf.constant([1 + 2j]), tf.float32)) == [1.0]


def test_import_leaves_scipy_alone():
    """Only a program that uses a special function loads SciPy."""
    import subprocess
    import sys

    program = (
        "import sys, stillflow as tf\n"
        "tf.Session().run(tf.exp(tf.constant(1.0)))\n"
        "assert 'scipy' not in sys.modules and 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_arguments_in_order():
    """An op takes its inputs, its attributes and a name in order, as TensorFlow's wrappers do."""
    assert tf.add(1, 2, "total").op.name == "total"
    inverse = tf.matrix_inverse([[1.0]], True, "inverse")
    assert inverse.op.name == "inverse"
    assert inverse.op.get_attr("adjoint") is True
    with pytest.raises(TypeError, match="takes 3 arguments"):
        tf.add(1, 2, "a", "b")
    with pytest.raises(TypeError, match="multiple values for argument 'x'"):
        tf.add(1, 2, x=3)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        tf.add(1, 2, z=3)
    with pytest.raises(TypeError, match="missing required argument: 'y'"):
        tf.add(1)
