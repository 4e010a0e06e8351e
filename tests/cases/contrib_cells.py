"""The cells of `tf.contrib.rnn`, each trained and called alone as those in `cells`."""

import functools

import numpy as np

from .arrays import unit
from .cells import FEW, MANY, X, add, leaves, wide
from .suite import Suite, internal_module

suite = Suite("contrib_cells")
cell = functools.partial(add, suite)


def internal(tf):
    """TensorFlow's module of these cells, which holds some more."""
    return internal_module(tf, "contrib.rnn.python.ops.rnn_cell")


def gru(tf, units=3):
    return tf.nn.rnn_cell.GRUCell(units)


def pictures(*shape):
    return lambda tf: tf.constant(unit(2, 4, *shape))


def timed(tf):
    return tf.constant(np.arange(8, dtype=np.float32).reshape(2, 4, 1)), tf.constant(X)


cell(
    "embedding",
    lambda tf: tf.contrib.rnn.EmbeddingWrapper(gru(tf), 5, 4),
    lambda tf: tf.constant(np.arange(8).reshape(2, 4, 1) % 5),
)
cell(
    "input_projection",
    lambda tf: tf.contrib.rnn.InputProjectionWrapper(gru(tf), 4, activation=tf.nn.relu),
)
cell("output_projection", lambda tf: tf.contrib.rnn.OutputProjectionWrapper(gru(tf), 4))
cell(
    "attention",
    lambda tf: tf.contrib.rnn.AttentionCellWrapper(tf.nn.rnn_cell.LSTMCell(3), 2),
)
cell(
    "attention_joined",
    lambda tf: tf.contrib.rnn.AttentionCellWrapper(
        *(gru(tf), 2), attn_size=4, attn_vec_size=5, input_size=2, state_is_tuple=False
    ),
)
cell("highway", lambda tf: tf.contrib.rnn.HighwayWrapper(gru(tf)))
cell("highway_uncoupled", lambda tf: tf.contrib.rnn.HighwayWrapper(gru(tf), False, 0.5))
cell("coupled", lambda tf: tf.contrib.rnn.CoupledInputForgetGateLSTMCell(3))
cell(
    "coupled_whole",
    lambda tf: tf.contrib.rnn.CoupledInputForgetGateLSTMCell(
        *(3, True),
        num_proj=2,
        proj_clip=0.1,
        num_unit_shards=2,
        num_proj_shards=2,
        state_is_tuple=False,
        layer_norm=True,
        norm_shift=0.1,
    ),
)
cell("layer_norm_basic", lambda tf: tf.contrib.rnn.LayerNormBasicLSTMCell(3))
cell(
    "layer_norm_dropout",
    lambda tf: tf.contrib.rnn.LayerNormBasicLSTMCell(
        3, layer_norm=False, dropout_keep_prob=0.5, dropout_prob_seed=3
    ),
)
cell("layer_norm", lambda tf: internal(tf).LayerNormLSTMCell(3))
cell(
    "layer_norm_whole",
    lambda tf: internal(tf).LayerNormLSTMCell(*(3, True, 0.4, wide(tf), 2, 0.2), layer_norm=True),
)
cell("weight_norm", lambda tf: internal(tf).WeightNormLSTMCell(3))
cell(
    "weight_norm_whole",
    lambda tf: internal(tf).WeightNormLSTMCell(
        3, use_peepholes=True, cell_clip=0.4, num_proj=2, proj_clip=0.2
    ),
)
cell("nas", lambda tf: tf.contrib.rnn.NASCell(3))
cell("nas_projected", lambda tf: tf.contrib.rnn.NASCell(3, num_proj=2, use_bias=True))
cell("ugrnn", lambda tf: tf.contrib.rnn.UGRNNCell(3, initializer=wide(tf)))
cell("intersection", lambda tf: tf.contrib.rnn.IntersectionRNNCell(3))
cell(
    "intersection_projected",
    lambda tf: tf.contrib.rnn.IntersectionRNNCell(4, num_in_proj=4),
)
cell("sru", lambda tf: tf.contrib.rnn.SRUCell(3))
cell("minimal", lambda tf: internal(tf).MinimalRNNCell(3))
cell("chaos_free", lambda tf: internal(tf).CFNCell(3))
cell("independent", lambda tf: tf.contrib.rnn.IndRNNCell(3))
cell("independent_gru", lambda tf: tf.contrib.rnn.IndyGRUCell(3))
cell("independent_lstm", lambda tf: tf.contrib.rnn.IndyLSTMCell(3))
cell("grouped", lambda tf: tf.contrib.rnn.GLSTMCell(6, number_of_groups=3))
cell("grouped_projected", lambda tf: tf.contrib.rnn.GLSTMCell(4, num_proj=2))
cell("phased", lambda tf: tf.contrib.rnn.PhasedLSTMCell(3), timed)
cell(
    "phased_peepholes",
    lambda tf: tf.contrib.rnn.PhasedLSTMCell(3, True, trainable_ratio_on=False),
    timed,
)
cell(
    "convolutional_1d",
    lambda tf: tf.contrib.rnn.Conv1DLSTMCell(
        input_shape=[4, 3], output_channels=2, kernel_shape=[3]
    ),
    pictures(4, 3),
)
cell(
    "convolutional_2d",
    lambda tf: tf.contrib.rnn.Conv2DLSTMCell(
        input_shape=[4, 4, 1], output_channels=2, kernel_shape=[3, 2], use_bias=False
    ),
    pictures(4, 4, 1),
)
cell(
    "convolutional_3d",
    lambda tf: tf.contrib.rnn.Conv3DLSTMCell(
        input_shape=[3, 3, 3, 1], output_channels=1, kernel_shape=[2, 2, 2]
    ),
    pictures(3, 3, 3, 1),
)


