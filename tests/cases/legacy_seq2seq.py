"""Networks over lists of steps: encoders, decoders, attention, buckets."""

from .arrays import f32, ints, num
from .suite import Suite

suite = Suite("legacy_seq2seq")
STEPS = [ints([1, 4]), ints([2, 0]), ints([3, 3])]


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def of_numbers(name, *sizes, **options):
    """A program that builds the network `name` over numbers, and its gradients."""

    def program(tf, run):
        tf.set_random_seed(2)
        steps = [tf.constant(step) for step in STEPS]
        given = dict(options)
        if given.get("feed_previous") == "in the run":
            given["feed_previous"] = tf.placeholder_with_default(True, [])
        if given.pop("projected", False):
            given["output_projection"] = (tf.constant(f32(3, 5)), tf.constant(f32(5)))
        build = getattr(tf.contrib.legacy_seq2seq, name)
        outputs, state = build(steps[:2], steps, tf.nn.rnn_cell.GRUCell(3), *sizes, **given)
        grads = tf.gradients(outputs, tf.trainable_variables())
        run(tf.global_variables_initializer())
        run([outputs, state])
        if given.get("feed_previous") not in (True, False, None):
            run(outputs, {given["feed_previous"]: False})
        run([grad for grad in grads if grad is not None][-1])

    return program


FEEDING = {"": {}, "_fed": {"feed_previous": True}, "_either": {"feed_previous": "in the run"}}
for suffix, fed in FEEDING.items():
    for name, sizes in (
        ("embedding_rnn_seq2seq", (5, 6, 2)),
        ("embedding_tied_rnn_seq2seq", (5, 2)),
        ("embedding_attention_seq2seq", (5, 6, 2)),
    ):
        suite.case(name + suffix, of_numbers(name, *sizes, **fed), grad=False)
suite.case(
    "projected",
    of_numbers("embedding_rnn_seq2seq", 5, 5, 2, projected=True, feed_previous=True),
    grad=False,
)
suite.case(
    "heads",
    of_numbers("embedding_attention_seq2seq", 5, 6, 2, num_heads=2, initial_state_attention=True),
    grad=False,
)


@story
def of_vectors(tf, run):
    tf.set_random_seed(2)
    legacy = tf.contrib.legacy_seq2seq
    inputs = [tf.constant(f32(2, 2, at=i)) for i in range(3)]
    cell = tf.nn.rnn_cell.BasicLSTMCell(2)
    plain = legacy.basic_rnn_seq2seq(inputs[:2], inputs, cell)
    tied = legacy.tied_rnn_seq2seq(inputs, inputs, tf.nn.rnn_cell.GRUCell(2), scope="tied")
    run(tf.global_variables_initializer())
    run([plain, tied])


@story
def one_to_many(tf, run):
    tf.set_random_seed(2)
    steps = [tf.constant(step) for step in STEPS]
    cells = {"a": tf.nn.rnn_cell.GRUCell(2), "b": tf.nn.rnn_cell.GRUCell(2)}
    outputs, states = tf.contrib.legacy_seq2seq.one2many_rnn_seq2seq(
        steps[:2],
        {"a": steps, "b": steps[:2]},
        tf.nn.rnn_cell.GRUCell(2),
        cells,
        5,
        {"a": 6, "b": 7},
        2,
        feed_previous=tf.constant(True),
    )
    run(tf.global_variables_initializer())
    run([outputs, states])


@story
def buckets(tf, run):
    tf.set_random_seed(2)
    steps = [tf.constant(step) for step in STEPS]
    weights = [tf.constant(num([1, 0.5])), tf.constant(num([1, 0])), tf.constant(num([0, 0]))]
    legacy = tf.contrib.legacy_seq2seq

    def network(inputs, outputs):
        cell = tf.nn.rnn_cell.GRUCell(2)
        return legacy.embedding_rnn_seq2seq(inputs, outputs, cell, 5, 5, 2)

    for index, by_example in enumerate((False, True)):
        with tf.variable_scope(f"network{index}"):
            _, losses = legacy.model_with_buckets(
                steps, steps, steps, weights, [(1, 2), (2, 3)], network, None, by_example
            )
        run(tf.global_variables_initializer())
        run([losses, tf.gradients(losses, tf.trainable_variables())[-1]])
    run.refused(lambda: legacy.model_with_buckets(steps, steps, steps, [], [(1, 2)], network))
    run.refused(lambda: legacy.sequence_loss_by_example(steps, steps, []))
