"""What calls cells over sequences: `dynamic_rnn`, `static_rnn`, `raw_rnn`, and pairs of them.

The cells are plain objects, which TensorFlow takes for cells as well.
"""

from .arrays import unit
from .suite import Suite

suite = Suite("recurrent")

X = unit(2, 5, 3)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(
        fn.__name__,
        fn,
        grad=False,
        atol=1e-5,
        why="rounding adds up over the steps, and gradients are sums of what cancels out",
    )
    return fn


class Plain:
    """A cell that is no RNNCell: h' = tanh(x w + h u)."""

    def __init__(self, tf):
        self.tf = tf

    @property
    def state_size(self):
        return 2

    @property
    def output_size(self):
        return 2

    def zero_state(self, batch_size, dtype):
        return self.tf.zeros(self.tf.stack([batch_size, 2]), dtype)

    def __call__(self, x, state, scope=None):
        tf = self.tf
        with tf.variable_scope("cell"):
            w = tf.get_variable("w", [int(x.shape[-1]), 2])
            u = tf.get_variable("u", [2, 2])
        state = tf.tanh(tf.matmul(x, w) + tf.matmul(state, u))
        return state, state


class Pair(Plain):
    """A cell of nested inputs, states and outputs."""

    @property
    def state_size(self):
        return (2, [2])

    @property
    def output_size(self):
        return {"a": 2, "b": 3}

    def zero_state(self, batch_size, dtype):
        return self.tf.ones([batch_size, 2], dtype), [self.tf.zeros([batch_size, 2], dtype)]

    def __call__(self, x, state, scope=None):
        new, _ = super().__call__(x[0], state[0])
        return {"a": new * 2, "b": x[1] * state[1][0][:, :1]}, (new, [state[0]])


def leaves(tree):
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for branch in tree for leaf in leaves(branch)]
    return [tree]


def steps(tf):
    """Batches of sequences as a list of steps."""
    return tf.unstack(tf.constant(X), axis=1)


def show(tf, run, made, feeds=None):
    """Runs outputs, states and the gradients of all variables."""
    flat = leaves(made)
    run.note([str(tensor.shape) for tensor in flat])
    losses = [tf.reduce_sum(tf.square(tensor)) for tensor in flat]
    gradients = tf.gradients(losses, tf.trainable_variables())
    run.session.run(tf.global_variables_initializer())
    for _ in range(2):
        run([made, gradients], feeds)


@story
def dynamic(tf, run):
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, None, 3])
    show(tf, run, tf.nn.dynamic_rnn(Plain(tf), x, dtype=tf.float32), {x: X})


@story
def dynamic_lengths(tf, run):
    """Also an empty sequence, and lengths behind the end, which are as good as the end."""
    tf.set_random_seed(1)
    x, lengths = tf.placeholder(tf.float32, [None, None, 3]), tf.placeholder(tf.int64, [None])
    made = tf.nn.dynamic_rnn(
        *(Plain(tf), x, lengths),
        dtype=tf.float32,
        parallel_iterations=3,
        swap_memory=True,
        scope="net",
    )
    show(tf, run, made, {x: X, lengths: [2, 4]})
    for fed in ([0, 1], [0, 0], [7, 3]):
        run(made, {x: X, lengths: fed})
    run.attempt(made, {x: X, lengths: [1, 2, 3]})
    run.attempt(made, {x: X, lengths: [1]})


@story
def dynamic_time_major(tf, run):
    tf.set_random_seed(1)
    x = tf.constant(X)
    made = tf.nn.dynamic_rnn(
        *(Plain(tf), x, [1, 2, 0, 2, 1]), initial_state=tf.ones([5, 2]), time_major=True
    )
    show(tf, run, made)


@story
def dynamic_nested(tf, run):
    tf.set_random_seed(1)
    x = (tf.constant(X), tf.constant(X * 2))
    plain = tf.nn.dynamic_rnn(Pair(tf), x, dtype=tf.float32)
    ended = tf.nn.dynamic_rnn(Pair(tf), x, [3, 1], dtype=tf.float32, scope="ended")
    show(tf, run, [plain, ended])


@story
def bidirectional(tf, run):
    tf.set_random_seed(1)
    x, lengths = tf.placeholder(tf.float32, [2, None, 3]), tf.placeholder(tf.int32, [None])
    run_both = tf.nn.bidirectional_dynamic_rnn
    whole = run_both(Plain(tf), Plain(tf), x, dtype=tf.float32, time_major=True)
    ended = run_both(Plain(tf), Plain(tf), x, lengths, dtype=tf.float32, scope="ended")
    show(tf, run, [whole, ended], {x: X, lengths: [2, 4]})


@story
def stacked(tf, run):
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [2, 5, 3])
    fw, bw = [Plain(tf), Plain(tf)], [Plain(tf), Plain(tf)]
    dynamic = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        *(fw, bw, x), dtype=tf.float32, sequence_length=[2, 4]
    )
    unrolled = tf.contrib.rnn.stack_bidirectional_rnn(
        fw, bw, steps(tf)[:3], dtype=tf.float32, scope="unrolled"
    )
    show(tf, run, [dynamic, unrolled], {x: X})


