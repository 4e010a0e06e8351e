"""A training step by losses, metrics and optimizers of `tf.keras` is compiled in one piece."""

import numpy as np
import pytest

import stillflow.api as tf

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
