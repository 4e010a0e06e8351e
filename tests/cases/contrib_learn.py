"""`tf.contrib.learn`: vocabularies, estimators, monitors, experiments, and what they refuse."""

import os
import shutil
import tempfile

import numpy as np

from .suite import Suite

suite = Suite("contrib_learn")

X = np.random.RandomState(0).rand(64, 3).astype(np.float32)
Y = (X.sum(1) > 1.5).astype(np.int64)
THREE = (X.sum(1) * 1.2).astype(np.int64).clip(0, 2)
WORDS = ["The cat's on the mat", "a CNN reads the TextCNN", "the the", "über-cool café"]


def story(fn):
    """Adds `fn(tf, run, folder)` as a case, under its own name."""

    def told(tf, run):
        folder = tempfile.mkdtemp()
        try:
            fn(tf, run, folder)
        finally:
            tf.summary.FileWriterCache.clear()
            shutil.rmtree(folder)

    suite.case(fn.__name__, told, grad=False)
    return fn


def numbers(results):
    return {key: np.float32(value) for key, value in sorted(results.items())}


def batches(tf, labels=Y, steps=None):
    def input_fn():
        rows = tf.data.Dataset.from_tensor_slices(({"x": X}, labels)).repeat(steps).batch(16)
        return rows.make_one_shot_iterator().get_next()

    return input_fn


def config(tf, folder, **settings):
    return tf.contrib.learn.RunConfig(tf_random_seed=3, model_dir=folder, **settings)


def model_fn(tf):
    learn = tf.contrib.learn

    def model(features, labels, mode, params):
        net = tf.layers.dense(features["x"], params["units"], tf.nn.relu)
        logits = tf.layers.dense(net, 2)
        predictions = {"class": tf.argmax(logits, 1), "p": tf.nn.softmax(logits)}
        if mode == learn.ModeKeys.INFER:
            return learn.ModelFnOps(mode, predictions)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train = tf.train.AdamOptimizer(0.05).minimize(loss, tf.train.get_global_step())
        return learn.ModelFnOps(mode, predictions, loss, train)

    return model


def estimator(tf, folder, **settings):
    settings = {"config": config(tf, folder, **settings), "params": {"units": 5}}
    return tf.contrib.learn.Estimator(model_fn(tf), **settings)


@story
def words_as_numbers(tf, run, folder):
    preprocessing = tf.contrib.learn.preprocessing
    run.note([" ".join(words) for words in preprocessing.tokenizer(WORDS)])
    words = preprocessing.VocabularyProcessor(5, min_frequency=1)
    run.note(np.array(list(words.fit_transform(WORDS))))
    run.note([len(words.vocabulary_), list(words.reverse(words.transform(["the cat mat"])))])
    words.save(folder + "/words")
    again = preprocessing.VocabularyProcessor.restore(folder + "/words")
    run.note(np.array(list(again.transform(WORDS))))
    documents = preprocessing.ByteProcessor(7)
    rows = list(documents.fit_transform(WORDS))
    run.note([np.array(rows), list(documents.reverse(rows))])


@story
def categories_as_numbers(tf, run, folder):
    preprocessing = tf.contrib.learn.preprocessing
    rows = [["a", 1.5], ["b", float("nan")], ["a", 2.5], ["c", 1.5]]
    for settings in ({}, {"share": True}, {"min_frequency": 1}):
        processor = preprocessing.CategoricalProcessor(**settings)
        run.note(np.array(list(processor.fit_transform(rows))))
    run.note(np.array(list(processor.transform([["z", 9.0]]))))
    vocabulary = preprocessing.CategoricalProcessor().fit([["a"], ["b"]]).vocabularies_[0]
    vocabulary.freeze(False)
    vocabulary.add("c", 3)
    run.note([vocabulary.get("c"), vocabulary.get("d"), len(vocabulary)])
    vocabulary.trim(0, 3)
    run.note([vocabulary.get("a"), vocabulary.get("c"), vocabulary.reverse(1)])
    from_words = type(vocabulary)(support_reverse=False)
    run.refused(lambda: from_words.reverse(0))


