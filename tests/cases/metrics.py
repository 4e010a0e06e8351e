"""Metrics over two batches: values, updates, variables, and what they are made of."""

import numpy as np

from .arrays import num
from .suite import Suite

suite = Suite("metrics")

LABELS = [np.array([0, 1, 2, 1, 0, 2]), np.array([1, 1, 0, 2, 2, 2])]
CLASSES = [np.array([0, 1, 1, 1, 2, 2]), np.array([1, 0, 0, 2, 1, 2])]
CHANCES = [num([0.1, 0.8, 0.65, 0.4, 0.0, 0.95]), num([0.3, 0.55, 1.0, 0.25, 0.7, 0.85])]
ERRORS = [num([1.0, -2.0, 3.5, 0.0, 2.0, 1.5]), num([0.5, 1.0, -1.5, 2.5, 0.25, 0.0])]
WEIGHTS = [num([1.0, 0.0, 2.0, 0.5, 1.0, 3.0]), num([0.5, 0.5, 0.0, 1.0, 2.0, 1.0])]


class Batches:
    """Adds cases of metrics to a suite."""

    def __init__(self, suite):
        self.suite = suite

    def __call__(self, id, build, *batches, static=True):
        """Adds a case: `build(tf, *placeholders)` gives a metric, which sees batches in turn.

        Each of `batches` is a list of arrays, one for each batch.
        """

        def program(tf, run):
            fed = [
                tf.placeholder(tf.as_dtype(arrays[0].dtype), arrays[0].shape if static else None)
                for arrays in batches
            ]
            value, update = build(tf, *fed)
            run(tf.local_variables_initializer())
            run(value)
            for batch in zip(*batches):  # noqa: B905 (TensorFlow's Python has no `strict`)
                run(update, dict(zip(fed, batch)))  # noqa: B905
            run([value, tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)])
            run.note([v.name for v in tf.local_variables()])
            run.note(len(tf.global_variables()))

        self.suite.case(id, program, grad=False)


over_batches = Batches(suite)


def metric(name, *batches, **settings):
    """Adds `tf.metrics.<name>` without weights and with them."""

    def build(tf, first, second, weights=None):
        return getattr(tf.metrics, name)(first, second, weights=weights, **settings)

    over_batches(name, build, *batches)
    over_batches(f"{name}_weighted", build, *batches, WEIGHTS)


BOOLS = [labels > 0 for labels in LABELS]
metric("accuracy", LABELS, CLASSES)
metric("mean_iou", LABELS, CLASSES, num_classes=3)
metric("mean_per_class_accuracy", LABELS, CLASSES, num_classes=3)
metric("precision", BOOLS, CLASSES)
metric("recall", BOOLS, CLASSES)
for kind in ("true_positives", "true_negatives", "false_positives", "false_negatives"):
    metric(kind, BOOLS, CLASSES)
    metric(f"{kind}_at_thresholds", BOOLS, CHANCES, thresholds=[0.2, 0.5, 0.8])
metric("precision_at_thresholds", BOOLS, CHANCES, thresholds=[0.2, 0.5, 0.8])
metric("recall_at_thresholds", BOOLS, CHANCES, thresholds=[0.2, 0.5, 0.8])
metric("sensitivity_at_specificity", BOOLS, CHANCES, specificity=0.6, num_thresholds=7)
metric("specificity_at_sensitivity", BOOLS, CHANCES, sensitivity=0.6, num_thresholds=7)
metric("mean_squared_error", CHANCES, ERRORS)
metric("mean_absolute_error", CHANCES, ERRORS)
metric("root_mean_squared_error", CHANCES, ERRORS)
metric("mean_relative_error", CHANCES, ERRORS, normalizer=num([1, 0, 2, 1, -1, 3]))
over_batches("mean", lambda tf, x: tf.metrics.mean(x), ERRORS)
over_batches("mean_of_ints", lambda tf, x: tf.metrics.mean(x, name="m"), LABELS)
over_batches("mean_weighted", lambda tf, x, w: tf.metrics.mean(x, w), ERRORS, WEIGHTS)
over_batches("mean_tensor", lambda tf, x: tf.metrics.mean_tensor(x), ERRORS)
over_batches("mean_tensor_weighted", lambda tf, x, w: tf.metrics.mean_tensor(x, w), ERRORS, WEIGHTS)
over_batches("percentage_below", lambda tf, x: tf.metrics.percentage_below(x, 1.0), ERRORS)
over_batches(
    "mean_cosine_distance",
    lambda tf, x, y: tf.metrics.mean_cosine_distance(
        tf.reshape(x, [2, 3]), tf.reshape(y, [2, 3]), dim=1
    ),
    CHANCES,
    ERRORS,
)

