"""Sequences in segments, whose states go from one to the next."""

from .arrays import f32
from .queue_pipelines import described, runners
from .suite import Suite

suite = Suite("state_savers")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def saver(tf, **changed):
    given = {
        "batch_size": 2,
        "num_unroll": 2,
        "input_length": tf.placeholder(tf.int32, [], "steps"),
        "input_key": tf.placeholder(tf.string, [], "key"),
        "input_sequences": {"b": f32(4, 3), "a": tf.constant(["w", "x", "y", "z"])},
        "input_context": {"label": tf.constant([3, 4])},
        "initial_states": {"s": tf.zeros([2]), "c": tf.constant(5)},
        "capacity": 10,
        **changed,
    }
    return tf.contrib.training.SequenceQueueingStateSaver(**given), given


def parts(batch):
    return [
        batch.key, batch.next_key, batch.insertion_index, batch.sequence, batch.sequence_count,
        batch.length, batch.total_length, batch.batch_size,
    ]  # fmt: skip


@story
def two_segments(tf, run):
    states, given = saver(tf, name="states")
    for steps, key in ((3, "first"), (4, "second")):
        run(states.prefetch_op, {given["input_length"]: steps, given["input_key"]: key})
    batch = states.next_batch
    run.note([states.name, states.batch_size, states.num_unroll, list(batch.context)])
    saved = [
        batch.save_state("s", batch.state("s") + 1.0),
        batch.save_state("c", -batch.state("c"), name="save_c"),
    ]
    everything = [parts(batch), batch.context["label"], batch.state("s"), batch.state("c")]
    described(tf, run, [batch.key, batch.sequences["a"], batch.sequences["b"], batch.state("s")])
    for _ in range(2):
        run([everything, batch.sequences["a"], batch.sequences["b"], saved])
    run([states.barrier.ready_size(), states.barrier.incomplete_size()])
    run(states.close())
    run.attempt(batch.key)


@story
def misused(tf, run):
    run.refused(lambda: saver(tf, capacity=1))
    run.refused(lambda: saver(tf, initial_states=[tf.zeros([2])]))
    run.refused(lambda: saver(tf, initial_states={}))
    run.refused(lambda: saver(tf, initial_states={3: tf.zeros([2])}))
    run.refused(lambda: saver(tf, initial_states={"a:b": tf.zeros([2])}))
    run.refused(lambda: saver(tf, input_sequences={}))
    run.refused(lambda: saver(tf, input_context={"a:b": tf.zeros([2])}))
    run.refused(lambda: saver(tf, input_context={"a": tf.placeholder(tf.float32, [None])}))
    run.refused(lambda: saver(tf, input_length=tf.constant(3, tf.int64)))
    run.refused(lambda: saver(tf, input_key=tf.constant(["a", "b"])))
    states, _ = saver(tf)
    run.refused(lambda: states.next_batch.save_state("other", None))
    run.refused(lambda: states.next_batch.save_state("s", f32(2, 3, 4)))


@story
def of_other_lengths_in_a_run(tf, run):
    rows = tf.placeholder(tf.float32, [None, 3], "rows")
    states, given = saver(tf, input_sequences={"a": rows, "b": f32(4, 2)})
    fed = {given["input_length"]: 3, given["input_key"]: "k"}
    run.attempt(states.prefetch_op, {**fed, rows: f32(3, 3)})
    run.attempt(states.prefetch_op, {**fed, rows: f32(6, 3)})
    run.attempt(states.prefetch_op, {**fed, rows: f32(4, 3), given["input_length"]: 5})


@story
def through_a_recurrent_net(tf, run):
    n = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue()
    steps = tf.ones([n + 2, 2]) * tf.cast(n + 1, tf.float32)
    batch = tf.contrib.training.batch_sequences_with_states(
        tf.as_string(n), {"x": steps}, {"n": n}, None, {"h": tf.zeros([3])}, 2, 2, num_threads=1
    )
    cell = tf.nn.rnn_cell.BasicRNNCell(3)
    inputs = tf.unstack(batch.sequences["x"], axis=1)
    kernel = tf.constant_initializer(0.5)
    with tf.variable_scope("net", initializer=kernel):
        outputs, _ = tf.nn.static_state_saving_rnn(cell, inputs, batch, "h")
    described(tf, run, outputs)
    run(tf.global_variables_initializer())
    with runners(tf, run):
        for _ in range(3):
            run([batch.key, batch.length, batch.context["n"], outputs])
        run.attempt(batch.key)


@story
def sparse_parts(tf, run):
    def part(rows, values):
        return tf.SparseTensor(rows, values, [4, 3])

    dense = {"x": f32(4, 2)}
    sparse = {"s": part([[0, 1], [3, 2]], [1, 2])}
    context = {"c": tf.SparseTensor([[1]], ["one"], [2])}
    batch = tf.contrib.training.batch_sequences_with_states(
        "key", {**dense, **sparse}, context, 3, {"h": tf.zeros([])}, 2, 1, num_threads=1,
        capacity=1, pad=False, make_keys_unique=True, make_keys_unique_seed=3, name="sparse",
    )  # fmt: skip
    run.note([sorted(batch.sequences), sorted(batch.context)])
    saved = batch.save_state("h", batch.state("h") + 1.0)
    with runners(tf, run):
        run([batch.sequence, batch.sequences["s"], batch.context["c"], saved])
        run([batch.sequence, batch.sequences["s"], batch.context["c"], saved])