@story
def settings(tf, run, folder):
    learn = tf.contrib.learn
    own = learn.RunConfig(model_dir="m", save_checkpoints_steps=3, num_cores=2)
    run.note([own.save_checkpoints_secs, own.save_checkpoints_steps, own.environment])
    run.note([own.is_chief, own.task_id, own.task_type, own.num_worker_replicas, own.master])
    run.note([own.tf_config.intra_op_parallelism_threads, own.cluster_spec.as_dict()])
    run.note(own.uid().replace("\n", " ")[:120])
    other = own.replace(save_summary_steps=7, tf_random_seed=1)
    run.note([other.save_summary_steps, own.save_summary_steps, other.uid() == own.uid()])
    run.refused(lambda: own.replace(master="x"))
    run.refused(lambda: learn.ModeKeys.validate("train2"))
    run.note([learn.ModeKeys.TRAIN, learn.ModeKeys.EVAL, learn.ModeKeys.INFER])


@story
def trains_measures_and_predicts(tf, run, folder):
    learn = tf.contrib.learn
    own = estimator(tf, folder, save_checkpoints_steps=4)
    own.fit(input_fn=batches(tf), steps=6)
    metrics = {"accuracy": learn.MetricSpec(tf.metrics.accuracy, prediction_key="class")}
    run.note(numbers(own.evaluate(input_fn=batches(tf), steps=3, metrics=metrics)))
    rows = own.predict(input_fn=lambda: {"x": tf.constant(X[:3])})
    run.note([[int(row["class"]), row["p"]] for row in rows])
    whole = own.predict(
        input_fn=lambda: {"x": tf.constant(X[:3])}, outputs=["p"], as_iterable=False
    )
    run.note(whole["p"])
    own.partial_fit(input_fn=batches(tf))
    own.fit(input_fn=batches(tf), max_steps=7)
    run.note([own.get_variable_names(), own.get_variable_value("dense_1/bias")])
    run.note(sorted(name for name in os.listdir(folder) if "tfevents" not in name))


@story
def as_scikit_learn(tf, run, folder):
    learn = tf.contrib.learn
    columns = learn.infer_real_valued_columns_from_input(X)
    run.note([type(columns[0]).__name__.strip("_"), columns[0].dimension])
    own = learn.SKCompat(learn.LinearClassifier(columns, n_classes=3, config=config(tf, folder)))
    own.fit(X, THREE, batch_size=20, steps=9)
    run.note(numbers(own.score(X, THREE, batch_size=30)))
    found = own.predict(X[:5], outputs=["classes", "probabilities"])
    run.note([found["classes"], found["probabilities"]])


@story
def made_models(tf, run, folder):
    learn, layers = tf.contrib.learn, tf.contrib.layers
    deep = [layers.real_valued_column("x", 3)]

    def with_words():
        features, labels = batches(tf)()
        words = tf.as_string(tf.cast(features["x"][:, 0] * 3, tf.int32))
        places = tf.stack([tf.range(16, dtype=tf.int64), tf.zeros([16], tf.int64)], axis=1)
        return dict(features, w=tf.SparseTensor(places, words, [16, 1])), labels

    wide = [layers.sparse_column_with_keys("w", ["0", "1", "2"])]
    models = {
        "linear": learn.LinearRegressor(deep, config=config(tf, folder + "/linear")),
        "wide": learn.LinearClassifier(wide, config=config(tf, folder + "/wide")),
        "dnn": learn.DNNClassifier([4, 3], deep, dropout=0.3, config=config(tf, folder + "/dnn")),
        "numbers": learn.DNNRegressor(
            [4], deep, optimizer="Adam", config=config(tf, folder + "/numbers")
        ),
        "both": learn.DNNLinearCombinedClassifier(
            linear_feature_columns=wide,
            dnn_feature_columns=[*deep, layers.embedding_column(wide[0], 2)],
            dnn_hidden_units=[3],
            fix_global_step_increment_bug=True,
            config=config(tf, folder + "/both"),
        ),
    }
    for name, own in models.items():
        own.fit(input_fn=with_words, steps=4)
        run.note([name, numbers(own.evaluate(input_fn=with_words, steps=2))])
    rows = models["dnn"].predict_proba(input_fn=lambda: {"x": tf.constant(X[:2])})
    run.note(np.array(list(rows)))
    rows = models["linear"].predict(input_fn=lambda: {"x": tf.constant(X[:2])})
    run.note(np.array(list(rows)))


@story
def several_heads(tf, run, folder):
    learn = tf.contrib.learn
    heads = learn.multi_head(
        [
            learn.multi_class_head(3, label_name="kind", head_name="a", metric_class_ids=[1]),
            learn.regression_head(label_name="sum", head_name="b"),
        ],
        loss_weights=[1.0, 0.5],
    )
    own = learn.DNNEstimator(
        heads, [4], [tf.contrib.layers.real_valued_column("x", 3)], config=config(tf, folder)
    )
    data = batches(tf, {"kind": THREE, "sum": X.sum(1)})
    own.fit(input_fn=data, steps=3)
    run.note(numbers(own.evaluate(input_fn=data, steps=2)))


