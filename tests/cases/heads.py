"""`tf.contrib.estimator`'s heads, and what it makes of estimators; hooks that end trainings."""

import glob
import os

import numpy as np

from .canned import BINARY, SUMS, THREE, X, arrays, config, first
from .estimators import fails, numbers
from .estimators import story as _story
from .suite import Suite, internal_module

suite = Suite("heads")

N = 6
WEIGHTS = {"w": np.array([[1], [2], [1], [3], [1], [0.5]], np.float32)}
INDICATORS = np.array([[1, 0, 1], [0, 0, 0], [0, 1, 0], [1, 1, 1], [0, 0, 1], [1, 0, 0]])
PLACES = np.array([[0, 0], [0, 2], [2, 0], [3, 0], [3, 1], [4, 0], [5, 0]])


def story(fn):
    return _story(fn, suite)


def estimator(tf):
    return tf.contrib.estimator


def squared(labels, logits, features):
    return (labels - logits) ** 2 * features["w"]


# Each makes a head; with labels, beside them how many logits there are.
HEADS = {
    "binary": (
        lambda tf: estimator(tf).binary_classification_head("w", [0.25, 0.5], name="own"),
        BINARY[:N],
        1,
    ),
    "own_loss": (
        lambda tf: estimator(tf).binary_classification_head(loss_fn=squared),
        BINARY[:N, None],
        1,
    ),
    "multi_class": (lambda tf: estimator(tf).multi_class_head(3, "w", name="own"), THREE[:N], 3),
    "regression": (lambda tf: estimator(tf).regression_head(), SUMS[:N], 1),
    "poisson": (
        lambda tf: estimator(tf).poisson_regression_head(
            "w", 2, loss_reduction=tf.losses.Reduction.SUM
        ),
        np.round(X[:N] * 4),
        2,
    ),
    "logistic": (lambda tf: estimator(tf).logistic_regression_head("w"), X[:N, :1], 1),
    "multi_label": (
        lambda tf: estimator(tf).multi_label_head(
            3, "w", [0.5], ["a", "b", "c"], classes_for_class_based_metrics=["b"]
        ),
        INDICATORS,
        3,
    ),
    "sparse_multi_label": (
        lambda tf: estimator(tf).multi_label_head(
            3, name="own", classes_for_class_based_metrics=[2]
        ),
        (PLACES, np.array([0, 2, 1, 0, 1, 2, 0]), [N, 3]),
        3,
    ),
    "words_of_multi_label": (
        lambda tf: estimator(tf).multi_label_head(3, label_vocabulary=["a", "b", "c"]),
        (PLACES, np.array([b"a", b"c", b"b", b"a", b"b", b"c", b"a"]), [N, 3]),
        3,
    ),
    "several": (
        lambda tf: estimator(tf).multi_head(
            [estimator(tf).regression_head(name="r"), estimator(tf).multi_class_head(3, name="c")],
            [1.0, 0.5],
        ),
        {"r": SUMS[:N], "c": THREE[:N]},
        4,
    ),
}


def tensors(tf, labels):
    if isinstance(labels, dict):
        return {name: tensors(tf, value) for name, value in labels.items()}
    return tf.SparseTensor(*labels) if isinstance(labels, tuple) else tf.constant(labels)


