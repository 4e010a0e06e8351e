"""Laws that hold for every shape: NumPy's meaning, static shapes that come true, gradients' shapes.

What TensorFlow was seen to do with particular inputs is in the `test_oracle_*` files.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes

import stillflow as tf

settings.register_profile("laws", deadline=None, max_examples=60)
settings.load_profile("laws")

BINARY = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "squared_difference": lambda x, y: (x - y) ** 2,
    "pow": np.power,
    "atan2": np.arctan2,
}
COMPARISONS = {"less": np.less, "equal": np.equal, "greater_equal": np.greater_equal}
REDUCTIONS = {
    "reduce_sum": np.sum,
    "reduce_mean": np.mean,
    "reduce_prod": np.prod,
    "reduce_max": np.max,
    "reduce_min": np.min,
}
SIDES = {"min_side": 1, "max_side": 3}
array_shapes = shapes.array_shapes(min_dims=0, max_dims=3, **SIDES)


def filled(shape, start=0.5):
    """f32[shape] of distinct positive values."""
    size = int(np.prod(shape, dtype=np.int64))
    return (
        (np.arange(size, dtype=np.float32) * 0.37 % 1.7 + start).astype(np.float32).reshape(shape)
    )


def run(build, *arrays):
    """Runs `build(*placeholders)`, fed with `arrays`; returns (values, placeholders, outputs)."""
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = [tf.placeholder(array.dtype, array.shape) for array in arrays]
        outputs = build(*inputs)
        feeds = dict(zip(inputs, arrays, strict=True))
        return session.run(outputs, feeds), outputs


def assert_same(got, want):
    """Equal dtype and shape, and values but for rounding."""
    want = np.asarray(want)
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    np.testing.assert_allclose(got, want, rtol=2e-5, atol=1e-6)


def unbroadcast(gradient, shape):
    """`gradient`, of a broadcast shape, summed back to `shape`."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    ones = tuple(i for i, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones, keepdims=True) if ones else gradient


@pytest.mark.parametrize("name", BINARY)
@given(shapes.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3))
def test_binary_broadcasts_as_numpy(name, drawn):
    """Values, and the shape known before running."""
    x, y = filled(drawn.input_shapes[0]), filled(drawn.input_shapes[1], 0.8)
    value, out = run(getattr(tf, name), x, y)
    assert_same(value, BINARY[name](x, y))
    assert tuple(out.shape.as_list()) == drawn.result_shape


# TensorFlow's rule sums nothing, so that it refuses what is broadcast.
SUMMED = [name for name in BINARY if name != "atan2"]


@pytest.mark.parametrize("name", SUMMED)
@given(shapes.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3))
def test_binary_gradients_have_input_shapes(name, drawn):
    """Whatever was broadcast."""
    x, y = filled(drawn.input_shapes[0]), filled(drawn.input_shapes[1], 0.8)
    (dx, dy), _ = run(lambda a, b: tf.gradients(getattr(tf, name)(a, b), [a, b]), x, y)
    assert (dx.shape, dy.shape) == (x.shape, y.shape)


@given(shapes.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3))
def test_product_gradient_is_the_other_factor_summed(drawn):
    """d(x y)/dx = y, summed over what repeated x."""
    x, y = filled(drawn.input_shapes[0]), filled(drawn.input_shapes[1], 0.8)
    (dx, dy), _ = run(lambda a, b: tf.gradients(a * b, [a, b]), x, y)
    whole = np.broadcast_to(np.float32(0), drawn.result_shape)
    assert_same(dx, unbroadcast(whole + y, x.shape))
    assert_same(dy, unbroadcast(whole + x, y.shape))


@pytest.mark.parametrize("name", COMPARISONS)
@given(shapes.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3))
def test_comparison_broadcasts_as_numpy(name, drawn):
    x, y = filled(drawn.input_shapes[0]), filled(drawn.input_shapes[1])
    value, _ = run(getattr(tf, name), x, y)
    assert value.dtype == np.bool_
    np.testing.assert_array_equal(value, COMPARISONS[name](x, y))


@st.composite
def shape_and_axes(draw):
    """A shape, some of its axes (negative ones too; None for all), and whether they are kept."""
    shape = draw(array_shapes)
    axes = st.none() | shapes.valid_tuple_axes(len(shape))
    return shape, draw(axes), draw(st.booleans())


@pytest.mark.parametrize("name", REDUCTIONS)
@given(shape_and_axes())
def test_reduction_is_numpys(name, drawn):
    """Values, static shape, and a gradient of the input's shape."""
    shape, axes, keep = drawn
    x = filled(shape)
    axis = None if axes is None else list(axes)

    def build(a):
        y = getattr(tf, name)(a, axis, keepdims=keep)
        return y, tf.gradients(y, a)[0]

    (value, gradient), (out, _) = run(build, x)
    want = REDUCTIONS[name](x, axis=axes, keepdims=keep)
    assert_same(value, np.asarray(want, np.float32))
    assert tuple(out.shape.as_list()) == np.shape(want)
    assert gradient.shape == shape


