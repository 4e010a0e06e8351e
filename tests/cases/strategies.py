"""Distribution strategies on one machine: what is built for replicas, and what it computes."""

import shutil
import tempfile

import numpy as np

from .suite import Suite

suite = Suite("strategies")

X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(12, 2)
Y = X.sum(1, keepdims=True)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def stories(name, variants, build):
    """Adds `build(tf, run, variant)` for each of `variants`, {id: variant}."""
    for key in variants:
        variant = variants[key]
        suite.case(
            f"{name}_{key}", lambda tf, run, variant=variant: build(tf, run, variant), grad=False
        )


STRATEGIES = {
    "one_device": lambda tf: tf.distribute.OneDeviceStrategy("/cpu:0"),
    "mirrored": lambda tf: tf.distribute.MirroredStrategy(["/cpu:0"]),
    "mirrored_twice": lambda tf: tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"]),
    "central": lambda tf: tf.distribute.experimental.CentralStorageStrategy(
        ["/cpu:0", "/cpu:1"], "/cpu:0"
    ),
    "contrib_twice": lambda tf: tf.contrib.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"]),
}
REPLICATED = {key: STRATEGIES[key] for key in ("mirrored_twice", "central")}


def session(tf):
    return tf.Session(config=tf.ConfigProto(device_count={"CPU": 2}))


def batches(tf):
    return tf.data.Dataset.from_tensor_slices((X, Y)).repeat(4).batch(4)


def model_of(tf, optimizer):
    def step(inputs):
        x, y = inputs
        w = tf.get_variable("w", [2, 1], initializer=tf.constant_initializer(0.5))
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y))
        return optimizer.minimize(loss, tf.train.get_or_create_global_step()), loss

    return step


def trained(tf, run, make, optimizer=None):
    strategy = make(tf)
    optimizer = optimizer or tf.train.AdamOptimizer(0.1)
    with strategy.scope():
        iterator = strategy.make_dataset_iterator(batches(tf))
        tf.train.get_or_create_global_step()
        train, loss = strategy.experimental_run(model_of(tf, optimizer), iterator)
        mean = strategy.reduce("MEAN", loss)
        done = strategy.group(train)
    run.note([variable.name for variable in tf.global_variables()])
    run.note([variable.name for variable in tf.trainable_variables()])
    run.note([strategy.num_replicas_in_sync, list(strategy.extended.worker_devices)])
    with session(tf) as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(iterator.initialize())
        run.note([sess.run([mean, done])[0] for _ in range(4)])
        run.note(sess.run(tf.trainable_variables()))
        run.note(sess.run(tf.train.get_global_step()))


stories("trained", STRATEGIES, trained)

OPTIMIZERS = {
    "momentum": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9),
    "rmsprop": lambda tf: tf.train.RMSPropOptimizer(0.1),
    "adagrad": lambda tf: tf.train.AdagradOptimizer(0.1),
    "descent": lambda tf: tf.train.GradientDescentOptimizer(0.1),
}
stories(
    "optimizers_of_replicas",
    OPTIMIZERS,
    lambda tf, run, optimizer: trained(tf, run, STRATEGIES["mirrored_twice"], optimizer(tf)),
)


def rows_of_a_table(tf, run, make):
    strategy = make(tf)
    with strategy.scope():
        optimizer = tf.train.GradientDescentOptimizer(0.5)

        def step():
            table = tf.get_variable("table", [4, 2], initializer=tf.ones_initializer())
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            rows = tf.nn.embedding_lookup(table, [1 + replica, 3])
            return optimizer.minimize(tf.reduce_sum(rows))

        done = strategy.group(strategy.experimental_run_v2(step))
    with session(tf) as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(done)
        run.note(sess.run(tf.trainable_variables()))


stories("sparse_gradients", REPLICATED, rows_of_a_table)


@story
def where_code_stands(tf, run):
    distribute = tf.distribute

    def here():
        context = distribute.get_replica_context()
        return [
            distribute.has_strategy(),
            distribute.in_cross_replica_context(),
            context is not None,
            distribute.get_strategy().num_replicas_in_sync,
        ]

    run.note(here())
    strategy = distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    inside = []

    def replica():
        inside.append(here())
        merged = distribute.get_replica_context().merge_call(lambda strategy: inside.append(here()))
        inside.append(merged)
        return 3

    with strategy.scope() as scope:
        run.note([scope is strategy, *here()])
        with strategy.scope():
            run.note(here())
        run.note([strategy.experimental_run_v2(replica), inside])
    run.note(here())
    run.note([strategy.unwrap(3), strategy.experimental_local_results((1, 2))])


