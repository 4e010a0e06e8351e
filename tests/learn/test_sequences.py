"""`tf.contrib.learn.ops`, with TensorFlow 1.15's results for a seed."""

import numpy as np
import pytest

import stillflow as tf

ops = tf.contrib.learn.ops
pytestmark = pytest.mark.filterwarnings("ignore")


def test_sequences_and_embeddings_are_tensorflows():
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(7)
        logits = [tf.constant([[0.5, -1.0], [2.0, 0.0]]), tf.constant([[0.0, 1.0], [3.0, 1.0]])]
        labels = [tf.constant([[1.0, 0.0], [0.0, 1.0]]), tf.constant([[0.0, 1.0], [1.0, 0.0]])]
        predictions, loss = ops.sequence_classifier(logits, labels)
        x = tf.constant(np.arange(12, dtype=np.float32).reshape(2, 3, 2) / 10)
        y = tf.constant(np.arange(8, dtype=np.float32).reshape(2, 2, 2) / 10)
        encoded, decoded, wanted = ops.seq2seq_inputs(x, y, 3, 2)
        parts = ops.rnn_seq2seq(encoded, decoded, tf.nn.rnn_cell.GRUCell(2))
        rows = ops.categorical_variable(tf.constant([[0, 2], [1, 0]]), 3, 2, "cat")
        assert rows.shape.as_list() == [2, 2, 2]
        assert [len(part) for part in parts] == [3, 4, 3, 4]
        assert "cat/cat_embeddings:0" in [v.name for v in tf.global_variables()]
        session.run(tf.global_variables_initializer())
        found = session.run([predictions, loss, rows, *(part[-1] for part in parts)])
        zeros, first, second = session.run(decoded)
        assert zeros.tolist() == [[0.0, 0.0], [0.0, 0.0]]
        np.testing.assert_array_equal(session.run(wanted), [first, second, zeros])
    row = [0.733835, 0.275554]
    trained = [[-0.021829, 0.136574], [-0.142247, 0.41875]]
    sampled = [[0.004755, 0.119549], [0.010275, 0.350239]]
    expected = [
        [[[0.817574, 0.182426], [0.268941, 0.731059]], [[0.880797, 0.119203]] * 2],
        2.768531,
        [[row, [-0.277252, 1.079775]], [[-0.52538, 0.928892], row]],
        *(trained, trained, sampled, sampled),
    ]
    for value, known in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, known, atol=2e-6)
