"""Programs as people write them over sequences: decoding, dynamic programming, recurrent cells."""

import numpy as np

from .arrays import f32, ints, num
from .suite import Suite

suite = Suite("sequences")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def greedy_decoding(tf, run):
    """Words are chosen until all sentences have ended; they grow meanwhile."""
    words, weights = tf.constant(f32(7, 5)), tf.constant(f32(5, 7, at=2))
    first = tf.placeholder(tf.int32, [None], "first")

    def body(step, ids, ended, state):
        state = tf.tanh(state + tf.gather(words, ids[:, -1]))
        best = tf.argmax(tf.matmul(state, weights), 1, output_type=tf.int32)
        best = tf.where(ended, tf.zeros_like(best), best)
        ended = tf.logical_or(ended, tf.equal(best, 3))
        return step + 1, tf.concat([ids, best[:, None]], 1), ended, state

    ended = tf.zeros_like(first, tf.bool)
    state = tf.zeros([tf.shape(first)[0], 5])
    shapes = [[], [None, None], [None], [None, 5]]
    decoded = tf.while_loop(
        lambda step, ids, ended, _: tf.logical_and(step < 8, tf.logical_not(tf.reduce_all(ended))),
        body,
        (0, first[:, None], ended, state),
        shape_invariants=tuple(tf.TensorShape(shape) for shape in shapes),
    )
    for ids in ([1, 2, 5], [4]):
        run(decoded, {first: ints(ids)})


@story
def beam_search(tf, run):
    scores = tf.log(tf.constant(f32(5, 5) + 2.5))
    beams = 3

    def body(step, total, ids):
        every = total[:, None] + tf.gather(scores, ids[:, -1])
        best, flat = tf.nn.top_k(tf.reshape(every, [-1]), beams)
        ids = tf.concat([tf.gather(ids, flat // 5), (flat % 5)[:, None]], 1)
        return step + 1, best, ids

    shapes = tuple(tf.TensorShape(shape) for shape in ([], [beams], [beams, None]))
    start = (0, tf.constant([0.0, -100.0, -100.0]), tf.zeros([beams, 1], tf.int32))
    run(tf.while_loop(lambda step, *_: step < 5, body, start, shape_invariants=shapes))


@story
def forward_algorithm(tf, run):
    """Of a linear chain over sequences of several lengths, and its gradients."""
    x, lengths = tf.placeholder(tf.float32, [None, 5, 3]), tf.placeholder(tf.int32, [None])
    between = tf.Variable(f32(3, 3), name="between")
    steps = tf.TensorArray(tf.float32, 5).unstack(tf.transpose(x, [1, 0, 2]))

    def body(t, alpha):
        next_alpha = tf.reduce_logsumexp(alpha[:, :, None] + between[None], 1) + steps.read(t)
        goes_on = tf.tile((t < lengths)[:, None], [1, 3])
        return t + 1, tf.where(goes_on, next_alpha, alpha)

    alpha = tf.while_loop(lambda t, _: t < tf.reduce_max(lengths), body, (1, x[:, 0]))[1]
    total = tf.reduce_logsumexp(alpha, 1)
    grads = tf.gradients(total, [x, between])
    run(tf.global_variables_initializer())
    run([total, grads], {x: f32(2, 5, 3), lengths: ints([5, 3])})
    run([total, grads], {x: f32(3, 5, 3), lengths: ints([1, 2, 4])})


@story
def recurrent_training(tf, run):
    """Batches of other lengths each time; short sequences keep their state."""
    x, lengths = tf.placeholder(tf.float32, [None, None, 3]), tf.placeholder(tf.int32, [None])
    w, b = tf.Variable(f32(7, 4) / 2, name="w"), tf.Variable(tf.zeros([4]), name="b")
    size, count = tf.shape(x)[0], tf.shape(x)[1]
    inputs = tf.TensorArray(tf.float32, count).unstack(tf.transpose(x, [1, 0, 2]))

    def body(t, state, outputs):
        new = tf.tanh(tf.matmul(tf.concat([inputs.read(t), state], 1), w) + b)
        copied = lambda: tf.where(tf.tile((t < lengths)[:, None], [1, 4]), new, state)
        new = tf.cond(tf.reduce_min(lengths) > t, lambda: new, copied)
        return t + 1, new, outputs.write(t, new)

    outputs = tf.TensorArray(tf.float32, count)
    start = (0, tf.zeros([size, 4]), outputs)
    _, state, outputs = tf.while_loop(lambda t, *_: t < count, body, start)
    loss = tf.reduce_sum(tf.square(outputs.stack())) + tf.reduce_sum(state)
    optimizer = tf.train.AdamOptimizer(0.05)
    pairs = optimizer.compute_gradients(loss)
    clipped, _ = tf.clip_by_global_norm([grad for grad, _ in pairs], 1.0)
    train = optimizer.apply_gradients([(clipped[i], pairs[i][1]) for i in range(2)])
    run(tf.global_variables_initializer())
    for long in (3, 5, 3, 6):
        run([loss, train], {x: f32(2, long, 3), lengths: ints([long, 2])})
    run([w, b])


@story
def root_finding(tf, run):
    """A variable that a loop's choices change until its square is right."""
    x, wanted = tf.Variable(5.0, name="x"), tf.placeholder(tf.float32, [])

    def body(i, _):
        value = x.read_value()
        step = (value * value - wanted) / (2.0 * value)
        small, large = (lambda: x.assign_sub(step)), (lambda: x.assign_sub(tf.sign(step)))
        with tf.control_dependencies([tf.cond(tf.abs(step) > 1.0, large, small)]):
            return i + 1, tf.reshape(tf.abs(tf.square(x.read_value()) - wanted), [])

    goes_on = lambda i, error: tf.logical_and(i < 30, error > 1e-3)
    count, _ = tf.while_loop(goes_on, body, (0, 1000.0), parallel_iterations=1)
    run(tf.global_variables_initializer())
    for value in (2.0, 9.0):
        run([count, x.value()], {wanted: num(value)})
        run(x)


@story
def power_iteration(tf, run):
    a = tf.placeholder(tf.float32, [3, 3])

    def body(i, v, _):
        w = tf.matmul(a, v)
        w /= tf.norm(w)
        return i + 1, w, tf.norm(w - v)

    goes_on = lambda i, v, change: tf.logical_and(i < 60, change > 1e-3)
    found = tf.while_loop(goes_on, body, (0, tf.fill([3, 1], 0.5), 1.0))
    matrix = f32(3, 3)
    run(found, {a: np.matmul(matrix, matrix.T)})