def with_head(name, mode):
    build, labels, logits = HEADS[name]

    def told(tf, run, folder):
        tf.train.get_or_create_global_step()
        ones = tf.ones_initializer()
        weight = tf.get_variable("weight", [logits], initializer=ones, use_resource=True)
        given = np.linspace(-2, 2, N * logits, dtype=np.float32).reshape(N, logits)
        settings = {}
        if mode == "train":
            adam = tf.train.AdamOptimizer(0.1)
            settings["optimizer"] = estimator(tf).clip_gradients_by_norm(adam, 0.1)
        if name != "several":
            settings["regularization_losses"] = [tf.nn.l2_loss(weight)]
        spec = build(tf).create_estimator_spec(
            features={"w": tf.constant(WEIGHTS["w"])},
            mode=mode,
            logits=tf.placeholder_with_default(given, [None, logits]) * weight,
            labels=None if mode == "infer" else tensors(tf, labels),
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
def estimators_below_heads(tf, run, folder):
    columns = [tf.feature_column.numeric_column("x", shape=2)]
    head = estimator(tf).multi_label_head(3)
    settings = {"config": config(tf, os.path.join(folder, "deep"))}
    deep = tf.estimator.DNNEstimator(head, [3], columns, **settings)
    settings = {"config": config(tf, os.path.join(folder, "wide"))}
    wide = tf.estimator.LinearEstimator(head, columns, **settings)
    settings = {"config": config(tf, os.path.join(folder, "both"))}
    both = tf.estimator.DNNLinearCombinedEstimator(
        head,
        linear_feature_columns=columns,
        dnn_feature_columns=columns,
        dnn_hidden_units=[2],
        **settings,
    )
    base = tf.estimator.BaselineEstimator(head, config=config(tf, os.path.join(folder, "base")))
    labels = (np.stack([SUMS, SUMS * 2, X[:, 0]], 1) > 1).astype(np.int64)
    for own in (deep, wide, both, base):
        own.train(arrays(tf, labels, num_epochs=None), steps=3)
        run.note(numbers(own.evaluate(arrays(tf, labels))))
        run.note(own.get_variable_names())


@story
def more_metrics_and_features_given_back(tf, run, folder):
    columns = [tf.feature_column.numeric_column("x", shape=2)]
    own = tf.estimator.LinearClassifier(columns, config=config(tf, folder))
    own.train(arrays(tf, BINARY), steps=3)

    def metric_fn(labels, predictions, features):
        right = tf.equal(labels, predictions["class_ids"][:, 0])
        return {"right": tf.metrics.mean(right), "x": tf.metrics.mean(features["x"])}

    for extended in (
        tf.estimator.add_metrics(own, metric_fn),
        estimator(tf).add_metrics(own, metric_fn),
    ):
        run.note(numbers(extended.evaluate(arrays(tf, BINARY))))
    given = estimator(tf).forward_features(own, ["y", "w"])
    run.note([sorted(row) for row in first(2, given.predict(arrays(tf)))])
    run.note([row["w"] for row in first(2, given.predict(arrays(tf)))])
    given = estimator(tf).forward_features(own)
    run.note([sorted(row) for row in first(1, given.predict(arrays(tf)))])
    fails(run, lambda: tf.estimator.add_metrics(own, lambda wrong: {}))
    run.refused(lambda: estimator(tf).forward_features(own, 3))
    run.refused(lambda: estimator(tf).forward_features(own, ["x", 3]))
    run.refused(lambda: next(estimator(tf).forward_features(own, "z").predict(arrays(tf))))

    def served():
        fed = {name: tf.placeholder(tf.float32, [None, 2], name) for name in ("x", "key")}
        return tf.estimator.export.ServingInputReceiver(fed, fed)

    path = estimator(tf).forward_features(own, "key").export_saved_model(folder, served)
    with tf.Session(graph=tf.Graph()) as session:
        meta = tf.saved_model.loader.load(session, ["serve"], path)
        run.note(sorted(meta.signature_def["predict"].outputs))


@story
def stopped_early(tf, run, folder):
    columns = [tf.feature_column.numeric_column("x", shape=2)]
    experimental = tf.estimator.experimental
    own = tf.estimator.LinearRegressor(columns, config=config(tf, folder))
    data = arrays(tf, SUMS, num_epochs=None)
    stop = experimental.make_early_stopping_hook(
        own, lambda: True, run_every_secs=None, run_every_steps=3
    )
    own.train(data, hooks=[stop], steps=10)
    run.note([own.get_variable_value("global_step"), own.get_variable_names()[-1]])
    often = {"run_every_secs": None, "run_every_steps": 1}
    never = experimental.make_early_stopping_hook(own, lambda: False)
    for _ in range(3):
        own.train(data, hooks=[never], steps=2)
        own.evaluate(arrays(tf, SUMS))
    for hook in (
        experimental.stop_if_lower_hook(own, "average_loss", 100.0, **often),
        experimental.stop_if_higher_hook(own, "average_loss", 100.0, **often),
        experimental.stop_if_higher_hook(own, "average_loss", 0.0, min_steps=99, **often),
        experimental.stop_if_no_decrease_hook(own, "average_loss", 2, **often),
        experimental.stop_if_no_increase_hook(own, "average_loss", 2, **often),
    ):
        own.train(data, hooks=[hook], steps=2)
        run.note(own.get_variable_value("global_step"))
    run.refused(lambda: experimental.make_early_stopping_hook(3, lambda: True))
    run.refused(lambda: experimental.make_early_stopping_hook(own, 3))
    run.refused(lambda: experimental.make_early_stopping_hook(own, lambda: True, run_every_steps=1))


@story
def evaluated_in_memory(tf, run, folder):
    columns = [tf.feature_column.numeric_column("x", shape=2)]
    experimental = tf.estimator.experimental
    own = tf.estimator.DNNRegressor([2], columns, config=config(tf, folder))
    hook = experimental.InMemoryEvaluatorHook(
        own, arrays(tf, SUMS), steps=2, name="amid", every_n_iter=2
    )
    last = experimental.make_stop_at_checkpoint_step_hook(own, 5)
    own.train(arrays(tf, SUMS, num_epochs=None), hooks=[hook, last])
    (path,) = glob.glob(os.path.join(folder, "eval_amid", "*"))
    for event in tf.train.summary_iterator(path):
        for value in event.summary.value:
            run.note([event.step, value.tag, np.float32(value.simple_value)])
    run.refused(lambda: experimental.InMemoryEvaluatorHook(own, None, every_n_iter=0))


@story
def functions_to_logits(tf, run, folder):
    call = tf.estimator.experimental.call_logit_fn
    one = tf.constant(1.0)
    run(call(lambda features: features + 1, one, "train", {}, None))
    run(call(lambda features, mode, params: {"a": features * params[mode]}, one, "b", {"b": 3}, 0))
    run.refused(lambda: call(lambda features: 3, one, "train", {}, None))
    run.refused(lambda: call(lambda features: {1: features}, one, "train", {}, None))


@story
def heads_that_are_refused(tf, run, folder):
    of = estimator(tf)
    run.refused(lambda: of.binary_classification_head(thresholds=[1.0]))
    run.refused(lambda: of.binary_classification_head(loss_fn=lambda labels: labels))
    fails(run, lambda: of.binary_classification_head(loss_fn=lambda labels, logits, x: labels))
    run.refused(lambda: of.multi_label_head(1))
    run.refused(lambda: of.multi_label_head(3, thresholds=[0.0]))
    run.refused(lambda: of.multi_label_head(3, label_vocabulary="abc"))
    run.refused(lambda: of.multi_label_head(3, label_vocabulary=["a"]))
    run.refused(lambda: of.multi_label_head(3, loss_reduction="none"))
    run.refused(lambda: of.multi_label_head(3, classes_for_class_based_metrics=["a"]))
    run.refused(lambda: of.multi_label_head(3, classes_for_class_based_metrics=[3]))
    run.refused(lambda: of.multi_head([]))
    fails(run, lambda: of.multi_head([of.regression_head()]))
    named = of.regression_head(name="a")
    run.refused(lambda: of.multi_head([named], [1.0, 2.0]))
    logits, labels = tf.ones([4, 2]), tf.ones([4, 2])

    def spec(head, mode="train", logits=logits, labels=labels, **settings):
        return lambda: head.create_estimator_spec({}, mode, logits, labels, **settings)

    run.refused(spec(named))
    run.refused(spec(named, logits=tf.ones([4])))
    run.refused(spec(named, logits=tf.ones([4, 1]), labels=None))
    two = of.regression_head(label_dimension=2)
    run.refused(spec(two))
    run.refused(spec(two, optimizer=tf.train.AdamOptimizer(), train_op_fn=lambda loss: loss))
    several = of.multi_head([named])
    run.refused(spec(several))
    run.refused(spec(several, logits=tf.ones([4, 1]), labels=None, mode="own"))
    fails(run, spec(several, logits=tf.ones([4, 1]), labels=labels))


# Recurrent networks.


def sequences(tf):
    columns = tf.contrib.feature_column
    words = columns.sequence_categorical_column_with_identity("t", 5)
    return [
        columns.sequence_numeric_column("s"),
        tf.feature_column.embedding_column(words, 2),
    ]


def context(tf):
    return [tf.feature_column.numeric_column("x", shape=2)]


def basic_classifier(tf, **given):
    return estimator(tf).RNNClassifier(sequences(tf), num_units=[3], **given)


def lstm_classifier_of_three(tf, **given):
    return estimator(tf).RNNClassifier(
        sequences(tf),
        context(tf),
        num_units=[3, 2],
        cell_type="lstm",
        n_classes=3,
        optimizer=tf.train.AdamOptimizer(0.1),
        **given,
    )


def gated_regressor(tf, **given):
    head = estimator(tf).regression_head()
    return estimator(tf).RNNEstimator(
        head,
        sequences(tf),
        context(tf),
        rnn_cell_fn=lambda mode: tf.nn.rnn_cell.GRUCell(4),
        optimizer="SGD",
        **given,
    )


def of_sequences(tf, labels=None, batch=3):
    """An input of sequences of 1, 2, 3, 1, 2 and 3 steps."""
    places = [[row, step] for row in range(N) for step in range(row % 3 + 1)]
    numbers = np.arange(len(places))

    def input_fn():
        features = {
            "s": tf.SparseTensor(places, (numbers / 8).astype(np.float32), [N, 3]),
            "t": tf.SparseTensor(places, numbers % 5, [N, 3]),
            "x": X[:N],
        }
        rows = features if labels is None else (features, labels[:N, None])
        return tf.data.Dataset.from_tensor_slices(rows).batch(batch)

    return input_fn


def recurrent(build, labels):
    def told(tf, run, folder):
        own = build(tf, config=config(tf, folder))
        own.train(of_sequences(tf, labels))
        run.note(numbers(own.evaluate(of_sequences(tf, labels))))
        run.note(
            [[row[key] for key in sorted(row)] for row in first(2, own.predict(of_sequences(tf)))]
        )
        run.note(own.get_variable_names())

    told.__name__ = build.__name__
    return told


for _build, _labels in (
    (basic_classifier, BINARY),
    (lstm_classifier_of_three, THREE),
    (gated_regressor, SUMS),
):
    story(recurrent(_build, _labels))


@story
def recurrent_networks_that_are_refused(tf, run, folder):
    build, settings = estimator(tf).RNNClassifier, {"config": config(tf, folder)}
    run.refused(lambda: build(sequences(tf), num_units=[2], rnn_cell_fn=lambda mode: None))
    run.refused(lambda: build(sequences(tf), cell_type="gru", rnn_cell_fn=lambda mode: None))
    head = estimator(tf).regression_head()
    run.refused(
        lambda: estimator(tf).RNNEstimator(
            head, sequences(tf), num_units=[2], return_sequences=True
        )
    )
    wrong = build(sequences(tf), num_units=[2], cell_type="other", **settings)
    fails(run, lambda: wrong.train(of_sequences(tf, BINARY)))
    own = build(sequences(tf), num_units=[2], **settings)
    run.refused(lambda: own.train(lambda: (tf.constant(X), tf.constant(BINARY))))


@story
def internal_names(tf, run, folder):
    """What libraries import of TensorFlow's own modules."""
    canned = "python.estimator.canned."
    head, keys = internal_module(tf, canned + "head"), internal_module(tf, canned + "metric_keys")
    predictions = internal_module(tf, canned + "prediction_keys").PredictionKeys
    run.note([keys.MetricKeys.LOSS_MEAN, keys.MetricKeys.AUC_PR, predictions.ALL_CLASSES])
    logits, labels = tf.constant([[1.0], [2.0]]), tf.constant([[0], [1]])
    run(list(head._regression_head().create_loss({}, "train", logits, labels))[:2])
    run(
        head._binary_logistic_or_multi_class_head(2, None, None, tf.losses.Reduction.SUM)
        .create_loss({}, "train", logits, labels)
        .training_loss
    )
    of_three = head._multi_class_head_with_softmax_cross_entropy_loss(3)
    run(of_three.create_loss({}, "train", tf.ones([2, 3]), labels).training_loss)
    optimizers = internal_module(tf, canned + "optimizers")
    run.note(type(optimizers.get_optimizer_instance("Adam", 0.1)).__name__)
    run.refused(lambda: optimizers.get_optimizer_instance("Adam"))


# Towers.


def towers(tf, devices):
    """A model function of a classifier, of several towers."""

    def model_fn(features, labels, mode):
        optimizer = estimator(tf).TowerOptimizer(lambda: tf.train.AdamOptimizer(0.1))
        return (
            estimator(tf)
            .binary_classification_head()
            .create_estimator_spec(
                features=features,
                mode=mode,
                logits=tf.layers.dense(features["x"], 1, name="net"),
                labels=labels,
                train_op_fn=lambda loss: optimizer.minimize(loss, tf.train.get_global_step()),
            )
        )

    return estimator(tf).replicate_model_fn(model_fn, devices=devices)


def of_towers(count):
    def told(tf, run, folder):
        step = tf.train.get_or_create_global_step()
        tf.set_random_seed(2)
        features, labels = {"x": tf.constant(X[:N])}, tf.constant(BINARY[:N, None])
        spec = towers(tf, ["/cpu:0"] * count)(features, labels, "train")
        run(tf.global_variables_initializer())
        for _ in range(2):
            run(spec.train_op)
        run([spec.loss, step, *tf.trainable_variables()])

    told.__name__ = f"{count}_towers"
    return told


for _count in (1, 2, 3):
    story(of_towers(_count))


@story
def models_of_towers(tf, run, folder):
    own = tf.estimator.Estimator(towers(tf, ["/cpu:0"] * 2), config=config(tf, folder))

    def input_fn():
        rows = tf.data.Dataset.from_tensor_slices(({"x": X}, BINARY[:, None]))
        return rows.batch(8, drop_remainder=True)

    own.train(input_fn)
    run.note(numbers(own.evaluate(input_fn)))
    run.note([row["probabilities"] for row in first(3, own.predict(input_fn))])


@story
def towers_that_are_refused(tf, run, folder):
    replicate = estimator(tf).replicate_model_fn
    run.refused(lambda: replicate(lambda features: None, tf.losses.Reduction.NONE))
    model_fn = towers(tf, ["/cpu:0"] * 4)
    run.refused(lambda: model_fn({"x": tf.constant(X[:N])}, tf.constant(BINARY[:N]), "train"))

    def plain(features, labels, mode):
        loss = tf.reduce_sum(tf.get_variable("w", []) * features)
        train = tf.train.AdamOptimizer().minimize(loss)
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)

    wrong = replicate(plain, devices=["/cpu:0"] * 2)
    run.refused(lambda: wrong(tf.constant(X[:N]), None, "train"))
