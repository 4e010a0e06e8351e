"""`tf.estimator`'s heads: losses, predictions and metrics each by itself, and in a model."""

import numpy as np

from .canned import BINARY, SUMS, THREE, X, arrays, config
from .estimators import numbers
from .estimators import story as _story
from .heads import INDICATORS, PLACES, WEIGHTS, N, tensors
from .suite import Suite

suite = Suite("public_heads")

NUMBERED = (PLACES, np.array([0, 2, 1, 0, 1, 2, 0]), [N, 3])


def story(fn):
    return _story(fn, suite)


# Each makes a head; with labels, beside them how many logits there are.
HEADS = {
    "binary": (
        lambda of: of.BinaryClassHead("w", [0.25], name="own"),
        BINARY[:N],
        1,
    ),
    "words_of_binary": (
        lambda of: of.BinaryClassHead(label_vocabulary=["a", "b"], loss_reduction="sum"),
        np.array([b"a", b"b"])[BINARY[:N]],
        1,
    ),
    "multi_class": (lambda of: of.MultiClassHead(3, "w", name="own"), THREE[:N], 3),
    "regression": (lambda of: of.RegressionHead(2), X[:N], 2),
    "poisson": (lambda of: of.PoissonRegressionHead(2, "w"), np.round(X[:N] * 4), 2),
    "logistic": (lambda of: of.LogisticRegressionHead("w"), X[:N, :1], 1),
    "multi_label": (
        lambda of: of.MultiLabelHead(
            3, "w", [0.5], ["a", "b", "c"], classes_for_class_based_metrics=["b"]
        ),
        INDICATORS,
        3,
    ),
    "sparse_multi_label": (lambda of: of.MultiLabelHead(3, name="own"), NUMBERED, 3),
    "several": (
        lambda of: of.MultiHead(
            [of.RegressionHead(name="r"), of.MultiClassHead(3, name="c")], [1.0, 0.5]
        ),
        {"r": SUMS[:N], "c": THREE[:N]},
        4,
    ),
}


def with_head(name, mode):
    build, labels, logits = HEADS[name]

    def told(tf, run, folder):
        tf.train.get_or_create_global_step()
        ones = tf.ones_initializer()
        weight = tf.get_variable("weight", [logits], initializer=ones, use_resource=True)
        given = np.linspace(-2, 2, N * logits, dtype=np.float32).reshape(N, logits)
        settings = {}
        if mode == "train":
            settings["train_op_fn"] = lambda loss: tf.train.AdamOptimizer(0.1).minimize(
                loss, tf.train.get_global_step()
            )
        spec = build(tf.estimator).create_estimator_spec(
            features={"w": tf.constant(WEIGHTS["w"])},
            mode=mode,
            logits=tf.placeholder_with_default(given, [None, logits]) * weight,
            labels=None if mode == "infer" else tensors(tf, labels),
            regularization_losses=[tf.nn.l2_loss(weight)],
            **settings,
        )
        run.note([sorted(map(str, spec.predictions)), sorted(spec.export_outputs or {})])
        run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        run(tf.tables_initializer())
        if mode == "train":
            run([spec.train_op, spec.loss])
            run([spec.loss, weight])
        elif mode == "eval":
            metrics = sorted(spec.eval_metric_ops.items())
            run([update for _, (_, update) in metrics])
            run({name: value for name, (value, _) in metrics})
        else:
            run([value for _, value in sorted(spec.predictions.items())])

    told.__name__ = f"{name}_{mode}"
    return told


for _name in HEADS:
    for _mode in ("train", "eval", "infer"):
        story(with_head(_name, _mode))


@story
def below_a_model_function(tf, run, folder):
    head = tf.estimator.BinaryClassHead()

    def model_fn(features, labels, mode):
        def train_op_fn(loss):
            optimizer = tf.train.GradientDescentOptimizer(0.5)
            return optimizer.minimize(loss, tf.train.get_global_step())

        logits = tf.layers.dense(features["x"], 1)
        return head.create_estimator_spec(
            features, mode, logits, labels=labels, train_op_fn=train_op_fn
        )

    own = tf.estimator.Estimator(model_fn, config=config(tf, folder))
    own.train(arrays(tf, BINARY, num_epochs=3))
    run.note(numbers(own.evaluate(arrays(tf, BINARY))))
    run.note(own.get_variable_names())
    bias = tf.estimator.BaselineEstimator(head, config=config(tf, folder + "/bias"))
    bias.train(arrays(tf, BINARY, num_epochs=3))
    run.note(numbers(bias.evaluate(arrays(tf, BINARY))))


@story
def each_by_itself(tf, run, folder):
    head = tf.estimator.MultiClassHead(3)
    logits, labels = tf.constant([[1.0, 2.0, 0.5], [0.0, -1.0, 2.0]]), tf.constant([[1], [0]])
    run(head.loss(labels, logits, features={}))
    run(head.predictions(logits, keys=["class_ids", "probabilities"]))
    metrics = head.metrics()
    run.note([sorted(metrics), [len(metric.variables) for _, metric in sorted(metrics.items())]])
    head.update_metrics(metrics, {}, logits, labels)
    run([variable.initializer for metric in metrics.values() for variable in metric.variables])
    for _ in range(2):
        run([metric.updates for _, metric in sorted(metrics.items())])
        run({name: metric.result() for name, metric in metrics.items()})


@story
def heads_that_are_refused(tf, run, folder):
    of = tf.estimator
    run.refused(lambda: of.BinaryClassHead(thresholds=[0.0]))
    run.refused(lambda: of.BinaryClassHead(label_vocabulary="ab"))
    run.refused(lambda: of.BinaryClassHead(loss_reduction=tf.losses.Reduction.SUM))
    run.refused(lambda: of.MultiClassHead(2))
    run.refused(lambda: of.MultiClassHead(None))
    run.refused(lambda: of.MultiClassHead(3, label_vocabulary=["a"]))
    run.refused(lambda: of.MultiLabelHead(1))
    run.refused(lambda: of.MultiLabelHead(3, thresholds=[2.0]))
    run.refused(lambda: of.RegressionHead(0))
    run.refused(lambda: of.MultiHead([]))
    run.refused(lambda: of.MultiHead([of.RegressionHead(name="a")], [1.0, 2.0]))
    run.refused(lambda: of.Head())
    head = of.RegressionHead()
    logits, labels = tf.ones([4, 1]), tf.ones([4, 1])

    def spec(mode="train", labels=labels, **settings):
        return lambda: head.create_estimator_spec({}, mode, logits, labels, **settings)

    run.refused(spec())
    run.refused(spec(labels=None))
    run.refused(spec(labels=tf.ones([4, 2])))
    run.refused(spec(train_op_fn=lambda loss: loss, update_ops=3))
    run.refused(spec(optimizer=3, train_op_fn=lambda loss: loss))
    several = of.MultiHead([of.RegressionHead(name="a")])
    run.refused(lambda: several.loss(labels, logits))
    run.refused(lambda: several.loss({"b": labels}, logits))
    run.refused(lambda: several.predictions({"b": logits}))
    run.refused(lambda: several.predictions(tf.ones([4, 2])))
    run.refused(lambda: of.MultiClassHead(3).predictions(tf.ones([2, 3]), ["none"]))
    unused = of.RegressionHead().metrics()
    run.refused(lambda: of.EstimatorSpec("eval", loss=tf.ones([]), eval_metric_ops=unused))
