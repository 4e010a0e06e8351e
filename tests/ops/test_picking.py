"""Elements that only a run picks: `x[i]` and its kin, on both tiers."""

import numpy as np
import pytest

import stillflow as tf

X = np.arange(120, dtype=np.float32).reshape(4, 5, 6)
PICKS = {
    "first": lambda x, i: x[i],
    "second": lambda x, i: x[:, i],
    "last": lambda x, i: x[..., i],
    "first_and_last": lambda x, i: x[i, ..., i - 2],
    "beside_whole_axes": lambda x, i: x[i, None, ::-1],
}


@pytest.fixture
def fed():
    return tf.placeholder(tf.float32, X.shape), tf.placeholder(tf.int32, [])


@pytest.mark.parametrize("pick", PICKS.values(), ids=PICKS)
def test_what_is_picked(pick, fed, tier):
    """And where its gradient goes, from the front and from the back."""
    y = pick(*fed)
    gradient = tf.gradients(y, fed[0])[0]
    with tf.Session() as sess:
        for i in (0, 1, 3, -1):
            got, where = sess.run([y, gradient], dict(zip(fed, (X, i), strict=True)))
            np.testing.assert_array_equal(got, pick(X, i))
            wanted = np.zeros_like(X)
            pick(wanted, i)[...] = 1
            np.testing.assert_array_equal(where, wanted if got.ndim else where)


@pytest.mark.parametrize("i", [4, -5])
def test_what_is_not_there(i, fed, tier):
    """Also in compiled code, which would take the nearest."""
    with tf.Session() as sess:
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"slice index -?\d of dim"):
                sess.run(fed[0][fed[1]], dict(zip(fed, (X, i), strict=True)))
