"""Beam search that is a layer of Keras finds what the decoder with its inputs finds."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.layers.seq2seq import beam_decoders

TABLE = np.linspace(-1, 1, 7 * 3, dtype=np.float32).reshape(7, 3)
STARTS = np.array([0, 1], np.int32)


def parts():
    """A cell, its state for two beams, and a layer that makes logits."""
    ones = tf.ones_initializer()
    cell = tf.nn.rnn_cell.GRUCell(5, kernel_initializer=ones, name="cell")
    kernel = tf.random_normal_initializer(seed=1)
    return cell, cell.zero_state(4, tf.float32), tf.layers.Dense(7, kernel_initializer=kernel)


@pytest.mark.parametrize("has_function", [False, True])
def test_same_words(has_function):
    with tf.Graph().as_default(), tf.Session() as session:
        cell, state, logits = parts()
        function = (lambda ids: tf.nn.embedding_lookup(TABLE, ids)) if has_function else None
        layer = beam_decoders.BeamSearchDecoderV2(
            cell, 2, embedding_fn=function, output_layer=logits, maximum_iterations=4
        )
        of_layer, _, lengths = layer(
            None if has_function else TABLE,
            start_tokens=STARTS,
            end_token=6,
            initial_state=state,
        )
        decoder = tf.contrib.seq2seq.BeamSearchDecoder(
            cell, TABLE, STARTS, 6, state, 2, output_layer=logits
        )
        plain, _, ends = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=4)
        session.run(tf.global_variables_initializer())
        found, expected = session.run([(of_layer, lengths), (plain, ends)])
    np.testing.assert_array_equal(found[0].predicted_ids, expected[0].predicted_ids)
    np.testing.assert_array_equal(found[1], expected[1])


def test_one_embedding():
    with tf.Graph().as_default():
        cell, state, logits = parts()
        with pytest.raises(ValueError, match="embedding_fn is expected to be a callable"):
            beam_decoders.BeamSearchDecoderV2(cell, 2, embedding_fn=TABLE)
        layer = beam_decoders.BeamSearchDecoderV2(cell, 2, lambda ids: ids, output_layer=logits)
        with pytest.raises(ValueError, match="cannot be provided at same time"):
            layer(TABLE, start_tokens=STARTS, end_token=6, initial_state=state)
