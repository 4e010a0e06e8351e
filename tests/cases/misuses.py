"""Op types that are fed ranks, sizes and values which their kernels refuse, or which they take.

Nothing is known of the fed shapes while building, so that the run has to say what is wrong. Each
row is an op type, its inputs, and attributes; types follow from the inputs.
"""

import numpy as np

from .arrays import f32, ints
from .nodes import node
from .suite import Suite

suite = Suite("misuses")

#: The names of the type attributes, by input; "T" for every input where an op is not listed.
TYPES = {
    "OneHot": ["TI", None, "T", "T"],
    "LinSpace": ["T", "T", "Tidx"],
    "DynamicStitch": [None, None, "T", None],
    "SparseSegmentSum": ["T", "Tidx", None],
    "SparseSegmentMean": ["T", "Tidx", None],
    "InTopKV2": [None, "T", None],
    "GatherV2": ["Tparams", "Tindices", "Taxis"],
    "Reshape": ["T", "Tshape"],
    "Transpose": ["T", "Tperm"],
    "ReverseSequence": ["T", "Tlen"],
    "Slice": ["T", "Index", "Index"],
    "Pad": ["T", "Tpaddings"],
    "PadV2": ["T", "Tpaddings", "T"],
    "MirrorPad": ["T", "Tpaddings"],
    "MirrorPadGrad": ["T", "Tpaddings"],
    "Cumsum": ["T", "Tidx"],
    "Cumprod": ["T", "Tidx"],
    "CumulativeLogsumexp": ["T", "Tidx"],
    "ArgMax": ["T", "Tidx"],
    "ArgMin": ["T", "Tidx"],
    "ScatterNd": ["Tindices", "T", "Tindices"],
    "TensorScatterUpdate": ["T", "Tindices", "T"],
    "TensorScatterAdd": ["T", "Tindices", "T"],
    "TensorScatterSub": ["T", "Tindices", "T"],
    "GatherNd": ["Tparams", "Tindices"],
    "Fill": ["index_type", "T"],
    "Roll": ["T", "Tshift", "Taxis"],
    "All": [None, "Tidx"],
    "Any": [None, "Tidx"],
    "SparseMatMul": ["Ta", "Tb"],
    **{name: ["T", "Tidx"] for name in ("Sum", "Mean", "Max", "Min", "Prod", "EuclideanNorm")},
}


def types_of(tf, op_type, arrays):
    """The type attributes of a node with inputs like `arrays`."""
    names = TYPES.get(op_type, ["T"] * len(arrays))
    return {names[i]: tf.as_dtype(arrays[i].dtype) for i in range(len(arrays)) if names[i]}


def fed(op_type, *arrays, label="", **attributes):
    """Adds a case in which the run of a node of `op_type` is fed `arrays`."""

    def one(tf, run):
        feeds = [tf.placeholder(array.dtype) for array in arrays]
        types = types_of(tf, op_type, arrays)
        run(
            node(tf, op_type, *feeds, **types, **attributes),
            {feeds[i]: arrays[i] for i in range(len(feeds))},
        )

    shapes = "x".join(str(list(array.shape)) for array in arrays).replace(" ", "")
    given = label or "".join(f",{name}={attributes[name]}" for name in sorted(attributes))
    small = "".join(str(a.tolist()) for a in arrays if a.dtype == np.int32 and a.size < 5)
    suite.case(f"{op_type}{shapes}{small}{given}".replace(" ", ""), one, grad=False)


# Products.

for op_type in ("MatMul", "BatchMatMul", "BatchMatMulV2", "SparseMatMul"):
    for a, b in (
        ((2,), (2, 3)),
        ((2, 3), (3,)),
        ((), (2, 2)),
        ((1, 2, 2), (2, 2)),
        ((2, 3), (2, 3)),
        ((2, 2, 3), (3, 3, 2)),
        ((2, 2, 3), (1, 3, 2)),
        ((1, 2), (1, 2)),
        ((2, 1), (3, 1)),
        ((1, 3), (1, 1)),
    ):
        fed(op_type, f32(*a), f32(*b))
for a, b in (((2, 3), (3,)), ((2, 2), (2, 2)), ((), ()), ((0, 3), (0, 3))):
    fed("Cross", f32(*a), f32(*b))

# Parts and surroundings.

X = f32(2, 3)
for begin, size in (([0], [1]), ([0, 0, 0], [1, 1, 1]), (0, 1), ([0, 0], [1])):
    fed("Slice", X, ints(begin), ints(size))
for paddings in ([1, 1], [[1, 1]], [[1, 1, 1]] * 2, [[1, -1], [0, 0]], [[[1, 1]] * 2]):
    fed("Pad", X, ints(paddings))
    fed("MirrorPadGrad", f32(5, 4), ints(paddings), mode="REFLECT")
