"""Programs that train by the rarer optimizers of `tf.contrib.opt`."""

from .arrays import f32
from .suite import Suite

suite = Suite("rarer_optimizers")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def trained(id, make, rows=True, steps=3):
    """Adds a training of a matrix and of some rows of a table; with variables of either kind."""
    for resource in (False, True):

        def program(tf, run, resource=resource):
            w = tf.get_variable("w", initializer=f32(2, 3), use_resource=resource)
            loss = tf.reduce_sum(tf.square(w - 1))
            shown = [w]
            if rows:
                table = tf.get_variable("table", initializer=f32(4, 2), use_resource=resource)
                numbers = tf.placeholder_with_default([1, 3, 1], [3])
                picked = tf.nn.embedding_lookup(table, numbers)
                loss += tf.reduce_sum(tf.square(picked * [1.0, 2.0]))
                shown.append(table)
            step = tf.train.get_or_create_global_step()
            train = make(tf, tf.contrib.opt, step).minimize(loss, global_step=step)
            run(tf.global_variables_initializer())
            for _ in range(steps):
                run(train)
                run(loss)
            run(shown)
            run.note([v.name for v in tf.global_variables()])

        suite.case(f"{id}_behind_handles" if resource else id, program, grad=False)


trained("adam_by_step", lambda tf, opt, step: opt.AdamGSOptimizer(step, 0.1))
trained("lazy_adam_by_step", lambda tf, opt, step: opt.LazyAdamGSOptimizer(step, 0.1))
trained("reg_adagrad", lambda tf, opt, step: opt.RegAdagradOptimizer(0.1))
trained("lars", lambda tf, opt, step: opt.LARSOptimizer(0.5, use_nesterov=True))
trained(
    "lars_but_for_some",
    lambda tf, opt, step: opt.LARSOptimizer(0.1, skip_list=["w"], weight_decay=0.01),
)
trained(
    "multitask",
    lambda tf, opt, step: opt.MultitaskOptimizerWrapper(tf.train.AdamOptimizer(0.1)),
)
trained(
    "not_stale",
    lambda tf, opt, step: opt.DropStaleGradientOptimizer(tf.train.AdamOptimizer(0.1), 0),
)
trained("shampoo", lambda tf, opt, step: opt.ShampooOptimizer(step, epsilon=0.1))
trained(
    "shampoo_of_diagonals",
    lambda tf, opt, step: opt.ShampooOptimizer(step, max_matrix_size=2, epsilon=0.1),
)
trained(
    "shampoo_with_decay",
    lambda tf, opt, step: opt.ShampooOptimizer(
        step,
        epsilon=0.1,
        gbar_decay=0.5,
        mat_gbar_decay=lambda t: 1 - 1 / (t + 1),
        learning_rate=lambda t: 0.1 / t,
        precond_update_interval=2,
    ),
)
trained(
    "shampoo_at_intervals",
    lambda tf, opt, step: opt.ShampooOptimizer(step, svd_interval=2, epsilon=0.1),
)
trained(
    "shampoo_by_iteration",
    lambda tf, opt, step: opt.ShampooOptimizer(step, use_iterative_root=True, epsilon=0.1),
    rows=False,
    steps=2,
)


@story
def steps_that_do_not_count(tf, run):
    a = tf.Variable([3.0, -4.0], name="a")
    optimizer = tf.contrib.opt.RegAdagradOptimizer(0.5)
    train = optimizer.minimize(tf.reduce_sum(a * a))
    with optimizer.avoid_updating_slots():
        penalty = optimizer.minimize(tf.reduce_sum(tf.abs(a)))
    run(tf.global_variables_initializer())
    for step in (train, penalty):
        run(step)
        run([a, optimizer.get_slot(a, "accumulator")])


@story
def an_absent_task(tf, run):
    present = tf.placeholder(tf.float32, [2])
    a, b = tf.Variable([3.0, 4.0], name="a"), tf.Variable([1.0, 2.0], name="b")
    losses = tf.stack([tf.reduce_sum(a * a), tf.reduce_sum(b * b)])
    optimizer = tf.contrib.opt.MultitaskOptimizerWrapper(tf.train.MomentumOptimizer(0.1, 0.9))
    pairs = optimizer.compute_gradients(tf.reduce_sum(losses * present))
    clipped, norm = tf.contrib.opt.clip_gradients_by_global_norm(pairs, 5.0)
    train = optimizer.apply_gradients(clipped)
    run(tf.global_variables_initializer())
    for weights in ([1.0, 1.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0]):
        run([train, norm], {present: weights})
        run([a, b])


@story
def refused(tf, run):
    opt = tf.contrib.opt
    run.refused(lambda: opt.MultitaskOptimizerWrapper("adam"))
    run.refused(lambda: opt.LARSOptimizer(0.1, momentum=-1.0))
    run.refused(lambda: opt.LARSOptimizer(0.1, weight_decay=-1.0))


@story
def a_stale_gradient(tf, run):
    step = tf.train.get_or_create_global_step()
    a = tf.Variable([3.0, 4.0], name="a")
    late = tf.placeholder(tf.bool, [])
    optimizer = tf.contrib.opt.DropStaleGradientOptimizer(tf.train.GradientDescentOptimizer(0.1), 1)
    grads = optimizer.compute_gradients(tf.reduce_sum(a * a))
    optimizer._local_step -= tf.cast(tf.where(late, 2, 0), tf.int64)
    train = optimizer.apply_gradients(grads, global_step=step)
    run(tf.global_variables_initializer())
    for value in (False, True, False):
        run(train, {late: value})
        run([a, step])
