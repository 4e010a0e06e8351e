"""Random programs: chains of ops on what came before, drawn once and for all by their number.

Each step is drawn with the shapes it will meet, so that every program can be built.
"""

import random

from .arrays import f32
from .suite import Suite

suite = Suite("composed")

PROGRAMS = 120
STEPS = 9
LARGEST = 200

UNARY = {
    "tanh": lambda tf, x: tf.tanh(x),
    "sigmoid": lambda tf, x: tf.sigmoid(x),
    "sin": lambda tf, x: tf.sin(x),
    "relu": lambda tf, x: tf.nn.relu(x),
    "elu": lambda tf, x: tf.nn.elu(x),
    "softplus": lambda tf, x: tf.nn.softplus(x),
    "abs": lambda tf, x: abs(x),
    "neg": lambda tf, x: -x,
    "square": lambda tf, x: tf.square(x) / 4,
    "exp": lambda tf, x: tf.exp(tf.tanh(x)),
    "sqrt": lambda tf, x: tf.sqrt(abs(x) + 1),
    "log": lambda tf, x: tf.log1p(abs(x)),
    "clip": lambda tf, x: tf.clip_by_value(x, -0.5, 0.75),
    "power": lambda tf, x: (abs(x) + 0.5) ** 1.5,
    "affine": lambda tf, x: 2 * x - 0.5,
    "identity": lambda tf, x: tf.identity(x),
}
BINARY = {
    "add": lambda tf, x, y: x + y,
    "sub": lambda tf, x, y: x - y,
    "mul": lambda tf, x, y: x * y,
    "div": lambda tf, x, y: x / (abs(y) + 1),
    "maximum": lambda tf, x, y: tf.maximum(x, y),
    "minimum": lambda tf, x, y: tf.minimum(x, y),
    "difference": lambda tf, x, y: tf.squared_difference(x, y),
}
REDUCTIONS = ("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_logsumexp")


class Drawing:
    """Draws the steps of one program: `steps` take all tensors so far and return one more."""

    def __init__(self, number):
        self.random = random.Random(number)
        self.shapes = [(2, 3), (3,), (2, 1), (4, 3)]
        self.steps = []
        while len(self.steps) < STEPS:
            self.random.choice(STEP_KINDS)(self)

    def add(self, shape, step):
        """Adds `step(tf, tensors)` if its result, of `shape`, is neither empty nor large."""
        size = 1
        for length in shape:
            size *= length
        if 0 < size <= LARGEST:
            self.shapes.append(tuple(shape))
            self.steps.append(step)

    def any(self, least_rank=0):
        """(index, shape) of a tensor, more often a recent one. The inputs have rank 1 and 2."""
        fit = [i for i in range(len(self.shapes)) if len(self.shapes[i]) >= least_rank]
        index = max(self.random.choice(fit), self.random.choice(fit))
        return index, list(self.shapes[index])

    def axis(self, shape):
        return self.random.randrange(len(shape))


def unary(draw):
    i, shape = draw.any()
    f = UNARY[draw.random.choice(sorted(UNARY))]
    draw.add(shape, lambda tf, t: f(tf, t[i]))


