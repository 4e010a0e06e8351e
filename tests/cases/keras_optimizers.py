"""`tf.keras.optimizers`: 20 steps of a matrix and of some rows of a table, names and nodes."""

import numpy as np

from .arrays import f32
from .suite import Suite, internal_module

suite = Suite("keras_optimizers")

STEPS = 20


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def plain(value):
    """A configuration with its numbers rounded as float32 has them."""
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in value}
    return round(float(value), 6) if isinstance(value, (float, np.generic)) else value


def losses(tf):
    """(a loss, its variables): a matrix, of which all is used, and a table, of which some rows."""
    w = tf.Variable(f32(2, 3), name="w", use_resource=True)
    table = tf.Variable(f32(4, 2), name="scope/table", use_resource=True)
    numbers = tf.placeholder_with_default([1, 3, 1], [3])
    rows = tf.nn.embedding_lookup(table, numbers) * [1.0, 2.0]
    return tf.reduce_sum(tf.square(w - 1)) + tf.reduce_sum(tf.square(rows)), [w, table]


def trained(id, make, told=True):
    """Adds a training by what `make(tf.keras.optimizers)` gives."""

    def program(tf, run):
        if told:
            run.note(plain(make(tf.keras.optimizers).get_config()))
        loss, variables = losses(tf)
        optimizer = make(tf.keras.optimizers)
        step = optimizer.get_updates(loss, variables)
        run(tf.global_variables_initializer())
        for _ in range(STEPS):
            run(step)
        run([loss, variables, optimizer.weights])
        run.note([v.name for v in tf.global_variables()])
        run.note([v.name for v in optimizer.weights])
        run.note(sorted(optimizer.get_slot_names()))

    suite.case(id, program, grad=False, atol=1e-5, why="rounding adds up over the steps")


trained("sgd", lambda opt: opt.SGD(0.1))
trained("momentum", lambda opt: opt.SGD(0.05, momentum=0.5))
trained("nesterov", lambda opt: opt.SGD(lr=0.05, momentum=0.5, nesterov=True, decay=0.1))
trained("clipped_norms", lambda opt: opt.SGD(0.1, clipnorm=0.5))
trained("clipped_values", lambda opt: opt.Adam(0.1, clipvalue=0.3))
trained("rmsprop", lambda opt: opt.RMSprop(0.05))
trained("rmsprop_centered", lambda opt: opt.RMSprop(0.05, centered=True))
trained("rmsprop_momentum", lambda opt: opt.RMSprop(0.02, momentum=0.5, epsilon=1e-3))
trained("rmsprop_both", lambda opt: opt.RMSprop(0.02, momentum=0.5, centered=True, epsilon=1e-2))
trained("adam", lambda opt: opt.Adam(0.1))
trained("amsgrad", lambda opt: opt.Adam(0.1, amsgrad=True, decay=0.05))
trained("adamax", lambda opt: opt.Adamax(0.1))
trained("nadam", lambda opt: opt.Nadam(0.1, schedule_decay=0.01))
trained("adagrad", lambda opt: opt.Adagrad(0.3))
trained("adadelta", lambda opt: opt.Adadelta(1.0))
trained("ftrl", lambda opt: opt.Ftrl(0.3, l1_regularization_strength=0.01))
trained("ftrl_shrinking", lambda opt: opt.Ftrl(0.3, l2_shrinkage_regularization_strength=0.1))
for name, schedule in (
    ("ExponentialDecay", lambda s: s.ExponentialDecay(0.1, 5, 0.5, staircase=True)),
    ("InverseTimeDecay", lambda s: s.InverseTimeDecay(0.1, 5, 0.5)),
    ("PolynomialDecay", lambda s: s.PolynomialDecay(0.1, 7, cycle=True)),
    ("PiecewiseConstantDecay", lambda s: s.PiecewiseConstantDecay([3, 9], [0.1, 0.05, 0.2])),
):
    trained(name, lambda opt, schedule=schedule: opt.SGD(schedule(opt.schedules)), told=False)
