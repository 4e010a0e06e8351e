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
def initializers_of_version_2(tf, run):
    tf.set_random_seed(5)
    module = tf.compat.v2.initializers
    for seed in (None, 7):
        for initializer in (
            *(module.RandomUniform(seed=seed), module.RandomNormal(1.0, 0.5, seed=seed)),
            *(module.TruncatedNormal(seed=seed), module.Orthogonal(2.0, seed=seed)),
            *(module.GlorotNormal(seed), module.GlorotUniform(seed), module.he_normal(seed)),
            *(module.he_uniform(seed), module.lecun_normal(seed), module.lecun_uniform(seed)),
            module.VarianceScaling(2.0, "fan_out", "untruncated_normal", seed=seed),
        ):
            run(initializer([3, 4]))
            run.note(initializer.get_config())
    for initializer in (module.Zeros(), module.Ones(), module.Constant(3), module.Identity(2.0)):
        run(initializer((2, 2), dtype=tf.float64))
        run.note(
            [initializer.get_config(), type(initializer).from_config({"dtype": "int8"}) is None]
        )
    run(module.RandomUniform(0, 9, seed=1)([4], dtype=tf.int32))
    run.refused(lambda: module.VarianceScaling(mode="fan_middle"))
    run.refused(lambda: module.VarianceScaling(distribution="cauchy"))
    run.refused(lambda: module.VarianceScaling(scale=0.0))
    run.refused(lambda: module.Identity()([2, 2, 2]))
    run.refused(lambda: module.Orthogonal()([2]))
    run.refused(lambda: module.RandomNormal()([2], dtype=tf.int32))
    run.refused(lambda: module.Ones()([2], dtype=tf.string))
    run.refused(lambda: module.Constant({}))


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
