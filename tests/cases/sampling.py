"""Candidate samplers; sparse tensors that are fed."""

import numpy as np

from .arrays import f32, longs, num
from .suite import Suite

suite = Suite("sampling")
TRUE = longs([[1, 2], [3, 0], [6, 6]])


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def drawn(name, **options):
    """A program that draws from sampler `name` three times."""

    def program(tf, run):
        samples = getattr(tf.random, name)(tf.constant(TRUE), 2, num_sampled=5, **options)
        for _ in range(3):
            run(samples)

    return program


for name in ("uniform", "log_uniform", "learned_unigram"):
    for unique in (True, False):
        for classes in (7, 8, 1000):
            suite.case(
                f"{name}_{classes}{'_unique' * unique}",
                drawn(f"{name}_candidate_sampler", unique=unique, range_max=classes, seed=3),
                grad=False,
            )
WEIGHTS = [0.5, 4.0, 2.0, 1.0, 0.25, 3.0, 1.5]
FIXED = {
    "plain": {"unigrams": WEIGHTS, "range_max": 7},
    "power_of_two": {"unigrams": [*WEIGHTS, 1.0], "range_max": 8},
    "distorted": {"unigrams": WEIGHTS, "range_max": 7, "distortion": 0.5},
    "reserved": {"unigrams": WEIGHTS, "range_max": 9, "num_reserved_ids": 2, "unique": False},
    "shard": {"unigrams": WEIGHTS, "range_max": 3, "num_shards": 2, "shard": 1, "unique": False},
}
for id, options in FIXED.items():
    options = dict({"unique": True}, **options)
    suite.case(
        "fixed_unigram_" + id,
        drawn("fixed_unigram_candidate_sampler", seed=4, **options),
        grad=False,
    )
suite.case("all", drawn("all_candidate_sampler", unique=True), grad=False)


@story
def graph_seed(tf, run):
    tf.set_random_seed(5)
    for _ in range(2):
        run(tf.nn.log_uniform_candidate_sampler(TRUE, 2, 4, True, 50, name="named"))


@story
def unseen_lock(tf, run):
    """Imported, for no public function builds it."""
    with tf.Graph().as_default() as graph:
        tf.nn.learned_unigram_candidate_sampler(TRUE, 2, 4, True, 20, seed=1, name="sampler")
    nodes = graph.as_graph_def()
    nodes.node[1].op = "ThreadUnsafeUnigramCandidateSampler"
    drawn = tf.import_graph_def(nodes, return_elements=["sampler:0", "sampler:1", "sampler:2"])
    for _ in range(2):
        run(drawn)


@story
def accidental_hits(tf, run):
    run(tf.nn.compute_accidental_hits(TRUE, longs([6, 1, 9, 0]), 2))
    run(tf.nn.compute_accidental_hits(TRUE, longs([9]), 2, seed=1, name="none"))


@story
def densified(tf, run):
    values = tf.constant(f32(3))
    dense = tf.sparse_to_dense([[0, 1], [1, 0], [1, 2]], [2, 3], values, default_value=9.0)
    run([dense, *tf.gradients(tf.square(dense), values)])
    run(tf.sparse_to_dense([1, 3], [5], 2, name="vector"))
    run(tf.sparse_to_dense(2, [4], 5.0))
    run(tf.sparse_to_dense([[3], [1]], [4], [b"x", b"y"], b"", validate_indices=False))


@story
def sparse_fed(tf, run):
    x = tf.sparse_placeholder(tf.float32, name="x")
    run(
        [x, tf.sparse_tensor_to_dense(x)],
        {x: tf.SparseTensorValue(longs([[0, 1], [2, 0]]), num([1, 2]), longs([3, 2]))},
    )
    run(x, {x: (longs([[0]]), num([3]), longs([1]))})
    y = tf.sparse_placeholder(tf.int32, [2, 3])
    run(
        tf.sparse.to_dense(y, default_value=-1),
        {y: tf.SparseTensorValue(longs([[1, 1]]), np.array([4], np.int32), longs([2, 3]))},
    )
    z = tf.SparseTensor([[0, 1]], [1.5], [2, 2])
    run([z, tf.sparse.to_dense(z)])
