"""Networks of cuDNN: checkpoints that cells read and write, dropout, what a run refuses."""

import numpy as np
import pytest

import stillflow as tf

X = np.linspace(-1, 1, 5 * 2 * 3).reshape(5, 2, 3).astype(np.float32)


def network(direction="unidirectional", **options):
    return tf.contrib.cudnn_rnn.CudnnLSTM(2, 4, direction=direction, **options)


def by_cells(both):
    cells = lambda: [tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(4) for _ in range(2)]
    if both:
        outputs, *_ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
            cells(), cells(), tf.constant(X), dtype=tf.float32, time_major=True
        )
        return outputs
    stacked = tf.nn.rnn_cell.MultiRNNCell(cells())
    return tf.nn.dynamic_rnn(stacked, tf.constant(X), dtype=tf.float32, time_major=True)[0]


@pytest.mark.parametrize("both", [False, True])
def test_a_checkpoint_is_that_of_cells(both, tmp_path):
    path = str(tmp_path / "model")
    direction = "bidirectional" if both else "unidirectional"
    with tf.Graph().as_default(), tf.Session() as session:
        outputs = by_cells(both)
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, path)
        expected = session.run(outputs)
    with tf.Graph().as_default(), tf.Session() as session:
        layer = network(direction)
        layer.build(X.shape)  # in the scope in which the cells are
        outputs, _ = layer(tf.constant(X))
        saver = tf.train.Saver([layer.saveable])
        saver.restore(session, path)
        np.testing.assert_allclose(session.run(outputs), expected, atol=1e-6)
        saver.save(session, path + "2")
    with tf.Graph().as_default(), tf.Session() as session:
        outputs = by_cells(both)
        tf.train.Saver().restore(session, path + "2")
        np.testing.assert_allclose(session.run(outputs), expected, atol=1e-6)


def test_a_checkpoint_of_objects(tmp_path):
    def checkpoint():
        layer = network()
        outputs, _ = layer(tf.constant(X))
        return tf.train.Checkpoint(layer=layer), outputs

    with tf.Graph().as_default(), tf.Session() as session:
        saved, outputs = checkpoint()
        session.run(tf.global_variables_initializer())
        path = saved.save(str(tmp_path / "objects"), session=session)
        expected = session.run(outputs)
    with tf.Graph().as_default(), tf.Session() as session:
        saved, outputs = checkpoint()
        saved.restore(path).assert_consumed().run_restore_ops(session)
        np.testing.assert_allclose(session.run(outputs), expected, atol=1e-6)
    saved = tf.train.Checkpoint(layer=network("bidirectional"))
    with pytest.raises(NotImplementedError, match="bidirectional LSTM"):
        saved.save(str(tmp_path / "no"))


def test_dropout_is_of_what_layers_take(tier):
    """With weights of ones, a plain network's outputs tell what was dropped between the layers."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        layer = tf.contrib.cudnn_rnn.CudnnRNNRelu(
            2, 8, dropout=0.25, kernel_initializer=tf.ones_initializer()
        )
        x = tf.ones([1, 50, 8])
        dropped, _ = layer(x)
        whole, _ = layer(x, training=False)
        session.run(tf.global_variables_initializer())
        first, second, plain = (session.run(made) for made in (dropped, dropped, whole))
        assert np.array_equal(plain, np.full((1, 50, 8), 64.0))
        kept = first[0, :, 0] * 0.75 / 8
        np.testing.assert_allclose(kept, np.round(kept), atol=1e-4)
        assert 4 < np.mean(kept) < 7.5
        assert not np.array_equal(first, second)


def test_the_same_is_dropped_where_a_variable_asks_for_it(monkeypatch):
    monkeypatch.setenv("TF_CUDNN_RESET_RND_GEN_STATE", "1")
    with tf.Graph().as_default(), tf.Session() as session:
        outputs, _ = network(dropout=0.5, seed=3)(tf.constant(X))
        session.run(tf.global_variables_initializer())
        assert np.array_equal(session.run(outputs), session.run(outputs))


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        (([2, 3], [1, 2, 4], [1, 2, 4]), "RNN input must be a 3-D vector"),
        (([5, 2, 3], [2, 4], [1, 2, 4]), "RNN state must be a 3-D vector"),
        (([5, 2, 3], [1, 3, 4], [1, 2, 4]), "Invalid input_h shape"),
        (([5, 2, 3], [1, 2, 4], [1, 2, 5]), "Invalid input_h shape|Params must be a vector"),
    ],
)
def test_a_run_refuses_what_does_not_fit(shapes, sentence):
    with tf.Graph().as_default(), tf.Session() as session:
        x, h, c = (tf.placeholder(tf.float32) for _ in shapes)
        made = tf.raw_ops.CudnnRNN(input=x, input_h=h, input_c=c, params=tf.zeros([160]))
        feeds = {fed: np.zeros(shape) for fed, shape in zip((x, h, c), shapes, strict=True)}
        with pytest.raises(tf.errors.InvalidArgumentError, match=sentence):
            session.run(made.output, feeds)


def test_lengths_are_within_the_sequence(tier):
    with tf.Graph().as_default(), tf.Session() as session:
        lengths = tf.placeholder(tf.int32, [2])
        outputs, _ = network()(tf.constant(X), sequence_lengths=lengths)
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="between 0 and 5"):
            session.run(outputs, {lengths: [5, 6]})
        session.run(outputs, {lengths: [5, 0]})


def test_a_graph_goes_out_and_comes_back():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        outputs, _ = network()(tf.constant(X))
        session.run(tf.global_variables_initializer())
        expected = session.run(outputs)
        frozen = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), [outputs.op.name]
        )
    with tf.Graph().as_default(), tf.Session() as session:
        (again,) = tf.import_graph_def(frozen, return_elements=[outputs.name])
        np.testing.assert_allclose(session.run(again), expected, atol=1e-6)
