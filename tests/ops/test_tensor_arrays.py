"""Arrays of tensors and stacks, beyond what TensorFlow records of them."""

import jax
import numpy as np
import pytest

import stillflow as tf
from stillflow.ops.tensor_array.stacks import old_stack


def test_a_handle_shows_its_name():
    """Two stacks of one name are told apart."""
    stacks = [old_stack(elem_type=tf.float32, stack_name="pile") for _ in range(2)]
    with tf.Session() as sess:
        one, other = sess.run(stacks)
    assert one.shape == (2,)
    assert one[1].startswith(b"pile_")
    assert one[1] != other[1]


def test_the_same_array_in_every_state():
    """What a write tells of the elements' shape, the array knows before it too."""
    array = tf.TensorArray(tf.float32, 2)
    array.write(0, [1.0, 2.0]).mark_used()
    assert array.element_shape.as_list() == [2]
    with pytest.raises(ValueError, match="Inconsistent shapes"):
        array.write(1, [1.0])


def programs(build, monkeypatch):
    """What is compiled for three runs, fed otherwise, of what `build` makes of a placeholder."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [None, 3])
    result = build(x)
    with tf.Session() as sess:
        for seed in range(3):
            sess.run(result, {x: np.random.RandomState(seed).rand(5, 3)})
        (executor,) = sess._executors.values()
        return list(executor.learned.compiled.values())


def growing(x):
    """An array that a loop makes longer; its length follows from the loop's."""
    made = tf.TensorArray(tf.float32, 0, dynamic_size=True)
    _, made = tf.while_loop(
        lambda i, _: i < tf.shape(x)[0],
        lambda i, made: (i + 1, made.write(i, tf.gather(x, i) * 2)),
        [0, made],
    )
    return made.stack(), made.size()


def picking(x):
    """Each turn takes a row and an element of what is around the loop."""
    return tf.map_fn(lambda i: x[i] * x[0, i - 2], tf.range(5), dtype=tf.float32)


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.map_fn(tf.square, x),
        lambda x: tf.gradients(tf.scan(lambda made, row: made * row, x), x),
        lambda x: tf.TensorArray(tf.float32, tf.shape(x)[0]).unstack(x).stack(),
        growing,
        picking,
        lambda x: tf.gradients(picking(x), x),
    ],
    ids=["map", "gradient", "array", "growing", "picking", "gradient_of_picking"],
)
def test_one_program_for_all_values(build, monkeypatch):
    """It is compiled as a whole, and elements decide no shape: what is fed is no constant of it."""
    (program,) = programs(build, monkeypatch)
    assert (program.runs, program.traces) == (3, 1)
    assert not program.refused


def lowered(fetch, x, value):
    """What XLA is given for a run of `fetch`."""
    with tf.Session() as sess:
        sess.run(fetch, {x: value})
        (executor,) = sess._executors.values()
    (program,) = executor.learned.compiled.values()
    (part,) = program._parts
    slots = dict(zip(executor.plan.feeds, [value], strict=True))
    with jax.enable_x64(True):
        return part._function.lower([], [], [slots[n] for n in part._inputs]).as_text()


@pytest.mark.parametrize("build", [tf.map_fn, tf.scan, tf.foldl], ids=["map", "scan", "fold"])
def test_one_loop_forward_and_one_backward(build, monkeypatch):
    """As many turns as the feed has rows; the gradient's loop reads what the first one kept."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [None, 3])
    y = build(tf.square if build is tf.map_fn else lambda made, row: made * row, x)
    value = np.ones([7, 3], np.float32)
    assert lowered(y, x, value).count("stablehlo.while") == 1
    assert lowered(tf.gradients(y, x)[0], x, value).count("stablehlo.while") == 2