@story
def unrolled(tf, run):
    tf.set_random_seed(1)
    lengths = tf.placeholder(tf.int32, [2])
    plain = tf.nn.static_rnn(Plain(tf), steps(tf)[:2], dtype=tf.float32)
    ended = tf.nn.static_rnn(
        *(Plain(tf), steps(tf), tf.ones([2, 2])), sequence_length=lengths, scope="ended"
    )
    show(tf, run, [plain, ended], {lengths: [1, 3]})
    for fed in ([0, 0], [5, 5], [9, 2]):
        run(ended, {lengths: fed})


@story
def unrolled_bidirectional(tf, run):
    tf.set_random_seed(1)
    cells = Plain(tf), Plain(tf)
    run_both = tf.nn.static_bidirectional_rnn
    plain = run_both(*cells, steps(tf)[:2], dtype=tf.float32)
    ended = run_both(*cells, steps(tf)[:3], sequence_length=[1, 3], dtype=tf.float32, scope="ended")
    show(tf, run, [plain, ended])


@story
def state_saving(tf, run):
    tf.set_random_seed(1)
    kept = tf.get_variable("kept", [2, 2], trainable=False)

    class Saver:
        def state(self, name):
            return kept.read_value()

        def save_state(self, name, value):
            return tf.assign(kept, value, name=name)

    made = tf.nn.static_state_saving_rnn(Plain(tf), steps(tf)[:2], Saver(), "save_it")
    show(tf, run, made)


@story
def raw(tf, run):
    tf.set_random_seed(1)
    x, lengths = tf.placeholder(tf.float32, [2, None, 3]), tf.placeholder(tf.int32, [2])
    rows = tf.TensorArray(tf.float32, tf.shape(x)[1]).unstack(tf.transpose(x, [1, 0, 2]))

    def loop_fn(time, output, state, loop_state):
        is_over = time >= lengths
        state = tf.zeros([2, 2]) if state is None else state
        following = tf.cond(
            tf.reduce_all(is_over), lambda: tf.zeros([2, 3]), lambda: rows.read(time)
        )
        emitted = tf.zeros([3]) if output is None else tf.concat([output, state[:, :1]], 1)
        total = tf.zeros([]) if loop_state is None else loop_state + tf.reduce_sum(output)
        return is_over, following, state, emitted, total

    arrays, state, total = tf.nn.raw_rnn(Plain(tf), loop_fn)
    show(tf, run, [arrays.stack(), state, total], {x: X, lengths: [2, 4]})


@story
def raw_alone(tf, run):
    """Nothing is said of what is emitted, nor is there a loop state."""
    tf.set_random_seed(1)
    x = tf.constant(X)

    def loop_fn(time, output, state, loop_state):
        state = tf.ones([2, 2]) if state is None else state
        return time >= [3, 1], x[:, 0] * 0.5, state, output, None

    arrays, state, nothing = tf.nn.raw_rnn(Plain(tf), loop_fn, parallel_iterations=2, scope="me")
    run.note(nothing)
    show(tf, run, [arrays.stack(), state])


@story
def refused(tf, run):
    """What is no cell, and inputs that nothing goes over."""
    cell, x = Plain(tf), tf.constant(X)
    refuse = run.refused
    unknown = tf.placeholder(tf.float32, [2, 5, None])
    nn, contrib = tf.nn, tf.contrib.rnn
    float32 = {"dtype": tf.float32}
    refuse(lambda: nn.dynamic_rnn(cell, x))
    refuse(lambda: nn.dynamic_rnn(cell, unknown, **float32))
    refuse(lambda: nn.dynamic_rnn(cell, x[0], **float32))
    refuse(lambda: nn.dynamic_rnn(cell, x[0, 0], time_major=True, **float32))
    refuse(lambda: nn.dynamic_rnn(cell, x, [[1, 2]], **float32))
    refuse(lambda: nn.dynamic_rnn(cell, (x, x[:, :3]), **float32))
    refuse(lambda: nn.dynamic_rnn(cell, (x, x[:1]), **float32))
    refuse(lambda: nn.dynamic_rnn(cell, x, initial_state=(), **float32))
    refuse(lambda: nn.static_rnn(cell, x, **float32))
    refuse(lambda: nn.static_rnn(cell, [], **float32))
    refuse(lambda: nn.static_rnn(cell, [x[:, 0]]))
    refuse(lambda: nn.static_rnn(cell, [unknown[:, 0]], **float32))
    refuse(lambda: nn.static_rnn(cell, [x[:, 0]], sequence_length=[[1]], **float32))
    refuse(lambda: nn.static_state_saving_rnn(cell, [x[:, 0]], None, ("a", "b")))
    refuse(lambda: nn.static_state_saving_rnn(Pair(tf), [x[:, 0]], None, ("a", "b", "c")))
    refuse(lambda: nn.raw_rnn(cell, None))
    refuse(lambda: contrib.stack_bidirectional_rnn([], [cell], [x[:, 0]]))
    refuse(lambda: contrib.stack_bidirectional_rnn([cell], [], [x[:, 0]]))
    refuse(lambda: contrib.stack_bidirectional_rnn((cell,), [cell], [x[:, 0]]))
    refuse(lambda: contrib.stack_bidirectional_rnn([cell], [cell, cell], [x[:, 0]]))
    refuse(lambda: contrib.stack_bidirectional_dynamic_rnn([cell], [cell], x, (x,)))