fed("Pad", f32(), np.zeros([0, 2], np.int32))
fed("PadV2", X, ints([[1, 1], [2, 2]]), f32(1))
for paddings in ([[0, 3], [0, 0]], [[0, 5], [0, 0]]):
    fed("MirrorPadGrad", f32(5, 4), ints(paddings), mode="REFLECT")
    fed("MirrorPadGrad", f32(5, 4), ints(paddings), mode="SYMMETRIC")
for shift, axis in (
    ([[1]], [[0]]),
    ([1, 1], 0),
    (1, [0, 1]),
    (1, -3),
    (1, 5),
    ([1, 2], [0, 0]),
):
    fed("Roll", X, ints(shift), ints(axis))
fed("Roll", f32(), ints(1), ints(0))

# Along axes.

for op_type in ("Cumsum", "Cumprod", "CumulativeLogsumexp"):
    for shape, axis in (((), 0), ((3,), 1), ((3,), [0]), ((2, 3), -3), ((0,), 0)):
        fed(op_type, f32(*shape), ints(axis))
for op_type in ("ArgMax", "ArgMin"):
    for shape, axis in (((), 0), ((), -1), ((3,), 1), ((3,), [0]), ((2, 3), -3), ((2, 0), 0)):
        fed(op_type, f32(*shape), ints(axis))
for op_type in ("Sum", "Mean", "Max", "Min", "Prod", "EuclideanNorm"):
    for axes in ([0, 0], [0, -2], [[0, 1]], 2, [[0], [1]]):
        fed(op_type, X, ints(axes), keep_dims=False)
for op_type in ("All", "Any"):
    for axes in ([0, 0], [1, -1], [[0, 1]], 2):
        fed(op_type, X > 0, ints(axes))
for axes in ([0, 0], [0, -2], [2], [1]):
    fed("Squeeze", f32(1, 3), squeeze_dims=axes)

# By index.

for shape in ((), (2,), (0,), (1,) * 9):
    fed("Where", np.ones(shape, np.bool_))
for indices, updates, shape in (
    ([[0], [1]], (1,), [3]),
    ([[0], [1]], (), [3]),
    ([[0], [1]], (2, 2), [3]),
    ([[0], [1]], (2, 1), [3, 2]),
    ([0, 1], (), [3, 2]),
    (0, (), [3]),
    ([[0, 0, 0]], (1,), [3, 2]),
    ([[0]], (1,), 3),
    ([[0]], (1,), [[3]]),
    ([[0]], (1,), [-1]),
    ([[0]], (1,), [0]),
    ([[0], [1]], (0,), [3]),
    ([[0]], (1,), []),
):
    fed("ScatterNd", ints(indices), f32(*updates), ints(shape))
    if np.ndim(shape) == 1 and -1 not in shape:
        for op_type in ("TensorScatterUpdate", "TensorScatterAdd", "TensorScatterSub"):
            fed(op_type, f32(*shape), ints(indices), f32(*updates))
for shape, indices in (([3], 0), ([3, 2], [[0, 0, 0]]), ([0], [[0]]), ([], [[0]]), ([3], [0])):
    fed("GatherNd", f32(*shape), ints(indices))
fed("ScatterNd", np.zeros([3, 0], np.int32), f32(3, 4), ints([4]))

# Shapes.

for dims, value in (([[1, 2]], ()), (1, ()), ([2], (1,)), ([-1], ()), ([2, -2], ()), ([], ())):
    fed("Fill", ints(dims), f32(*value))

for sizes in ([[2, 3]], 6):
    fed("Reshape", X, ints(sizes))
fed("Transpose", X, ints([[1, 0]]))

# Sums, choices and rows.

for a, b in (((3,), (2, 3)), ((), (2,)), ((1, 3), (2, 3))):
    fed("AddN", f32(*a), f32(*b), N=2)
    fed("ApproximateEqual", f32(*a), f32(*b))
for depth, on, off in (([3], (), ()), (3, (1,), ()), (3, (), (1,))):
    fed("OneHot", ints([0, 2]), ints(depth), f32(*on), f32(*off))
for start, stop, count in (((1,), (), 3), ((), (1,), 3), ((), (), [3])):
    fed("LinSpace", f32(*start), f32(*stop), ints(count))
fed("DynamicStitch", ints([0]), ints([[1]]), f32(1, 2), f32(1, 1, 3), N=2)
fed("DynamicStitch", ints([0]), ints(1), f32(1, 2), f32(1), N=2)
for indices, ids in (([[0]], [0]), ([0, 1], [0]), ([0], [[0]])):
    fed("SparseSegmentSum", X, ints(indices), ints(ids))
    fed("SparseSegmentMean", X, ints(indices), ints(ids))
