"""Estimators that are ready made: their graphs in each mode, whole trainings, what they refuse."""

import itertools
import os

import numpy as np

from .estimators import fails, files, numbers
from .estimators import story as _story
from .suite import Suite

suite = Suite("canned")

RANDOM = np.random.RandomState(1)
X = RANDOM.rand(32, 2).astype(np.float32)
WORDS = RANDOM.choice([b"a", b"b", b"c"], [32, 1])
W = RANDOM.randint(1, 4, [32, 1]).astype(np.float32)
BINARY = (X.sum(1) > 1).astype(np.int64)
THREE = (X.sum(1) * 1.4).astype(np.int64)
SUMS = X.sum(1)
FEATURES = {"x": X, "y": X[:, 0] * 2, "c": WORDS, "w": W}


def story(fn):
    return _story(fn, suite)


def config(tf, folder, **settings):
    return tf.estimator.RunConfig(folder, tf_random_seed=7, **settings)


def wide(tf):
    column = tf.feature_column
    words = column.categorical_column_with_hash_bucket("c", 5)
    buckets = column.bucketized_column(column.numeric_column("y"), [0.5, 1.0])
    return [
        words,
        column.numeric_column("x", shape=(2,)),
        buckets,
        column.crossed_column([buckets, "c"], 7),
    ]


def deep(tf):
    column = tf.feature_column
    words = column.categorical_column_with_hash_bucket("c", 5)
    return [
        column.numeric_column("x", shape=(2,)),
        column.embedding_column(words, 3),
        column.indicator_column(words),
    ]


def both(tf):
    return {
        "linear_feature_columns": wide(tf),
        "dnn_feature_columns": deep(tf),
        "dnn_hidden_units": [4, 3],
    }


def linear_classifier(tf, **given):
    return tf.estimator.LinearClassifier(wide(tf), **given)


def weighted_linear_classifier_of_three(tf, **given):
    return tf.estimator.LinearClassifier(
        wide(tf), n_classes=3, weight_column="w", optimizer="Adam", sparse_combiner="mean", **given
    )


def linear_regressor_of_two(tf, **given):
    column = tf.feature_column.numeric_column("w")
    return tf.estimator.LinearRegressor(wide(tf), label_dimension=2, weight_column=column, **given)


def dnn_classifier(tf, **given):
    return tf.estimator.DNNClassifier([4, 3], deep(tf), **given)


def dnn_classifier_of_three(tf, **given):
    return tf.estimator.DNNClassifier(
        [4, 3], deep(tf), n_classes=3, dropout=0.5, batch_norm=True, **given
    )


def dnn_regressor(tf, **given):
    return tf.estimator.DNNRegressor(
        [4],
        deep(tf),
        activation_fn=tf.nn.tanh,
        optimizer=lambda: tf.train.MomentumOptimizer(0.1, 0.9),
        loss_reduction=tf.losses.Reduction.MEAN,
        **given,
    )


def wide_and_deep_classifier(tf, **given):
    return tf.estimator.DNNLinearCombinedClassifier(weight_column="w", **both(tf), **given)


def wide_and_deep_regressor(tf, **given):
    return tf.estimator.DNNLinearCombinedRegressor(
        batch_norm=True, dnn_dropout=0.1, **both(tf), **given
    )


def weighted_baseline_classifier(tf, **given):
    return tf.estimator.BaselineClassifier(weight_column="w", **given)


def baseline_regressor_of_two(tf, **given):
    return tf.estimator.BaselineRegressor(label_dimension=2, **given)


MODELS = {
    linear_classifier: BINARY,
    weighted_linear_classifier_of_three: THREE,
    linear_regressor_of_two: X * 3,
    dnn_classifier: BINARY,
    dnn_classifier_of_three: THREE,
    dnn_regressor: SUMS,
    wide_and_deep_classifier: BINARY,
    wide_and_deep_regressor: SUMS,
    weighted_baseline_classifier: BINARY,
    baseline_regressor_of_two: X * 3,
}


