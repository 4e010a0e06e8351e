"""Training programs beyond those of `tests/cases`: what they build and what their runs give.

A program is a function of `tf` and `run` (see `cases.observe.Run`). `GRAPHS` are compared node for
node too, `VALUES` by their runs only, for they choose where TensorFlow 1.15 has `cond`.
"""

import importlib

import numpy as np

GRAPHS, VALUES = {}, {}


def program(fn):
    """Adds `fn` to GRAPHS."""
    GRAPHS[fn.__name__] = fn
    return fn


def programs(into=GRAPHS, **variants):
    """Adds the decorated `fn(tf, run, variant)` once for each of `variants`."""

    def add(fn):
        for name, value in variants.items():
            into[f"{fn.__name__}_{name}"] = lambda tf, run, value=value: fn(tf, run, value)
        return fn

    return add


def internal(tf, name):
    """A module that is not in the public tree."""
    package = "stillflow" if tf.__name__.startswith("stillflow") else "tensorflow.python"
    folder = "train" if package == "stillflow" else "training"
    return importlib.import_module(f"{package}.{folder}.{name}")


def nodes(graph, observe):
    """The nodes; TensorFlow lists their control inputs in no particular order."""
    listed = observe.graph_of(graph)["nodes"]
    return [[*node, sorted(controls)] for *node, controls in listed]


def problem(tf, dtype="float32"):
    """Two variables and a loss with a gradient of either sign."""
    w = tf.Variable(np.array([[1.0, -2.0], [3.0, 0.5]], dtype), name="w")
    b = tf.Variable(np.array([0.25, -0.75], dtype), name="layer/b")
    loss = tf.reduce_sum(tf.square(tf.matmul(w, w) + b) * np.array([0.125, 0.5], dtype))
    return w, b, loss


def train(tf, run, op, steps=3):
    run(tf.global_variables_initializer())
    for _ in range(steps):
        run(op)
        run(tf.global_variables())


OPTIMIZERS = {
    "gradient_descent": lambda train, **k: train.GradientDescentOptimizer(0.01, **k),
    "momentum": lambda train, **k: train.MomentumOptimizer(0.01, 0.9, use_nesterov=True, **k),
    "adam": lambda train, **k: train.AdamOptimizer(0.05, beta1=0.8, epsilon=1e-3, **k),
    "adagrad": lambda train, **k: train.AdagradOptimizer(0.5, **k),
    "adadelta": lambda train, **k: train.AdadeltaOptimizer(10.0, 0.9, 1e-3, **k),
    "rmsprop": lambda train, **k: train.RMSPropOptimizer(0.1, momentum=0.5, centered=True, **k),
    "ftrl": lambda train, **k: train.FtrlOptimizer(0.5, l1_regularization_strength=0.01, **k),
    "ftrl_shrinkage": lambda train, **k: train.FtrlOptimizer(
        0.5, l2_shrinkage_regularization_strength=0.1, accum_name="A", linear_name="L", **k
    ),
    "adagrad_da": lambda train, **k: train.AdagradDAOptimizer(
        0.5, train.get_or_create_global_step(), l1_regularization_strength=0.001, **k
    ),
}
PROXIMAL = {
    "gradient_descent": lambda train, **k: train.ProximalGradientDescentOptimizer(
        0.01, l1_regularization_strength=0.1, l2_regularization_strength=0.2, **k
    ),
    "adagrad": lambda train, **k: train.ProximalAdagradOptimizer(
        0.1, l1_regularization_strength=0.1, l2_regularization_strength=0.2, **k
    ),
}


@programs(**OPTIMIZERS)
def double(tf, run, make):
    """Hyper-parameters are cast to the variable's type."""
    loss = problem(tf, "float64")[-1]
    train(tf, run, make(tf.train).minimize(loss))


@programs(**OPTIMIZERS, **{"proximal_" + name: make for name, make in PROXIMAL.items()})
def locking_named_with_step(tf, run, make):
    loss = problem(tf)[-1]
    step = tf.train.get_or_create_global_step()
    train(tf, run, make(tf.train, use_locking=True, name="Fast").minimize(loss, step, name="go"))