fed("InTopKV2", X, ints([0, 1]), ints([1]))
fed("Diag", f32())
for shape in ((1, 2, 3), (2, 3)):
    fed("DiagPart", f32(*shape))
for labels in ((2, 3), (2, 1), (1, 3), (3, 3)):
    fed("SoftmaxCrossEntropyWithLogits", f32(2, 1), np.abs(f32(*labels)))
fed("GatherV2", X, ints([0, 1]), ints(1), batch_dims=2)
fed("ReverseSequence", X, ints([[1, 2]]), seq_dim=1)
for op_type in ("MatrixSolve", "MatrixTriangularSolve"):
    fed(op_type, f32(2, 2), f32(2, 2, 1))
    fed(op_type, f32(2, 2, 2), f32(3, 2, 1))


def changed(op_type, ref, *arrays, names):
    """Adds a case of a node that changes a variable of the value `ref`; it is run and read."""

    def one(tf, run):
        variable = tf.Variable(ref)
        run(tf.global_variables_initializer())
        feeds = [tf.placeholder(array.dtype) for array in arrays]
        types = {name: tf.as_dtype(arrays[i].dtype) for name, i in names.items()}
        fed_with = {feeds[i]: arrays[i] for i in range(len(feeds))}
        run(node(tf, op_type, variable._ref(), *feeds, **types), fed_with)

    shapes = "x".join(str(list(array.shape)) for array in (ref, *arrays)).replace(" ", "")
    suite.case(op_type + shapes, one, grad=False)


ROWS = {"T": 1, "Tindices": 0}
for op_type in ("ScatterUpdate", "ScatterAdd", "ScatterSub", "ScatterMul", "ScatterMax"):
    for indices, updates in (
        ([0, 1], (2,)),
        ([0, 1], (1, 2)),
        (1, (1,)),
        ([0, 1], ()),
        ([[0]], (2,)),
    ):
        changed(op_type, f32(3, 2), ints(indices), f32(*updates), names=ROWS)
for op_type in ("ScatterNdUpdate", "ScatterNdAdd", "ScatterNdSub"):
    for ref, indices, updates in (
        ((3,), [[0], [1]], (1,)),
        ((3,), [[0], [1]], ()),
        ((3,), [[0], [1]], (2, 2)),
        ((3, 2), [[0], [1]], (2, 1)),
        ((3, 2), [[0, 0, 0]], (1,)),
        ((3,), [[0], [1]], (0,)),
    ):
        changed(op_type, f32(*ref), ints(indices), f32(*updates), names=ROWS)
for part in ((2,), (), (1, 2), (2, 2, 1)):
    changed(
        "StridedSliceAssign",
        f32(3, 2),
        ints([0]),
        ints([2]),
        ints([1]),
        f32(*part),
        names={"T": 3, "Index": 0},
    )
for delta in ((3,), (1, 3), ()):
    changed("ApplyGradientDescent", f32(2, 3), f32(), f32(*delta), names={"T": 0})

# Images.

for shape in ((1, 2, 2), (2,), (1, 3, 2, 1)):
    fed("SpaceToDepth", f32(*shape), block_size=2)
    fed("DepthToSpace", f32(*shape), block_size=2)
for window, step, padding in (
    ([1, 1, 1, 2], [1, 1, 1, 2], "SAME"),
    ([1, 1, 1, 2], [1, 1, 1, 2], "VALID"),
    ([1, 1, 1, 4], [1, 1, 1, 4], "SAME"),
    ([1, 1, 1, 2], [1, 1, 1, 1], "VALID"),
    ([1, 1, 1, 3], [1, 1, 1, 3], "VALID"),
    ([1, 2, 2, 2], [1, 1, 1, 2], "VALID"),
    ([1, 0, 1, 1], [1, 1, 1, 1], "SAME"),
    ([2, 1, 1, 1], [1, 1, 1, 1], "SAME"),
):
    fed("MaxPool", f32(1, 2, 2, 4), ksize=window, strides=step, padding=padding)
for windows, steps, rates in (
    ([2, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1]),
    ([1, 0, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1]),
    ([1, 2, 2, 1], [1, 0, 1, 1], [1, 1, 1, 1]),
    ([1, 2, 2, 1], [1, 1, 1, 1], [1, 0, 1, 1]),
):
    fed(
        "ExtractImagePatches",
        f32(1, 4, 4, 1),
        ksizes=windows,
        strides=steps,
        rates=rates,
        padding="VALID",
    )