@story
def watched(tf, run, folder):
    monitors = tf.contrib.learn.monitors
    captured = monitors.CaptureVariable("dense_1/bias:0", every_n=2)
    validation = monitors.ValidationMonitor(
        input_fn=batches(tf), eval_steps=1, every_n_steps=3, check_interval_secs=None,
        early_stopping_rounds=2, early_stopping_metric_minimize=False,
    )  # fmt: skip
    own = estimator(tf, folder, save_checkpoints_steps=2)
    own.fit(
        input_fn=batches(tf),
        steps=20,
        monitors=[
            captured,
            monitors.PrintTensor(["dense_1/bias:0"], every_n=5),
            validation,
            monitors.StopAtStep(num_steps=15),
        ],
    )
    run.note([sorted(captured.values), validation.early_stopped, validation.best_step])
    run.note([sorted(captured.values.items())[-1], numbers(validation.best_metrics)])
    run.refused(lambda: monitors.StopAtStep())
    run.refused(lambda: monitors.ValidationMonitor())
    run.refused(lambda: monitors.BaseMonitor().end())
    run.refused(lambda: monitors.CheckpointSaver(folder))


@story
def experiments(tf, run, folder):
    learn = tf.contrib.learn

    def serving():
        fed = {"x": tf.placeholder(tf.float32, [None, 3], name="in")}
        return learn.InputFnOps(fed, None, fed)

    def experiment(run_config, hparams):
        own = learn.Estimator(model_fn(tf), config=run_config, params={"units": hparams.units})
        return learn.Experiment(
            own, batches(tf), batches(tf), train_steps=7, eval_steps=2, eval_delay_secs=0,
            export_strategies=learn.make_export_strategy(serving, exports_to_keep=1),
        )  # fmt: skip

    hparams = tf.contrib.training.HParams(units=4)
    own = config(tf, folder, save_checkpoints_steps=3)
    metrics, (exported,) = learn.learn_runner.run(experiment, run_config=own, hparams=hparams)
    run.note(numbers(metrics))
    with tf.Session(graph=tf.Graph()) as session:
        meta = tf.saved_model.loader.load(session, ["serve"], exported)
        run.note(sorted(meta.signature_def))
        signature = meta.signature_def["serving_default"]
        run.note([signature.method_name, sorted(signature.outputs)])
        fed = {signature.inputs["x"].name: X[:4]}
        run.note(session.run(signature.outputs["p"].name, fed))
    run.note(numbers(experiment(own, hparams).evaluate()))
    again = experiment(own.replace(save_summary_steps=4), hparams)
    run.note(numbers(again.test()))
    runner = learn.learn_runner
    run.refused(lambda: runner.run(experiment))
    run.refused(lambda: runner.run(experiment, output_dir="a", run_config=own))
    run.refused(lambda: runner.run(3, output_dir="a"))
    run.refused(lambda: runner.run(experiment, run_config=own, hparams=3))
    run.refused(lambda: runner.run(experiment, "no", run_config=own, hparams=hparams))
    run.refused(lambda: runner.run(experiment, schedule="no", run_config=own, hparams=hparams))
    run.refused(lambda: learn.Experiment(3, None, None))


@story
def graphs_run(tf, run, folder):
    learn = tf.contrib.learn
    step = tf.train.create_global_step()
    given = tf.placeholder_with_default(2.0, [])
    with tf.control_dependencies([tf.assign_add(step, 1)]):
        product = given * 3.0
    run.note(learn.run_n({"product": product}, n=2))
    run.note(learn.run_feeds({"product": product}, [{given: 1.0}, None]))
    run.refused(lambda: learn.run_n({}))


@story
def files_read(tf, run, folder):
    learn = tf.contrib.learn
    before = os.getcwd()
    os.chdir(folder)  # the paths are part of the graph
    try:
        read_files(tf, run, learn)
    finally:
        os.chdir(before)