for name, schedule in (
    ("CosineDecay", lambda e: e.CosineDecay(0.1, 15, alpha=0.1)),
    ("CosineDecayRestarts", lambda e: e.CosineDecayRestarts(0.1, 4, m_mul=0.8)),
    ("LinearCosineDecay", lambda e: e.LinearCosineDecay(0.1, 15)),
):

    def program(tf, run, schedule=schedule):
        made = schedule(tf.keras.experimental)
        run.note(made.get_config())
        for step in (0, 3, 14, 40):
            run(made(tf.constant(step)))

    suite.case(name, program, grad=False)
trained("by_a_function", lambda opt: opt.Adam(lambda: 0.2, beta_1=lambda: 0.5), told=False)


@story
def numbers_are_variables(tf, run):
    loss, variables = losses(tf)
    optimizer = tf.keras.optimizers.SGD(0.1, momentum=0.5)
    run.note([optimizer.lr is optimizer.learning_rate, optimizer.learning_rate.name])
    step = optimizer.get_updates(loss, variables)
    run(tf.global_variables_initializer())
    run(step)
    run(optimizer.lr.assign(0.01))
    run(step)
    run([optimizer.iterations, optimizer.learning_rate, optimizer.momentum, loss])
    run.note([optimizer.get_slot(variables[0], "momentum").name, [each.name for each in step]])
    run.refused(lambda: setattr(optimizer, "iterations", variables[0]))
    run.refused(lambda: optimizer.no_such_number)


@story
def written_by_a_program(tf, run):
    class Signs(tf.keras.optimizers.Optimizer):
        def __init__(self, rate, name="Signs", **kwargs):
            super(Signs, self).__init__(name, **kwargs)  # noqa: UP008 (runs in Python 3.7 too)
            self._set_hyper("learning_rate", rate)
            self._set_hyper("decay", self._initial_decay)

        def _create_slots(self, var_list):
            for var in var_list:
                self.add_slot(var, "count", "ones")

        def _resource_apply_dense(self, grad, var):
            rate = self._decayed_lr(var.dtype.base_dtype)
            count = self.get_slot(var, "count")
            added = count.assign_add(tf.ones(count.shape))
            return tf.group(added, var.assign_sub(rate * tf.sign(grad)))

        def _resource_apply_sparse(self, grad, var, indices):
            return self._resource_scatter_add(var, indices, -0.1 * tf.sign(grad))

        def get_config(self):
            return super(Signs, self).get_config()  # noqa: UP008

    loss, variables = losses(tf)
    optimizer = Signs(0.1, decay=0.5)
    step = optimizer.get_updates(loss, variables)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(step)
    run([variables, optimizer.weights])
    run.note([optimizer.get_config(), optimizer._name])


@story
def constrained(tf, run):
    w = tf.Variable(f32(2, 3), use_resource=True, constraint=tf.keras.constraints.NonNeg())
    step = tf.keras.optimizers.SGD(0.5).get_updates(tf.reduce_sum(w * w * w), [w])
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(step)
    run(w)


def scaled(id, scale):
    """Adds a training of a scaled loss, of which every third cannot be used."""

    def program(tf, run):
        w = tf.Variable(f32(2, 3), name="w", use_resource=True)
        factor = tf.placeholder_with_default(1.0, [])
        adam = tf.keras.optimizers.Adam(0.1)
        optimizer = tf.keras.mixed_precision.experimental.LossScaleOptimizer(adam, scale(tf))
        step = optimizer.get_updates(tf.reduce_sum(tf.square(w - 1)) * factor, [w])
        run(tf.global_variables_initializer())
        for times in (1.0, 2.0, np.inf, 1.0):
            run(step, {factor: times})
            run([w, optimizer.loss_scale(), adam.iterations])
        run.note([v.name for v in tf.global_variables()])

    suite.case(id, program, grad=False)


scaled("scaled", lambda tf: 8.0)
scaled(
    "scaled_as_gradients_allow",
    lambda tf: tf.train.experimental.DynamicLossScale(4.0, increment_period=2),
)


