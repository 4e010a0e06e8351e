"""Estimators: what they train to, write, measure, predict, export and refuse."""

import glob
import os
import shutil
import tempfile

import numpy as np

from .suite import Suite

suite = Suite("estimators")

X = np.random.RandomState(0).rand(64, 3).astype(np.float32)
Y = (X.sum(1) > 1.5).astype(np.int64)


def story(fn, suite=suite):
    """Adds `fn(tf, run, folder)` to a suite as a case, under its own name."""

    def told(tf, run):
        folder = tempfile.mkdtemp()
        try:
            fn(tf, run, folder)
        finally:
            tf.summary.FileWriterCache.clear()
            shutil.rmtree(folder)

    suite.case(fn.__name__, told, grad=False)
    return fn


def classifier(tf):
    def model_fn(features, labels, mode, params):
        net = tf.layers.dense(features["x"], params["units"], tf.nn.relu)
        net = tf.layers.dropout(net, 0.2, training=mode == tf.estimator.ModeKeys.TRAIN)
        logits = tf.layers.dense(net, 2)
        classes = tf.argmax(logits, 1)
        predictions = {"class": classes, "probability": tf.nn.softmax(logits)}
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions=predictions)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train = tf.train.AdamOptimizer(0.05).minimize(loss, tf.train.get_global_step())
        metrics = {"accuracy": tf.metrics.accuracy(labels, classes)}
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train, eval_metric_ops=metrics)

    return model_fn


def estimator(tf, folder, **settings):
    config = tf.estimator.RunConfig(folder, tf_random_seed=3, **settings)
    return tf.estimator.Estimator(classifier(tf), config=config, params={"units": 5})


def dataset(tf, epochs=1, batch=16, seed=None):
    def input_fn():
        rows = tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).repeat(epochs)
        return (rows if seed is None else rows.shuffle(50, seed=seed)).batch(batch)

    return input_fn


def serving(tf):
    def receiver():
        fed = {"x": tf.placeholder(tf.float32, [None, 3], name="in")}
        return tf.estimator.export.ServingInputReceiver(fed, fed)

    return receiver


def files(folder):
    found = glob.glob(os.path.join(folder, "*"))
    return sorted(os.path.basename(path) for path in found if "tfevents" not in path)


def numbers(results):
    return {key: np.float32(value) for key, value in results.items()}


def fails(run, build):
    """Notes how `build()` fails where the message names a function or a folder by chance."""
    try:
        build()
        run.note("it does not")
    except Exception as error:
        run.note([type(error).__name__, str(error)[:20]])


@story
def trains_measures_and_predicts(tf, run, folder):
    own = estimator(tf, folder, save_checkpoints_steps=4, keep_checkpoint_max=2)
    run.note([own.latest_checkpoint() is None, own.eval_dir("a")[len(folder) :]])
    own.train(dataset(tf, epochs=10, batch=8, seed=1), steps=6)
    run.note(numbers(own.evaluate(dataset(tf))))
    run.note(numbers(own.evaluate(dataset(tf), steps=2, name="few")))
    rows = own.predict(lambda: tf.data.Dataset.from_tensor_slices({"x": X[:5]}).batch(2))
    run.note([[int(row["class"]), row["probability"]] for row in rows])
    batches = own.predict(
        lambda: tf.data.Dataset.from_tensor_slices({"x": X[:5]}).batch(2),
        predict_keys=["class"],
        yield_single_examples=False,
    )
    run.note([sorted(batch) for batch in batches])
    own.train(dataset(tf, epochs=10, batch=8, seed=1), max_steps=9)
    own.train(dataset(tf), max_steps=9)
    run.note([own.get_variable_names(), files(folder)])
    run.note(own.get_variable_value("dense_1/bias"))


@story
def arrays_as_input(tf, run, folder):
    own = estimator(tf, folder)
    inputs = tf.estimator.inputs
    own.train(inputs.numpy_input_fn({"x": X}, Y, batch_size=24, num_epochs=2, shuffle=False))
    results = own.evaluate(inputs.numpy_input_fn({"x": X}, Y, batch_size=60, shuffle=False))
    run.note(numbers(results))
    fed = inputs.numpy_input_fn({"x": X[:3]}, batch_size=2, shuffle=False)
    run.note([int(row["class"]) for row in own.predict(fed)])
    run.refused(lambda: inputs.numpy_input_fn({"x": X}))
    run.refused(inputs.numpy_input_fn({"x": X}, Y[:3], shuffle=False))
    run.refused(inputs.numpy_input_fn({}, shuffle=False))
    run.refused(inputs.numpy_input_fn({"x": X}, {"x": Y}, shuffle=False))
    run.refused(inputs.numpy_input_fn(3, shuffle=False))