@programs(**OPTIMIZERS, **{"proximal_" + name: make for name, make in PROXIMAL.items()})
def rows(tf, run, make):
    """Rows that occur twice, through an int64 index."""
    table = tf.Variable(np.arange(8.0, dtype=np.float32).reshape(4, 2), name="table")
    index = tf.constant([2, 0, 2], tf.int64)
    loss = tf.reduce_sum(tf.square(tf.gather(table, index) - 1.0))
    train(tf, run, make(tf.train).minimize(loss))


@program
def half(tf, run):
    loss = problem(tf, "float16")[-1]
    train(tf, run, tf.train.MomentumOptimizer(0.01, 0.5).minimize(loss))


HYPER_PARAMETERS = {
    "functions": lambda tf, value: lambda: tf.constant(value) * 2.0,
    "tensors": lambda tf, value: tf.constant(value) * 2.0,
    "variables": lambda tf, value: tf.Variable(value, trainable=False),
    "numpy": lambda tf, value: np.float32(value),
}


@programs(**HYPER_PARAMETERS)
def hyper_parameters(tf, run, given):
    loss = problem(tf)[-1]
    optimizers = [
        tf.train.GradientDescentOptimizer(given(tf, 0.01)),
        tf.train.MomentumOptimizer(given(tf, 0.01), given(tf, 0.25)),
        tf.train.AdamOptimizer(given(tf, 0.01), epsilon=given(tf, 0.001)),
        tf.train.AdagradOptimizer(given(tf, 0.01)),
        tf.train.AdadeltaOptimizer(given(tf, 0.01), given(tf, 0.25), given(tf, 0.01)),
        tf.train.RMSPropOptimizer(given(tf, 0.01), given(tf, 0.25), given(tf, 0.01)),
    ]
    for optimizer in optimizers:
        train(tf, run, optimizer.minimize(loss), 1)


@program
def constraint(tf, run):
    """A constraint is applied to each new value."""
    w = tf.Variable([3.0, -4.0], constraint=lambda w: tf.clip_by_norm(w, 1.0), name="w")
    train(tf, run, tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(w * w * w)))


@programs(none=0, op=1, graph=2)
def gates(tf, run, gate):
    loss = problem(tf)[-1]
    optimizer = tf.train.GradientDescentOptimizer(0.01)
    pairs = optimizer.compute_gradients(loss, gate_gradients=gate)
    run.note([v.name for _, v in pairs])
    train(tf, run, optimizer.apply_gradients(pairs), 1)


@program
def losses_and_lists(tf, run):
    """A weight on the loss, a loss as a function, and nested lists of variables."""
    w, b, loss = problem(tf)
    optimizer = tf.train.GradientDescentOptimizer(0.01)
    ops = [
        optimizer.minimize(loss, grad_loss=tf.constant(0.5)),
        optimizer.minimize(loss, var_list=[[w], (b,)], colocate_gradients_with_ops=True),
        optimizer.minimize(loss, var_list={"w": w, "a": b}),
        optimizer.minimize(loss, var_list=w, aggregation_method=2),
        optimizer.minimize(loss, var_list={"w": w, "b": b}.values()),
    ]
    run.note([op.name for op in ops])
    run.note([[v.name for _, v in optimizer.compute_gradients(loss, [[w], {"b": b}])]])
    for op in ops:
        train(tf, run, op, 1)


@programs(**OPTIMIZERS)
def shape_unknown(tf, run, make):
    """The slots of a variable whose shape only a run knows."""
    start = tf.placeholder_with_default([1.0, -2.0, 3.0], [None])
    w = tf.Variable(start, validate_shape=False, name="w")
    optimizer = make(tf.train)
    try:
        op = optimizer.minimize(tf.reduce_sum(w * w))
    except (TypeError, ValueError) as error:
        run.note(type(error).__name__)
        return
    run.note([str(v.get_shape()) for v in optimizer.variables()])
    run(w.initializer)
    run(tf.global_variables_initializer())
    run(op)
    run(tf.global_variables())


