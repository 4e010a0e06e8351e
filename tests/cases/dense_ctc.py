"""The loss of connectionist temporal classification over dense labels, in nodes of the graph."""

from .arrays import f32, ints, longs
from .ctc import INDICES, LOGITS, SIZES, TIMES, VALUES
from .suite import Suite

suite = Suite("dense_ctc")
LABELS = ints([[1, 1, 0], [3, 0, 0], [2, 4, 2]])
COUNTS = ints([2, 1, 3])


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def lossy(has_unique=False, **options):
    """A program with the loss of dense labels, and its gradient."""

    def program(tf, run):
        labels, logits = tf.constant(LABELS), tf.constant(LOGITS)
        given = dict(options)
        if has_unique:
            given["unique"] = tf.nn.ctc_unique_labels(labels)
        loss = tf.nn.ctc_loss_v2(labels, logits, COUNTS, TIMES, **given)
        run([loss, *tf.gradients(loss * [0.5, 1.0, 0.25], logits)])

    return program


suite.case("plain", lossy(), grad=False)
suite.case("unique", lossy(has_unique=True), grad=False)
suite.case("blank_last", lossy(blank_index=-1, name="named"), grad=False)


@story
def unknown_sizes(tf, run):
    logits = tf.placeholder(tf.float32, [None, None, 5])
    labels, counts = tf.placeholder(tf.int32, [None, None]), tf.placeholder(tf.int32, [None])
    loss = tf.nn.ctc_loss_v2(labels, logits, counts, counts + 2, logits_time_major=False)
    grads = tf.gradients(loss, logits)
    run([loss, grads], {logits: f32(2, 5, 5), labels: LABELS[:2], counts: ints([2, 1])})
    run([loss, grads], {logits: f32(3, 5, 5), labels: LABELS, counts: COUNTS})


@story
def sparse_labels(tf, run):
    labels = tf.SparseTensor(INDICES, VALUES, SIZES)
    for blank in (-1, 2):
        run(tf.nn.ctc_loss_v2(labels, LOGITS, None, TIMES, blank_index=blank))
    run.refused(lambda: tf.nn.ctc_loss_v2(labels, LOGITS, None, TIMES))


@story
def labels_of_many_forms(tf, run):
    repeated = ints([[1, 1, 2, 2, 1], [1, 1, 1, 1, 1], [3, 2, 3, 3, 3]])
    run(tf.nn.collapse_repeated(repeated, [4, 5, 2]))
    run(tf.nn.collapse_repeated(repeated, longs([5, 3, 5]), name="named"))
    run(tf.nn.ctc_unique_labels(repeated))