# Cells that are one op, and fused ones.

cell("lstm_block", lambda tf: tf.contrib.rnn.LSTMBlockCell(3))
cell(
    "lstm_block_whole",
    lambda tf: tf.contrib.rnn.LSTMBlockCell(3, 0.3, cell_clip=0.2, use_peephole=True),
)
cell("gru_block", lambda tf: tf.contrib.rnn.GRUBlockCell(3))
cell("gru_block_2", lambda tf: tf.contrib.rnn.GRUBlockCellV2(3))


def fused(name, make, as_list=False):
    """Adds the fused cell that `make(tf)` returns as two cases, as `cell` does."""
    for steps in (FEW, MANY):
        suite.case(
            name if steps == FEW else f"{name}_{steps}",
            lambda tf, run, steps=steps: train_fused(tf, run, make(tf), as_list, steps),
            grad=False,
            rtol=1e-5 if steps == FEW else 1e-4,
            atol=1e-5,
            why="rounding adds up over the steps",
        )


def train_fused(tf, run, made, as_list, steps):
    tf.set_random_seed(3)
    rows = [tf.constant(X[:, i]) for i in range(4)]
    inputs = rows if as_list else tf.stack(rows)
    whole = made(inputs, dtype=tf.float32)
    reuse = {} if isinstance(made, tf.layers.Layer) else {"scope": "ended"}
    ended = made(inputs, whole[1], sequence_length=[1, 3], **reuse)
    flat = leaves([whole, ended])
    loss = tf.add_n([tf.reduce_sum(tf.square(tensor)) for tensor in flat])
    step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    run.note([variable.name for variable in tf.global_variables()])
    run.session.run(tf.global_variables_initializer())
    for _ in range(steps):
        run([loss, step])
    run([whole, ended])


fused("lstm_fused", lambda tf: tf.contrib.rnn.LSTMBlockFusedCell(3))
fused(
    "lstm_fused_whole",
    lambda tf: tf.contrib.rnn.LSTMBlockFusedCell(3, 0.5, cell_clip=0.2, use_peephole=True),
)


def adapted(tf, dynamic):
    return tf.contrib.rnn.FusedRNNCellAdaptor(tf.nn.rnn_cell.LSTMCell(3), dynamic)


fused("adapted", lambda tf: adapted(tf, True))
fused("adapted_unrolled", lambda tf: adapted(tf, False), as_list=True)
fused("backwards", lambda tf: tf.contrib.rnn.TimeReversedFusedRNN(adapted(tf, True)))
fused(
    "backwards_list",
    lambda tf: tf.contrib.rnn.TimeReversedFusedRNN(adapted(tf, False)),
    as_list=True,
)


# Cells that go over windows of features.

SPECTRUM = unit(2, 4, 8)
WINDOWS = {"feature_size": 2, "frequency_skip": 2}


def grid(name, **options):
    kind = "BidirectionalGridLSTMCell" if name.startswith("both") else "GridLSTMCell"
    settings = {**WINDOWS, "num_frequency_blocks": [4], **options}
    cell(
        f"grid_{name}",
        lambda tf: getattr(tf.contrib.rnn, kind)(2, **settings),
        lambda tf: tf.constant(SPECTRUM),
    )


grid("plain")
grid("joined", use_peepholes=True, state_is_tuple=False, cell_clip=0.1)
grid("shared", use_peepholes=True, share_time_frequency_weights=True)
grid("coupled", use_peepholes=True, couple_input_forget_gates=True, num_unit_shards=2)
grid(
    "blocks",
    num_frequency_blocks=[1, 2],
    start_freqindex_list=[0, 3],
    end_freqindex_list=[2, 7],
)
grid("both", use_peepholes=True)
grid("both_offset", backward_slice_offset=1)


def spectrum(tf, run, steps=FEW, **options):
    """A cell whose state is longer than it says: TensorFlow's can only be called alone."""
    tf.set_random_seed(3)
    made = tf.contrib.rnn.TimeFreqLSTMCell(2, feature_size=2, frequency_skip=2, **options)
    output, state = made(tf.constant(SPECTRUM[:, 0]), tf.ones([2, 16]) * 0.5)
    loss = tf.reduce_sum(tf.square(output)) + tf.reduce_sum(tf.square(state))
    step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    run.note([variable.name for variable in tf.global_variables()])
    run.session.run(tf.global_variables_initializer())
    for _ in range(steps):
        run([loss, step])


suite.case("frequencies", spectrum, grad=False)
suite.case(
    "frequencies_peepholes",
    lambda tf, run: spectrum(tf, run, use_peepholes=True, cell_clip=0.1, num_unit_shards=2),
    grad=False,
)
suite.case(
    "frequencies_20",
    lambda tf, run: spectrum(tf, run, MANY),
    grad=False,
    rtol=1e-4,
    why="rounding adds up over the steps",
)

# Cells that go on with the weights of cuDNN's networks.

cell("cudnn_lstm", lambda tf: tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(3))
cell("cudnn_gru", lambda tf: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(3))
