"""Clusters: centres that batches move, those that chains start, and the estimator."""

import numpy as np
import pytest

import stillflow as tf

POINTS = np.array(
    [[1, 2], [1.5, 1.8], [5, 8], [8, 8], [1, 0.6], [9, 11], [8, 2], [10, 2.5], [9, 3]], np.float32
)


def moved_by_batch(centers, counts, points, nearest):
    """The centres after a batch, and how many points each has had."""
    centers, counts = centers.copy(), counts.copy()
    for cluster in range(len(centers)):
        own = points[nearest == cluster]
        if len(own):
            counts[cluster] += len(own)
            centers[cluster] += (own - centers[cluster]).sum(axis=0) / counts[cluster]
    return centers, counts


def test_batches_move_centres_by_what_they_have_had(tier):
    with tf.Graph().as_default(), tf.Session() as session:
        model = tf.contrib.factorization.KMeans(
            tf.constant(POINTS), 3, initial_clusters=POINTS[[0, 3, 6]], use_mini_batch=True
        )
        _, (nearest,), _, _, start, step = model.training_graph()
        variables = {variable.op.name: variable for variable in tf.global_variables()}
        centers, counts = variables["clusters"], variables["Variable"]
        session.run(tf.global_variables_initializer())
        session.run(start)
        for _ in range(4):
            expected = moved_by_batch(*session.run([centers, counts]), POINTS, session.run(nearest))
            session.run(step)
            np.testing.assert_allclose(session.run(centers), expected[0], rtol=1e-5)
            np.testing.assert_array_equal(session.run(counts), expected[1])


def test_chains_choose_points():
    with tf.Graph().as_default(), tf.Session() as session:
        model = tf.contrib.factorization.KMeans(
            tf.constant(POINTS), 3, initial_clusters="kmc2", kmc2_chain_length=3
        )
        _, _, _, initialized, start, _ = model.training_graph()
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            if not session.run(initialized):
                session.run(start)
        centers = session.run(tf.global_variables()[0])
        assert all(any(np.array_equal(center, point) for point in POINTS) for center in centers)
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(start, {tf.global_variables()[1]._ref(): False})


def test_the_estimator_finds_clusters(tmp_path):
    def points():
        data = tf.data.Dataset.from_tensors(POINTS)
        return data.repeat(20).make_one_shot_iterator().get_next()

    kmeans = tf.contrib.factorization.KMeansClustering(
        3,
        str(tmp_path),
        "kmeans_plus_plus",
        use_mini_batch=False,
        relative_tolerance=1e-3,
        random_seed=2,
    )
    kmeans.train(points)
    once = lambda: tf.data.Dataset.from_tensors(POINTS).make_one_shot_iterator().get_next()
    found = list(kmeans.predict_cluster_index(once))
    distances = np.array(list(kmeans.transform(once)))
    centers = kmeans.cluster_centers()
    assert len(set(found)) == 3
    np.testing.assert_array_equal(found, distances.argmin(axis=1))
    wanted = np.square(POINTS[:, None] - centers).sum(axis=2)
    np.testing.assert_allclose(distances, wanted, atol=1e-3)
    np.testing.assert_allclose(kmeans.score(once), wanted.min(axis=1).sum(), rtol=1e-4)


def test_features_of_a_dict_are_joined(tmp_path):
    kmeans = tf.contrib.factorization.KMeansClustering(2, str(tmp_path))
    features = {"b": POINTS[:, 1:], "a": POINTS[:, :1]}
    inputs = lambda: {name: tf.constant(part) for name, part in features.items()}
    kmeans.train(inputs, steps=2)
    assert kmeans.cluster_centers().shape == (2, 2)