@given(shape_and_axes())
def test_sum_gradient_is_one(drawn):
    shape, axes, keep = drawn
    axis = None if axes is None else list(axes)
    value, _ = run(
        lambda a: tf.gradients(tf.reduce_sum(a, axis, keepdims=keep), a)[0], filled(shape)
    )
    assert_same(value, np.ones(shape, np.float32))


@st.composite
def array_and_index(draw):
    """An array, and a basic index of it: numbers, slices, an ellipsis, new axes."""
    shape = draw(shapes.array_shapes(min_dims=1, max_dims=3, max_side=4))
    return filled(shape), draw(shapes.basic_indices(shape, allow_newaxis=True))


@given(array_and_index())
def test_indexing_is_numpys(drawn):
    """Values, static shape, and a gradient of one where it was picked, else zero."""
    x, index = drawn

    def build(a):
        y = a[index]
        return y, tf.gradients(y, a)[0]

    (value, gradient), (out, _) = run(build, x)
    assert_same(value, x[index])
    assert tuple(out.shape.as_list()) == x[index].shape
    want = np.zeros_like(x)
    want[index] = 1
    assert_same(gradient, want)


@given(array_and_index())
def test_indexing_at_unknown_shape_is_numpys(drawn):
    """The shape known before running is never wrong, if it is vague."""
    x, index = drawn
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.placeholder(tf.float32, [None] * x.ndim)
        y = a[index]
        assert_same(session.run(y, {a: x}), x[index])
        assert y.shape.is_compatible_with(x[index].shape)


@given(array_shapes, st.data())
def test_transpose_is_numpys(shape, data):
    perm = data.draw(st.permutations(range(len(shape))))
    x = filled(shape)
    value, out = run(lambda a: tf.transpose(a, perm), x)
    assert_same(value, x.transpose(perm))
    assert tuple(out.shape.as_list()) == x.transpose(perm).shape


@given(array_shapes, st.data())
def test_reshape_and_back_is_identity(shape, data):
    """Through any shape of as many elements, one size of it left to infer."""
    x = filled(shape)
    target = list(data.draw(st.permutations([*shape, 1])))
    target[data.draw(st.integers(0, len(target) - 1))] = -1
    value, out = run(lambda a: tf.reshape(tf.reshape(a, target), shape), x)
    assert_same(value, x)
    assert out.shape.as_list() == list(shape)


@given(shapes.array_shapes(min_dims=1, max_dims=3, **SIDES), st.integers(1, 4), st.data())
def test_split_undoes_concat(shape, pieces, data):
    """And the gradient of each piece is its own."""
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    arrays = [filled(shape, start) for start in range(pieces)]

    def build(*tensors):
        joined = tf.concat(tensors, axis)
        return joined, tf.split(joined, pieces, axis), tf.gradients(joined**2, tensors)

    (joined, parts, gradients), _ = run(build, *arrays)
    assert_same(joined, np.concatenate(arrays, axis))
    for array, part, gradient in zip(arrays, parts, gradients, strict=True):
        assert_same(part, array)
        assert_same(gradient, 2 * array)


@given(array_shapes, st.integers(1, 3), st.data())
def test_unstack_undoes_stack(shape, count, data):
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    arrays = [filled(shape, start) for start in range(count)]
    (stacked, parts), _ = run(
        lambda *ts: (tf.stack(ts, axis), tf.unstack(tf.stack(ts, axis), count, axis)), *arrays
    )
    assert_same(stacked, np.stack(arrays, axis))
    for array, part in zip(arrays, parts, strict=True):
        assert_same(part, array)


@given(shapes.array_shapes(min_dims=1, max_dims=3, **SIDES), st.data())
def test_tile_and_pad_are_numpys(shape, data):
    """The gradient of a tile counts the copies; that of padding is one."""
    sizes = st.integers(0, 2)
    multiples = data.draw(st.tuples(*[sizes] * len(shape)))
    widths = data.draw(st.tuples(*[st.tuples(sizes, sizes)] * len(shape)))
    x = filled(shape)

    def build(a):
        tiled, padded = tf.tile(a, multiples), tf.pad(a, widths)
        return tiled, padded, tf.gradients(tiled, a)[0], tf.gradients(padded, a)[0]

    (tiled, padded, d_tiled, d_padded), _ = run(build, x)
    assert_same(tiled, np.tile(x, multiples))
    assert_same(padded, np.pad(x, widths))
    assert_same(d_tiled, np.full(shape, np.prod(multiples), np.float32))
    assert_same(d_padded, np.ones(shape, np.float32))


