"""Programs of which XLA compiles parts as one: `tf.xla.experimental.compile`."""

from .suite import Suite

suite = Suite("compiled")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def trained_inside(tf, run):
    x = tf.placeholder(tf.float32, [2, 3])

    def step(x, scale):
        w = tf.get_variable("w", [3, 2], initializer=tf.ones_initializer())
        tf.summary.scalar("left_out", scale)
        loss = tf.reduce_sum(tf.square(tf.matmul(x, w) * scale - 1.0))
        (slope,) = tf.gradients(loss, [w])
        return loss, w.assign_sub(0.01 * slope)

    loss, w = tf.contrib.compiler.xla.compile(step, [x, 0.5])
    run.note([loss.name, w.name, tf.get_collection("summaries")])
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([loss, w], {x: [[1.0, 2.0, 3.0], [0.5, 0.25, 0.125]]})


@story
def results_and_operations(tf, run):
    counted = tf.get_variable("counted", [], use_resource=True, initializer=tf.zeros_initializer())
    tensors = tf.xla.experimental.compile(
        lambda x: (x + 1, 2.0, counted.assign_add(1.0).op), inputs=[tf.constant(3)]
    )
    run.note(len(tensors))
    (alone,) = tf.xla.experimental.compile(lambda: 5)
    alone_too = tf.xla.experimental.compile(lambda: counted.assign_add(1.0).op)
    nothing = tf.xla.experimental.compile(lambda: None)
    run.note([nothing.type, nothing.name, alone_too.name])
    run(tf.global_variables_initializer())
    run(tensors)
    run(alone)
    run(alone_too)
    run(counted.read_value())


@story
def structures(tf, run):
    def computation(pair, table):
        a, (b, c) = pair
        return {"sum": a + b, "rest": [c * table["k"], (a, 1)]}

    result = tf.xla.experimental.compile(computation, [(1.0, (2.0, [3.0, 4.0][0])), {"k": 7.0}])
    run(result["sum"])
    run(result["rest"][0])
    run(list(result["rest"][1]))


@story
def flows_inside(tf, run):
    x = tf.placeholder(tf.int32, [])

    def computation(x):
        grown = tf.while_loop(lambda i: i < 20, lambda i: i * x, [x], maximum_iterations=9)
        return tf.cond(x > 2, lambda: grown + x, lambda: grown - 1)

    (y,) = tf.xla.experimental.compile(computation, (x,))
    run(y, {x: 3})
    run(y, {x: 2})


@story
def waits_from_outside(tf, run):
    v = tf.get_variable("v", [], use_resource=True, initializer=tf.zeros_initializer())
    before = v.assign_add(1.0)
    with tf.control_dependencies([tf.identity(before), tf.no_op()]):
        (y,) = tf.xla.experimental.compile(lambda x: x * 2.0, [tf.constant(4.0)])
    run(tf.global_variables_initializer())
    run(y)


@story
def refusals(tf, run):
    compile = tf.xla.experimental.compile
    plain = tf.get_variable("plain", [], use_resource=False, initializer=tf.ones_initializer())
    run.refused(lambda: compile(lambda x: x, 3))
    run.refused(lambda: compile(lambda: (tf.no_op(), 1.0)))
    run.refused(lambda: compile(lambda: [[tf.no_op(name="inner")], 1.0]))
    run.refused(lambda: compile(lambda: plain.assign_add(1.0)))
    run.refused(lambda: compile(lambda: compile(lambda: 1.0)))
    x = tf.constant(2.0)
    run.refused(lambda: tf.gradients(compile(lambda x: x * x, [x]), x))