# Graphs: the model function, called by hand.


def graph_of(build, labels, mode):
    def told(tf, run, folder):
        tf.set_random_seed(1)
        own = build(tf, config=config(tf, folder))
        tf.train.get_or_create_global_step()
        fed = {
            key: tf.placeholder(tf.as_dtype(value.dtype) if key != "c" else tf.string, shape(value))
            for key, value in FEATURES.items()
        }
        target = tf.placeholder(labels.dtype, shape(labels))
        given = None if mode == "infer" else target
        spec = own.model_fn(fed, given, mode, own.config)
        run.note([sorted(spec.predictions), sorted(spec.export_outputs or {})])
        run.note(sorted(variable.name for variable in tf.trainable_variables()))
        run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        feeds = {fed[key]: value for key, value in FEATURES.items()}
        feeds[target] = labels
        if mode == "train":
            run([spec.train_op, spec.loss], feeds)
            run([spec.train_op, spec.loss], feeds)
        elif mode == "eval":
            metrics = sorted(spec.eval_metric_ops.items())
            run([update for _, (_, update) in metrics], feeds)
            run([value for _, (value, _) in metrics])
        else:
            run([value for _, value in sorted(spec.predictions.items())], feeds)

    told.__name__ = f"{build.__name__}_{mode}"
    return told


def shape(array):
    return [None, *array.shape[1:]]


for _build, _labels in MODELS.items():
    for _mode in ("train", "eval", "infer"):
        story(graph_of(_build, _labels, _mode))


# Whole trainings.


def arrays(tf, labels=None, **settings):
    settings = {"batch_size": 8, "shuffle": False, **settings}
    return tf.estimator.inputs.numpy_input_fn(FEATURES, labels, **settings)


def first(count, rows):
    """The first of rows that a model predicts, of which no more are asked for."""
    found = list(itertools.islice(rows, count))
    rows.close()
    return found


def whole(build, labels):
    def told(tf, run, folder):
        own = build(tf, config=config(tf, folder))
        own.train(arrays(tf, labels, num_epochs=None), steps=6)
        run.note(numbers(own.evaluate(arrays(tf, labels))))
        run.note([[row[key] for key in sorted(row)] for row in first(3, own.predict(arrays(tf)))])
        run.note(own.get_variable_names())
        run.note([own.get_variable_value(name) for name in own.get_variable_names()])

    told.__name__ = f"{build.__name__}_whole"
    return told


for _build, _labels in MODELS.items():
    story(whole(_build, _labels))


@story
def words_as_labels(tf, run, folder):
    words = np.array([b"no", b"yes"])[BINARY]
    own = linear_classifier(tf, config=config(tf, folder), label_vocabulary=["no", "yes"])
    own.train(arrays(tf, words), steps=4)
    run.note(numbers(own.evaluate(arrays(tf, words))))
    run.note([row["classes"] for row in first(4, own.predict(arrays(tf)))])
    column = [tf.feature_column.numeric_column("x", shape=2)]
    three = np.array([b"few", b"some", b"many"])[THREE]
    own = tf.estimator.DNNClassifier(
        [3],
        column,
        n_classes=3,
        label_vocabulary=["few", "some", "many"],
        config=config(tf, os.path.join(folder, "three")),
        optimizer="SGD",
    )
    own.train(arrays(tf, three), steps=4)
    run.note(numbers(own.evaluate(arrays(tf, three))))
    run.note([row["all_classes"] for row in first(2, own.predict(arrays(tf)))])