@given(
    shapes.mutually_broadcastable_shapes(
        signature=np.matmul.signature.replace("?", ""), max_dims=2, max_side=3
    )
)
def test_matmul_is_numpys(drawn):
    """Batches broadcast; gradients have the inputs' shapes."""
    x, y = filled(drawn.input_shapes[0]), filled(drawn.input_shapes[1], 0.8)

    def build(a, b):
        product = tf.matmul(a, b)
        return product, tf.gradients(product, [a, b])

    (value, (dx, dy)), _ = run(build, x, y)
    assert_same(value, x @ y)
    assert (dx.shape, dy.shape) == (x.shape, y.shape)


@given(shapes.array_shapes(min_dims=1, max_dims=3, **SIDES), st.data())
def test_gather_is_numpys_take(shape, data):
    """The gradient counts how often a row was taken."""
    axis = data.draw(st.integers(0, len(shape) - 1))
    picks = st.lists(st.integers(0, shape[axis] - 1), max_size=4)
    indices = np.array(data.draw(picks), np.int32)
    x = filled(shape)

    def build(a):
        taken = tf.gather(a, indices, axis=axis)
        return taken, tf.convert_to_tensor(tf.gradients(taken * 1.0, a)[0])

    (value, gradient), _ = run(build, x)
    assert_same(value, x.take(indices, axis))
    counts = np.bincount(indices, minlength=shape[axis]).astype(np.float32)
    along = [1] * len(shape)
    along[axis] = -1
    assert_same(gradient, np.broadcast_to(counts.reshape(along), shape))


@given(
    shapes.array_shapes(min_dims=1, max_dims=2, max_side=5), st.booleans(), st.booleans(), st.data()
)
def test_cumsum_ends_in_the_sum(shape, exclusive, reverse, data):
    """Exclusive and inclusive sums differ by the element; reversing twice changes nothing."""
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = filled(shape)
    value, _ = run(lambda a: tf.cumsum(a, axis, exclusive=exclusive, reverse=reverse), x)
    turned = np.flip(x, axis) if reverse else x
    want = np.cumsum(turned, axis, dtype=np.float32) - (turned if exclusive else 0)
    assert_same(value, np.flip(want, axis) if reverse else want)


@given(
    shapes.arrays(np.int32, array_shapes, elements=st.integers(-100, 100)),
    st.integers(-7, 7).filter(bool),
)
def test_integer_division_rounds_down(x, divisor):
    """x == (x // d) d + x % d, and the remainder has the divisor's sign."""
    (quotient, rest), _ = run(lambda a: (a // divisor, a % divisor), x)
    assert_same(quotient, x // np.int32(divisor))
    assert_same(rest, x % np.int32(divisor))


@given(
    shapes.arrays(np.float32, array_shapes, elements=st.floats(-100, 100, width=32)),
    st.sampled_from(["int32", "int64", "float64", "bool", "float16", "int8"]),
)
def test_cast_is_numpys(x, dtype):
    """But for denormal numbers, which are zero."""
    x = np.where(np.abs(x) < np.finfo(np.float32).tiny, np.float32(0), x)
    value, out = run(lambda a: tf.cast(a, dtype), x)
    np.testing.assert_array_equal(value, x.astype(dtype))
    assert value.dtype == out.dtype.as_numpy_dtype


@given(shapes.arrays(np.float32, (3, 4), elements=st.floats(-50, 50, width=32)))
def test_softmax_sums_to_one_and_agrees_with_its_logarithm(x):
    (soft, log), _ = run(lambda a: (tf.nn.softmax(a), tf.nn.log_softmax(a)), x)
    np.testing.assert_allclose(soft.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.exp(log), soft, rtol=1e-4, atol=1e-7)


@given(shapes.arrays(np.float32, (2, 5), elements=st.floats(-5, 5, width=32)), st.integers(1, 5))
def test_top_k_is_sorted_and_points_at_its_values(x, k):
    (values, indices), _ = run(lambda a: tuple(tf.nn.top_k(a, k)), x)
    assert_same(values, -np.sort(-x, axis=1)[:, :k])
    assert_same(np.take_along_axis(x, indices, 1), values)


@given(st.lists(shapes.arrays(np.float32, (2,), elements=st.floats(-9, 9, width=32)), min_size=1))
def test_clipping_by_global_norm_keeps_directions(arrays):
    """No longer than asked for, and every part scaled alike."""
    (clipped, norm), _ = run(lambda *ts: tf.clip_by_global_norm(ts, 1.0), *arrays)
    length = np.sqrt(sum((a.astype(np.float64) ** 2).sum() for a in arrays))
    np.testing.assert_allclose(norm, length, rtol=1e-4, atol=1e-6)
    for array, part in zip(arrays, clipped, strict=True):
        np.testing.assert_allclose(part, array / max(length, 1), rtol=1e-3, atol=1e-5)
