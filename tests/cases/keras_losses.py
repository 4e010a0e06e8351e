"""`tf.keras.losses`: every loss of samples, weighed and reduced, by name and description."""

import numpy as np

from .arrays import num
from .suite import Suite

suite = Suite("keras_losses")

ONE_HOT = num([[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]])
CHANCES = num([[0.1, 0.7, 0.2], [0.3, 0.3, 0.4], [0.0, 0.1, 0.9], [0.5, 0.25, 0.25]])
SIGNS = num([[-1, 1, 1], [1, -1, 1], [1, 1, -1], [-1, -1, 1]])
CLASSES = num([[1], [2], [0], [1]])
WEIGHTS = num([1, 2, 0, 0.5])
REDUCTIONS = ("auto", "none", "sum", "sum_over_batch_size")
LOSSES = (
    *("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "KLDivergence"),
    *("MeanSquaredLogarithmicError", "BinaryCrossentropy", "CategoricalCrossentropy", "Hinge"),
    *("SquaredHinge", "CategoricalHinge", "Poisson", "LogCosh", "Huber", "CosineSimilarity"),
)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def add(kind, labels=ONE_HOT, **settings):
    """Adds a loss with its reductions, weights and gradients, of batches of an unknown size."""

    def program(tf, run):
        y = tf.placeholder(tf.float32, [None, labels.shape[-1]])
        x = tf.placeholder(tf.float32, [None, 3])
        weights = tf.placeholder(tf.float32, [None])
        fed = {y: labels, x: CHANCES, weights: WEIGHTS}
        for reduction in REDUCTIONS:
            loss = getattr(tf.keras.losses, kind)(reduction=reduction, **settings)
            run([loss(y, x), tf.gradients(loss(y, x), x)], fed)
            if kind != "Huber":  # which has a loss for each element
                run(loss(y, x, weights), fed)
            run(loss(y, x, sample_weight=0.5), fed)
            run.note([loss.name, loss.get_config()])

    suite.case("_".join([kind, *map(str, settings.values())]), program, grad=False)


for loss in LOSSES:
    add(loss)
add("Hinge", SIGNS, name="of_signs")
add("SparseCategoricalCrossentropy", CLASSES)
add("SparseCategoricalCrossentropy", CLASSES, from_logits=True)
add("BinaryCrossentropy", from_logits=True, label_smoothing=0.2)
add("CategoricalCrossentropy", from_logits=False, label_smoothing=0.2)
add("Huber", delta=0.3)


@story
def of_squashed_logits(tf, run):
    """What a softmax or a sigmoid was taken of takes the place of its probabilities."""
    losses = tf.keras.losses
    x = tf.constant(CHANCES * 4 - 1)
    run(losses.categorical_crossentropy(ONE_HOT, tf.nn.softmax(x)))
    run(losses.sparse_categorical_crossentropy(CLASSES[:, 0], tf.nn.softmax(x)))
    run(
        losses.sparse_categorical_crossentropy(
            tf.constant(CLASSES[:3, 0]), tf.transpose(x[:3]), axis=0
        )
    )
    run(losses.binary_crossentropy(ONE_HOT, tf.sigmoid(x)))


@story
def of_sequences(tf, run):
    """Labels and weights of more axes, and of as many as nothing says."""
    losses = tf.keras.losses
    x = tf.constant(np.stack([CHANCES, CHANCES[::-1]]))
    y = tf.placeholder(tf.float32, None)
    classes = np.stack([CLASSES, CLASSES[::-1]])
    run(losses.sparse_categorical_crossentropy(classes, x))
    run(
        losses.MeanSquaredError()(y, x, tf.placeholder_with_default(WEIGHTS[:2], None)),
        {y: CHANCES},
    )


@story
def by_name(tf, run):
    losses = tf.keras.losses
    short = ("mse", "MSE", "mae", "mape", "msle", "kld", "logcosh", "cosine_proximity")
    run.note([losses.get(name).__name__ for name in short])
    made = losses.get({"class_name": "Huber", "config": {"delta": 0.5, "name": "near"}})
    run.note([losses.serialize(made), losses.serialize(losses.mse), losses.get(None)])
    with tf.keras.utils.custom_object_scope({"mine": lambda y, x: x - y}):
        run(losses.get("mine")(1.0, tf.constant(3.0)))
    run(losses.deserialize("mine", {"mine": lambda y, x: x * y})(2.0, tf.constant(3.0)))


@story
def of_a_program(tf, run):
    class Distance(tf.keras.losses.Loss):
        def call(self, y_true, y_pred):
            return tf.reduce_sum(tf.abs(y_true - y_pred), -1)

    for reduction in REDUCTIONS:
        run(Distance(reduction)(tf.constant(ONE_HOT), tf.constant(CHANCES), WEIGHTS))
    run.refused(lambda: Distance("mean"))
    run.refused(lambda: tf.keras.losses.get("no such loss"))
    run.refused(lambda: tf.keras.losses.get(3))
    run.refused(lambda: tf.keras.losses.MeanSquaredError()(tf.zeros([2, 3]), tf.zeros([2, 4])))
    run.refused(lambda: tf.keras.losses.MeanSquaredError()([0.0, 1.0], [1.0, 1.0], [1.0, 2.0, 3.0]))
