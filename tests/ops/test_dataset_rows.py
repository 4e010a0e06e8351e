"""A function called for whole batches gives, bit for bit, what it gives for each element."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.runtime.rows import RowProgram

COUNT = 23
RANDOM = np.random.RandomState(0)
X = RANDOM.randn(COUNT, 3, 4).astype(np.float32)
Y = RANDOM.randint(0, 9, (COUNT, 4)).astype(np.int32)
Z = RANDOM.randn(COUNT)

FUNCTIONS = {
    "arithmetic": lambda x, y, z: (x * 2.5 - tf.cast(y, tf.float32) / 7.0, z + z, -x),
    "ranks": lambda x, y, z: tf.cast(x, tf.float64) * z + tf.cast(y, tf.float64),
    "outer": lambda x, y, z: x + tf.constant(np.arange(24).reshape(2, 3, 4), tf.float32),
    "shapes": lambda x, y, z: (tf.reshape(x, [-1, 2]), tf.expand_dims(y, 0), tf.expand_dims(y, -1)),
    "turned": lambda x, y, z: (
        tf.transpose(x),
        tf.transpose(x, [0, 1]),
        tf.squeeze(tf.expand_dims(x, 0), 0),
    ),
    "chosen": lambda x, y, z: (tf.where(x > 0, x, -x), tf.where(z > 0, x, tf.zeros_like(x))),
    "classes": lambda x, y, z: (tf.one_hot(y, 9), tf.one_hot(y, 9, axis=0)),
    "joined": lambda x, y, z: (tf.stack([z, 1.0]), tf.concat([x, x], 0), tf.concat([x, x], -1)),
    "rounded": lambda x, y, z: (tf.floor(x), tf.sqrt(tf.abs(x)), tf.square(z), tf.sign(x)),
    "logic": lambda x, y, z: tf.logical_and(x > 0, tf.logical_not(tf.equal(y, 3))),
    "compared": lambda x, y, z: (tf.maximum(x, 0.5), tf.minimum(y, 4), y // 3, y % 3),
    "constant": lambda x, y, z: (tf.constant([1, 2]), tf.shape(x), z),
    "captured": lambda x, y, z, offset=5.0: x + offset,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_batches_are_those_of_the_elements(name, monkeypatch):
    """Both ways go over 3 batches, of which the last one is smaller."""
    calls = []
    run = RowProgram.run
    monkeypatch.setattr(RowProgram, "run", lambda *args: (calls.append(1), run(*args))[1])
    with tf.Graph().as_default(), tf.Session() as session:
        dataset = tf.data.Dataset.from_tensor_slices((X, Y, Z)).map(FUNCTIONS[name])
        batch = tf.data.make_one_shot_iterator(dataset.batch(10)).get_next()
        element = tf.data.make_one_shot_iterator(dataset).get_next()
        one_by_one = [session.run(element) for _ in range(COUNT)]
        assert not calls
        for start in range(0, COUNT, 10):
            got = session.run(batch)
            wanted = one_by_one[start : start + 10]
            if not isinstance(got, tuple):
                got, wanted = (got,), [(value,) for value in wanted]
            for column, *values in zip(got, *wanted, strict=True):
                stacked = np.stack(values)
                assert column.dtype == stacked.dtype
                assert column.tobytes() == stacked.tobytes()
        assert len(calls) == 3


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + tf.random_uniform([], seed=1),
        lambda x: tf.exp(x),
        lambda x: tf.reduce_sum(x),
        lambda x: tf.py_func(lambda value: value, [x], tf.float32),
        lambda x: tf.cond(x > 0, lambda: x, lambda: -x),
    ],
)
def test_what_is_called_for_each_element(function, monkeypatch):
    """Random numbers, what may round otherwise in an array, the program's own code, choices."""
    monkeypatch.setattr(RowProgram, "run", lambda *args: pytest.fail("it was called for rows"))
    with tf.Graph().as_default(), tf.Session() as session:
        dataset = tf.data.Dataset.from_tensor_slices(Z.astype(np.float32)).map(function)
        session.run(tf.data.make_one_shot_iterator(dataset.batch(10)).get_next())
