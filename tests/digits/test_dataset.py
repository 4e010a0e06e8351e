"""Batches depend on the seed and the step alone; distortions keep the digit."""

import numpy as np
import pytest

from stillflow.digits import dataset
from stillflow.digits.dataset import Batches, Examples

EXAMPLES = Examples(
    np.arange(10, dtype=np.uint8).repeat(784).reshape(10, 784), np.arange(10, dtype=np.int64)
)


def test_mnist():
    train, validation, test = dataset.mnist()
    assert [len(part.labels) for part in (train, validation, test)] == [55_000, 5_000, 10_000]
    assert train.images.dtype == np.uint8


def test_an_epoch_has_each_example_once():
    batches = Batches(EXAMPLES, 4, seed=1)
    labels = np.concatenate([batches[step][1] for step in range(5)])
    assert sorted(labels[:10]) == sorted(labels[10:]) == list(range(10))
    assert list(labels[:10]) != list(labels[10:])


def test_images_go_with_their_labels():
    images, labels = Batches(EXAMPLES, 4, seed=1)[2]
    np.testing.assert_allclose(images * 255, np.tile(labels[:, None], 784), rtol=1e-6)


@pytest.mark.parametrize("distort", [0.0, 1.0])
def test_a_batch_depends_on_seed_and_step_alone(distort):
    train = dataset.mnist()[0]
    first, second = (Batches(train, 12, seed=1, distort=distort) for _ in range(2))
    second[0]
    np.testing.assert_array_equal(first[7][0], second[7][0])
    other = Batches(train, 12, seed=2, distort=distort)
    assert (first[7][0] != other[7][0]).any()


def test_a_distorted_digit_resembles_itself():
    train = dataset.mnist()[0]
    plain, _ = Batches(train, 50, seed=1)[0]
    bent, _ = Batches(train, 50, seed=1, distort=1.0)[0]
    assert bent.shape == plain.shape
    assert 0 <= bent.min() <= bent.max() <= 1
    near = ((bent - plain) ** 2).sum(axis=1)
    far = ((bent - np.roll(plain, 1, axis=0)) ** 2).sum(axis=1)
    assert 0 < near.mean() < far.mean()
