"""Decoders that are layers of Keras give what decoders of helpers give."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.layers.seq2seq import decoding_layers, samplers

X = np.linspace(-1, 1, 2 * 4 * 3, dtype=np.float32).reshape(2, 4, 3)
LENGTHS = np.array([4, 2], np.int32)
TABLE = np.linspace(-1, 1, 5 * 3, dtype=np.float32).reshape(5, 3)


def decoded(decoder, *args, **kwargs):
    """The outputs and lengths of a decoder, which is called if it is a layer."""
    if callable(decoder):
        outputs, _, lengths = decoder(*args, **kwargs)
    else:
        outputs, _, lengths = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=4)
    return outputs.rnn_output, outputs.sample_id, lengths


def both(sampler, make_helper, inputs, **given):
    """What a layer and a decoder of the same cell decode."""
    cell = tf.nn.rnn_cell.GRUCell(5, kernel_initializer=tf.ones_initializer(), name="cell")
    state = cell.zero_state(2, tf.float32)
    layer = decoding_layers.BasicDecoderV2(cell, sampler, maximum_iterations=4)
    plain = tf.contrib.seq2seq.BasicDecoder(cell, make_helper(), state)
    return decoded(layer, inputs, initial_state=state, **given), decoded(plain)


def assert_the_same(pair):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        of_layer, of_decoder = session.run(pair)
    for one, other in zip(of_layer, of_decoder, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_true_inputs():
    with tf.Graph().as_default():
        x = tf.constant(X)
        assert_the_same(
            both(
                samplers.TrainingSampler(),
                lambda: tf.contrib.seq2seq.TrainingHelper(x, LENGTHS),
                x,
                sequence_length=LENGTHS,
            )
        )


def test_own_samples():
    with tf.Graph().as_default():
        assert_the_same(
            both(
                samplers.GreedyEmbeddingSampler(),
                lambda: tf.contrib.seq2seq.GreedyEmbeddingHelper(TABLE, [0, 1], 4),
                TABLE,
                start_tokens=[0, 1],
                end_token=4,
            )
        )


def test_what_is_missing_is_said():
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="sequence_length is required for TrainingSampler"):
            samplers.TrainingSampler().initialize(tf.constant(X))
        with pytest.raises(ValueError, match="batch_size accessed before initialize was called"):
            samplers.TrainingSampler().batch_size  # noqa: B018
        with pytest.raises(TypeError, match="sampler must be a Sampler"):
            decoding_layers.BasicDecoderV2(tf.nn.rnn_cell.GRUCell(2), None)


def test_scopes_are_those_of_the_decoder():
    """TensorFlow's samplers open no scopes of their own, as helpers do."""
    with tf.Graph().as_default() as graph:
        cell = tf.nn.rnn_cell.GRUCell(5, name="cell")
        layer = decoding_layers.BasicDecoderV2(cell, samplers.TrainingSampler())
        state = cell.zero_state(2, tf.float32)
        layer(tf.constant(X), initial_state=state, sequence_length=LENGTHS)
        names = {op.name for op in graph.get_operations()}
    scope = "basic_decoder_v2/decoder/"
    assert {scope + "transpose", scope + "Size", scope + "while/ArgMax"} <= names
    assert not [name for name in names if "Helper" in name]
