"""Decoders: what they are given, attention, beams, losses."""

from .arrays import f32, ints, num
from .suite import Suite

suite = Suite("seq2seq")
IDS = ints([[1, 2, 3], [5, 6, 0]])
LENGTHS = ints([3, 2])


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def started(tf):
    """(an embedding, a memory, its lengths) in a seeded graph."""
    tf.set_random_seed(1)
    return tf.constant(f32(7, 4)), tf.constant(f32(2, 4, 3, at=2)), tf.constant([4, 3])


def trained(mechanism, history=False, **options):
    """A program that trains attention of a kind for some steps."""

    def program(tf, run):
        seq2seq = tf.contrib.seq2seq
        embedding, memory, lengths = started(tf)
        found = getattr(seq2seq, mechanism)(4, memory, memory_sequence_length=lengths, **options)
        cell = seq2seq.AttentionWrapper(
            tf.nn.rnn_cell.GRUCell(4), found, attention_layer_size=3, alignment_history=history
        )
        inputs = tf.nn.embedding_lookup(embedding, IDS)
        helper = seq2seq.TrainingHelper(inputs, LENGTHS)
        decoder = seq2seq.BasicDecoder(
            cell, helper, cell.zero_state(2, tf.float32), output_layer=tf.layers.Dense(7)
        )
        outputs, state, ends = seq2seq.dynamic_decode(decoder, impute_finished=not history)
        weights = tf.sequence_mask(LENGTHS, 3, dtype=tf.float32)
        loss = seq2seq.sequence_loss(outputs.rnn_output, tf.constant(IDS), weights)
        train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
        run(tf.global_variables_initializer())
        for _ in range(2):
            run([loss, train, outputs, state.alignments, ends])
        if history:
            run(state.alignment_history.stack())

    return program


ATTENTION = {
    "luong": ("LuongAttention", {"scale": True}),
    "bahdanau": ("BahdanauAttention", {"history": True}),
    "bahdanau_normalized": ("BahdanauAttention", {"normalize": True}),
    "bahdanau_monotonic": ("BahdanauMonotonicAttention", {"score_bias_init": -0.5}),
    "luong_monotonic": ("LuongMonotonicAttention", {"mode": "recursive", "scale": True}),
}
for id, (mechanism, options) in ATTENTION.items():
    suite.case(id, trained(mechanism, **options), grad=False)


def helped(make, **options):
    """A program that decodes with the helper that `make(tf, embedding, inputs)` makes."""

    def program(tf, run):
        embedding, _, _ = started(tf)
        cell = tf.nn.rnn_cell.BasicRNNCell(4)
        helper = make(tf, embedding, tf.nn.embedding_lookup(embedding, IDS))
        decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32))
        # One iteration after another, else TensorFlow draws for them in any order.
        options.update(maximum_iterations=4, parallel_iterations=1)
        decoded = tf.contrib.seq2seq.dynamic_decode(decoder, **options)
        run(tf.global_variables_initializer())
        for _ in range(2):
            run(decoded)

    return program


def scheduled(tf, embedding, inputs):
    return tf.contrib.seq2seq.ScheduledEmbeddingTrainingHelper(
        inputs, LENGTHS, embedding, 0.5, seed=3, scheduling_seed=4
    )


def scheduled_outputs(tf, embedding, inputs):
    return tf.contrib.seq2seq.ScheduledOutputTrainingHelper(inputs, LENGTHS, 0.5, seed=3)


def scheduled_auxiliary(tf, embedding, inputs):
    return tf.contrib.seq2seq.ScheduledOutputTrainingHelper(
        inputs,
        LENGTHS,
        0.6,
        seed=3,
        next_inputs_fn=lambda outputs: outputs * 2.0,
        auxiliary_inputs=inputs * 0.5,
    )


def greedy(tf, embedding, inputs):
    return tf.contrib.seq2seq.GreedyEmbeddingHelper(embedding, [1, 2], 3)


def sampled(tf, embedding, inputs):
    return tf.contrib.seq2seq.SampleEmbeddingHelper(
        lambda ids: tf.gather(embedding, ids), [1, 2], 0, softmax_temperature=0.5, seed=3
    )


def inferred(tf, embedding, inputs):
    return tf.contrib.seq2seq.InferenceHelper(
        lambda outputs: outputs,
        [4],
        tf.float32,
        inputs[:, 0],
        lambda samples: tf.reduce_sum(samples, 1) > 0.2,
        lambda samples: samples * 0.5,
    )


def custom(tf, embedding, inputs):
    return tf.contrib.seq2seq.CustomHelper(
        lambda: (tf.tile([False], [2]), inputs[:, 0]),
        lambda time, outputs, state: tf.argmax(outputs, 1, output_type=tf.int32),
        lambda time, outputs, state, sample_ids: (sample_ids > 2, outputs, state),
    )


for make in (scheduled, scheduled_outputs, scheduled_auxiliary, greedy, sampled, inferred, custom):
    suite.case(make.__name__, helped(make), grad=False)
suite.case("time_major", helped(greedy, output_time_major=True, impute_finished=True), grad=False)