@story
def values_of_replicas(tf, run):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    with strategy.scope():

        def replica():
            context = tf.distribute.get_replica_context()
            number = tf.cast(context.replica_id_in_sync_group, tf.float32)
            value = tf.stack([number + 1.0, number * 10.0])
            total = context.all_reduce(tf.distribute.ReduceOp.SUM, {"a": value, "b": number})
            mean = context.all_reduce(tf.distribute.ReduceOp.MEAN, value)
            return {"value": value, "total": total, "mean": mean, "same": 7}

        found = strategy.experimental_run_v2(replica)
        fetches = [
            strategy.experimental_local_results(found["value"]),
            strategy.experimental_local_results(found["total"]["a"]),
            strategy.experimental_local_results(found["total"]["b"]),
            strategy.experimental_local_results(found["mean"]),
            strategy.reduce("SUM", found["value"]),
            strategy.reduce(tf.distribute.ReduceOp.MEAN, found["value"]),
            strategy.reduce("SUM", found["value"], axis=0),
            strategy.extended.broadcast_to(tf.constant(4.0), "/cpu:1"),
        ]
        run.note([found["same"], str(type(found["value"]).__name__)])
        run.refused(lambda: strategy.reduce("SUM", tf.constant(2.0)))
        run.refused(lambda: strategy.reduce("MEAN", found["value"], axis="x"))
    with session(tf) as sess:
        for fetch in fetches:
            run.note(sess.run(fetch))


@story
def variables_of_replicas(tf, run):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    with strategy.scope():
        v = tf.Variable(1.0, name="v", aggregation=tf.VariableAggregation.MEAN)
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer(), trainable=False)
        s = tf.Variable(
            2.0,
            name="s",
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.SUM,
        )

        def replica():
            number = tf.cast(
                tf.distribute.get_replica_context().replica_id_in_sync_group, tf.float32
            )
            return v.assign_add(number + 1.0), s.assign_add(number + 1.0), v * 2.0 + w

        both, added, doubled = strategy.experimental_run_v2(replica)
        run.note([type(x).__name__ for x in (v, w, s)])
        run.note([v.name, str(v.shape), v.dtype.name, v.trainable, w.trainable, s.trainable])
        run.note([str(v), len(strategy.experimental_local_results(v))])
        run.note([strategy.extended.variable_created_in_scope(v), v in tf.trainable_variables()])
        update = strategy.extended.update(w, lambda x, y: x.assign(x + y), args=(3.0,))
        set_all = s.assign(8.0)
        run.refused(lambda: s.assign_add(1.0))
        run.refused(lambda: strategy.experimental_run_v2(lambda: w.assign_add([1.0, 1.0])))
    with session(tf) as sess:
        sess.run(tf.global_variables_initializer())
        run.note(sess.run(strategy.experimental_local_results(doubled)))
        sess.run([strategy.group(both), strategy.group(added)])
        run.note(sess.run([v, s, *strategy.experimental_local_results(v)]))
        sess.run(update)
        run.note(sess.run(strategy.experimental_local_results(w)))
        sess.run(set_all)
        run.note(sess.run([s, *strategy.experimental_local_results(s)]))


@story
def checkpoints_of_replicas(tf, run):
    folder = tempfile.mkdtemp()
    try:
        strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
        with strategy.scope():
            v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
            tf.Variable(
                2.0,
                name="s",
                synchronization=tf.VariableSynchronization.ON_READ,
                aggregation=tf.VariableAggregation.SUM,
            )
            saver = tf.train.Saver()
            grown = strategy.extended.update(v, lambda x: x.assign_add([1.0, 2.0]))
        with session(tf) as sess:
            sess.run(tf.global_variables_initializer())
            sess.run(grown)
            path = saver.save(sess, folder + "/a")
            run.note(sess.run(tf.report_uninitialized_variables()))
        run.note(tf.train.list_variables(path))
        run.note([tf.train.load_variable(path, name) for name in ("v", "s")])
        with session(tf) as sess:
            saver.restore(sess, path)
            run.note(sess.run(strategy.experimental_local_results(v)))
        with tf.Graph().as_default(), tf.Session() as sess:
            plain = tf.get_variable("v", [2])
            tf.train.Saver().restore(sess, path)
            run.note(sess.run(plain))
    finally:
        shutil.rmtree(folder)


