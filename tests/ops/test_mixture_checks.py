"""`MixtureSameFamily` with `validate_args`, where TensorFlow 1.15 fails by a mistake."""

import pytest

import stillflow as tf

D = tf.contrib.distributions


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def mixture_of(logits, loc):
    return D.MixtureSameFamily(D.Categorical(logits), D.Normal(loc, 1.0), validate_args=True)


def mean(shape_of_logits, logits, loc):
    """Of a mixture whose shapes a run alone knows."""
    fed_logits = tf.placeholder(tf.float32, shape_of_logits)
    fed_loc = tf.placeholder(tf.float32, [None] * 2)
    with tf.Session() as session:
        made = mixture_of(fed_logits, fed_loc).mean()
        return session.run(made, {fed_logits: logits, fed_loc: loc})


def test_what_is_known_passes():
    with tf.Session() as session:
        assert session.run(mixture_of([0.0, 0.0], [1.0, 3.0]).mean()) == 2.0


def test_a_run_checks_how_many_components_there_are():
    assert mean([None], [0.0, 0.0], [[1.0, 3.0]]) == 2.0
    with pytest.raises(tf.errors.InvalidArgumentError, match="does not equal"):
        mean([None], [0.0, 0.0], [[1.0, 3.0, 5.0]])


def test_a_run_checks_batches():
    with pytest.raises(tf.errors.InvalidArgumentError, match="is not compatible with"):
        mean([None, None], [[0.0, 0.0], [0.0, 0.0]], [[1.0, 3.0]] * 3)