def broadcast_shape(a, b):
    """The shape of two broadcast together, or None."""
    rank = max(len(a), len(b))
    a, b = [1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b
    if any(a[i] != b[i] and 1 not in (a[i], b[i]) for i in range(rank)):
        return None
    return [max(a[i], b[i]) for i in range(rank)]


def binary(draw):
    (i, a), (j, b) = draw.any(), draw.any()
    f = BINARY[draw.random.choice(sorted(BINARY))]
    shape = broadcast_shape(a, b)
    if shape is not None:
        draw.add(shape, lambda tf, t: f(tf, t[i], t[j]))


def reduction(draw):
    i, shape = draw.any(1)
    name, axis, keep = draw.random.choice(REDUCTIONS), draw.axis(shape), draw.random.random() < 0.5
    left = shape[:axis] + ([1] if keep else []) + shape[axis + 1 :]
    draw.add(left, lambda tf, t: getattr(tf, name)(t[i], axis, keepdims=keep))


def transpose(draw):
    i, shape = draw.any(2)
    perm = list(range(len(shape)))
    draw.random.shuffle(perm)
    draw.add([shape[p] for p in perm], lambda tf, t: tf.transpose(t[i], perm))


def flatten(draw):
    i, shape = draw.any(2)
    size = 1
    for length in shape:
        size *= length
    draw.add([size], lambda tf, t: tf.reshape(t[i], [-1]))


def expand(draw):
    i, shape = draw.any()
    axis = draw.random.randrange(len(shape) + 1)
    if len(shape) < 4:
        draw.add([*shape[:axis], 1, *shape[axis:]], lambda tf, t: tf.expand_dims(t[i], axis))


def join(draw):
    i, shape = draw.any(1)
    axis = draw.axis(shape)
    longer = [*shape[:axis], 2 * shape[axis], *shape[axis + 1 :]]
    draw.add(longer, lambda tf, t: tf.concat([t[i], tf.sin(t[i])], axis))


def stack(draw):
    i, shape = draw.any()
    if len(shape) < 4:
        draw.add([*shape, 2], lambda tf, t: tf.stack([t[i], 2 * t[i]], -1))


def index(draw):
    i, shape = draw.any(1)
    axis = draw.axis(shape)
    start = draw.random.randrange(shape[axis])
    before = (slice(None),) * axis
    if draw.random.random() < 0.5:
        draw.add(shape[:axis] + shape[axis + 1 :], lambda tf, t: t[i][(*before, start)])
    else:
        rest = [*shape[:axis], shape[axis] - start, *shape[axis + 1 :]]
        draw.add(rest, lambda tf, t: t[i][(*before, slice(start, None))])


def gather(draw):
    i, shape = draw.any(1)
    picks = [draw.random.randrange(shape[0]) for _ in range(3)]
    draw.add([3, *shape[1:]], lambda tf, t: tf.gather(t[i], picks))


def tile(draw):
    i, shape = draw.any(1)
    times = [draw.random.choice((1, 2)) for _ in shape]
    longer = [shape[k] * times[k] for k in range(len(shape))]
    draw.add(longer, lambda tf, t: tf.tile(t[i], times))


def pad(draw):
    i, shape = draw.any(1)
    widths = [[draw.random.choice((0, 1)), draw.random.choice((0, 1))] for _ in shape]
    longer = [shape[k] + sum(widths[k]) for k in range(len(shape))]
    draw.add(longer, lambda tf, t: tf.pad(t[i], widths))


def matmul(draw):
    (i, a), (j, b) = draw.any(2), draw.any(2)
    if len(a) == len(b) == 2 and a[1] == b[0]:
        draw.add([a[0], b[1]], lambda tf, t: tf.matmul(t[i], t[j]))
    elif len(a) == len(b) == 2 and a[1] == b[1]:
        draw.add([a[0], b[0]], lambda tf, t: tf.matmul(t[i], t[j], transpose_b=True))
    elif len(a) == len(b) == 2 and a[0] == b[0]:
        draw.add([a[1], b[1]], lambda tf, t: tf.matmul(t[i], t[j], transpose_a=True))


def along(draw):
    """Softmax, a running sum, or reversal along an axis."""
    i, shape = draw.any(1)
    axis = draw.axis(shape)
    kind = draw.random.choice(("softmax", "log_softmax", "cumsum", "reverse"))
    steps = {
        "softmax": lambda tf, t: tf.nn.softmax(t[i], axis),
        "log_softmax": lambda tf, t: tf.nn.log_softmax(t[i], axis),
        "cumsum": lambda tf, t: tf.cumsum(t[i], axis),
        "reverse": lambda tf, t: tf.reverse(t[i], [axis]),
    }
    draw.add(shape, steps[kind])


def where(draw):
    i, shape = draw.any()
    draw.add(shape, lambda tf, t: tf.where(t[i] > 0.1, tf.cos(t[i]), 3 * t[i]))


STEP_KINDS = [unary, unary, unary, binary, binary, binary, reduction, reduction, transpose, flatten]
STEP_KINDS += [expand, join, stack, index, index, gather, tile, pad, matmul, matmul, along, where]


def program(number):
    """The function of program `number`, which returns its last three tensors."""
    drawing = Drawing(number)

    def fn(tf, *inputs):
        tensors = list(inputs)
        for step in drawing.steps:
            tensors.append(step(tf, tensors))
        return tensors[-3:]

    return fn


for number in range(PROGRAMS):
    suite.case(
        f"program_{number:03}",
        program(number),
        f32(2, 3),
        f32(3, at=1),
        f32(2, 1, at=2),
        f32(4, 3, at=3),
        rtol=2e-4,
        atol=2e-5,
        why="chains of float32 ops, and sums of their gradients",
    )