@story
def averages_of_replicas(tf, run):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    averages = tf.train.ExponentialMovingAverage(0.5)
    with strategy.scope():

        def replica():
            number = tf.distribute.get_replica_context().replica_id_in_sync_group
            w = tf.get_variable("w", [], initializer=tf.constant_initializer(4.0))
            update = averages.apply([w])
            x = tf.cast(number, tf.float32) + w
            metric, updated = tf.metrics.mean(x)
            exact, counted = tf.metrics.accuracy([number, 1], [1, 1])
            return tf.group(update, updated, counted), metric, exact

        done, metric, exact = strategy.experimental_run_v2(replica)
        shown = strategy.experimental_local_results((metric, exact))
        done = strategy.group(done)
    run.note([variable.name for variable in tf.global_variables() + tf.local_variables()])
    with session(tf) as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        for _ in range(2):
            sess.run(done)
        run.note(sess.run([strategy.experimental_local_results(value)[0] for value in shown[0]]))


@story
def input_of_replicas(tf, run):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    with strategy.scope():
        numbers = tf.data.Dataset.range(10).batch(4)
        parts = strategy.make_dataset_iterator(numbers)

        def input_fn(context):
            run.note([context.num_input_pipelines, context.input_pipeline_id])
            run.note([context.num_replicas_in_sync, context.get_per_replica_batch_size(6)])
            run.refused(lambda: context.get_per_replica_batch_size(7))
            return tf.data.Dataset.range(10).batch(3)

        whole = strategy.make_input_fn_iterator(input_fn)
        spread = strategy.experimental_distribute_dataset(numbers).make_initializable_iterator()
        called = strategy.make_input_fn_iterator(lambda context: lambda: tf.constant(5))
        given = strategy.experimental_distribute_datasets_from_function(
            lambda context: tf.data.Dataset.range(4)
        )._make_initializable_iterator()
        run.refused(lambda: strategy.make_input_fn_iterator(lambda context: 3))
        fetches = [
            strategy.experimental_local_results(iterator.get_next())
            for iterator in (parts, whole, spread, given)
        ]
        run.note([str(parts.output_shapes), str(parts.output_types)])
        run.note(strategy.experimental_local_results(called.get_next())[1].shape.as_list())
    with session(tf) as sess:
        sess.run([iterator.initializer for iterator in (parts, whole, spread, given)])
        for fetch in fetches:
            try:
                for _ in range(9):
                    run.note(sess.run(fetch))
            except tf.errors.OutOfRangeError:
                run.note("no more")
        sess.run(parts.initialize())
        run.note(sess.run(fetches[0]))


@story
def arrays_in_variables(tf, run):
    for make in (STRATEGIES["one_device"], STRATEGIES["mirrored_twice"]):
        strategy = make(tf)
        with session(tf) as sess, strategy.scope():
            dataset = strategy.extended.experimental_make_numpy_dataset((X[:4], Y[:4]), sess)
            iterator = strategy.make_dataset_iterator(dataset.batch(2))
            parts = [strategy.experimental_local_results(x) for x in iterator.get_next()]
            sess.run(iterator.initialize())
            run.note([sess.run(part) for part in parts])


@story
def steps_in_one_run(tf, run):
    for make in (STRATEGIES["one_device"], STRATEGIES["mirrored_twice"]):
        with tf.Graph().as_default():
            strategy = make(tf)
            with strategy.scope():
                iterator = strategy.make_dataset_iterator(tf.data.Dataset.range(20).batch(2))
                total = tf.Variable(0.0, aggregation=tf.VariableAggregation.SUM)

                def step(ctx, inputs, strategy=strategy, total=total):
                    def replica(x):
                        ctx.set_last_step_output("x", tf.reduce_max(x), tf.distribute.ReduceOp.SUM)
                        return total.assign_add(tf.reduce_sum(tf.cast(x, tf.float32)))

                    done = strategy.extended.call_for_each_replica(replica, args=(inputs,))
                    return strategy.group(done)

                ctx = strategy.extended.experimental_run_steps_on_iterator(
                    step, iterator, 3, {"x": tf.constant(0, tf.int64)}
                )
            with session(tf) as sess:
                sess.run(tf.global_variables_initializer())
                sess.run(iterator.initialize())
                run.note(sess.run([ctx.run_op, ctx.last_step_outputs["x"]])[1])
                run.note(sess.run(total))