def searched(history=False, **options):
    """A program that searches over beams."""

    def program(tf, run):
        seq2seq = tf.contrib.seq2seq
        embedding, memory, lengths = started(tf)
        memory, lengths = seq2seq.tile_batch((memory, lengths), 3)
        found = [
            seq2seq.LuongAttention(4, memory, memory_sequence_length=lengths),
            seq2seq.BahdanauAttention(4, memory),
        ]
        cell = seq2seq.AttentionWrapper(
            tf.nn.rnn_cell.BasicRNNCell(4),
            found,
            attention_layer_size=[2, 2],
            alignment_history=history,
            output_attention=False,
            initial_cell_state=tf.zeros([6, 4]),
        )
        decoder = seq2seq.BeamSearchDecoder(
            cell,
            embedding,
            [1, 2],
            0,
            cell.zero_state(6, tf.float32),
            3,
            output_layer=tf.layers.Dense(7),
            **options,
        )
        outputs, state, ends = seq2seq.dynamic_decode(decoder, maximum_iterations=4)
        run(tf.global_variables_initializer())
        run([outputs, state.log_probs, state.lengths, ends])

    return program


suite.case("beams", searched(), grad=False)
suite.case(
    "beams_weighted",
    searched(True, length_penalty_weight=0.7, coverage_penalty_weight=0.2),
    grad=False,
)
suite.case("beams_unordered", searched(True, reorder_tensor_arrays=False), grad=False)


@story
def trees(tf, run):
    gather_tree = tf.contrib.seq2seq.gather_tree
    steps = ints([[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]], [[-1, -1, -1]]])
    parents = tf.placeholder(tf.int32, [4, 1, 3])
    beams = gather_tree(steps, parents, max_sequence_lengths=[3], end_token=10)
    run(beams, {parents: ints([[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]], [[-1, -1, -1]]])})
    run.attempt(beams, {parents: ints([[[0, 0, 0]], [[0, -1, 1]], [[2, 1, 2]], [[-1, -1, -1]]])})
    run(gather_tree(steps, steps - steps, max_sequence_lengths=[9], end_token=4))
    run.refused(lambda: gather_tree(steps, steps[0], [3], 10))


@story
def losses(tf, run):
    logits, targets = tf.constant(f32(2, 3, 4)), tf.constant(IDS % 4)
    weights = tf.constant(num([[1, 1, 0.5], [1, 0, 0]]))
    sequence_loss = tf.contrib.seq2seq.sequence_loss
    for times in (True, False):
        for batch in (True, False):
            run(sequence_loss(logits, targets, weights, times, batch))
    for times, batch in ((True, True), (True, False), (False, True)):
        run(sequence_loss(logits, targets, weights, False, False, times, batch))
    run.refused(lambda: sequence_loss(logits, targets, weights, sum_over_batch=True))
    run.refused(lambda: sequence_loss(targets, targets, weights))


@story
def monotonic(tf, run):
    seq2seq = tf.contrib.seq2seq
    chances, before = tf.sigmoid(f32(2, 4)), tf.nn.softmax(f32(2, 4, at=3))
    for mode in ("recursive", "parallel", "hard"):
        run(seq2seq.monotonic_attention(chances, before, mode))
    run(seq2seq.safe_cumprod(num([[0.5, 0, 1, 0.25]]), axis=1, exclusive=True))
    run(seq2seq.hardmax(f32(2, 3)))
    run.refused(lambda: seq2seq.monotonic_attention(chances, before, "soft"))


@story
def tiled(tf, run):
    tile_batch = tf.contrib.seq2seq.tile_batch
    x = tf.placeholder(tf.float32, [None, 2])
    run(tile_batch({"a": x, "b": tf.constant([1, 2])}, 2), {x: f32(3, 2)})
    run.refused(lambda: tile_batch(tf.constant(1.0), 2))


@story
def refused(tf, run):
    """By decoders, and in a run by sizes of batches."""
    seq2seq = tf.contrib.seq2seq
    embedding, memory, _ = started(tf)
    cell = tf.nn.rnn_cell.BasicRNNCell(4)
    run.refused(lambda: seq2seq.dynamic_decode(3))
    run.refused(lambda: seq2seq.BasicDecoder(cell, 3, None))
    run.refused(lambda: seq2seq.AttentionWrapper(cell, 3))
    run.refused(lambda: seq2seq.TrainingHelper(f32(2, 3, 4), 3))
    run.refused(lambda: seq2seq.GreedyEmbeddingHelper(embedding, 1, 0))
    run.refused(lambda: seq2seq.LuongAttention(4, tf.placeholder(tf.float32, [2, 4, None])))
    count = tf.placeholder_with_default(2, [])
    wrapper = seq2seq.AttentionWrapper(cell, seq2seq.LuongAttention(4, memory))
    run(wrapper.zero_state(count, tf.float32))
    run.attempt(wrapper.zero_state(count, tf.float32), {count: 3})


@story
def cloned(tf, run):
    """A state with another part, of the same shape."""
    seq2seq = tf.contrib.seq2seq
    _, memory, _ = started(tf)
    wrapper = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.BasicRNNCell(4), seq2seq.LuongAttention(4, memory)
    )
    state = wrapper.zero_state(2, tf.float32)
    run(state.clone(cell_state=tf.constant(f32(2, 4))))
    run.refused(lambda: state.clone(cell_state=tf.zeros([3, 4])))
