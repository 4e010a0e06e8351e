"""Optimizers of `tf.contrib.opt` for workers that average: one worker, which exchanges often."""

from .arrays import f32
from .suite import Suite

suite = Suite("averaging_workers")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def trained(tf, run, getter, make, init, partitioner=None):
    """Trains for five steps, exchanging every other; notes all variables and collections."""
    with tf.variable_scope("", custom_getter=getter, partitioner=partitioner):
        w = tf.get_variable("w", initializer=f32(3))
        v = tf.get_variable("v", initializer=f32(2, at=1))
        for kind in (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES):
            tf.get_variable(kind, initializer=1.0, trainable=False, collections=[kind])
    step = tf.train.get_or_create_global_step()
    optimizer = make(getter)
    loss = tf.reduce_sum(tf.square(w - 1.0)) + tf.reduce_sum(v * v)
    train = optimizer.minimize(loss, global_step=step)
    initial = init(optimizer)
    run.note([variable.name for variable in tf.global_variables()])
    run.note([variable.name for variable in tf.local_variables()])
    run.session.run(tf.global_variables_initializer())
    run.session.run(tf.local_variables_initializer())
    run(initial)
    every = tf.global_variables() + tf.local_variables()
    for _ in range(5):
        run(train)
        run(every)
    return optimizer


@story
def sums_of_gradients(tf, run):
    opt = tf.contrib.opt
    trained(
        tf,
        run,
        opt.AGNCustomGetter("/cpu:0"),
        lambda getter: opt.AGNOptimizer(
            tf.train.MomentumOptimizer(0.1, 0.9), 1, getter, communication_period=2
        ),
        lambda optimizer: optimizer.get_init_op(0),
    )


@story
def elastic(tf, run):
    opt = tf.contrib.opt
    optimizer = trained(
        tf,
        run,
        opt.ElasticAverageCustomGetter("/cpu:0"),
        lambda getter: opt.ElasticAverageOptimizer(
            tf.train.MomentumOptimizer(0.1, 0.9), 1, getter, communication_period=2
        ),
        lambda optimizer: optimizer.get_init_op(0),
    )
    optimizer.swapping_saver()


@story
def elastic_in_sync(tf, run):
    opt = tf.contrib.opt
    getter = opt.ElasticAverageCustomGetter("/cpu:0")
    make = lambda: opt.ElasticAverageOptimizer(
        tf.train.GradientDescentOptimizer(0.1),
        2,
        getter,
        moving_rate=0.5,
        rho=0.1,
        synchronous=True,
    )
    with tf.variable_scope("a"):
        optimizer = make()
    run.refused(optimizer.swapping_saver)
    run.refused(lambda: optimizer.get_init_op(0))
    with tf.variable_scope("", custom_getter=getter):
        tf.get_variable("w", initializer=f32(3))
    with tf.variable_scope("b"):
        make().get_init_op(1)


@story
def mean_models(tf, run):
    opt = tf.contrib.opt
    optimizer = trained(
        tf,
        run,
        opt.ModelAverageCustomGetter("/cpu:0"),
        lambda getter: opt.ModelAverageOptimizer(
            tf.train.GradientDescentOptimizer(0.1), 1, True, getter, interval_steps=2
        ),
        lambda optimizer: optimizer.get_init_op(),
    )
    run.refused(lambda: optimizer.apply_gradients([]))
    run.refused(lambda: optimizer.apply_gradients([(1.0, tf.trainable_variables()[0])]))


@story
def mean_models_of_another(tf, run):
    opt = tf.contrib.opt
    getter = opt.ModelAverageCustomGetter("/cpu:0")
    with tf.variable_scope("", custom_getter=getter):
        w = tf.get_variable("w", initializer=f32(3))
    optimizer = opt.ModelAverageOptimizer(
        tf.train.GradientDescentOptimizer(0.1), 2, False, getter, interval_steps=2
    )
    optimizer.minimize(tf.reduce_sum(w), global_step=tf.train.get_or_create_global_step())
