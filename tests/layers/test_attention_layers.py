"""Mechanisms of attention that are layers of Keras find what those of tf.contrib.seq2seq find."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.keras.layers.attention_mechanisms import attention, monotonic

MEMORY = np.linspace(-1, 1, 2 * 4 * 3, dtype=np.float32).reshape(2, 4, 3)
QUERY = np.array([[1, -1, 2], [0, 1, -2]], np.float32)
FIRST = np.eye(4, dtype=np.float32)[[0, 0]]
KINDS = {
    "LuongAttention": (attention.LuongAttentionV2, {"scale": True}),
    "BahdanauAttention": (attention.BahdanauAttentionV2, {"normalize": True}),
    "LuongMonotonicAttention": (monotonic.LuongMonotonicAttentionV2, {"score_bias_init": -0.5}),
    "BahdanauMonotonicAttention": (
        monotonic.BahdanauMonotonicAttentionV2,
        {"normalize": True, "mode": "recursive"},
    ),
}


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


@pytest.mark.parametrize("kind", KINDS)
def test_same_alignments(session, kind):
    """With the same weights: those of the two differ in order and in names only."""
    cls, options = KINDS[kind]
    layer = cls(3, MEMORY, **options)
    plain = getattr(tf.contrib.seq2seq, kind)(3, MEMORY, **options)
    of_layer, state = layer([QUERY, FIRST])
    of_plain, _ = plain(tf.constant(QUERY), tf.constant(FIRST))
    session.run(tf.global_variables_initializer())
    session.run([old.assign(new) for old, new in pairs(layer, plain)])
    found, expected, again = session.run([of_layer, of_plain, state])
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_array_equal(found, again)
    zeros = session.run([m.initial_state(2, tf.float32) for m in (layer, plain)])
    np.testing.assert_array_equal(*zeros)


def pairs(layer, plain):
    """(variable of the plain mechanism, that of the layer), for all of them."""
    own = {v.op.name.rpartition("/")[2]: v for v in layer.weights}
    for variable in tf.global_variables():
        name = variable.op.name.rpartition("/")[2]
        if name.startswith("attention_") and variable is not own[name]:
            yield variable, own[name]
    yield plain.memory_layer.kernel, layer.memory_layer.kernel
    if plain.query_layer:
        yield plain.query_layer.kernel, layer.query_layer.kernel


# As TensorFlow 1.15 names them, in its order: the layer of queries is made in the second call.
NAMES = {
    "LuongAttention": "0/attention_g 0/kernel",
    "BahdanauAttention": "0/attention_v 0/attention_g 0/attention_b 1/kernel 0/kernel",
    "LuongMonotonicAttention": "0/attention_score_bias 0/kernel",
    "BahdanauMonotonicAttention": (
        "0/attention_v 0/attention_score_bias 0/attention_g 0/attention_b 1/kernel 0/kernel"
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_weights(session, kind):
    cls, options = KINDS[kind]
    layer = cls(3, MEMORY, **options)
    layer([QUERY, FIRST])
    scopes = {"0": kind, "1": kind + "_1"}
    expected = [f"{scopes[name[0]]}{name[1:]}:0" for name in NAMES[kind].split()]
    assert [weight.name for weight in layer.weights] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_told_and_made_again(session, kind):
    cls, options = KINDS[kind]
    layer = cls(3, MEMORY, **options)
    config = layer.get_config()
    assert config["memory"] is None
    assert config["memory_layer"]["class_name"] == "Dense"
    again = cls.from_config(config)
    assert again.get_config() == config
    with pytest.raises(ValueError, match="Cannot query the attention before the setup of memory"):
        again([QUERY, FIRST])
    again(MEMORY, setup_memory=True)
    assert again([QUERY, FIRST])[0].shape.as_list() == [2, 4]


def test_mask_of_memory_hides_scores(session):
    layer = attention.LuongAttentionV2(3, None, memory_layer=tf.keras.layers.Dense(3))
    mask = tf.constant([[True, True, False, False], [True, True, True, True]])
    layer(tf.constant(MEMORY), mask=mask, setup_memory=True)
    alignments, _ = layer([QUERY, FIRST])
    session.run(tf.global_variables_initializer())
    found, values = session.run([alignments, layer.values])
    np.testing.assert_array_equal(found[0, 2:], 0)
    np.testing.assert_array_equal(values[0, 2:], 0)
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-6)


def test_wrapped_cell_trains(session):
    layer = attention.BahdanauAttentionV2(3, tf.constant(MEMORY))
    cell = tf.contrib.seq2seq.AttentionWrapper(
        tf.keras.layers.LSTMCell(3), layer, attention_layer_size=4
    )
    state = cell.get_initial_state(batch_size=2, dtype=tf.float32)
    output, _ = cell(tf.constant(QUERY), state)
    assert output.shape.as_list() == [2, 4]
    gradients = tf.gradients(output, layer.weights)
    session.run(tf.global_variables_initializer())
    assert all(np.isfinite(each).all() for each in session.run(gradients))


def test_refusals(session):
    with pytest.raises(ValueError, match="Invalid probability function: best"):
        attention.LuongAttentionV2(3, MEMORY, probability_fn="best")
    with pytest.raises(TypeError, match="memory_layer is not a Layer: int"):
        attention.BahdanauAttentionV2(3, MEMORY, memory_layer=3)
    layer = attention.LuongAttentionV2(3, MEMORY)
    with pytest.raises(ValueError, match="Expect the inputs to have 2 or 3 tensors, got 1"):
        layer([QUERY])