@story
def in_parts(tf, run, folder):
    column = tf.feature_column
    words = column.categorical_column_with_hash_bucket("c", 6)
    split = tf.fixed_size_partitioner(2)
    own = tf.estimator.LinearClassifier(
        [words], partitioner=split, config=config(tf, os.path.join(folder, "linear"))
    )
    own.train(arrays(tf, BINARY), steps=3)
    run.note(numbers(own.evaluate(arrays(tf, BINARY))))
    run.note(own.get_variable_names())
    own = tf.estimator.DNNRegressor(
        [2],
        [column.embedding_column(words, 2)],
        input_layer_partitioner=split,
        config=config(tf, os.path.join(folder, "deep")),
    )
    own.train(arrays(tf, SUMS), steps=3)
    run.note(numbers(own.evaluate(arrays(tf, SUMS))))
    run.note(own.get_variable_names())


@story
def served_examples(tf, run, folder):
    columns = [tf.feature_column.numeric_column("x", shape=2)]
    own = tf.estimator.DNNClassifier([3], columns, config=config(tf, folder))
    own.train(arrays(tf, BINARY), steps=4)
    spec = tf.feature_column.make_parse_example_spec(columns)
    receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    path = own.export_saved_model(os.path.join(folder, "served"), receiver)
    example = tf.train.Example()
    example.features.feature["x"].float_list.value.extend([0.25, 0.75])
    with tf.Session(graph=tf.Graph()) as session:
        meta = tf.saved_model.loader.load(session, ["serve"], path)
        for name, signature in sorted(meta.signature_def.items()):
            given, outputs = signature.inputs, signature.outputs
            run.note([name, signature.method_name, sorted(given), sorted(outputs)])
            fed = {next(iter(given.values())).name: [example.SerializeToString()]}
            run.note([session.run(outputs[key].name, fed) for key in sorted(outputs)])


@story
def logits_alone(tf, run, folder):
    tf.set_random_seed(3)
    features = {"x": tf.constant(X[:4]), "y": tf.constant(X[:4, 0]), "c": tf.constant(WORDS[:4])}
    experimental = tf.estimator.experimental
    linear = experimental.linear_logit_fn_builder(2, wide(tf))(features)
    network = experimental.dnn_logit_fn_builder(
        units=2,
        hidden_units=[3],
        feature_columns=deep(tf),
        activation_fn=tf.nn.relu,
        dropout=None,
        input_layer_partitioner=None,
        batch_norm=False,
    )(features=features, mode="train")
    run(tf.global_variables_initializer())
    run([linear, network])
    run.refused(
        lambda: experimental.dnn_logit_fn_builder(2.0, [], [], tf.nn.relu, None, None, False)
    )


@story
def specs_of_examples(tf, run, folder):
    columns = [tf.feature_column.numeric_column("x", shape=2)]
    of = tf.estimator.classifier_parse_example_spec
    run.note(str(sorted(of(columns, "label").items())))
    run.note(str(sorted(of(columns, "label", tf.string, "?", "w").items())))
    regressor = tf.estimator.regressor_parse_example_spec
    run.note(str(sorted(regressor(columns, "label", label_dimension=3).items())))
    run.refused(lambda: of(columns, "x"))
    run.refused(lambda: of(columns, "label", weight_column="x"))
    fails(run, lambda: of(columns, "label", weight_column=3))


# What is refused.


def training(tf, own, features=None, labels=None):
    """A training of few rows, without a model's own checkpoint."""

    def input_fn():
        given = {"x": X[:4], "y": X[:4, 0], "c": WORDS[:4]} if features is None else features
        targets = BINARY[:4] if labels is None else labels
        tensors = {key: tf.constant(value) for key, value in given.items()}
        return tensors, tf.constant(targets)

    return lambda: own.train(input_fn, steps=1)


def kind_of_failure(run, build):
    """Notes the class of what `build()` fails with: TensorFlow's message is of converted code."""
    try:
        build()
        run.note("it does not")
    except Exception as error:
        run.note(type(error).__name__)


