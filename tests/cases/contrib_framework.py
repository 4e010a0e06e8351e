"""`tf.contrib.framework`: tensors whose shape is made sure of, and devices in turn."""

import numpy as np

from .suite import Suite

suite = Suite("contrib_framework")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def shapes_made_sure_of(tf, run):
    framework = tf.contrib.framework
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    u = tf.placeholder(tf.float32, name="u")
    one = tf.placeholder(tf.float32, [1], name="one")
    known = tf.constant(np.ones([2, 3], np.float32), name="known")
    made = [
        framework.with_shape([2, 3], x),
        framework.with_shape(tf.TensorShape([None, 3]), u),
        framework.with_shape([], one),
        framework.with_shape(tf.constant([2, 3]), known),
        framework.with_shape([2, 3], known),
        framework.with_same_shape(known, x),
        framework.with_same_shape(x, known),
        framework.reduce_sum_n([x, known]),
        framework.reduce_sum_n([x]),
        framework.assert_scalar_int(tf.constant(3)),
    ]
    run.note([[tensor.name, str(tensor.shape)] for tensor in made])
    run.note([tensor.name for tensor in framework.get_placeholders(tf.get_default_graph())])
    two, three = np.ones([2, 3]), np.ones([3, 3])
    run(made, {x: two, u: two, one: [5.0]})
    run.attempt(made[0], {x: three})
    run.attempt(made[6], {x: three})
    run(made[1], {u: three})
    run.refused(lambda: framework.with_shape([2, 4], known))
    run.refused(lambda: framework.with_shape([[2]], known))
    run.refused(lambda: framework.with_shape([2.0, 3.0], known))
    run.refused(lambda: framework.reduce_sum_n([]))
    run.refused(lambda: framework.assert_scalar_int(x))
    run.refused(lambda: framework.get_placeholders(3))


@story
def ranks_made_equal(tf, run):
    remove = tf.contrib.framework.remove_squeezable_dimensions
    unknown = tf.placeholder(tf.float32, name="unknown")
    row, column = tf.ones([2]), tf.ones([2, 1])
    pairs = [
        *(remove(row, column), remove(column, row), remove(row, row)),
        *(remove(unknown, row), remove(row, unknown)),
    ]
    run.note([[str(tensor.shape) for tensor in pair] for pair in pairs])
    run(pairs, {unknown: [[1.0], [2.0]]})


@story
def devices_in_turn(tf, run):
    chooser = tf.contrib.framework.VariableDeviceChooser(num_tasks=2)
    with tf.device(chooser):
        variables = [tf.get_variable(name, [1]) for name in "abc"]
    run.note([variable.device for variable in variables])
    chooser = tf.contrib.framework.VariableDeviceChooser(
        replica=3, device_type="GPU", device_index=1
    )
    run.note(chooser(None))


@story
def graphs_of_inputs(tf, run):
    graph_of = tf.contrib.framework.get_graph_from_inputs
    here, there = tf.get_default_graph(), tf.Graph()
    x = tf.constant(1.0)
    with there.as_default():
        y = tf.constant(2.0)
    run.note([graph_of([]) is here, graph_of([y]) is there, graph_of([y], there) is there])
    run.refused(lambda: graph_of([x, y]))
    run.refused(lambda: graph_of([x], there))
    run.refused(lambda: graph_of([x], "there"))


@story
def functions_of_structures(tf, run):
    """`py_func` of functions that take keywords and give structures."""
    py_func = tf.contrib.framework.py_func
    x = tf.placeholder(tf.float32, [2], name="x")

    def both(a, scale=None):
        return {"sum": a + scale, "product": a * scale}

    made = py_func(
        both,
        [x],
        {"scale": tf.constant(3.0)},
        output_types={"sum": tf.float32, "product": tf.float32},
        output_shapes={"sum": [2], "product": [None]},
        name="both",
    )
    one = py_func(np.sinh, [x], output_types=tf.float32, output_shapes=[2], stateful=False)
    typed = py_func(lambda a: (a, [a]), (x,), output_types=lambda a: (a.dtype, [a.dtype]))
    run.note([str(tensor.shape) for tensor in (made["sum"], made["product"], one, typed[1][0])])
    run([made["sum"], made["product"], one, typed[0], typed[1][0]], {x: [1.0, 2.0]})
    run.refused(lambda: py_func(both, "x", output_types=tf.float32))
    run.refused(lambda: py_func(both, [x], [x], output_types=tf.float32))


@story
def kernels_that_keep_norms(tf, run):
    framework = tf.contrib.framework
    kinds = [
        framework.convolutional_orthogonal_1d,
        framework.convolutional_orthogonal_2d,
        framework.convolutional_orthogonal_3d,
    ]
    delta = framework.convolutional_delta_orthogonal(gain=2.0, seed=3)
    made = []
    for dimensions, kind in enumerate(kinds, 1):
        for size in (1, 3 if dimensions < 3 else 2):
            initializer = kind(gain=0.5, seed=5)
            made.append(initializer([size] * dimensions + [2, 3]))
            run.note(initializer.get_config())
            run.refused(lambda kind=kind, n=dimensions: kind()([2] * n + [3, 2]))
            run.refused(lambda kind=kind, n=dimensions: kind()([2] * (n + 3)))
        made.append(delta([3] * dimensions + [2, 3], dtype=tf.float64))
    run.refused(lambda: kinds[1]()([2, 3, 2, 2]))
    run.refused(lambda: kinds[2]()([2, 2, 3, 2, 2]))
    run.refused(lambda: delta([2, 3]))
    run.refused(lambda: delta([2, 3, 2]))
    run.refused(lambda: kinds[0](dtype=tf.int32))
    run.note([str(tensor.shape) for tensor in made])
    # The values are random; that the matrices are orthonormal is not.
    run([tf.norm(made[0]), tf.norm(made[2]), tf.norm(made[4])])


@story
def losses_averaged(tf, run):
    average = tf.nn.compute_average_loss
    losses = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
    unknown = tf.placeholder(tf.float32, name="unknown")
    weights = tf.placeholder(tf.float32, name="weights")
    made = [
        average(losses),
        average(losses, global_batch_size=12),
        average(losses, 0.5),
        average(losses, [1, 0, 2], 4),
        average(losses[:, 0], [[1.0], [0.0], [2.0]]),
        average(tf.cast(losses, tf.float64), [[0.5, 1.0]] * 3),
        average(unknown),
        average(unknown, weights),
        tf.nn.scale_regularization_loss(tf.nn.l2_loss(losses)),
    ]
    feed = {unknown: np.ones([3, 2]), weights: np.full([3], 2.0)}
    run(made, feed)
    run(made[7], {**feed, weights: 3.0})
    run(made[7], {**feed, weights: np.ones([3, 2, 1])})
    run.attempt(made[6], {unknown: 1.0})
    run.refused(lambda: average(1.0))
