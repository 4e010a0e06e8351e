"""`tf.keras.initializers`, `regularizers`, `constraints` and `activations`, by name and object."""

import numpy as np

from .arrays import f32, num
from .suite import Suite

suite = Suite("keras_terms")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def initializers(tf, run):
    tf.set_random_seed(5)
    module = tf.keras.initializers
    for name in (
        *("zeros", "Ones", "constant", "uniform", "random_normal", "TruncatedNormal"),
        *("identity", "orthogonal", "glorot_normal", "glorot_uniform", "VarianceScaling"),
        *("he_normal", "he_uniform", "lecun_normal", "lecun_uniform"),
    ):
        initializer = module.get(name)
        run(initializer([3, 3]))
        run.note(module.serialize(initializer))
    given = {"class_name": "RandomUniform", "config": {"minval": 0.5, "maxval": 1, "seed": 3}}
    run(module.deserialize(given)([2, 2], dtype="float64"))
    run.note([module.get(None), module.get(np.ones) is np.ones])
    run.refused(lambda: module.get("no such initializer"))
    run.refused(lambda: module.get(3))


@story
def regularizers(tf, run):
    module = tf.keras.regularizers
    w = tf.constant(f32(2, 3) - 1)
    for regularizer in (
        *(module.l1(), module.l2(0.1), module.l1_l2(0.1, 0.2), module.L1L2()),
        *(
            module.get("l2"),
            module.get("L1L2"),
            module.deserialize(module.serialize(module.l1(2.0))),
        ),
    ):
        run(regularizer(w))
        run.note(module.serialize(regularizer))
    run.note([module.get(None), module.Regularizer()(w)])
    run.refused(lambda: module.get("no such regularizer"))
    run.refused(lambda: module.get(3))


@story
def constraints(tf, run):
    module = tf.keras.constraints
    w = tf.constant(f32(2, 3) - 1)
    for constraint in (
        *(module.MaxNorm(0.5), module.NonNeg(), module.UnitNorm(axis=1)),
        *(module.MinMaxNorm(0.5, 0.8, rate=0.3), module.get("non_neg"), module.get("MaxNorm")),
        module.deserialize(module.serialize(module.UnitNorm(axis=0))),
    ):
        run(constraint(w))
        run.note(module.serialize(constraint))
    run.refused(lambda: module.RadialConstraint()(w))
    run.refused(lambda: module.get("no such constraint"))
    run.refused(lambda: module.get(3))


@story
def activations(tf, run):
    module = tf.keras.activations
    x = tf.constant(num([[-8.0, -0.5, 0.0], [0.3, 2.0, 7.0]]))
    names = (
        *("linear", "relu", "elu", "selu", "softmax", "softplus", "softsign", "tanh"),
        *("sigmoid", "exponential", "hard_sigmoid"),
    )
    for name in names:
        activation = module.get(name)
        run([activation(x), tf.gradients(activation(x), x)])
    run.note([module.serialize(module.get(name)) for name in names])
    for options in (
        *({"alpha": 0.5}, {"max_value": 6}, {"max_value": 1.5, "threshold": 0.2}),
        *({"alpha": 0.1, "max_value": 5}, {"alpha": 0.1, "threshold": 1.0}),
    ):
        run(module.relu(x, **options))
    run([module.elu(x, 0.5), module.softmax(tf.stack([x, -x])), module.softmax(x[None], axis=1)])
    run.note(module.serialize(tf.nn.relu))
    run.note(module.get(None)(3))
    run.refused(lambda: module.softmax(x[0]))
    run.refused(lambda: module.get("no such activation"))
    run.refused(lambda: module.get(3))
