"""`tf.contrib.losses`, `tf.contrib.training`'s and slim's steps of training, slim's summaries."""

import contextlib
import io

import numpy as np

from .suite import Suite

suite = Suite("contrib_training")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def names(things):
    return [thing.name for thing in things]


# Losses.


@story
def losses(tf, run):
    old = tf.contrib.losses
    draw = np.random.RandomState(4)
    x = tf.placeholder(tf.float32, [None, 3])
    y = tf.placeholder(tf.float32, [4, 3])
    w = tf.placeholder(tf.float32, [4, 1])
    feeds = {
        x: draw.uniform(0.1, 0.9, [4, 3]),
        y: np.eye(4, 3, dtype=np.float32),
        w: [[1.0], [0.0], [2.0], [1.0]],
    }
    of_both = (
        *(old.absolute_difference, old.mean_squared_error, old.log_loss),
        *(old.mean_pairwise_squared_error, old.sigmoid_cross_entropy, old.softmax_cross_entropy),
    )
    built = [loss(x, y, weights=weights) for loss in of_both for weights in (1.0, 0.0, w, w[:, 0])]
    built += [
        old.sigmoid_cross_entropy(x, y, 2.0, label_smoothing=0.1, scope="smooth"),
        old.softmax_cross_entropy(x, y, 2.0, label_smoothing=0.1),
        old.cosine_distance(x, y, 1),
        old.cosine_distance(x, y, dim=1),
        old.sparse_softmax_cross_entropy(x, tf.constant([[1], [2], [0], [1]])),
        old.compute_weighted_loss(tf.ones([2, 3, 2]), tf.ones([2, 3])),
        old.hinge_loss(x, y),
    ]
    tf.get_variable("v", [2], regularizer=tf.contrib.layers.l2_regularizer(0.1))
    run.note(names([*old.get_losses("smooth"), *old.get_regularization_losses()]))
    built += [old.get_total_loss(add_regularization_losses=False)]
    run(built, feeds)
    run.refused(lambda: old.cosine_distance(x, y))
    run.refused(lambda: old.compute_weighted_loss(tf.placeholder(tf.float32)))
    run.refused(lambda: old.absolute_difference(x, tf.ones([2, 2])))


# Training.


def line(tf):
    """A loss with its input and weights."""
    x = tf.placeholder(tf.float32, [], name="x")
    w = tf.get_variable("w", initializer=[1.0, -2.0])
    b = tf.get_variable("b", initializer=0.5)
    return x, w, b, tf.reduce_sum(tf.square(w * x + b), name="loss")


@story
def train_op(tf, run):
    x, w, b, loss = line(tf)
    training = tf.contrib.training
    train = training.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1))
    run.note(names(tf.get_collection(tf.GraphKeys.TRAIN_OP)))
    run(tf.global_variables_initializer())
    run(train.op, {x: 2.0})
    run([w, b, tf.train.get_global_step()])
    run.attempt(train.op, {x: float("nan")})


@story
def train_op_with_updates(tf, run):
    x, w, b, loss = line(tf)
    training = tf.contrib.training
    seen = tf.get_variable("seen", initializer=0.0, trainable=False)
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, seen.assign_add(1.0))
    train = training.create_train_op(
        loss,
        tf.train.GradientDescentOptimizer(0.1),
        global_step=None,
        variables_to_train=[w],
        transform_grads_fn=training.clip_gradient_norms_fn(1.0),
        summarize_gradients=True,
        check_numerics=False,
    )
    run.note(names(tf.get_collection(tf.GraphKeys.SUMMARIES)))
    run(tf.global_variables_initializer())
    run(train.op, {x: 2.0})
    run([w, b, seen])


@story
def slim_train_op(tf, run):
    x, w, b, loss = line(tf)
    seen = tf.get_variable("seen", initializer=0.0, trainable=False)
    train = tf.contrib.slim.learning.create_train_op(
        loss,
        tf.train.GradientDescentOptimizer(0.1),
        update_ops=[seen.assign_add(1.0)],
        variables_to_train=[w],
        clip_gradient_norm=2,
        summarize_gradients=True,
        gradient_multipliers={"w": 3.0},
    )
    run.note(names(tf.get_collection(tf.GraphKeys.SUMMARIES)))
    run(tf.global_variables_initializer())
    run(train.op, {x: 2.0})
    run([w, b, seen])


@story
def gradients_multiplied(tf, run):
    multiply = tf.contrib.training.multiply_gradients
    table = tf.get_variable("table", initializer=[[1.0], [2.0]])
    rows = tf.gradients(tf.gather(table, [0, 1, 0]), table)[0]
    (multiplied, _), (kept, _) = multiply([(rows, table), (tf.ones([2]), rows)], {table: 2})
    run(tf.convert_to_tensor(multiplied))
    run(kept)
    clipped = tf.contrib.training.clip_gradient_norms([(rows, table), (None, table)], 0.5)
    run(clipped[0][0].values)
    run.refused(lambda: multiply(((rows, table),), {table: 2}))
    run.refused(lambda: multiply([(rows, table)], {}))
    run.refused(lambda: multiply([(rows, table)], [2]))
    run.refused(lambda: multiply([(None, table)], {"table": 2}))


# What slim tells of a network.


@story
def slim_summaries(tf, run):
    summaries = tf.contrib.slim.summaries
    x = tf.ones([1, 2, 2, 1], name="x")
    made = [
        summaries.add_histogram_summary(x),
        summaries.add_image_summary(x, prefix="p"),
        summaries.add_scalar_summary(tf.reduce_sum(x), "sum", print_summary=True),
        summaries.add_zero_fraction_summary(x, prefix="q"),
        *summaries.add_histogram_summaries([x], "h"),
        *summaries.add_image_summaries([x], "i"),
        *summaries.add_scalar_summaries([tf.constant(1.0)], "s"),
        *summaries.add_zero_fraction_summaries([x], "z"),
    ]
    run.note(names(made))
    run.note(names(tf.get_collection(tf.GraphKeys.SUMMARIES)))


@story
def slim_analysis(tf, run):
    analyzer = tf.contrib.slim.model_analyzer
    line(tf)
    tf.placeholder(tf.int64, [None, 3])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        run.note(analyzer.analyze_ops(tf.get_default_graph(), print_info=True))
        run.note(analyzer.analyze_vars(tf.global_variables(), print_info=True))
    run.note(printed.getvalue().splitlines())