@story
def checkpoints_evaluated_while_it_trains(tf, run, folder):
    own = estimator(tf, folder, save_checkpoints_steps=4)
    exporter = tf.estimator.FinalExporter("last", serving(tf))
    spec = tf.estimator.EvalSpec(dataset(tf), throttle_secs=0, exporters=exporter)
    train = tf.estimator.TrainSpec(dataset(tf, epochs=10, batch=8, seed=2), max_steps=10)
    metrics, (exported,) = tf.estimator.train_and_evaluate(own, train, spec)
    run.note(numbers(metrics))
    run.note(files(folder))
    with tf.Session(graph=tf.Graph()) as session:
        meta = tf.saved_model.loader.load(session, ["serve"], exported)
        signature = meta.signature_def["serving_default"]
        run.note([signature.method_name, sorted(signature.inputs), sorted(signature.outputs)])
        fed = {signature.inputs["x"].name: X[:4]}
        run.note(session.run(signature.outputs["class"].name, fed))


@story
def begun_from_another(tf, run, folder):
    first = estimator(tf, os.path.join(folder, "first"))
    first.train(dataset(tf, epochs=3, seed=3))
    config = tf.estimator.RunConfig(os.path.join(folder, "second"), tf_random_seed=4)
    second = tf.estimator.Estimator(
        classifier(tf), config=config, params={"units": 5}, warm_start_from=first.model_dir
    )
    run.note(numbers(second.evaluate(dataset(tf))))
    second.train(dataset(tf, seed=3), steps=2)
    run.note(numbers(second.evaluate(dataset(tf))))


@story
def models_exported(tf, run, folder):
    own = estimator(tf, os.path.join(folder, "model"))
    fails(run, lambda: own.export_saved_model(folder, serving(tf)))
    own.train(dataset(tf), steps=1)
    run.refused(lambda: own.export_saved_model(folder, None))
    extra = os.path.join(folder, "extra.txt")
    with open(extra, "w") as file:
        file.write("more")
    path = own.export_saved_model(folder, serving(tf), {"kept/it.txt": extra}).decode()
    run.note([os.path.basename(path).isdigit(), os.path.exists(path + "/assets.extra/kept/it.txt")])

    def labelled():
        fed = {"x": tf.placeholder(tf.float32, [None, 3])}
        return tf.estimator.experimental.build_raw_supervised_input_receiver_fn(
            fed, tf.placeholder(tf.int64, [None])
        )()

    modes = {tf.estimator.ModeKeys.EVAL: labelled, tf.estimator.ModeKeys.PREDICT: serving(tf)}
    base = os.path.join(folder, "all")
    path = own.experimental_export_all_saved_models(base, modes)
    with tf.Session(graph=tf.Graph()) as session:
        meta = tf.saved_model.loader.load(session, ["eval"], path)
        signature = meta.signature_def["eval"]
        run.note([signature.method_name, sorted(signature.inputs), sorted(signature.outputs)])


def steps_by_three(features, labels, mode, tf):
    value = tf.get_variable("value", initializer=21)
    predictions = {"sum": value + features["x"]}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)
    step = tf.train.get_global_step()
    train = tf.group(tf.assign_add(step, 1), tf.assign_add(value, 3))
    loss = tf.reduce_sum(predictions["sum"] - labels)
    errors = {"error": tf.metrics.mean_absolute_error(labels, predictions["sum"])}
    return tf.estimator.EstimatorSpec(
        mode, predictions, loss=loss, train_op=train, eval_metric_ops=errors
    )


