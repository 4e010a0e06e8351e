"""Arrays of tensors and stacks, beyond what TensorFlow records of them."""

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
