"""Callbacks of tf.keras: when they are called, what they print, write and change."""

import contextlib
import io
import os
import tempfile

import numpy as np

from .keras_training import ONE_HOT, ROWS, XS, mlp, note_history, regression
from .keras_training import seeded_story as seeded
from .suite import Suite

suite = Suite("keras_callbacks")
story = seeded(suite)


@contextlib.contextmanager
def printed(run):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        yield
    run.note(out.getvalue())


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory() as path:
        yield path


def noting(tf, run, watched):
    """A callback that logs the calls of methods, with what their logs hold."""

    class Noting(tf.keras.callbacks.Callback):
        pass

    def noted(name):
        def method(self, *args, **kwargs):
            logs = kwargs.get("logs", args[-1] if args else None) or {}
            numbers = [args[0]] if len(args) + len(kwargs) > 1 else []
            run.note([name, numbers, sorted(logs)])

        return method

    for name in watched:
        setattr(Noting, name, noted(name))
    return Noting()


METHODS = [
    "on_" + mode + "_" + hook
    for mode in ("train", "test", "predict", "train_batch", "test_batch", "predict_batch", "epoch")
    for hook in ("begin", "end")
]


@story
def order_of_calls(tf, run):
    model = regression(tf, metrics=["mae"])
    note = noting(tf, run, METHODS)
    model.fit(XS, ROWS, 10, 2, 0, [note], validation_data=(XS, ROWS))
    run.note(sorted(note.params.items(), key=str))
    model.evaluate(XS, ROWS, 10, 0, callbacks=[note])
    run.note(sorted(note.params.items(), key=str))
    model.predict(XS, 10, callbacks=[note])
    note = noting(tf, run, ["on_batch_begin", "on_batch_end"])
    model.fit_generator(((XS, ROWS) for _ in range(4)), 2, 1, 0, [note])
    run.note(sorted(note.params.items(), key=str))


@story
def functions(tf, run):
    model = regression(tf)
    callback = tf.keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: run.note(epoch),
        on_batch_end=lambda batch, logs: run.note([batch, logs["size"]]),
        on_train_end=lambda logs: run.note("end"),
    )
    model.fit(XS, ROWS, 10, 2, 0, [callback])


@story
def early_ends(tf, run):
    keras = tf.keras

    class Told(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["told"] = [3.0, 2.0, 2.5, 1.9, 2.2, 2.3, 2.4][epoch]

    for options in (
        {},
        {"patience": 2},
        {"patience": 1, "min_delta": 0.5},
        {"mode": "max"},
        {"baseline": 1.0, "patience": 2},
        {"mode": "nothing", "restore_best_weights": True},
    ):
        model = regression(tf)
        stop = keras.callbacks.EarlyStopping("told", verbose=1, **options)
        with printed(run):
            history = model.fit(XS, ROWS, 10, 7, 0, [Told(), stop])
        run.note([history.epoch, stop.stopped_epoch, stop.wait])
        run.note(model.get_weights()[0])
    model = regression(tf)
    note_history(run, model.fit(XS, ROWS, 10, 2, 0, [keras.callbacks.EarlyStopping("elsewhere")]))


@story
def no_numbers(tf, run):
    model = regression(tf)
    with printed(run):
        history = model.fit(
            XS, ROWS + np.inf, 10, 3, 0, [tf.keras.callbacks.TerminateOnNaN()], shuffle=False
        )
    run.note(len(history.epoch))


@story
def learning_rates(tf, run):
    keras = tf.keras
    model = regression(tf, metrics=["mae"])
    plateau = keras.callbacks.ReduceLROnPlateau(
        "loss", 0.5, patience=1, min_delta=10, cooldown=1, min_lr=0.002, verbose=1
    )
    with printed(run):
        note_history(run, model.fit(XS, ROWS, 10, 6, 0, [plateau], shuffle=False))
    scheduled = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1), verbose=1)
    with printed(run):
        note_history(run, model.fit(XS, ROWS, 10, 2, 0, [scheduled], shuffle=False))
    halved = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    note_history(run, model.fit(XS, ROWS, 10, 2, 0, [halved], shuffle=False))
    run.refused(lambda: keras.callbacks.ReduceLROnPlateau(factor=1.0))
    wrong = keras.callbacks.LearningRateScheduler(lambda epoch: "nothing")
    run.refused(lambda: model.fit(XS, ROWS, verbose=0, callbacks=[wrong]))


@story
def tables(tf, run):
    model = regression(tf, metrics=["mae"])
    with folder() as path:
        name = os.path.join(path, "log.csv")
        logger = tf.keras.callbacks.CSVLogger
        model.fit(XS, ROWS, 10, 2, 0, [logger(name, separator=";")], shuffle=False)
        model.fit(XS, ROWS, 10, 1, 0, [logger(name, separator=";", append=True)], shuffle=False)
        with open(name) as file:
            for line in file.read().split("\n"):
                cells = line.split(";")
                run.note([len(cells), cells[0], len(line) > 1])
            file.seek(0)
            run.note(file.readline())


@story
def checkpoints(tf, run):
    model = mlp(tf, metrics=["acc"])
    save = tf.keras.callbacks.ModelCheckpoint
    with folder() as path:
        for name, options in (
            ("each-{epoch:02d}.h5", {}),
            ("weights.h5", {"save_weights_only": True, "period": 2}),
            ("best.h5", {"monitor": "loss", "save_best_only": True}),
            ("most.h5", {"monitor": "acc", "save_best_only": True, "mode": "min"}),
            ("none.h5", {"save_best_only": True}),
            ("samples-{epoch}.h5", {"save_freq": 15}),
            ("plain", {"save_weights_only": True}),
        ):
            callback = save(os.path.join(path, name), verbose=1, **options)
            with printed(run) as out:
                del out
                model.fit(XS, ONE_HOT, 10, 2, 0, [callback], shuffle=False)
            run.log.pop()  # it has the folder's name, and losses
            run.note(sorted(os.listdir(path)))
        run.refused(lambda: save("x", save_freq="nothing"))
        again = save(
            os.path.join(path, "each-{epoch:02d}.h5"),
            load_weights_on_restart=True,
            save_weights_only=True,
            save_freq=10**6,
        )
        kept = tf.keras.models.load_model(os.path.join(path, "each-02.h5")).get_weights()
        model.fit(XS, ONE_HOT, 10, 0, 0, [again])
        differences = map(np.subtract, model.get_weights(), kept)
        run.note([float(np.abs(each).max()) for each in differences])


def events(tf, path):
    """(tag, kind, step) of all that event files in a folder hold."""
    found = []
    for name in sorted(os.listdir(path)):
        if "tfevents" not in name:
            continue
        for event in tf.train.summary_iterator(os.path.join(path, name)):
            for value in event.summary.value:
                found.append([value.tag, value.WhichOneof("value"), event.step])
            if event.graph_def:
                found.append(["graph", "graph_def", event.step])
    return found


@story
def boards(tf, run):
    board = tf.keras.callbacks.TensorBoard
    model = regression(tf, metrics=["mae"])
    for options in (
        {},
        {"write_graph": False, "update_freq": "batch"},
        {"update_freq": 15},
        {"histogram_freq": 1, "write_grads": True, "write_images": True},
    ):
        with folder() as path:
            model.fit(
                *(XS, ROWS, 10, 2, 0, [board(path, profile_batch=0, **options)]),
                validation_data=(XS, ROWS),
                shuffle=False,
            )
            run.note(events(tf, path))
