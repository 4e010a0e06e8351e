"""Cells: each trained over sequences and called alone.

Their losses, the names of their variables and every node of their graphs are compared.
"""

import functools

from .arrays import unit
from .suite import Suite

suite = Suite("cells")

X = unit(2, 4, 3)
#: Steps of training, of which the quick tests do a few.
FEW, MANY = 3, 20


def add(suite, name, make, inputs=lambda tf: tf.constant(X), tol=None, dtype="float32"):
    """Adds the cell that `make(tf)` returns to `suite`, trained for few steps and for many."""
    for steps in (FEW, MANY):
        suite.case(
            name if steps == FEW else f"{name}_{steps}",
            lambda tf, run, steps=steps: train(tf, run, make, inputs(tf), steps, dtype),
            grad=False,
            rtol=tol or (1e-5 if steps == FEW else 1e-4),
            atol=1e-5,
            why="rounding adds up over the steps",
        )


def leaves(tree):
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for branch in tree for leaf in leaves(branch)]
    return [tree]


def train(tf, run, make, inputs, steps, dtype):
    """Over sequences of two lengths, then as many steps of training as asked."""
    tf.set_random_seed(3)
    made = make(tf)
    # One turn after another: else TensorFlow leaves to chance which one draws first.
    outputs = tf.nn.dynamic_rnn(made, inputs, [2, 4], dtype=dtype, parallel_iterations=1)
    alone = make(tf)
    with tf.variable_scope("alone"):
        first = tuple(x[:, 0] for x in inputs) if isinstance(inputs, tuple) else inputs[:, 0]
        once = alone(first, alone.zero_state(2, dtype))
    flat = leaves([outputs, once])
    loss = tf.add_n([tf.reduce_sum(tf.cast(tf.square(tensor), tf.float32)) for tensor in flat])
    step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    run.note([str(tensor.shape) for tensor in flat])
    run.note([variable.name for variable in getattr(made, "trainable_weights", ())])
    run.note([variable.name for variable in tf.global_variables()])
    run.session.run(tf.global_variables_initializer())
    for _ in range(steps):
        run([loss, step])
    run(outputs)


def wide(tf):
    return tf.random_uniform_initializer(-1, 1)


# tf.nn.rnn_cell.

cell = functools.partial(add, suite)

cell("basic_rnn", lambda tf: tf.nn.rnn_cell.BasicRNNCell(3))
cell("basic_rnn_relu", lambda tf: tf.nn.rnn_cell.BasicRNNCell(3, activation="relu", name="mine"))
cell(
    "basic_rnn_f64",
    lambda tf: tf.nn.rnn_cell.BasicRNNCell(3),
    lambda tf: tf.constant(X * 1.0, tf.float64),
    dtype="float64",
)
cell("gru", lambda tf: tf.nn.rnn_cell.GRUCell(3))
cell(
    "gru_initialised",
    lambda tf: tf.nn.rnn_cell.GRUCell(
        *(3, tf.nn.relu), kernel_initializer=wide(tf), bias_initializer="zeros"
    ),
)
cell("basic_lstm", lambda tf: tf.nn.rnn_cell.BasicLSTMCell(3))
cell(
    "basic_lstm_joined",
    lambda tf: tf.nn.rnn_cell.BasicLSTMCell(3, forget_bias=0.5, state_is_tuple=False),
)
cell("lstm", lambda tf: tf.nn.rnn_cell.LSTMCell(3))
cell(
    "lstm_whole",
    lambda tf: tf.nn.rnn_cell.LSTMCell(
        *(3, True, 0.3, wide(tf), 2, 0.1), num_unit_shards=2, num_proj_shards=3
    ),
)
cell(
    "lstm_joined",
    lambda tf: tf.nn.rnn_cell.LSTMCell(3, num_proj=2, state_is_tuple=False, activation=tf.sin),
)


def multi(tf, **options):
    return tf.nn.rnn_cell.MultiRNNCell(
        [tf.nn.rnn_cell.BasicRNNCell(3), tf.nn.rnn_cell.GRUCell(2)], **options
    )


cell("multi", multi)
cell("multi_joined", lambda tf: multi(tf, state_is_tuple=False))


def dropout(tf, *args, **options):
    return tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.LSTMCell(3), *args, **options)


cell("dropout", lambda tf: dropout(tf, 0.5, 0.6, 0.7, seed=3))
cell("dropout_unseeded", lambda tf: dropout(tf, 0.5, tf.constant(0.5)))
cell("dropout_fed", lambda tf: dropout(tf, 1.0, tf.placeholder_with_default(0.4, [])))
cell(
    "dropout_variational",
    lambda tf: dropout(
        *(tf, 0.5, 0.6, 0.7), variational_recurrent=True, input_size=3, dtype=tf.float32
    ),
)
cell(
    "dropout_variational_seeded",
    lambda tf: dropout(
        tf,
        output_keep_prob=0.6,
        variational_recurrent=True,
        dtype=tf.float32,
        seed=5,
        dropout_state_filter_visitor=lambda state: True,
    ),
)
cell("residual", lambda tf: tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.GRUCell(3)))
cell(
    "residual_function",
    lambda tf: tf.nn.rnn_cell.ResidualWrapper(
        tf.nn.rnn_cell.GRUCell(2), lambda x, y: tf.concat([x, y], 1)[:, 1:3] * 2
    ),
)
cell("device", lambda tf: tf.nn.rnn_cell.DeviceWrapper(tf.nn.rnn_cell.GRUCell(3), "/cpu:0"))


def two_layers(tf):
    """As programs stack them."""

    def layer():
        lstm = tf.nn.rnn_cell.BasicLSTMCell(3)
        residual = tf.nn.rnn_cell.ResidualWrapper(lstm)
        return tf.nn.rnn_cell.DropoutWrapper(residual, output_keep_prob=0.5)

    return tf.nn.rnn_cell.MultiRNNCell([layer() for _ in range(2)])


cell("two_layers", two_layers)


def own(tf):
    """A cell of a program, which makes its variables where it is called."""

    class OwnCell(tf.nn.rnn_cell.RNNCell):
        @property
        def state_size(self):
            return 2

        @property
        def output_size(self):
            return 4

        def call(self, inputs, state):
            w = tf.get_variable("w", [3, 2])
            counted = tf.get_variable("counted", [2], trainable=False)
            state = tf.tanh(tf.matmul(inputs, w) + state + counted)
            return tf.concat([state, state * 2], 1), state

    return OwnCell()


cell("own", own)
