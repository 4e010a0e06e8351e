"""Programs that train by the optimizers of `tf.contrib.opt`."""

import numpy as np

from .arrays import f32, num
from .suite import Suite

suite = Suite("optimizers_of_contrib")


def trained(id, make, steps=3, power=2):
    """Adds a training of a vector and of some rows of a table; with variables of either kind.

    Where an optimizer changes variables before its step, gradients must not depend on them: when
    TensorFlow reads them is left to chance.
    """
    for resource in (False, True):

        def program(tf, run, resource=resource):
            w = tf.get_variable("w", initializer=f32(3), use_resource=resource)
            table = tf.get_variable("table", initializer=f32(4, 2), use_resource=resource)
            rows = tf.nn.embedding_lookup(table, [1, 3, 1])
            losses = [w - 1, rows * [1.0, 2.0]]
            loss = sum(tf.reduce_sum(x if power == 1 else tf.square(x)) for x in losses)
            optimizer = make(tf, tf.contrib.opt)
            step = tf.train.get_or_create_global_step()
            try:
                train = optimizer.minimize(loss, global_step=step)
            except NotImplementedError:
                train = optimizer.minimize(loss, global_step=step, var_list=[w])
            run(tf.global_variables_initializer())
            for _ in range(steps):
                run(train)
                run(loss)
            run([w, table])
            run.note([v.name for v in tf.global_variables()])

        suite.case(f"{id}_behind_handles" if resource else id, program, grad=False)


trained("adam_w", lambda tf, opt: opt.AdamWOptimizer(0.01, learning_rate=0.1), power=1)
trained(
    "momentum_w",
    lambda tf, opt: opt.MomentumWOptimizer(0.01, 0.1, 0.9, use_nesterov=True),
    power=1,
)
trained(
    "extended",
    lambda tf, opt: opt.extend_with_decoupled_weight_decay(tf.train.AdagradOptimizer)(
        weight_decay=0.05, learning_rate=0.1
    ),
    power=1,
)
trained("nadam", lambda tf, opt: opt.NadamOptimizer(0.1))
trained("lazy_adam", lambda tf, opt: opt.LazyAdamOptimizer(0.1))
trained("ada_max", lambda tf, opt: opt.AdaMaxOptimizer(0.1))
trained("add_sign", lambda tf, opt: opt.AddSignOptimizer(0.1, sign_decay_fn=None))
trained("power_sign", lambda tf, opt: opt.PowerSignOptimizer(0.1))
trained(
    "averaged",
    lambda tf, opt: opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.1), 0.9),
)
trained(
    "averaged_beside",
    lambda tf, opt: opt.MovingAverageOptimizer(
        tf.train.MomentumOptimizer(0.1, 0.9), 0.9, sequential_update=False
    ),
    steps=0,
)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def decay_of_some(tf, run):
    a, b = tf.Variable(f32(2), name="a"), tf.Variable(f32(2, at=1), name="b")
    loss = tf.reduce_sum(a * 2 + b)
    optimizer = tf.contrib.opt.MomentumWOptimizer(0.1, 0.1, 0.5)
    train = optimizer.minimize(loss, decay_var_list=[b])
    run(tf.global_variables_initializer())
    run(train)
    run([a, b])


@story
def clipped(tf, run):
    a, table = tf.Variable(f32(2, 3), name="a"), tf.Variable(f32(4, 2), name="table")
    loss = tf.reduce_sum(tf.square(a)) + tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 3]))
    optimizer = tf.contrib.opt.VariableClippingOptimizer(
        tf.train.GradientDescentOptimizer(0.1), {a: [0], table: [1]}, 1.0
    )
    train = optimizer.minimize(loss)
    run(tf.global_variables_initializer())
    run(train)
    run([a, table])


@story
def swapped_when_saved(tf, run):
    a = tf.Variable([1.0, 2.0], name="a")
    optimizer = tf.contrib.opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.5), 0.5)
    run.refused(optimizer.swapping_saver)
    optimizer.minimize(tf.reduce_sum(a * a))
    saver = optimizer.swapping_saver()
    run.note(saver.as_saver_def().save_tensor_name)
    run.refused(lambda: optimizer.swapping_saver([a]))


@story
def by_a_library(tf, run):
    """A library's steps are its own; what it asks for and leaves is not."""
    a, b = tf.Variable([4.0, -3.0], name="a"), tf.Variable(2.0, name="b")
    loss = tf.reduce_sum(tf.square(a - [1.0, 2.0])) + tf.square(b)

    class Descent(tf.contrib.opt.ExternalOptimizerInterface):
        def _minimize(self, initial_val, loss_grad_func, equality_funcs, **given):
            run.note(sorted(given))
            x = np.array(initial_val)
            for _ in range(3):
                value, grad = loss_grad_func(x)
                run.note([float(value), grad.tolist(), len(equality_funcs)])
                x = x - 0.25 * grad
            return x

    optimizer = Descent(loss, equalities=[a[0] - 1.0], var_to_bounds={b: (0.0, 1.0)})
    run(tf.global_variables_initializer())
    optimizer.minimize(run.session, fetches=[b], loss_callback=lambda x: run.note(float(x)))
    run([a, b])


@story
def decays_of_signs(tf, run):
    step = tf.placeholder(tf.int64, [])
    a = tf.Variable(num([1.0, -2.0]))

    def decay(global_step):
        return 1.0 / (1.0 + tf.cast(global_step, tf.float32))

    optimizer = tf.contrib.opt.PowerSignOptimizer(0.1, base=2.0, sign_decay_fn=decay)
    count = tf.train.get_or_create_global_step()
    train = optimizer.minimize(tf.reduce_sum(a * a) * tf.cast(step, tf.float32), count)
    run(tf.global_variables_initializer())
    for at in range(2):
        run(train, {step: at})
    run(a)


def preconditioned(id, resource, **options):
    """Adds a training by GGT: far from singular, where the numbers of an SVD are not chance."""

    def program(tf, run):
        w = tf.get_variable("w", initializer=f32(3), use_resource=resource)
        b = tf.get_variable("b", initializer=f32(2, 2), use_resource=resource)
        loss = tf.reduce_sum(tf.square(w - 1)) + tf.reduce_sum(b * b)
        optimizer = tf.contrib.opt.GGTOptimizer(0.1, window=3, svd_eps=0.1, **options)
        train = optimizer.minimize(loss, global_step=tf.train.get_or_create_global_step())
        run.note([v.name for v in tf.global_variables()])
        run(tf.global_variables_initializer())
        for _ in range(5):
            run(train)
            run([w, b])

    suite.case(id, program, grad=False)


preconditioned("ggt", False)
preconditioned("ggt_behind_handles", True, beta1=0.5, eps=10.0)
