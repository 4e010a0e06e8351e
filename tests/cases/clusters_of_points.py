"""`tf.contrib.factorization.KMeans`: clusters started in each way and moved, and its ops alone."""

import numpy as np

from .nodes import node
from .suite import Suite

suite = Suite("clusters_of_points")

POINTS = np.array(
    [[1, 2], [1.5, 1.8], [5, 8], [8, 8], [1, 0.6], [9, 11], [8, 2], [10, 2.5], [9, 3], [4, 7]],
    np.float32,
)
TOLERANCE = {"rtol": 1e-4, "atol": 1e-4, "why": "differences of squares lose digits"}


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False, **TOLERANCE)
    return fn


def trained(name, initial="random", steps=3, shards=1, **options):
    """Adds clusters that are started and moved.

    Of batches the graph alone: whether counts are read before they grow is left to chance.
    """

    def program(tf, run):
        tf.set_random_seed(5)
        inputs = [tf.constant(part) for part in np.split(POINTS, shards)]
        model = tf.contrib.factorization.KMeans(
            inputs if shards > 1 else inputs[0], 3, initial_clusters=initial, **options
        )
        distances, nearest, scores, initialized, start, step = model.training_graph()
        run.session.run(tf.global_variables_initializer())
        for _ in range(4):
            if not run.session.run(initialized):
                run.session.run(start)
        run(initialized)
        for _ in range(steps):
            run(step)
            run([nearest, scores])
        if steps:
            run(distances)
        run.note([variable.name for variable in tf.global_variables()])

    suite.case(name, program, grad=False, **TOLERANCE)


trained("at_random")
trained("far_apart", "kmeans_plus_plus", random_seed=3)
trained("given", POINTS[[0, 3, 6]], shards=2)
trained("cosine", "kmeans_plus_plus", distance_metric="cosine")
trained("cosine_batches", "random", steps=0, distance_metric="cosine", use_mini_batch=True)
trained("batches", "random", steps=0, use_mini_batch=True)
trained(
    "batches_in_steps", POINTS[:3], steps=0, use_mini_batch=True, mini_batch_steps_per_iteration=2
)
trained("by_chains", "kmc2", steps=0, kmc2_chain_length=3, use_mini_batch=True)
trained("by_a_function", lambda inputs, count: inputs[0][:count])


@story
def ops_alone(tf, run):
    tf.contrib.factorization  # noqa: B018 (its ops are loaded when it is named)
    points = tf.constant(POINTS)
    for k in (1, 2, 20):
        run(node(tf, "NearestNeighbors", points, points[:3] + 0.25, np.int64(k), outputs=2))
    for seed, count, retries in ((0, 4, 2), (7, 10, 0), (1 << 40, 3, -1)):
        numbers = [tf.constant(number, tf.int64) for number in (count, seed, retries)]
        run(node(tf, "KmeansPlusPlusInitialization", points, *numbers))
    for seed in (0, 3):
        run(node(tf, "KMC2ChainInitialization", points[:, 0], tf.constant(seed, tf.int64)))


@story
def refused(tf, run):
    kinds = tf.contrib.factorization
    run.refused(lambda: kinds.KMeans(POINTS, 2, initial_clusters="nowhere"))
    run.refused(lambda: kinds.KMeans(POINTS, 2, distance_metric="far"))
    run.refused(lambda: kinds.KMeansClustering(2, initial_clusters="kmc2"))
    points = tf.placeholder(tf.float32)
    numbers = [tf.placeholder(tf.int64) for _ in range(3)]
    centers = tf.placeholder(tf.float32)
    far = node(tf, "KmeansPlusPlusInitialization", points, *numbers)[0]
    near = node(tf, "NearestNeighbors", points, centers, numbers[0], outputs=2)[0]
    end = node(tf, "KMC2ChainInitialization", points, numbers[0])[0]
    for fed, count, seed, retries in (
        (POINTS[0], 1, 0, 1),
        (POINTS, [1], 0, 1),
        (POINTS, 1, [0], 1),
        (POINTS, 1, 0, [1]),
        (POINTS[:0], 1, 0, 1),
        (POINTS, 0, 0, 1),
        (POINTS, 40, 0, 1),
    ):
        feeds = dict(
            [(points, fed), (numbers[0], count), (numbers[1], seed), (numbers[2], retries)]
        )
        run.refused(lambda feeds=feeds: run.session.run(far, feeds))
    for fed, others, k in (
        (POINTS[0], POINTS, 1),
        (POINTS, POINTS[0], 1),
        (POINTS, POINTS, [1]),
        (POINTS, POINTS[:, :1], 1),
    ):
        feeds = {points: fed, centers: others, numbers[0]: k}
        run.refused(lambda feeds=feeds: run.session.run(near, feeds))
    for fed, seed in ((POINTS, 0), (POINTS[:, 0], [0]), (POINTS[:0, 0], 0)):
        feeds = {points: fed, numbers[0]: seed}
        run.refused(lambda feeds=feeds: run.session.run(end, feeds))