for curve, method in (
    *(("ROC", "trapezoidal"), ("ROC", "minoring"), ("ROC", "careful_interpolation")),
    *(("PR", "trapezoidal"), ("PR", "majoring"), ("PR", "careful_interpolation")),
):
    metric_name = f"auc_{curve}_{method}"
    over_batches(
        metric_name,
        lambda tf, x, y, curve=curve, method=method: tf.metrics.auc(
            x, y, curve=curve, summation_method=method, num_thresholds=6
        ),
        BOOLS,
        CHANCES,
    )
over_batches(
    "auc_of_thresholds_weighted",
    lambda tf, x, y, w: tf.metrics.auc(x, y, w, thresholds=[0.6, 0.2], name="area"),
    BOOLS,
    CHANCES,
    WEIGHTS,
)

# Ranks that a run alone knows.
COLUMNS = [weights[:, None] for weights in WEIGHTS]
over_batches(
    "accuracy_of_unknown_shapes",
    lambda tf, x, y, w: tf.metrics.accuracy(x, y, w),
    [labels[:, None] for labels in LABELS],
    CLASSES,
    COLUMNS,
    static=False,
)
over_batches(
    "precision_of_unknown_shapes",
    lambda tf, x, y, w: tf.metrics.precision(x, y, w),
    BOOLS,
    CLASSES,
    COLUMNS,
    static=False,
)
over_batches(
    "auc_of_unknown_shapes",
    lambda tf, x, y: tf.metrics.auc(x, y, num_thresholds=4),
    BOOLS,
    CHANCES,
    static=False,
)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def two_metrics_in_a_scope(tf, run):
    """Names are numbered; collections hold what they are asked to."""
    with tf.variable_scope("eval"):
        first = tf.metrics.mean([1.0, 2.0], metrics_collections=["values"])
        second = tf.metrics.mean([5.0], updates_collections="updates")
    run(tf.variables_initializer(tf.local_variables()))
    run([first[1], second[1]])
    run([first[0], second[0]])
    run.note([x.name for x in tf.get_collection("values") + tf.get_collection("updates")])


@story
def refused(tf, run):
    x = tf.constant([0.5, 0.5])
    run.refused(lambda: tf.metrics.auc(x, x, curve="X"))
    run.refused(lambda: tf.metrics.auc(x, x, summation_method="X", num_thresholds=3))
    run.refused(lambda: tf.metrics.sensitivity_at_specificity(x, x, 1.5))
    run.refused(lambda: tf.metrics.specificity_at_sensitivity(x, x, -0.5))
    run.refused(lambda: tf.metrics.mean(x, [1.0, 2.0, 3.0]))
    run.refused(lambda: tf.metrics.accuracy([1, 2, 3], [1, 2]))


@story
def out_of_range(tf, run):
    x = tf.placeholder(tf.float32, [2])
    value, update = tf.metrics.true_positives_at_thresholds([True, False], x, [0.5])
    run(tf.local_variables_initializer())
    run.attempt(update, {x: num([0.5, 1.5])})
    run(value)


@story
def classes_out_of_range(tf, run):
    """Labels are known, yet refused in the run alone."""
    run.attempt(tf.confusion_matrix([1, 3], [0, 1], num_classes=3))
