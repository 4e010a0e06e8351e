"""Metrics of `tf.contrib.metrics`, over two batches."""

import numpy as np

from .metrics import BOOLS, CHANCES, CLASSES, ERRORS, LABELS, WEIGHTS, Batches
from .suite import Suite

suite = Suite("contrib_metrics")
over_batches = Batches(suite)


def metric(name, *batches, **settings):
    """Adds `tf.contrib.metrics.<name>` without weights and with them."""

    def build(tf, first, second, weights=None):
        return getattr(tf.contrib.metrics, name)(first, second, weights=weights, **settings)

    over_batches(name, build, *batches)
    over_batches(f"{name}_weighted", build, *batches, WEIGHTS)


metric("streaming_accuracy", CLASSES, LABELS)
metric("streaming_mean_iou", CLASSES, LABELS, num_classes=3)
metric("streaming_precision", CLASSES, BOOLS)
metric("streaming_auc", CHANCES, BOOLS, num_thresholds=5)
metric("streaming_false_positive_rate", CLASSES, BOOLS)
metric("streaming_false_negative_rate", CLASSES, BOOLS)
for kind in ("false_positive_rate", "false_negative_rate", "true_positives", "false_negatives"):
    metric(f"streaming_{kind}_at_thresholds", CHANCES, BOOLS, thresholds=[0.2, 0.5])
metric("streaming_mean_squared_error", ERRORS, CHANCES)
metric("streaming_covariance", ERRORS, CHANCES)
metric("streaming_pearson_correlation", ERRORS, CHANCES)
metric("cohen_kappa", LABELS, CLASSES, num_classes=3)
for strict in (False, True):
    over_batches(
        f"recall_at_precision_{'strict' if strict else 'nearest'}",
        lambda tf, x, y, strict=strict: tf.contrib.metrics.recall_at_precision(
            x, y, 0.75, num_thresholds=6, strict_mode=strict
        ),
        BOOLS,
        CHANCES,
    )
over_batches(
    "precision_at_recall",
    lambda tf, x, y: tf.contrib.metrics.precision_at_recall(x, y, 0.5, num_thresholds=6),
    BOOLS,
    CHANCES,
)
for curve in ("ROC", "PR"):
    over_batches(
        f"streaming_curve_points_{curve}",
        lambda tf, x, y, curve=curve: tf.contrib.metrics.streaming_curve_points(
            x, y, num_thresholds=6, curve=curve
        ),
        BOOLS,
        CHANCES,
    )
over_batches("count", lambda tf, x: tf.contrib.metrics.count(x), ERRORS)
over_batches("count_weighted", lambda tf, x, w: tf.contrib.metrics.count(x, w), ERRORS, WEIGHTS)
over_batches(
    "streaming_percentage_less",
    lambda tf, x: tf.contrib.metrics.streaming_percentage_less(x, 1.0),
    ERRORS,
)
over_batches(
    "streaming_mean_cosine_distance",
    lambda tf, x, y: tf.contrib.metrics.streaming_mean_cosine_distance(
        tf.reshape(x, [2, 3]), tf.reshape(y, [2, 3]), 1
    ),
    CHANCES,
    ERRORS,
)
over_batches(
    "streaming_sparse_recall_at_k",
    lambda tf, x, y: tf.contrib.metrics.streaming_sparse_recall_at_k(
        tf.reshape(x, [2, 3]), y[:2], 2, class_id=1
    ),
    CHANCES,
    LABELS,
)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def aggregated(tf, run):
    metrics = tf.contrib.metrics
    x = np.array([1.0, 0.0, 1.0], np.float32)
    pairs = {"mean": metrics.streaming_mean(x), "hits": metrics.streaming_accuracy(x, x)}
    values, updates = metrics.aggregate_metric_map(pairs)
    run(tf.local_variables_initializer())
    run(updates)
    run(values)
    run.note([len(part) for part in metrics.aggregate_metrics(*pairs.values())])
    run.refused(metrics.aggregate_metrics)
    run.refused(lambda: metrics.cohen_kappa(tf.constant([1]), tf.constant([1]), 1))


@story
def classes_ranked(tf, run):
    metrics = tf.contrib.metrics
    labels, best = tf.constant([[1], [2]], tf.int64), tf.constant([[1, 0], [0, 1]])
    made = [
        metrics.streaming_sparse_precision_at_top_k(best, labels),
        metrics.sparse_recall_at_top_k(labels, best, class_id=1),
        metrics.streaming_sparse_average_precision_at_top_k(best, labels),
    ]
    run(tf.local_variables_initializer())
    run([update for _, update in made])
    run([value for value, _ in made])