@story
def scaled_losses_refused(tf, run):
    made = tf.keras.mixed_precision.experimental.LossScaleOptimizer
    run.refused(lambda: made("adam", 2.0))
    run.refused(lambda: made(tf.keras.optimizers.SGD(), 2.0).get_config())
    wrapped = tf.train.experimental.enable_mixed_precision_graph_rewrite(tf.keras.optimizers.SGD())
    run.note(type(wrapped).__name__)
    tf.train.experimental.disable_mixed_precision_graph_rewrite()


@story
def of_train(tf, run):
    loss, variables = losses(tf)
    optimizer = tf.keras.optimizers.get(tf.train.AdamOptimizer(0.1))
    step = optimizer.get_updates(loss, variables)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(step)
    run([optimizer.iterations, loss])
    run.note([v.name for v in tf.global_variables()])


def first(name, **settings):
    """Adds a training by an optimizer that Keras had before these."""

    def program(tf, run):
        old = internal_module(tf, "python.keras.optimizers")
        loss, variables = losses(tf)
        optimizer = getattr(old, name)(**settings)
        loss = tf.reduce_sum(tf.square(variables[0] - 1))
        updates = optimizer.get_updates(loss, variables[:1])
        pairs = [tf.assign(*each) if isinstance(each, tuple) else each for each in updates]
        run(tf.global_variables_initializer())
        for _ in range(STEPS):
            run(pairs)
        run([variables[0], optimizer.weights])
        run.note([v.name for v in tf.global_variables()])

    suite.case("first_" + name, program, grad=False, atol=1e-5, why="rounding adds up")


first("SGD", lr=0.1, momentum=0.5, nesterov=True, decay=0.1)
first("RMSprop", lr=0.1, decay=0.1)
first("Adagrad", lr=0.1, clipnorm=1.0)
first("Adadelta", lr=0.5)
first("Adam", lr=0.1, amsgrad=True)
first("Adamax", lr=0.1, clipvalue=0.5)
first("Nadam", lr=0.1)


@story
def by_name(tf, run):
    opt = tf.keras.optimizers
    names = ("sgd", "RMSprop", "ADAM", "adamax", "nadam", "adagrad", "adadelta", "ftrl")
    run.note([plain(opt.get(name).get_config()) for name in names])
    decayed = opt.SGD(opt.schedules.ExponentialDecay(0.1, 5, 0.5), name="mine", clipvalue=1.0)
    told = opt.serialize(decayed)
    run.note([plain(told), plain(opt.serialize(opt.deserialize(told)))])
    run.note(plain(opt.Adagrad.from_config({"lr": 0.5}).get_config()))


@story
def refused(tf, run):
    opt = tf.keras.optimizers
    w = tf.Variable(f32(2, 3), use_resource=True)
    for build in (
        lambda: opt.SGD(0.1, rate=2),
        lambda: opt.SGD(0.1, clipnorm=-1.0),
        lambda: opt.SGD(0.1, momentum=2.0),
        lambda: opt.RMSprop(0.1, momentum=-1.0),
        lambda: opt.Adagrad(0.1, initial_accumulator_value=-1.0),
        lambda: opt.Ftrl(0.1, learning_rate_power=1.0),
        lambda: opt.Ftrl(0.1, l1_regularization_strength=-1.0),
        lambda: opt.Nadam(opt.schedules.ExponentialDecay(0.1, 5, 0.5)),
        lambda: opt.SGD(0.1).get_gradients(tf.constant(1.0), [w]),
        lambda: opt.SGD(0.1).apply_gradients([(None, w)]),
        lambda: opt.SGD(0.1).get_updates(tf.reduce_sum(w), [tf.constant([1, 2])]),
        lambda: opt.get("no such optimizer"),
        lambda: opt.get(3),
        lambda: opt.schedules.PiecewiseConstantDecay([1, 2], [0.1]),
        lambda: opt.schedules.deserialize("no such schedule"),
    ):
        run.refused(build)