@program
def own_optimizer(tf, run):
    """The hooks through which a program writes its own."""

    class SignDescent(tf.train.Optimizer):
        def __init__(self, rate):
            super().__init__(False, "SignDescent")
            self._rate = rate

        def _create_slots(self, var_list):
            for v in var_list:
                self._zeros_slot(v, "seen", self._name)
                self._get_or_make_slot(v, tf.ones_like(v.initialized_value()), "ones", "Ones")
            self._create_non_slot_variable(1.0, "steps", var_list[0])

        def _prepare(self):
            self._rate_t = tf.convert_to_tensor(self._call_if_callable(self._rate), name="rate")

        def _apply_dense(self, grad, var):
            seen = self.get_slot(var, "seen").assign_add(tf.abs(grad))
            with tf.control_dependencies([seen]):
                return tf.assign_sub(var, self._rate_t * tf.sign(grad) * self.get_slot(var, "ones"))

        def _finish(self, update_ops, name_scope):
            steps = self._get_non_slot_variable("steps", tf.get_default_graph())
            with tf.control_dependencies(update_ops):
                return tf.group(*update_ops, steps.assign_add(1.0), name=name_scope)

    w, b, loss = problem(tf)
    optimizer = SignDescent(lambda: 0.125)
    op = optimizer.minimize(loss, tf.train.create_global_step())
    run.note([op.name, optimizer.get_name(), *optimizer.get_slot_names()])
    run.note([v.name for v in optimizer.variables()])
    run.note([optimizer.get_slot(w, "none") is None, optimizer.get_slot(b, "seen").name])
    run.note(sorted(v.name for v in optimizer._non_slot_variables()))
    train(tf, run, op)


@program
def one_optimizer_in_two_graphs(tf, run):
    """An optimizer has variables in each graph that it was used in."""
    optimizer = tf.train.AdamOptimizer(0.1)
    for _ in range(2):
        with tf.Graph().as_default():
            op = optimizer.minimize(problem(tf)[-1])
            run.note([op.name, *[v.name for v in optimizer.variables()]])
    run.note([v.name for v in optimizer.variables()])


# Schedules --------------------------------------------------------------------------------------

SCHEDULES = {
    "double": lambda train, s: train.exponential_decay(np.float64(0.1), s, 7, 0.5),
    "named": lambda train, s: train.exponential_decay(0.1, s, 7, 0.5, True, "rate"),
    "natural_named": lambda train, s: train.natural_exp_decay(0.1, s, 7.0, 0.5, name="rate"),
    "inverse_double": lambda train, s: train.inverse_time_decay(np.float64(0.1), s, 7, 0.5, True),
    "polynomial_defaults": lambda train, s: train.polynomial_decay(0.1, s, 9),
    "polynomial_double": lambda train, s: train.polynomial_decay(np.float64(0.1), s, 9, 0.01, 0.5),
    "cosine_defaults": lambda train, s: train.cosine_decay(0.1, s, 9),
    "cosine_named": lambda train, s: train.cosine_decay(0.1, s, 9, 0.25, "rate"),
    "linear_cosine": lambda train, s: train.linear_cosine_decay(0.1, s, 9, 1.5, 0.25, 0.01),
}
CHOOSING_SCHEDULES = {
    "polynomial_cycle": lambda train, s: train.polynomial_decay(0.1, s, 5, 0.01, 2.0, True),
    "restarts": lambda train, s: train.cosine_decay_restarts(0.1, s, 4, m_mul=0.5, alpha=0.25),
    "restarts_equal": lambda train, s: train.cosine_decay_restarts(0.1, s, 4, 1.0, 0.5),
    "piecewise_long": lambda train, s: train.piecewise_constant(
        s, [np.int64(2), np.int64(5), np.int64(8)], [1.0, 0.5, 0.25, 0.125]
    ),
    "piecewise_promoted": lambda train, s: train.piecewise_constant_decay(s, [3, 6], [3, 2, 1]),
    "piecewise_one": lambda train, s: train.piecewise_constant(s, [4], [0.5, 0.25]),
}


@programs(**SCHEDULES)
@programs(into=VALUES, **CHOOSING_SCHEDULES)
def schedule(tf, run, make):
    step = tf.placeholder(tf.int64, [], name="step")
    rate = make(tf.train, step)
    run.note([rate.dtype.name, str(rate.shape)])
    for value in (*range(12), 40, 1000):
        run(rate, {step: value})


