"""Trainings of tf.keras' models: losses, metrics, what is printed, and what is refused."""

import contextlib
import io
from unittest import mock

import numpy as np

from .suite import Suite

suite = Suite("keras_training")

XS = np.linspace(-1, 1, 60, dtype=np.float32).reshape(20, 3) ** 2
CLASSES = np.arange(20) % 4
ONE_HOT = np.eye(4, dtype=np.float32)[CLASSES]
ROWS = (np.arange(20, dtype=np.float32) * 7 % 11 / 11).reshape(20, 1)


def seeded_story(cases):
    """A decorator that adds a function to a suite, under its own name, with seeds of its own."""

    def story(fn):
        def seeded(tf, run):
            state = np.random.get_state()
            np.random.seed(1)
            tf.set_random_seed(1)
            try:
                fn(tf, run)
            finally:
                np.random.set_state(state)

        cases.case(fn.__name__, seeded, grad=False)
        return fn

    return story


story = seeded_story(suite)


def mlp(tf, **kwargs):
    """A classifier of four classes; `kwargs` are those of `compile`."""
    keras = tf.keras
    model = keras.models.Sequential(
        [
            keras.layers.Dense(8, activation="relu", input_shape=(3,)),
            keras.layers.Dropout(0.25),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )
    kwargs.setdefault("loss", "categorical_crossentropy")
    model.compile(kwargs.pop("optimizer", "adam"), **kwargs)
    return model


def regression(tf, **kwargs):
    keras = tf.keras
    model = keras.models.Sequential([keras.layers.Dense(1, input_shape=(3,), name="only")])
    kwargs.setdefault("loss", "mse")
    model.compile(kwargs.pop("optimizer", "sgd"), **kwargs)
    return model


def two_by_two(tf, **kwargs):
    keras = tf.keras
    first, second = keras.Input((3,), name="first"), keras.Input((3,), name="second")
    both = keras.layers.concatenate([keras.layers.Dense(4)(first), second])
    outputs = [
        keras.layers.Dense(4, activation="softmax", name="classes")(both),
        keras.layers.Dense(1, name="size")(both),
    ]
    model = keras.Model([first, second], outputs)
    kwargs.setdefault("loss", {"classes": "categorical_crossentropy", "size": "mse"})
    model.compile("rmsprop", **kwargs)
    return model


def note_history(run, history):
    for name in sorted(history.history):
        run.note([name, np.array(history.history[name], np.float64)])
    run.note(history.epoch)


@contextlib.contextmanager
def printed(run, seconds=0.0):
    """Logs what the block prints; each look at the clock takes as long as told."""
    times = iter(np.arange(1e5) * seconds)
    out = io.StringIO()
    clock = mock.Mock(side_effect=lambda: 1e6 + next(times))
    with mock.patch("time.time", clock), contextlib.redirect_stdout(out):
        yield
    run.note(out.getvalue())


# Arrays -------------------------------------------------------------------------------------------


@story
def classifier(tf, run):
    model = mlp(tf, metrics=["accuracy", "categorical_crossentropy"])
    note_history(run, model.fit(XS, ONE_HOT, 8, 3, validation_split=0.2, verbose=0))
    run.note(model.evaluate(XS, ONE_HOT, verbose=0))
    run.note(model.predict(XS, batch_size=7))
    run.note(model.train_on_batch(XS[:5], ONE_HOT[:5]))
    run.note(model.test_on_batch(XS[:5], ONE_HOT[:5]))
    run.note(model.predict_on_batch(XS[:5]))
    run.note(model.metrics_names)
    run.note([weight.name for weight in model.weights + model.optimizer.weights])


@story
def sparse_classifier(tf, run):
    model = mlp(tf, loss="sparse_categorical_crossentropy", metrics=["acc", "ce"])
    weights = {0: 1.0, 1: 2.0, 2: 0.5, 3: 0.0}
    note_history(run, model.fit(XS, CLASSES, epochs=2, class_weight=weights, verbose=0))
    history = model.fit(
        XS, CLASSES, validation_data=(XS, CLASSES, np.arange(20.0)), epochs=2, verbose=0
    )
    note_history(run, history)


@story
def batch_shuffle(tf, run):
    model = regression(tf, metrics=["mae"])
    note_history(run, model.fit(XS, ROWS, 6, 4, shuffle="batch", initial_epoch=2, verbose=0))
    note_history(run, model.fit(XS, ROWS[:, 0], 6, 2, shuffle=False, verbose=0))


@story
def two_outputs(tf, run):
    model = two_by_two(
        tf,
        loss_weights={"size": 0.25},
        metrics={"classes": ["acc"], "size": "mae"},
        weighted_metrics=["mse"],
    )
    data = {"first": XS, "second": 2 * XS}
    targets = {"classes": ONE_HOT, "size": ROWS}
    history = model.fit(
        data,
        targets,
        5,
        2,
        sample_weight={"size": np.arange(20.0)},
        verbose=0,
        validation_data=([XS, XS], [ONE_HOT, ROWS]),
    )
    note_history(run, history)
    run.note(model.metrics_names)
    run.note(model.evaluate([XS, XS], [ONE_HOT, ROWS], verbose=0))
    for output in model.predict(data):
        run.note(output)


@story
def one_loss_of_two(tf, run):
    model = two_by_two(tf, loss=["categorical_crossentropy", None], metrics=["acc"])
    run.note(model.metrics_names)
    run.refused(lambda: model.fit([XS, XS], ONE_HOT, verbose=0))
    model.get_layer("size").trainable = False
    model.compile("sgd", ["categorical_crossentropy", None], metrics=["acc"])
    note_history(run, model.fit([XS, XS], ONE_HOT, verbose=0))
    run.note(model.evaluate([XS, XS], {"classes": ONE_HOT}, verbose=0))


@story
def time_steps(tf, run):
    keras = tf.keras
    model = keras.models.Sequential(
        [
            keras.layers.Masking(input_shape=(5, 3)),
            keras.layers.TimeDistributed(keras.layers.Dense(2)),
        ]
    )
    model.compile(
        "sgd", "mse", metrics=["mae"], weighted_metrics=["mae"], sample_weight_mode="temporal"
    )
    steps = np.tile(XS[:4, None], (1, 5, 1))
    steps[:, 3:] = 0
    weights = np.arange(20.0).reshape(4, 5)
    note_history(run, model.fit(steps, steps[..., :2], epochs=2, sample_weight=weights, verbose=0))
    note_history(run, model.fit(steps, steps[..., :2], verbose=0))


@story
def added_losses(tf, run):
    keras = tf.keras
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(4, kernel_regularizer="l2", activity_regularizer="l1")(inputs)
    model = keras.Model(inputs, hidden)
    model.add_loss(tf.reduce_mean(hidden))
    model.add_metric(tf.reduce_max(hidden), name="highest", aggregation="mean")
    model.compile("sgd", metrics=[])
    run.note(model.metrics_names)
    note_history(run, model.fit(XS, epochs=2, verbose=0))
    model.compile("sgd", "mse", metrics=["mae"])
    note_history(run, model.fit(XS, ONE_HOT, epochs=2, verbose=0))


@story
def own_functions(tf, run):
    def cubic(y_true, y_pred):
        return tf.reduce_mean(tf.abs(y_true - y_pred) ** 3, axis=-1)

    def bias(y_true, y_pred):
        return tf.reduce_mean(y_pred - y_true)

    model = regression(
        tf, loss=cubic, metrics=[bias, tf.keras.metrics.MeanSquaredError(name="squares"), "mse"]
    )
    note_history(run, model.fit(XS, ROWS, epochs=2, verbose=0))
    model.compile(tf.train.AdamOptimizer(0.1), tf.losses.absolute_difference)
    note_history(run, model.fit(XS, ROWS, epochs=2, verbose=0))
    model.compile("sgd", tf.keras.losses.Huber(reduction="sum"))
    note_history(run, model.fit(XS, ROWS, epochs=2, verbose=0))


@story
def updates(tf, run):
    keras = tf.keras
    model = keras.models.Sequential(
        [
            keras.layers.BatchNormalization(input_shape=(3,), momentum=0.5),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    note_history(run, model.fit(XS, ONE_HOT, 8, 2, validation_split=0.5, verbose=0))
    for weight in model.get_weights():
        run.note(weight)
    model.layers[0].trainable = False
    model.compile("sgd", "categorical_crossentropy")
    note_history(run, model.fit(XS, ONE_HOT, 8, 1, verbose=0))
    for weight in model.get_weights():
        run.note(weight)


@story
def of_a_subclass(tf, run):
    keras = tf.keras

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = keras.layers.Dense(6, activation="tanh")
            self.drop = keras.layers.Dropout(0.5)
            self.last = keras.layers.Dense(4, activation="softmax")

        def call(self, inputs, training=None):
            return self.last(self.drop(self.hidden(inputs), training=training))

    model = Own()
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    note_history(run, model.fit(XS, ONE_HOT, 8, 2, validation_data=(XS, ONE_HOT), verbose=0))
    run.note(model.evaluate(XS, ONE_HOT, verbose=0))
    run.note(model.predict(XS[:3]))
    run.note([weight.name for weight in model.weights])
    run.note([model.input_names, model.output_names])


@story
def sequential_without_shape(tf, run):
    keras = tf.keras
    model = keras.models.Sequential([keras.layers.Dense(2), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    run.note(model.train_on_batch(XS, ROWS))
    note_history(run, model.fit(XS, ROWS, verbose=0))


@story
def tensors(tf, run):
    model = regression(tf)
    x, y = tf.constant(XS), tf.constant(ROWS)
    note_history(run, model.fit(x, y, epochs=2, steps_per_epoch=3, verbose=0))
    run.note(model.evaluate(x, y, steps=2, verbose=0))
    run.note(model.predict(x, steps=2).shape)
    model.compile("sgd", "mse", target_tensors=[y])
    note_history(run, model.fit(XS, epochs=2, batch_size=20, verbose=0))
    run.note(model.train_on_batch(XS))


# Generators ---------------------------------------------------------------------------------------


def batches(end=None):
    number = 0
    while end is None or number < end:
        part = slice(number % 4 * 5, number % 4 * 5 + 5)
        yield XS[part], ROWS[part], np.arange(5.0)
        number += 1


@story
def generators(tf, run):
    model = regression(tf, metrics=["mae"])
    note_history(run, model.fit_generator(batches(), 4, 2, verbose=0))
    history = model.fit(
        batches(), steps_per_epoch=4, validation_data=batches(), validation_steps=2, verbose=0
    )
    note_history(run, history)
    run.note(model.evaluate_generator(batches(), 3))
    run.note(model.evaluate(batches(), steps=3, verbose=0))
    run.note(model.predict_generator((x for x, _, _ in batches()), 3))
    note_history(run, model.fit_generator(batches(6), 4, 3, verbose=0))


@story
def sequences(tf, run):
    class Parts(tf.keras.utils.Sequence):
        ends = 0

        def __len__(self):
            return 4

        def __getitem__(self, number):
            return XS[number * 5 :][:5], ONE_HOT[number * 5 :][:5]

        def on_epoch_end(self):
            self.ends += 1

    model = mlp(tf, metrics=["acc"])
    note_history(run, model.fit_generator(Parts(), epochs=2, shuffle=False, verbose=0))
    note_history(
        run,
        model.fit(Parts(), epochs=2, shuffle=False, workers=3, validation_data=Parts(), verbose=0),
    )
    note_history(run, model.fit_generator(Parts(), shuffle=False, workers=0, verbose=0))
    run.note(model.evaluate_generator(Parts()))
    run.note(model.predict(Parts()))


# Datasets -----------------------------------------------------------------------------------------


@story
def datasets(tf, run):
    model = regression(tf, metrics=["mae"])
    data = tf.data.Dataset.from_tensor_slices((XS, ROWS)).batch(5)
    note_history(run, model.fit(data, epochs=2, verbose=0))
    note_history(run, model.fit(data.repeat(), epochs=2, steps_per_epoch=3, verbose=0))
    note_history(
        run,
        model.fit(data, epochs=2, validation_data=data.take(2), shuffle=False, verbose=0),
    )
    run.note(model.evaluate(data, verbose=0))
    run.note(model.predict(data))
    run.note(model.train_on_batch(data))
    weighted = tf.data.Dataset.from_tensor_slices((XS, ROWS, np.arange(20.0))).batch(10)
    note_history(run, model.fit(weighted, steps_per_epoch=2, verbose=0))
    run.refused(lambda: model.fit(data.repeat(), verbose=0))
    note_history(run, model.fit(data, steps_per_epoch=30, verbose=0))
    note_history(run, model.fit(data, steps_per_epoch=3, epochs=3, verbose=0))
    run.refused(lambda: model.fit(data, ROWS, verbose=0))
    run.refused(lambda: model.fit(data, batch_size=3, verbose=0))
    run.refused(lambda: model.fit(data, validation_split=0.1, verbose=0))
    run.refused(lambda: model.fit(data, sample_weight=ROWS, verbose=0))
    iterator = tf.data.make_one_shot_iterator(data)
    run.refused(lambda: model.fit(iterator, verbose=0))


# What is printed ----------------------------------------------------------------------------------


@story
def progress_bars(tf, run):
    bar = tf.keras.utils.Progbar
    for target, seconds in (
        (3, 0.01),
        (3, 1.0),
        (2000, 0.7),
        (12, 90.0),
        (100, 900.0),
        (None, 2.0),
    ):
        for verbose in (1, 2, 0):
            with printed(run, seconds):
                shown = bar(target, verbose=verbose, stateful_metrics=["b"], unit_name="sample")
                shown.update(1, [("a", 1.5), ("b", 3.0)])
                shown.add(1, [("a", 0.0001), ("b", 3e-4)])
                shown.update(target or 17, [("a", -2.0), ("b", np.float32(7))])
    with printed(run, 0.001):
        shown = bar(5, width=10)
        for step in range(6):
            shown.update(step)


@story
def shown_by_fit(tf, run):
    model = mlp(tf, metrics=["acc"])
    for verbose in (1, 2):
        with printed(run):
            model.fit(XS, ONE_HOT, 8, 2, verbose, validation_split=0.2, shuffle=False)
            model.fit(XS, ONE_HOT, verbose=verbose, shuffle=False)
            model.evaluate(XS, ONE_HOT, 8, verbose)
            model.predict(XS, 8, verbose)
            model.fit_generator(
                ((XS, ONE_HOT) for _ in range(6)),
                2,
                2,
                verbose,
                validation_data=(XS, ONE_HOT),
                shuffle=False,
            )
            data = tf.data.Dataset.from_tensor_slices((XS, ONE_HOT)).batch(5)
            model.fit(data, epochs=2, verbose=verbose, validation_data=data)


# What is refused ----------------------------------------------------------------------------------


@story
def refused_by_compile(tf, run):
    model = two_by_two(tf)
    for options in (
        {"loss": "nothing"},
        {"loss": ["mse"]},
        {"loss": {"elsewhere": "mse"}},
        {"loss": 3},
        {"loss": None},
        {"loss": "mse", "optimizer": "nothing"},
        {"loss": "mse", "optimizer": 3},
        {"loss": "mse", "metrics": "acc"},
        {"loss": "mse", "metrics": ["nothing"]},
        {"loss": "mse", "metrics": {"elsewhere": "mse"}},
        {"loss": "mse", "metrics": [["mse"], ["mse"], ["mse"]]},
        {"loss": "mse", "loss_weights": [1.0]},
        {"loss": "mse", "loss_weights": {"elsewhere": 1.0}},
        {"loss": "mse", "loss_weights": 3},
        {"loss": "mse", "sample_weight_mode": ["temporal"]},
        {"loss": "mse", "sample_weight_mode": {"elsewhere": None}},
        {"loss": "mse", "target_tensors": [tf.constant(ROWS)]},
        {"loss": "mse", "target_tensors": {"elsewhere": tf.constant(ROWS)}},
        {"loss": "mse", "target_tensors": "nothing"},
        {"loss": "mse", "run_eagerly": True},
        {"loss": "mse", "nothing": 3},
    ):
        options = dict({"optimizer": "sgd"}, **options)

        def used(options=options):
            model.compile(**options)
            model.train_on_batch([XS, XS], [ONE_HOT, ROWS])

        run.refused(used)


@story
def refused_data(tf, run):
    keras = tf.keras
    fresh = keras.models.Sequential([keras.layers.Dense(1, input_shape=(3,))])
    run.refused(lambda: fresh.fit(XS, ROWS))
    model = mlp(tf)
    for x, y in (
        (XS[:, :2], ONE_HOT),
        (XS[..., None], ONE_HOT),
        (XS, ONE_HOT[:, :2]),
        (XS, ONE_HOT[:10]),
        (XS, CLASSES),
        ({"elsewhere": XS}, ONE_HOT),
        (XS, [ONE_HOT, ONE_HOT]),
        (3, ONE_HOT),
        (None, None),
        (tf.constant(XS), tf.constant(ONE_HOT)),
    ):
        run.refused(lambda x=x, y=y: model.fit(x, y, verbose=0))
    for options in (
        {"sample_weight": np.ones((20, 2))},
        {"sample_weight": np.ones(3)},
        {"class_weight": {0: 1.0}},
        {"validation_data": (XS,)},
        {"validation_data": (XS, ONE_HOT[:, :2])},
        {"validation_steps": 3},
        {"validation_freq": 0, "validation_split": 0.5},
        {"nothing": 3},
    ):
        run.refused(lambda options=options: model.fit(XS, ONE_HOT, verbose=0, **options))
    run.refused(lambda: model.fit(batches(), verbose=0))
    run.refused(lambda: model.fit(batches(), ROWS, verbose=0))
    run.refused(lambda: model.fit(batches(), batch_size=3, verbose=0))
    run.refused(lambda: model.fit(batches(), sample_weight=ROWS, verbose=0))
    run.refused(lambda: model.fit(batches(), validation_split=0.5, verbose=0))
    run.refused(lambda: model.fit_generator(((XS,) * 4 for _ in "a"), 1, verbose=0))
    run.refused(lambda: model.fit_generator(batches(), 1, validation_data=batches(), verbose=0))
    fixed = keras.models.Sequential([keras.layers.Dense(1, batch_input_shape=(4, 3))])
    fixed.compile("sgd", "mse")
    run.refused(lambda: fixed.fit(XS, ROWS, 5, verbose=0))
    note_history(run, fixed.fit(XS, ROWS, verbose=0))

    def broken():
        yield XS, ONE_HOT
        raise KeyError("no more")

    run.refused(lambda: model.fit_generator(broken(), 3, verbose=0))
    temporal = regression(tf, sample_weight_mode="temporal")
    run.refused(lambda: temporal.fit(XS, ROWS, sample_weight=np.ones((20, 1)), verbose=0))


@story
def refused_calls(tf, run):
    keras = tf.keras

    class Two(keras.Model):
        def call(self, first, second):
            return first + second

    model = Two()
    model.compile("sgd", "mse")
    run.refused(lambda: model.fit(XS, ROWS))
    run.refused(lambda: model.predict(XS))
    several = regression(tf, optimizer=["sgd", "sgd"])
    run.refused(lambda: several.fit(XS, ROWS, verbose=0))


@story
def without_samples(tf, run):
    model = mlp(tf)
    nothing, no_rows = np.ones((0, 3), np.float32), np.ones((0, 4), np.float32)
    data = tf.data.Dataset.from_tensor_slices((nothing, no_rows)).batch(2)
    run.refused(lambda: model.fit(nothing, no_rows, verbose=0))
    run.refused(lambda: model.fit(data, verbose=0))
    run.refused(lambda: model.evaluate(nothing, no_rows, verbose=0))
    run.refused(lambda: model.evaluate(data, verbose=0))
    run.refused(lambda: model.predict(nothing))
    run.refused(lambda: model.predict(data))
    run.refused(lambda: model.predict(XS, steps=0))
    run.note(model.predict_on_batch(nothing))
    run.note(model.train_on_batch(nothing, no_rows))


@story
def without_targets(tf, run):
    keras = tf.keras
    dense = keras.layers.Dense(1, input_shape=(3,), kernel_initializer="ones")
    model = keras.models.Sequential([dense])
    model.compile("sgd", "mse")
    note_history(run, model.fit(XS, batch_size=8, epochs=2, shuffle=False, verbose=0))
    run.note(model.train_on_batch(XS))
    run.note(model.get_weights())
    run.refused(lambda: model.evaluate(XS, verbose=0))
    run.refused(lambda: model.test_on_batch(XS))
    x = keras.Input((3,))
    two = keras.Model(x, [keras.layers.Dense(1)(x), keras.layers.Dense(1)(x)])
    two.compile("sgd", "mse")
    run.refused(lambda: two.fit(XS, verbose=0))


@story
def kinds_of_history(tf, run):
    model = regression(tf, metrics=["mae"])
    history = model.fit(XS, ROWS, validation_split=0.5, verbose=0).history
    run.note(sorted((name, type(values[0]).__name__) for name, values in history.items()))
    run.note([type(value).__name__ for value in model.evaluate(XS, ROWS, verbose=0)])
    run.note([type(value).__name__ for value in model.train_on_batch(XS, ROWS)])
    pairs = ((XS, ROWS) for _ in range(2))
    history = model.fit_generator(pairs, 2, verbose=0).history
    run.note(sorted((name, type(values[0]).__name__) for name, values in history.items()))
