"""Arrays of tensors and stacks, beyond what TensorFlow records of them."""

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


def runs_of_programs(build, monkeypatch):
    """How often each compiled program runs, of what `build` makes of a placeholder."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [None, 3])
    result = build(x)
    with tf.Session() as sess:
        for seed in range(3):
            sess.run(result, {x: np.random.RandomState(seed).rand(5, 3)})
        (executor,) = sess._executors.values()
        return [program.runs for program in executor.learned.compiled.values()]


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.map_fn(tf.square, x),
        lambda x: tf.gradients(tf.scan(lambda made, row: made * row, x), x),
        lambda x: tf.TensorArray(tf.float32, tf.shape(x)[0]).unstack(x).stack(),
    ],
    ids=["map", "gradient", "array"],
)
def test_one_program_for_all_values(build, monkeypatch):
    """Elements decide no shape: what is fed is no constant of the compiled code."""
    assert runs_of_programs(build, monkeypatch) == [3]