def fails(run, build):
    """Notes how `build()` fails where the message names an object by its address."""
    try:
        build()
        run.note("it does not")
    except Exception as error:
        run.note([type(error).__name__, str(error)[:20]])


@story
def what_strategies_refuse(tf, run):
    distribute = tf.distribute
    strategy = distribute.MirroredStrategy(["/cpu:0"])
    other = distribute.OneDeviceStrategy("/cpu:0")
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    outside = tf.Variable(1.0)
    fails(run, lambda: strategy.extended.colocate_vars_with(outside))
    with strategy.scope():
        v = tf.Variable(1.0)
        fails(run, lambda: strategy.extended.colocate_vars_with(outside))
        run.refused(lambda: optimizer.apply_gradients([(tf.constant(1.0), v)]))
        fails(run, lambda: other.scope().__enter__())
        fails(run, lambda: distribute.get_strategy().extended.update(outside, lambda x: x))
        run.refused(lambda: distribute.experimental_set_strategy(other))
        run.refused(lambda: strategy.experimental_run_v2(lambda: strategy.scope().__enter__()))
        run.refused(
            lambda: strategy.experimental_run_v2(
                lambda: tf.Variable(1.0, name="n", synchronization=tf.VariableSynchronization.NONE)
            )
        )
    run.refused(lambda: distribute.MirroredStrategy(["/cpu:0", "/cpu:0"]))
    run.refused(lambda: distribute.NcclAllReduce(-1))
    run.refused(lambda: tf.contrib.distribute.MirroredStrategy(["/cpu:0"], num_gpus=1))
    run.refused(lambda: distribute.get_strategy().extended.worker_devices)


def estimated(tf, run, make):
    def model_fn(features, labels, mode):
        net = tf.layers.dense(features, 3, tf.nn.tanh)
        net = tf.layers.dropout(net, 0.2, training=mode == tf.estimator.ModeKeys.TRAIN)
        out = tf.layers.dense(net, 1)
        loss = tf.losses.mean_squared_error(labels, out)
        tf.summary.scalar("own", loss)
        train = tf.train.AdamOptimizer(0.05).minimize(loss, tf.train.get_global_step())
        metrics = {"away": tf.metrics.mean_absolute_error(labels, out)}
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train, eval_metric_ops=metrics)

    folder = tempfile.mkdtemp()
    try:
        config = tf.estimator.RunConfig(
            folder,
            tf_random_seed=3,
            train_distribute=make(tf),
            eval_distribute=make(tf),
            session_config=tf.ConfigProto(device_count={"CPU": 2}),
        )
        own = tf.estimator.Estimator(model_fn, config=config)
        own.train(lambda: batches(tf), steps=3)
        results = own.evaluate(lambda: batches(tf))
        run.note({key: np.float32(value) for key, value in results.items()})
        run.note(own.get_variable_names())
        run.note(own.get_variable_value("dense_1/bias"))
    finally:
        tf.summary.FileWriterCache.clear()
        shutil.rmtree(folder)


ESTIMATED = {key: STRATEGIES[key] for key in ("one_device", "mirrored", "contrib_twice")}
stories("estimated", ESTIMATED, estimated)


@story
def memory_of_the_host(tf, run):
    stats = tf.contrib.memory_stats
    sizes = [stats.BytesInUse(), stats.BytesLimit(), stats.MaxBytesInUse()]
    with session(tf) as sess:
        for size in sizes:
            fails(run, lambda size=size: sess.run(size))


@story
def losses_of_replicas_scaled(tf, run):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    experimental = tf.train.experimental
    with strategy.scope():
        scale = experimental.DynamicLossScale(16, 2, 4.0)
        inner = tf.train.GradientDescentOptimizer(0.1)
        optimizer = experimental.MixedPrecisionLossScaleOptimizer(inner, scale)
        iterator = strategy.make_dataset_iterator(batches(tf))
        train, loss = strategy.experimental_run(model_of(tf, optimizer), iterator)
        mean = strategy.reduce("MEAN", loss)
        done = strategy.group(train)
    with session(tf) as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(iterator.initialize())
        run.note([sess.run([mean, done])[0] for _ in range(4)])
        run.note(sess.run(tf.trainable_variables()))