@story
def trained_on_from_an_export(tf, run, folder):
    def model_fn(features, labels, mode):
        return steps_by_three(features, labels, mode, tf)

    def input_fn():
        x, y = tf.constant([[1], [-2]]), tf.constant([[4], [-3]])
        return tf.data.Dataset.from_tensors(({"x": x}, y)).repeat()

    def features():
        return {"x": tf.constant([[5], [6]], name="fed")}

    own = tf.estimator.Estimator(model_fn, os.path.join(folder, "model"))
    own.train(input_fn, steps=4)
    contrib, modes = tf.contrib.estimator, tf.estimator.ModeKeys
    supervised = contrib.build_supervised_input_receiver_fn_from_input_fn(input_fn)
    served = tf.estimator.export.build_raw_serving_input_receiver_fn(features())
    everything = {modes.TRAIN: supervised, modes.EVAL: supervised, modes.PREDICT: served}
    path = own.experimental_export_all_saved_models(os.path.join(folder, "all"), everything)
    again = contrib.SavedModelEstimator(path.decode(), os.path.join(folder, "again"))
    run.note(numbers(again.evaluate(input_fn, steps=2)))
    again.train(input_fn, steps=3)
    run.note(numbers(again.evaluate(input_fn, steps=2)))
    run.note([sorted(again.get_variable_names()), int(again.get_variable_value("value"))])
    rows = again.predict(features)
    run.note([{key: int(value[0]) for key, value in next(rows).items()} for _ in range(2)])
    fails(
        run, lambda: again.train(lambda: ({"y": tf.constant([[1]])}, tf.constant([[1]])), steps=1)
    )
    fails(
        run, lambda: again.train(lambda: ({"x": tf.constant([1.0])}, tf.constant([[1]])), steps=1)
    )
    only = own.export_saved_model(os.path.join(folder, "only"), served).decode()
    fails(run, lambda: contrib.SavedModelEstimator(only, folder + "/o").evaluate(input_fn, steps=1))


@story
def what_is_refused(tf, run, folder):
    model_fn = classifier(tf)
    build = tf.estimator.Estimator
    own = estimator(tf, folder)
    data = dataset(tf)
    run.refused(lambda: build(None))
    fails(run, lambda: build(lambda features, wrong: None))
    fails(run, lambda: build(lambda labels: None))
    fails(run, lambda: build(lambda features: None, params={}))
    run.refused(lambda: build(model_fn, config=3))
    fails(run, lambda: build(model_fn, folder + "/a", tf.estimator.RunConfig(folder + "/b")))
    run.refused(lambda: own.train(data, steps=1, max_steps=1))
    run.refused(lambda: own.train(data, steps=0))
    run.refused(lambda: own.train(data, hooks=[3]))
    run.refused(lambda: own.train(data, saving_listeners=[3]))
    run.refused(lambda: own.evaluate(data, steps=-1))
    fails(run, lambda: own.get_variable_names())
    run.refused(lambda: build(lambda features: None, folder).train(data))
    run.refused(lambda: build(lambda features, labels: 3, folder).train(data))
    run.refused(lambda: own.train(lambda: (1, 2, 3)))
    run.refused(lambda: next(own.predict(data, predict_keys=["none"])))
    fails(run, lambda: type("Own", (build,), {"train": 3})(model_fn))
    run.refused(lambda: tf.estimator.TrainSpec(3))
    run.refused(lambda: tf.estimator.EvalSpec(data, exporters=3))
    run.refused(lambda: tf.estimator.train_and_evaluate(own, 3, tf.estimator.EvalSpec(data)))
    run.refused(lambda: tf.estimator.WarmStartSettings(None))