def read_files(tf, run, learn):
    path = "rows"
    with tf.python_io.TFRecordWriter(path) as writer:
        for row in range(4):
            values = tf.train.Feature(int64_list=tf.train.Int64List(value=[row, row + 1]))
            example = tf.train.Example(features=tf.train.Features(feature={"n": values}))
            writer.write(example.SerializeToString())
    features = {"n": tf.FixedLenFeature([2], tf.int64)}
    batch = learn.read_batch_record_features(path, 2, features, randomize_input=False, num_epochs=1)
    batches = learn.run_n({"n": batch["n"]}, n=2)  # of two runners, in the order of chance
    run.note(sorted(row for each in batches for row in each["n"].tolist()))
    lines = "lines"
    with open(lines, "w") as file:
        file.write("a\nb\nc\n")
    texts = learn.read_batch_examples(
        lines, 2, tf.TextLineReader, randomize_input=False, num_epochs=1
    )
    run.note([row["t"].tolist() for row in learn.run_n({"t": texts}, n=2)])
    keys, shared = learn.read_keyed_batch_examples_shared_queue(
        lines, 3, tf.TextLineReader, randomize_input=False
    )
    run.note([[row["k"], row["t"]] for row in learn.run_n({"k": keys, "t": shared}, n=1)])
    run.refused(lambda: learn.read_batch_examples([], 2, tf.TextLineReader))
    run.refused(lambda: learn.read_batch_examples(lines, 0, tf.TextLineReader))


@story
def rows_generated(tf, run, folder):
    def rows():
        for number in range(5):
            yield {"a": np.float32([number] * (number + 1)), "b": np.int32(number)}

    learn = tf.contrib.learn
    fed = learn.io.generator_input_fn(rows, "b", 2, shuffle=False, pad_value=-1)
    features, labels = fed()
    found = learn.run_n({"a": features["a"], "b": labels}, n=2)
    run.note([[row["a"], row["b"]] for row in found])
    run.refused(lambda: learn.io.generator_input_fn(3))
    run.refused(lambda: learn.io.generator_input_fn(lambda: 3))
    run.refused(lambda: learn.io.generator_input_fn(rows, ["c"]))


@story
def data_sets(tf, run, folder):
    datasets = tf.contrib.learn.datasets
    for name in ("iris", "boston"):
        found = datasets.load_dataset(name)
        run.note([found.data.shape, found.data.sum(), found.target.sum(), str(found.target.dtype)])
    run.note(datasets.make_dataset("circles", 7, noise=0.1, n_classes=3).data)
    for mode in ("archimedes", "bernoulli", "fermat"):
        found = datasets.make_dataset("spirals", 5, mode=mode)
        run.note([found.data, found.target])
    with open(folder + "/table.csv", "w") as file:
        file.write("2,3,a,b\n1,2,3,0\n4,5,6,1\n")
    table = datasets.base.load_csv_with_header(folder + "/table.csv", np.int32, np.float32)
    run.note([table.data, table.target])
    datasets.base.shrink_csv(folder + "/table.csv", 2)
    with open(folder + "/table_small.csv") as file:
        run.note(file.read().split())
    run.refused(lambda: datasets.load_dataset("x"))
    run.refused(lambda: datasets.make_dataset("x"))


@story
def what_is_refused(tf, run, folder):
    learn = tf.contrib.learn
    own = estimator(tf, folder)
    data = batches(tf)
    run.refused(lambda: own.fit(input_fn=data, steps=1, max_steps=1))
    run.refused(lambda: own.fit())
    run.refused(lambda: own.fit(x=X, y=Y, input_fn=data))
    run.refused(lambda: own.evaluate(input_fn=data, metrics=3))
    run.refused(lambda: learn.ModelFnOps("train", loss=tf.constant(1.0)))
    run.refused(lambda: learn.ModelFnOps("eval", predictions=tf.constant(1.0)))
    run.refused(lambda: learn.ModelFnOps("infer"))
    run.refused(lambda: learn.ModelFnOps("x"))
    two = {"a": tf.constant(1.0), "b": tf.constant(1.0)}
    run.note(str(learn.MetricSpec(tf.metrics.mean, "p")))
    run.refused(lambda: learn.MetricSpec(tf.metrics.mean, "c").create_metric_ops({}, None, two))
    run.refused(lambda: learn.multi_class_head(1))
    run.refused(lambda: learn.multi_class_head(2, metric_class_ids=[0]))
    run.refused(lambda: learn.multi_class_head(3, metric_class_ids=[3]))
    run.refused(lambda: learn.multi_head([learn.regression_head()]))
    run.refused(lambda: learn.DNNLinearCombinedClassifier())
