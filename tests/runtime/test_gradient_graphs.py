"""What a run makes of the nodes that TensorFlow's gradients have and that no value needs."""

import numpy as np
import pytest

import stillflow.api as tf

#: Each is an op for which some gradient does arithmetic with shapes.
SHAPED = {
    "mean": lambda x, w: tf.reduce_mean(x * w),
    "sum_of_rows": lambda x, w: tf.reduce_sum(tf.square(tf.reduce_sum(x * w, 1))),
    "prod": lambda x, w: tf.reduce_sum(tf.reduce_prod(x * w, 0)),
    "max": lambda x, w: tf.reduce_sum(tf.reduce_max(x * w, 0)),
    "broadcast": lambda x, w: tf.reduce_sum(tf.square(x * w + w - x / w)),
    "concat": lambda x, w: tf.reduce_sum(tf.square(tf.concat([x * w, x], 1))),
    "slice": lambda x, w: (
        tf.reduce_sum((x * w)[1:, :1]) + tf.reduce_sum(tf.slice(x * w, [1, 0], [1, 2]))
    ),
    "tile": lambda x, w: tf.reduce_sum(tf.square(tf.tile(x * w, [2, 1]))),
    "pad": lambda x, w: tf.reduce_sum(tf.square(tf.pad(x * w, [[1, 0], [0, 1]]))),
    "transpose": lambda x, w: tf.reduce_sum(tf.square(tf.transpose(x * w))),
    "gather": lambda x, w: tf.reduce_sum(tf.square(tf.gather(x * w, [1, 0], axis=1))),
    "split": lambda x, w: tf.reduce_sum(tf.square(tf.split(x * w, 2, 1)[0])),
    "softmax": lambda x, w: tf.reduce_sum(tf.square(tf.nn.softmax(x * w))),
}
#: Arithmetic with shapes, in part on the host only.
ARITHMETIC = {
    *("Shape", "ShapeN", "Size", "Rank", "BroadcastGradientArgs", "DynamicStitch", "ListDiff"),
    *("FloorMod", "FloorDiv", "Range", "Fill", "InvertPermutation", "ConcatOffset", "Pack"),
}


def trained(build, tier, monkeypatch):
    """The executor of a training step with batches of any size, which was run twice."""
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    x, w = tf.placeholder(tf.float32, [None, 2]), tf.Variable([2.0, 3.0])
    step = tf.train.GradientDescentOptimizer(0.01).minimize(build(x, w))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            session.run(step, {x: np.ones((4, 2))})
        (executor,) = [e for e in session._executors.values() if e.plan.feeds]
    return executor


@pytest.mark.parametrize("name", SHAPED)
def test_arithmetic_with_shapes_folds(name, monkeypatch):
    """After the first run, none of it is left."""
    executor = trained(SHAPED[name], "host", monkeypatch)
    (known,) = executor.learned.specialised.values()
    assert {step.op.type for step in executor.plan.steps} & ARITHMETIC
    assert {step.op.type for step in known.host.steps} & ARITHMETIC == set()


@pytest.mark.parametrize("name", SHAPED)
def test_a_step_is_compiled_in_one_piece(name, monkeypatch):
    """Nothing is computed on the host in between, and nothing anew for other values."""
    executor = trained(SHAPED[name], "xla", monkeypatch)
    assert [segment.on_host for segment in executor.learned.split.segments] == [False]
    assert not executor.learned.split.static_feeds


@pytest.mark.parametrize("value", [True, False])
def test_a_choice_that_a_feed_decides_is_compiled_with_its_gradient(value, monkeypatch):
    """For each value of the feed there is a plan, in which the shapes of its side are known."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, w = tf.placeholder(tf.float32, [None, 2]), tf.Variable([2.0, 3.0])
    chosen = tf.placeholder(tf.bool, [])
    y = tf.cond(chosen, lambda: x * w, lambda: x + w)
    step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for fed in (value, value, not value):
            session.run(step, {x: np.ones((4, 2)), chosen: fed})
        executors = [e for e in session._executors.values() if e.plan.feeds]
        assert session.run(w) == pytest.approx([0.8, 1.8])
    assert len(executors) == 2
    for executor in executors:
        assert [segment.on_host for segment in executor.learned.split.segments] == [False]


def test_what_can_fail_is_not_left_out(monkeypatch):
    """A matrix that nothing reads and that has no root fails every run that waits for it."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    x = tf.placeholder(tf.float32, [2, 2])
    with tf.control_dependencies([tf.cholesky(x)]):
        y = tf.identity(1.0)
    with tf.Session() as session:
        for _ in range(3):
            session.run(y, {x: np.eye(2)})
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(y, {x: -np.eye(2)})