@story
def refused_cells(tf, run):
    """Cells that are built for one input and given another, or told what cannot be."""
    refuse = run.refused

    def fails(build):
        """As `refuse`, in the body of `call`, which TensorFlow says something of its own about."""
        try:
            build()
        except Exception as error:
            run.note(type(error).__name__)
        else:
            raise AssertionError("it did not fail")

    cells, contrib = tf.nn.rnn_cell, tf.contrib.rnn
    x, state = tf.constant(X[:, 0]), tf.zeros([2, 2])
    pair = cells.LSTMStateTuple(state, state)
    unknown = tf.placeholder(tf.float32, [2, None])
    for make in (cells.BasicRNNCell, cells.GRUCell, cells.BasicLSTMCell, cells.LSTMCell):
        made = make(2)
        given = pair if "LSTM" in make.__name__ else state
        refuse(lambda made=made, given=given: made(unknown, given))
        refuse(lambda made=made, given=given: made(tf.constant(X), given))
        fails(lambda made=made, given=given: made(tf.constant([[1, 2], [3, 4]]), given))
        made = make(2)
        made(x, given, scope=f"first_{make.__name__}")
        fails(lambda made=made, given=given: made(tf.ones([2, 5]), given))
        fails(lambda made=made, given=given: made(x[:1], given))
        refuse(lambda make=make: make(2, dtype=tf.int32))
    refuse(lambda: cells.GRUCell(2, "no such function"))
    refuse(lambda: cells.GRUCell(2, kernel_initializer="no such initializer"))
    refuse(lambda: cells.BasicRNNCell(2, reuse=True, name="new")(x, state))
    refuse(lambda: cells.MultiRNNCell([]))
    fails(lambda: cells.MultiRNNCell(cells.GRUCell(2)))
    refuse(lambda: cells.MultiRNNCell([cells.LSTMCell(2)], state_is_tuple=False))
    fails(lambda: cells.MultiRNNCell([cells.GRUCell(2)])(x, state))
    gru = cells.GRUCell(2)
    refuse(lambda: cells.DropoutWrapper(None))
    refuse(lambda: cells.DropoutWrapper(gru, 1.5))
    refuse(lambda: cells.DropoutWrapper(gru, variational_recurrent=True))
    refuse(lambda: cells.DropoutWrapper(gru, 0.5, variational_recurrent=True, dtype=tf.float32))
    refuse(lambda: cells.DropoutWrapper(gru, dropout_state_filter_visitor=1))
    refuse(lambda: cells.ResidualWrapper(gru)(x, state))
    refuse(lambda: gru.get_initial_state())
    refuse(lambda: gru.get_initial_state(x, batch_size=3))
    refuse(lambda: gru.get_initial_state(x, dtype=tf.float64))
    refuse(lambda: cells.RNNCell().state_size)
    refuse(lambda: cells.LSTMStateTuple(state, tf.zeros([2], tf.int32)).dtype)
    refuse(lambda: contrib.EmbeddingWrapper(gru, 0, 2))
    refuse(lambda: contrib.OutputProjectionWrapper(gru, 0))
    refuse(lambda: contrib.AttentionCellWrapper(cells.LSTMCell(2), 2, state_is_tuple=False))
    refuse(lambda: contrib.AttentionCellWrapper(gru, 0))
    fails(lambda: contrib.InputProjectionWrapper(gru, 2)(unknown, state))
    fails(lambda: contrib.InputProjectionWrapper(gru, 2)(x[0], state))
    fails(lambda: contrib.UGRNNCell(2)(unknown, state))
    fails(lambda: contrib.IntersectionRNNCell(2)(x, state))
    refuse(lambda: contrib.NASCell(2)(unknown, pair))
    refuse(lambda: contrib.GLSTMCell(3, number_of_groups=2))
    fails(lambda: contrib.GLSTMCell(2, number_of_groups=2)(x, pair))
    refuse(lambda: contrib.Conv2DLSTMCell(input_shape=[4, 1], output_channels=1, kernel_shape=[2]))
    refuse(lambda: contrib.GRUBlockCell())
    fails(lambda: contrib.GRUBlockCell(3)(x, state))
    refuse(lambda: contrib.LSTMBlockCell(2)(unknown, pair))
    fails(lambda: contrib.LSTMBlockFusedCell(2)(tf.constant(X)))
    refuse(lambda: contrib.LSTMBlockFusedCell(2)(x, dtype=tf.float32))