@programs(into=VALUES, equal=1.0, longer=3.0)
def restarts_of_tensor(tf, run, factor):
    """How much longer each period is may be a tensor."""
    longer = tf.placeholder(tf.float32, [])
    step = tf.placeholder(tf.int32, [])
    rate = tf.train.cosine_decay_restarts(0.1, step, 4, longer)
    for value in range(12):
        run(rate, {step: value, longer: factor})


@programs(into=VALUES, float=[0.5, 2.5, 7.0])
def piecewise_of_floats(tf, run, steps):
    x = tf.placeholder(tf.float32, [])
    rate = tf.train.piecewise_constant(x, [1.0, 2.5], ["low", "middle", "high"])
    for step in steps:
        run(rate, {x: step})


@program
def noise(tf, run):
    """The noise of a seeded graph."""
    tf.set_random_seed(5)
    step = tf.Variable(3, name="step")
    rate = tf.train.noisy_linear_cosine_decay(0.1, step, 9, 0.5, 0.25, 1.5, 0.125, 0.01)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(rate)


# Averages ---------------------------------------------------------------------------------------


@programs(
    debiased=dict(decay=0.75),
    plain=dict(decay=0.75, zero_debias=False),
    named=dict(decay=0.75, name="moved"),
)
def assign_moving_average(tf, run, options):
    averages = internal(tf, "moving_averages")
    v = tf.Variable([1.0, 2.0], name="v")
    update = averages.assign_moving_average(v, tf.constant([3.0, 5.0]), **options)
    run.note([update.name, *[v.name for v in tf.global_variables()]])
    train(tf, run, update)


@program
def assign_moving_average_twice(tf, run):
    averages = internal(tf, "moving_averages")
    with tf.variable_scope("bn"):
        v = tf.get_variable("mean", [2], tf.float64, tf.zeros_initializer())
        for value in ([1.0, 2.0], [3.0, 5.0]):
            averages.assign_moving_average(v, value, tf.constant(0.5))
    run.note([v.name for v in tf.global_variables()])


@programs(true=True, plain=False)
def weighted_moving_average(tf, run, truediv):
    averages = internal(tf, "moving_averages")
    value, weight = tf.constant([3.0, 5.0]), tf.constant([1.0, 2.0])
    mean = averages.weighted_moving_average(value, 0.75, weight, truediv, name="mean")
    run.note(mean.name)
    train(tf, run, mean)


@program
def names_of_averages(tf, run):
    w, b, _ = problem(tf)
    frozen = tf.Variable(1.0, trainable=False, name="frozen")
    square = tf.square(w, name="square")
    ema = tf.train.ExponentialMovingAverage(0.9, name="Mean")
    run.note([ema.name, ema.average(w), ema.average_name(w), ema.average_name(square)])
    update = ema.apply([w, square])
    run.note([update.name, ema.average(w).name, ema.average_name(b), ema.average_name(square)])
    again = ema.apply([w, b])
    run.note([again.name, *[v.name for v in tf.moving_average_variables()]])
    for variables in (None, [w, frozen]):
        restored = ema.variables_to_restore(variables)
        run.note(sorted((name, v.name) for name, v in restored.items()))
    train(tf, run, [update, again], 2)


@program
def averages_in_scopes(tf, run):
    with tf.name_scope("outer"), tf.variable_scope("scope"):
        tf.get_variable("w", initializer=[1.0, 2.0])
        ema = tf.train.ExponentialMovingAverage(tf.constant(0.5), num_updates=tf.constant(2))
        update = ema.apply()
    train(tf, run, update, 1)


# The global step --------------------------------------------------------------------------------


@program
def global_steps(tf, run):
    other = tf.Graph()
    with tf.name_scope("scope"):
        step = tf.train.create_global_step()
    elsewhere = tf.train.get_or_create_global_step(other)
    run.note([step.name, step.dtype.name, elsewhere.graph is other])
    run(step.initializer)
    run.note(tf.train.global_step(run.session, step))
    with tf.Graph().as_default():
        tf.placeholder(tf.int32, [], name="global_step")
        run.note([tf.train.get_global_step().name, len(tf.get_collection("global_step"))])
    with tf.Graph().as_default():
        for _ in range(2):
            tf.add_to_collection(tf.GraphKeys.GLOBAL_STEP, tf.constant(1, tf.int64))
        run.note(tf.train.get_global_step())
