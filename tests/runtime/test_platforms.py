"""When a plan is compiled depends on the platform: no constant of a processor counts on a GPU."""

import math

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime import accelerators
from stillflow.runtime.cost import switch
from stillflow.runtime.plan import make_plan


@pytest.fixture(params=["cpu", "gpu"])
def platform(request, monkeypatch):
    monkeypatch.setattr(accelerators, "platform", lambda: request.param)
    return request.param


def runs_on_the_host(size: int, images: int) -> float:
    """Before a product of `images` rows with a matrix of `size` rows and columns is compiled."""
    x, w = tf.placeholder(tf.float32, [images, size]), tf.placeholder(tf.float32, [size, size])
    plan = make_plan([tf.matmul(x, w)], [x, w])
    slots = list(plan.constants)
    values = [np.empty((images, size), np.float32), np.empty((size, size), np.float32)]
    for slot, value in zip([*plan.feeds, plan.fetches[0]], [*values, values[0]], strict=True):
        slots[slot] = value
    return switch(plan.steps, slots, [values[0], values[0]]).runs


def test_large_products_are_compiled_early(platform):
    """On a GPU because it is faster at them, although it takes longer to start."""
    runs = runs_on_the_host(1024, 1024)
    assert 100 < runs < 150 if platform == "gpu" else 200 < runs < 300


def test_what_is_small_stays_on_the_host(platform):
    assert runs_on_the_host(8, 8) == math.inf


def test_random_numbers_are_the_same_on_all(platform, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    numbers = [
        tf.random_normal([3, 7], seed=1),
        tf.truncated_normal([40], seed=2),
        tf.random_uniform([9], maxval=100, dtype=tf.int32, seed=3),
        tf.random.stateless_uniform([33], [5, 6], dtype=tf.float64),
    ]
    with tf.Session() as session:
        compiled = [session.run(numbers) for _ in range(2)]
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    with tf.Session() as session:
        for values in compiled:
            for ours, expected in zip(values, session.run(numbers), strict=True):
                np.testing.assert_array_equal(ours, expected)


def test_what_is_moved_counts(monkeypatch):
    monkeypatch.setattr(accelerators, "platform", lambda: "gpu")
    moved = np.empty(60_000_000, np.uint8)
    step = tf.constant(np.ones([500, 500])) * 2.0
    plan = make_plan([step], [])
    slots = list(plan.constants)
    for slot in plan.fetches:
        slots[slot] = np.ones([500, 500])
    alone = switch(plan.steps, slots).runs
    assert alone < switch(plan.steps, slots, [np.empty(600_000, np.uint8)]).runs
    assert switch(plan.steps, slots, [moved]).runs == math.inf
