"""What converted functions build gives what TensorFlow 1.15's does; the numbers are its own."""

# ruff: noqa: SIM108  choices are what this is about

import numpy as np
import pytest

import stillflow as tf
from stillflow.autograph.calling import to_graph


def run(value):
    with tf.Session() as session:
        return session.run(value)


def collatz(n):
    steps = 0
    while n > 1:
        if n % 2 > 0:
            n = 3 * n + 1
        else:
            n = n // 2
        steps += 1
    return steps


def first_over(values, limit):
    found, place = -1, -1
    for i in tf.range(tf.shape(values)[0]):
        if values[i] <= limit:
            continue
        found, place = values[i], i
        break
    return found, place


def early(x):
    if x > 10:
        return x - 10
    if x > 5:
        y = x * 2
    else:
        y = x * 3
    return y


class Counter:
    def __init__(self):
        self.total = tf.constant(0)

    def add(self, values):
        for v in values:
            if v > 2 and v < 5:
                self.total += v
            elif not v > 2:
                self.total -= v
        return self.total


def squares(n):
    array = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
    i = 0
    while i < n:
        array = array.write(i, i * i)
        i += 1
    return array.stack()


def dataset_sum(limit):
    total = tf.constant(0, tf.int64)
    for i, x in enumerate(tf.data.Dataset.range(10)):
        if x > limit:
            break
        total += i * x
    return total


def power(x, n):
    return x if n == 1 else x * power(x, n - 1)


def lengths(x):
    return tf.constant(len(x)), abs(-x), int(x[0]), float(x[1])


CASES = [
    (collatz, [27], 111),
    (collatz, [1], 0),
    (first_over, [[1, 5, 9], 4], (5, 1)),
    (first_over, [[1, 5, 9], 10], (-1, -1)),
    (early, [12], 2),
    (early, [7], 14),
    (early, [2], 6),
    (squares, [4], [0, 1, 4, 9]),
    (dataset_sum, [4], 30),
    (lengths, [[1.5, 2.5]], (2, [1.5, 2.5], 1, 2.5)),
]


@pytest.mark.parametrize(("f", "args", "expected"), CASES)
def test_value(f, args, expected):
    tensors = [tf.constant(arg, tf.int64 if f is dataset_sum else None) for arg in args]
    result = to_graph(f)(*tensors)
    assert _same(run(list(result) if isinstance(result, tuple) else result), expected)


def _same(got, expected):
    if isinstance(expected, tuple):
        return all(map(_same, got, expected))
    return np.array_equal(got, expected)


def test_attributes_are_carried_by_loops():
    """TensorFlow refuses this one, by an assertion of its own."""
    counter = Counter()
    assert run(to_graph(counter.add)(counter, tf.constant([1, 3, 4, 7]))) == 6


def test_recursion_of_python_values():
    assert run(to_graph(power)(tf.constant(3), 4)) == 81


def no_value_before(n):
    for i in tf.range(n):
        last = i
    return last


def one_side(x):
    if x > 0:
        y = 1
    return y


def one_returns(x):
    if x > 0:
        return 1


def other_type(x):
    if x > 0:
        y = 1
    else:
        y = 1.0
    return y


def grows(n):
    x = tf.constant([1])
    for i in tf.range(n):
        x = tf.concat([x, [i]], 0)
    return x


def changes_type(n):
    x = 0
    while n > 0:
        x, n = 1.0, n - 1
    return x


def returns_in_loop(n):
    for i in tf.range(n):
        if i > 1:
            return i
    return n


REFUSED = [
    (
        no_value_before,
        ValueError,
        "TensorFlow requires that the following symbols must be defined before the loop: ",
    ),
    (
        one_side,
        ValueError,
        "The following symbols must also be initialized in the else branch: ('y',).",
    ),
    (one_returns, ValueError, "A value must also be returned from the else branch."),
    (
        other_type,
        TypeError,
        '"y" has dtype int32 in the TRUE branch, but dtype=float32 in the FALSE branch.',
    ),
    (grows, ValueError, '"x" has shape (1,) before the loop, but shape (2,) after one iteration.'),
    (
        changes_type,
        TypeError,
        '"x" has dtype int32 before the loop, but dtype float32 after one iteration.',
    ),
    (returns_in_loop, ValueError, "return statements are not supported within a TensorFlow loop."),
]


@pytest.mark.parametrize(("f", "kind", "message"), REFUSED)
def test_refusal(f, kind, message):
    with pytest.raises(kind) as caught:
        to_graph(f)(tf.constant(3))
    assert message in str(caught.value)
