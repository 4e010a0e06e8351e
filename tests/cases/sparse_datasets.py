"""Sparse tensors as elements of datasets."""

from .sparse_programs import some
from .suite import Suite

suite = Suite("sparse_datasets")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def elements_of_datasets(tf, run):
    rows = tf.data.Dataset.from_tensor_slices((some(tf), [10, 20, 30]))
    run.note([str(rows.output_types), str(rows.output_shapes)])
    for dataset in (
        rows.batch(2),
        rows.map(lambda x, n: (tf.sparse_tensor_to_dense(x), x * tf.constant(2.0))),
        rows.map(lambda x, n: x).repeat(2).batch(4),
        tf.data.Dataset.from_tensors(some(tf)),
        rows.shuffle(3, seed=1),
    ):
        element = tf.compat.v1.data.make_one_shot_iterator(dataset).get_next()
        for _ in range(4):
            run.attempt(element)
