"""`tf.keras.metrics` over batches: results, variables, updates, and what they are made of."""

import numpy as np

from .arrays import num
from .keras_losses import CHANCES, CLASSES, ONE_HOT, WEIGHTS
from .suite import Suite

suite = Suite("keras_metrics")

LABELS = [ONE_HOT, num([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])]
GUESSES = [CHANCES, num([[0.1, 0.7, 0.2], [0.6, 0.1, 0.3], [0.2, 0.1, 0.7], [0.25, 0.25, 0.5]])]
NUMBERS = [CLASSES, num([[1], [0], [2], [2]])]
WEIGHTS = [WEIGHTS, num([2, 1, 1, 0.5])]
OF_FUNCTIONS = (
    *("Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "CategoricalAccuracy", "Hinge"),
    *("CategoricalCrossentropy", "CategoricalHinge", "CosineSimilarity", "KLDivergence"),
    *("LogCoshError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError"),
    *("MeanSquaredLogarithmicError", "Poisson", "SquaredHinge", "RootMeanSquaredError"),
)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def add(kind, labels=LABELS, **settings):
    """Adds a metric of two batches, with weights and without, and started anew."""

    def program(tf, run):
        y = tf.placeholder(tf.float32, labels[0].shape)
        x = tf.placeholder(tf.float32, [4, 3])
        weights = tf.placeholder(tf.float32, [4])
        for options in ({}, {"sample_weight": weights}):
            metric = getattr(tf.keras.metrics, kind)(**settings)
            result = metric(y, x, **options)
            run([v.initializer for v in metric.variables])
            for fed in zip(labels, GUESSES, WEIGHTS):  # noqa: B905
                run(result, dict(zip([y, x, weights], fed)))  # noqa: B905
            run(metric.result())
            run.note([v.name for v in metric.weights + metric.non_trainable_weights])
            run.note([metric.name, metric.dtype, len(metric.updates), metric.get_config()])

    suite.case("_".join([kind, *map(str, settings.values())]), program, grad=False)


for metric in OF_FUNCTIONS:
    add(metric)
for metric in ("FalseNegatives", "FalsePositives", "TrueNegatives", "TruePositives"):
    add(metric)
    add(metric, thresholds=[0.2, 0.6])
add("BinaryAccuracy", threshold=0.3)
add("TopKCategoricalAccuracy", k=2)
add("SparseCategoricalAccuracy", NUMBERS)
add("SparseCategoricalCrossentropy", NUMBERS, from_logits=True)
add("BinaryCrossentropy", label_smoothing=0.1, from_logits=True)
add("MeanSquaredError", dtype="float64")
for metric in ("Precision", "Recall"):
    add(metric)
    add(metric, thresholds=[0.2, 0.4])
    add(metric, top_k=2)
for curve in ("ROC", "PR"):
    for method in ("interpolation", "majoring", "minoring"):
        add("AUC", num_thresholds=5, curve=curve, summation_method=method)
add("AUC", thresholds=[0.6, 0.3])
add("SensitivityAtSpecificity", specificity=0.5, num_thresholds=6)
add("SpecificityAtSensitivity", sensitivity=0.5, num_thresholds=1)


@story
def of_values(tf, run):
    x = tf.placeholder(tf.float32, [4, 3])
    weights = tf.placeholder(tf.float32, [4])
    for name in ("Mean", "Sum"):
        metric = getattr(tf.keras.metrics, name)()
        results = [metric(x), metric(x, sample_weight=weights), metric(x, sample_weight=0.5)]
        run([v.initializer for v in metric.variables])
        for result in results:
            run(result, {x: CHANCES, weights: WEIGHTS[0]})
        run.note([metric.name, [v.name for v in metric.variables], len(metric.updates)])
    run.refused(tf.keras.metrics.MeanTensor().result)


@story
def of_one_class(tf, run):
    for name in ("Precision", "Recall"):
        metric = getattr(tf.keras.metrics, name)(class_id=1)
        result = metric(tf.constant(ONE_HOT), tf.constant(CHANCES))
        run([v.initializer for v in metric.variables])
        run(result)
        run.note(metric.get_config())


@story
def of_regions(tf, run):
    metric = tf.keras.metrics.MeanIoU(3, name="regions")
    y, x = tf.placeholder(tf.int32, [4, 1]), tf.placeholder(tf.int32, [4])
    results = [metric(y, x), metric(y, x, sample_weight=tf.constant(WEIGHTS[0][:, None]))]
    run([v.initializer for v in metric.variables])
    for result in results:
        run(result, {y: CLASSES.astype(np.int32), x: [0, 2, 0, 1]})
    run.note([metric.get_config(), [v.name for v in metric.variables]])


@story
def of_relative_errors(tf, run):
    metric = tf.keras.metrics.MeanRelativeError(normalizer=[1.0, 3.0, 2.0, 0.0])
    result = metric([2.0, 4.0, 6.0, 8.0], [1.0, 3.0, 2.0, 3.0])
    run([v.initializer for v in metric.variables])
    run(result)


@story
def of_ragged_tensors(tf, run):
    metric = tf.keras.metrics.Accuracy()
    y, x = tf.ragged.constant([[1, 2], [3]]), tf.ragged.constant([[1, 0], [3]])
    results = [metric(y, x), metric(y, x, tf.ragged.constant([[0.5, 0.2], [1.0]]))]
    run([v.initializer for v in metric.variables])
    for result in results:
        run(result)
    run.refused(lambda: metric(y, tf.constant([1, 2, 3])))


@story
def by_name(tf, run):
    metrics = tf.keras.metrics
    names = ("mse", "MAE", "cosine_proximity", "binary_accuracy", "top_k_categorical_accuracy")
    run.note([metrics.get(name).__name__ for name in names])
    made = metrics.get({"class_name": "AUC", "config": {"curve": "PR", "num_thresholds": 3}})
    run.note(metrics.serialize(made))
    run.note([metrics.get("Precision").name, metrics.get("Precision").name])
    run.refused(lambda: metrics.get("no such metric"))
    run.refused(lambda: metrics.get(3))


@story
def refused(tf, run):
    metrics = tf.keras.metrics
    for build in (
        lambda: metrics.Precision(thresholds=[0.5, 2.0]),
        lambda: metrics.AUC(num_thresholds=1),
        lambda: metrics.AUC(curve="no curve"),
        lambda: metrics.AUC(summation_method="no method"),
        lambda: metrics.SensitivityAtSpecificity(1.5),
        lambda: metrics.SpecificityAtSensitivity(-1.0),
        lambda: metrics.SensitivityAtSpecificity(0.5, num_thresholds=0),
        lambda: metrics.Accuracy()(tf.zeros([2, 3]), tf.zeros([3, 3])),
        lambda: metrics.TruePositives()(tf.zeros([2]), tf.zeros([3])),
    ):
        run.refused(build)
    metric = metrics.TruePositives()
    result = metric(tf.zeros([2]), tf.placeholder_with_default([0.5, 1.5], [2]))
    run([v.initializer for v in metric.variables])
    run.attempt(result)