@story
def specs_that_are_refused(tf, run, folder):
    spec, keys = tf.estimator.EstimatorSpec, tf.estimator.ModeKeys
    x = tf.constant(1.0)
    with tf.Graph().as_default():
        other = tf.constant(2.0)
    run.refused(lambda: spec(keys.TRAIN))
    run.refused(lambda: spec(keys.TRAIN, train_op=x))
    run.refused(lambda: spec(keys.EVAL))
    run.refused(lambda: spec(keys.PREDICT))
    run.refused(lambda: spec(keys.EVAL, loss=3.0))
    run.refused(lambda: spec(keys.EVAL, loss=tf.constant([1.0, 2.0])))
    run.refused(lambda: spec(keys.EVAL, loss=other))
    run.refused(lambda: spec(keys.EVAL, loss=x, eval_metric_ops={"a": 3}))
    run.refused(lambda: spec(keys.EVAL, loss=x, eval_metric_ops=3))
    run.refused(lambda: spec(keys.PREDICT, predictions={"a": 3}))
    run.refused(lambda: spec(keys.PREDICT, predictions=x, export_outputs=3))
    run.refused(lambda: spec(keys.PREDICT, predictions=x, export_outputs={"a": 3}))
    run.refused(lambda: spec(keys.EVAL, loss=x, evaluation_hooks=[3]))
    run.refused(lambda: spec(keys.EVAL, loss=x, scaffold=3))
    good = spec(keys.EVAL, loss=tf.constant([1.0]))
    run.note([str(good.loss.shape), good.predictions, good.train_op is None])
    run.refused(lambda: good._replace(mode=keys.TRAIN))
    outputs = tf.estimator.export
    run.refused(lambda: outputs.ClassificationOutput())
    run.refused(lambda: outputs.ClassificationOutput(scores=3))
    run.refused(lambda: outputs.RegressionOutput(3))
    run.refused(lambda: outputs.PredictOutput({3: x}))
    run.refused(lambda: outputs.ServingInputReceiver(None, x))
    run.refused(lambda: outputs.ServingInputReceiver({"a": 3}, x))
    config = tf.estimator.RunConfig
    run.refused(lambda: config(save_checkpoints_steps=1, save_checkpoints_secs=1))
    run.refused(lambda: config(save_summary_steps=-1))
    run.refused(lambda: config(tf_random_seed="a"))
    run.refused(lambda: config().replace(is_chief=False))
    plain = config(model_dir="m")
    run.note([plain.save_checkpoints_secs, plain.save_checkpoints_steps, plain.keep_checkpoint_max])
    changed = plain.replace(save_checkpoints_steps=7, tf_random_seed=2)
    run.note([changed.save_checkpoints_secs, changed.save_checkpoints_steps, changed.model_dir])
    run.note([changed.task_type, changed.task_id, changed.is_chief, changed.num_worker_replicas])


@story
def programs_for_tpus_without_one(tf, run, folder):
    tpu = tf.contrib.tpu

    def model_fn(features, labels, mode, params):
        run.note([mode, params.get("batch_size"), params["use_tpu"]])
        logits = tf.layers.dense(features["x"], 2)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tpu.TPUEstimatorSpec(mode, predictions={"logits": logits})
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        step = tf.train.get_global_step()
        train = tf.train.GradientDescentOptimizer(0.5).minimize(loss, step)

        def metric_fn(labels, logits):
            return {"accuracy": tf.metrics.accuracy(labels, tf.argmax(logits, 1))}

        metrics = (metric_fn, [labels, logits])
        scaffold_fn = lambda: tf.train.Scaffold()
        return tpu.TPUEstimatorSpec(
            mode, loss=loss, train_op=train, eval_metrics=metrics, scaffold_fn=scaffold_fn
        )

    def input_fn(params):
        rows = tf.data.Dataset.from_tensor_slices(({"x": X}, Y))
        return rows.repeat(3).batch(params["batch_size"], drop_remainder=True)

    config = tpu.RunConfig(
        model_dir=folder,
        tf_random_seed=5,
        save_checkpoints_steps=3,
        tpu_config=tpu.TPUConfig(iterations_per_loop=2, num_shards=8),
    )
    own = tpu.TPUEstimator(
        model_fn, config=config, use_tpu=False, train_batch_size=8, eval_batch_size=16
    )
    own.train(input_fn, max_steps=7)
    run.note(numbers(own.evaluate(input_fn, steps=4)))
    own = tpu.TPUEstimator(model_fn, config=config, use_tpu=False, predict_batch_size=4)
    run.note(len(list(own.predict(input_fn))))
    run.note([config.tpu_config.num_shards, config.tpu_config.per_host_input_for_training])
    run.refused(lambda: tpu.TPUEstimator(model_fn, config=tf.estimator.RunConfig()))
    run.refused(lambda: tpu.TPUConfig(iterations_per_loop=-1))
    run.refused(lambda: tpu.TPUConfig(num_cores_per_replica=3))
    fails(run, lambda: own.train(lambda: 3))
    run.refused(lambda: tpu.TPUEstimatorSpec("train", eval_metrics=3))
