"""Lists that grow in converted code, with the feature LISTS: those of tensors are variant[]."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.autograph.calling import to_graph
from stillflow.autograph.directives import set_element_type
from stillflow.autograph.operators import lists
from stillflow.autograph.operators.lists import ListPopOpts, ListStackOpts
from stillflow.autograph.options import Feature


def built(f, *args):
    return to_graph(f, experimental_optional_features=Feature.LISTS)(*args)


def grows(n):
    found = []
    set_element_type(found, tf.float32)
    for i in tf.range(n):
        found.append(tf.ones([2]) * tf.cast(i, tf.float32))
    return lists.stack(found)


def shrinks(n):
    found = []
    set_element_type(found, tf.int32, ())
    for i in tf.range(n):
        found.append(i)
    found[1] = 10
    while len(found) > 3:
        found.pop()
    both = found.pop() * 100 + found.pop()
    return both, found[0], len(found), tf.stack(found)


def chooses(x):
    found = []
    set_element_type(found, tf.int32)
    if x > 3:
        found.append(1)
    else:
        found.append(2)
        found.append(3)
    return lists.stack(found)


def python_lists(x):
    nested = [1, [2, x]]
    last = nested.pop().pop()
    nested.append(last)
    seen = {0: nested}.pop(0, None)
    return tf.stack(seen if seen else nested.pop()), tf.stack([each for each in seen])


# What TensorFlow 1.15 gives.
CASES = [
    (grows, 3, [[0, 0], [1, 1], [2, 2]]),
    (shrinks, 5, (210, 0, 1, [0])),
    (chooses, 5, [1]),
    (chooses, 2, [2, 3]),
    (python_lists, 7, ([1, 7], [1, 7])),
]


@pytest.mark.parametrize(("f", "arg", "expected"), CASES)
def test_value(f, arg, expected):
    made = built(f, tf.constant(arg))
    with tf.Session() as session:
        got = session.run(made)
    pairs = zip(got, expected, strict=True) if isinstance(expected, tuple) else [(got, expected)]
    assert all(np.array_equal(*pair) for pair in pairs)


def test_appends_build_the_operations_of_tensorflow():
    with tf.Graph().as_default() as graph:
        built(chooses, 5)
        types = [node.type for node in graph.get_operations() if "List" in node.type]
    assert [kind.removeprefix("TensorList") for kind in types] == [
        *("EmptyTensorList", "Length", "EmptyTensorList", "PushBack", "Stack")
    ]


def test_a_list_of_a_function_around_stays_its_own():
    """TensorFlow's conversion makes `seen` a name of `add`, without a value."""
    seen = [0]

    def add(x):
        seen.append(x)
        return x

    assert (built(add, 1), seen) == (1, [0, 1])


def stacked_untyped(n):
    found = []
    found.append(n)
    return lists.stack(found)


def popped_untyped(n):
    found = []
    found.append(n)
    return found.pop()


def read_untyped(n):
    found = []
    found.append(n)
    return found[0]


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (stacked_untyped, "cannot stack a list without knowing its element type"),
        (popped_untyped, "cannot pop from a list without knowing its element type"),
        (read_untyped, "cannot retrieve from a list without knowing its element type"),
    ],
)
def test_elements_of_a_list_need_a_type(f, message):
    with pytest.raises(ValueError, match=message):
        built(f, tf.constant(1))


def test_only_the_last_element_of_a_list_of_tensors_is_taken_out():
    made = lists.tensor_list([[1, 2], [3, 4]])
    with pytest.raises(NotImplementedError, match="only support removing from the end"):
        lists.list_pop(made, 0, ListPopOpts(tf.int32, (2,)))
    with pytest.raises(ValueError, match="without knowing its element shape"):
        lists.list_pop(made, None, ListPopOpts(tf.int32))
    rest, last = lists.list_pop(made, None, ListPopOpts(tf.int32, (2,)))
    whole = lists.list_stack(rest, ListStackOpts(tf.int32, None))
    with tf.Session() as session:
        assert [value.tolist() for value in session.run([last, whole])] == [[3, 4], [[1, 2]]]


@pytest.mark.parametrize(
    ("elements", "dtype", "shape", "message"),
    [
        ([3, 4], tf.float32, None, "incompatible dtype; specified: "),
        ([3, 4.0], tf.float32, None, "incompatible dtype; specified: "),
        ([3, 4], None, (2,), "incompatible shape; specified: "),
        ([], None, None, "element_dtype and element_shape are required when elements are empty"),
        (3, None, None, "unknown type for elements: "),
    ],
)
def test_lists_are_of_what_is_said(elements, dtype, shape, message):
    with pytest.raises(ValueError, match=message):
        lists.tensor_list(elements, dtype, shape)


def test_a_tensor_is_no_list():
    with pytest.raises(ValueError, match=r"tensor lists are expected to be Tensors with dtype=tf."):
        lists.list_append(tf.constant(1), 2)
