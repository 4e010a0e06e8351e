"""Metrics of `tf.contrib.metrics` that keep all values, or count them in bins."""

from .arrays import num
from .suite import Suite

suite = Suite("exact_metrics")

LABELS = num([0, 1, 1, 0, 1, 0])
SCORES = num([0.1, 0.8, 0.35, 0.4, 0.8, 0.2])
MORE_LABELS, MORE_SCORES = num([1, 0]), num([0.9, 0.95])


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def metric(id, make):
    """Adds a metric of two batches, weighted and not."""
    for weighted in (False, True):

        def program(tf, run, weighted=weighted):
            labels = tf.placeholder(tf.float32, [None], "labels")
            scores = tf.placeholder(tf.float32, [None], "scores")
            weights = scores + 1 if weighted else None
            value, update = make(tf, tf.contrib.metrics, labels, scores, weights)
            run(tf.local_variables_initializer())
            for given in ((LABELS, SCORES), (MORE_LABELS, MORE_SCORES)):
                run(update, {labels: given[0], scores: given[1]})
                run(value, {labels: given[0], scores: given[1]})
            run.note([v.name for v in tf.local_variables()])

        suite.case(f"{id}_weighted" if weighted else id, program, grad=False)


for curve in ("ROC", "PR"):
    metric(
        f"dynamic_auc_{curve.lower()}",
        lambda tf, M, y, p, w, curve=curve: M.streaming_dynamic_auc(y, p, curve, weights=w),
    )
metric("auc_interval", lambda tf, M, y, p, w: M.auc_with_confidence_intervals(y, p, w))
metric(
    "auc_interval_plain",
    lambda tf, M, y, p, w: M.auc_with_confidence_intervals(
        y, p, w, alpha=0.8, logit_transformation=False
    ),
)
metric("f1", lambda tf, M, y, p, w: M.f1_score(y, p, w, num_thresholds=5))
metric(
    "equal_thresholds",
    lambda tf, M, y, p, w: M.precision_recall_at_equal_thresholds(
        tf.cast(y, tf.bool), p, w, num_thresholds=5
    ),
)


@story
def joined(tf, run):
    values = tf.placeholder(tf.float32, [None, 2])
    every, update = tf.contrib.metrics.streaming_concat(values)
    wide = tf.placeholder(tf.int32, [2, None])
    most, more = tf.contrib.metrics.streaming_concat(wide, axis=-1, max_size=3)
    run.note([str(every.shape), str(most.shape)])
    run(tf.local_variables_initializer())
    run([every, most])
    for rows in (num([[1, 2]]), num([[3, 4], [5, 6]]), num([[7, 8], [9, 0], [1, 1]])):
        run([update, more], {values: rows, wide: rows.T})
        run([every, most])
    run.refused(lambda: tf.contrib.metrics.streaming_concat(tf.placeholder(tf.float32)))
    run.refused(lambda: tf.contrib.metrics.streaming_concat(values, axis=2))
    run.refused(lambda: tf.contrib.metrics.streaming_concat(values, axis=1))


@story
def by_histogram(tf, run):
    labels, scores = tf.placeholder(tf.bool, [None]), tf.placeholder(tf.float32, [None])
    auc, update = tf.contrib.metrics.auc_using_histogram(labels, scores, [0.0, 1.0], nbins=8)
    run(tf.local_variables_initializer())
    run(update, {labels: LABELS > 0, scores: SCORES})
    run(auc, {labels: LABELS > 0, scores: SCORES})
    run.note([v.name for v in tf.local_variables()])


@story
def plain_accuracy(tf, run):
    M = tf.contrib.metrics
    found, wanted = tf.constant([1, 0, 2]), tf.constant([1, 1, 2])
    run([M.accuracy(found, wanted), M.accuracy(found, wanted, weights=[1.0, 2.0, 3.0])])
    run(M.accuracy(tf.constant(["a", "b"]), tf.constant(["a", "c"])))
    run.refused(lambda: M.accuracy(tf.constant(1.0), tf.constant(1.0)))
    run.refused(lambda: M.accuracy(tf.constant(1), tf.constant(True)))


@story
def refused(tf, run):
    M = tf.contrib.metrics
    x = tf.constant([0.0, 1.0])
    run.refused(lambda: M.streaming_dynamic_auc(x, x, curve="PRC"))
    run.refused(lambda: M.auc_with_confidence_intervals(x, x, alpha=1.0))


@story
def grown_for_a_refusal(tf, run):
    M = tf.contrib.metrics
    x = tf.constant([0.0, 1.0])
    _, update = M.streaming_dynamic_auc(tf.placeholder_with_default(x * 2, [2]), x)
    run(tf.local_variables_initializer())
    run.refused(lambda: run.session.run(update))