@story
def labels_that_are_refused(tf, run, folder):
    settings = config(tf, folder)
    classifier = linear_classifier(tf, config=settings)
    run.refused(training(tf, classifier, labels=X[:4]))
    run.refused(training(tf, classifier, labels=np.array([b"a"] * 4)))
    fails(run, training(tf, classifier, labels=np.array([0, 1, 2, 3])))
    fails(run, training(tf, classifier, labels=np.array([0, 1, -1, 0])))
    three = tf.estimator.LinearClassifier(wide(tf), n_classes=3, config=settings)
    run.refused(training(tf, three, labels=SUMS[:4]))
    run.refused(training(tf, three, labels=np.eye(4, 3, dtype=np.int64)))
    words = tf.estimator.LinearClassifier(
        wide(tf), n_classes=3, label_vocabulary=["a", "b", "c"], config=settings
    )
    run.refused(training(tf, words))
    fails(run, training(tf, words, labels=np.array([b"a", b"b", b"d", b"c"])))
    regressor = tf.estimator.LinearRegressor(wide(tf), label_dimension=2, config=settings)
    run.refused(training(tf, regressor, labels=SUMS[:4]))

    def unlabelled():
        return {"x": tf.constant(X), "y": tf.constant(SUMS), "c": tf.constant(WORDS)}

    def sparse():
        return unlabelled(), tf.SparseTensor([[0, 0]], [1], [32, 1])

    run.refused(lambda: classifier.train(unlabelled, steps=1))
    run.refused(lambda: classifier.train(sparse, steps=1))


@story
def features_that_are_refused(tf, run, folder):
    settings = config(tf, folder)
    estimator = tf.estimator
    for own in (
        linear_classifier(tf, config=settings),
        dnn_classifier(tf, config=settings),
        wide_and_deep_classifier(tf, config=settings),
    ):
        run.refused(lambda own=own: own.train(lambda: (tf.constant(X), tf.constant(BINARY))))
        kind_of_failure(run, training(tf, own, features={"z": X[:4]}))
    weighted = estimator.LinearClassifier(wide(tf), weight_column=3, config=settings)
    fails(run, training(tf, weighted))
    weighted = estimator.LinearClassifier(wide(tf), weight_column="c", config=settings)
    run.refused(training(tf, weighted))
    run.refused(training(tf, estimator.LinearClassifier([], config=settings)))
    run.refused(training(tf, estimator.DNNClassifier([2], [], config=settings)))
    wrong = estimator.DNNClassifier([2], wide(tf), config=settings)
    kind_of_failure(run, training(tf, wrong))
    run.refused(lambda: estimator.DNNLinearCombinedClassifier(config=settings))
    some = estimator.DNNLinearCombinedClassifier(dnn_feature_columns=deep(tf), config=settings)
    run.refused(training(tf, some))


@story
def settings_that_are_refused(tf, run, folder):
    estimator, settings = tf.estimator, config(tf, folder)
    build = estimator.LinearClassifier
    run.refused(lambda: build(wide(tf), n_classes=1))
    run.refused(lambda: build(wide(tf), n_classes=None))
    run.refused(lambda: build(wide(tf), label_vocabulary="ab"))
    run.refused(lambda: build(wide(tf), n_classes=3, label_vocabulary="abc"))
    run.refused(lambda: build(wide(tf), loss_reduction="none"))
    run.refused(lambda: build(wide(tf), loss_reduction="all"))
    run.refused(lambda: estimator.LinearRegressor(wide(tf), label_dimension=0))
    run.refused(lambda: estimator.BaselineRegressor(loss_reduction="none"))
    run.refused(training(tf, build(wide(tf), optimizer="Best", config=settings)))
    run.refused(training(tf, estimator.DNNClassifier([2], deep(tf), optimizer=3, config=settings)))
    synchronous = tf.train.SyncReplicasOptimizer(tf.train.AdamOptimizer(), 1)
    run.refused(
        training(
            tf,
            estimator.DNNLinearCombinedClassifier(
                linear_feature_columns=wide(tf), linear_optimizer=synchronous, config=settings
            ),
        )
    )
    run.note(files(folder))
