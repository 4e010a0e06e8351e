"""A training step by losses, metrics and optimizers of `tf.keras` is compiled in one piece."""

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime import platforms

OPTIMIZERS = {
    "sgd": lambda opt: opt.SGD(0.1),
    "momentum": lambda opt: opt.SGD(0.1, momentum=0.9, decay=0.1),
    "rmsprop": lambda opt: opt.RMSprop(centered=True),
    "adam": lambda opt: opt.Adam(clipnorm=1.0),
    "amsgrad": lambda opt: opt.Adam(amsgrad=True),
    "adamax": lambda opt: opt.Adamax(),
    "nadam": lambda opt: opt.Nadam(),
    "adagrad": lambda opt: opt.Adagrad(),
    "adadelta": lambda opt: opt.Adadelta(),
    "ftrl": lambda opt: opt.Ftrl(),
    "scheduled": lambda opt: opt.Adam(opt.schedules.ExponentialDecay(0.1, 5, 0.5)),
}


@pytest.fixture(autouse=True)
def cleared():
    yield
    tf.keras.backend.clear_session()


def each():
    """The names; those of which the others differ little are slow tests."""
    for name in OPTIMIZERS:
        quick = name in ("rmsprop", "adam", "nadam")
        yield pytest.param(name, marks=() if quick else pytest.mark.slow)


@pytest.mark.parametrize("name", [*each()])
def test_a_step_is_compiled_in_one_piece(name, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, labels = tf.placeholder(tf.float32, [None, 5]), tf.placeholder(tf.float32, [None, 1])
    v = tf.get_variable("v", [5, 3], use_resource=True)
    w = tf.get_variable("w", [3, 1], use_resource=True)
    predictions = tf.matmul(tf.matmul(x, v), w)
    loss = tf.keras.losses.BinaryCrossentropy(from_logits=True)(labels, predictions)
    accuracy = tf.keras.metrics.BinaryAccuracy(threshold=0.0)
    measured = accuracy(labels, predictions)
    step = OPTIMIZERS[name](tf.keras.optimizers).get_updates(loss, [v, w])
    feeds = {x: np.eye(4, 5), labels: np.array([[1], [0], [1], [0]])}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run([v.initializer for v in accuracy.variables])
        for _ in range(3):
            session.run([step, loss, measured], feeds)
        (executor,) = [e for e in session._executors.values() if e.plan.feeds]
    assert [segment.on_host for segment in executor.learned.split.segments] == [False]


@pytest.mark.parametrize("of", ["arrays", "dataset", "sequence"])
def test_a_training_is_compiled_at_once_where_its_batches_pay(of, monkeypatch):
    """Two epochs of 100 batches do, those of two do not."""
    late = platforms.PLATFORMS["cpu"]._replace(start=3000.0, compile_step=1.0, run=0.0)
    monkeypatch.setitem(platforms.PLATFORMS, "cpu", late)
    compiled = {}
    for count in (2, 100):
        tf.keras.backend.clear_session()
        layer = tf.keras.layers.Dense(1, input_shape=(3,))
        model = tf.keras.Sequential([layer])
        model.compile("sgd", "mse")
        images, labels = np.ones((4 * count, 3)), np.ones((4 * count, 1))
        seen = []
        hook = tf.keras.callbacks.LambdaCallback(
            on_batch_end=lambda batch, logs, seen=seen: seen.append(_compiled_steps())
        )
        fit(model, of, images, labels, epochs=2, callbacks=[hook], verbose=0)
        compiled[count] = seen[1]  # after two batches
    assert compiled == {2: 0, 100: 1}


def fit(model, of: str, images, labels, **arguments):
    """Trains on batches of four, given as `of` says."""
    if of == "arrays":
        model.fit(images, labels, batch_size=4, **arguments)
    elif of == "dataset":
        rows = tf.data.Dataset.from_tensor_slices((images, labels)).batch(4).repeat()
        model.fit(rows, steps_per_epoch=len(images) // 4, **arguments)
    else:
        model.fit_generator(_Rows(images, labels), **arguments)


class _Rows(tf.keras.utils.Sequence):
    def __init__(self, images, labels):
        self._images, self._labels = images, labels

    def __len__(self):
        return len(self._images) // 4

    def __getitem__(self, number):
        rows = slice(4 * number, 4 * number + 4)
        return self._images[rows], self._labels[rows]


def _compiled_steps() -> int:
    """How many compiled programs the session has that write variables."""
    executors = tf.keras.backend.get_session()._executors.values()
    return sum(len(e.learned.compiled) for e in executors if e.plan.written)
