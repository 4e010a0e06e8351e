"""What every system computes with: the same arrays."""

import numpy as np

MNIST = dict(inputs=784, width=500, classes=10, batch=200)
LEARNING_RATE, LEARNING_RATE_DECAY, MOMENTUM = 0.1, 0.99, 0.9
AVERAGE_DECAY, WEIGHT_DECAY, STEPS_PER_EPOCH = 0.99, 0.0001, 275


def points(rows=8):
    """The small course network's batch: f32[rows, 2] and f32[rows, 1]."""
    x = np.random.RandomState(23455).rand(rows, 2).astype(np.float32)
    return x, (x.sum(1, keepdims=True) < 1).astype(np.float32)


def images(rows, inputs=784, classes=10):
    """A batch of the shape of MNIST's: f32[rows, inputs] in [0, 1), f32[rows, classes] one-hot."""
    random = np.random.RandomState(1)
    labels = random.randint(0, classes, rows)
    return random.rand(rows, inputs).astype(np.float32), np.eye(classes, dtype=np.float32)[labels]


def bytes_of_images(rows, inputs=784, classes=10):
    """Pictures and classes as MNIST's files have them: u8[rows, inputs], i64[rows]."""
    random = np.random.RandomState(7)
    pixels = random.randint(0, 256, (rows, inputs)).astype(np.uint8)
    return pixels, random.randint(0, classes, rows).astype(np.int64)


def weights(rows, columns):
    return (0.1 * np.random.RandomState(2).randn(rows, columns)).astype(np.float32)


def kernel(size, before, filters):
    """f32[size, size, before, filters]"""
    return weights(size * size * before, filters).reshape(size, size, before, filters)


def sequences(rows, steps, columns, classes=10):
    """f32[rows, steps, columns] in [0, 1), and i64[rows], the class of each."""
    random = np.random.RandomState(3)
    labels = random.randint(0, classes, rows)
    return random.rand(rows, steps, columns).astype(np.float32), labels.astype(np.int64)


def lengths(rows, steps):
    """i32[rows], from a half of `steps` to all of them."""
    return np.linspace(steps // 2, steps, rows).astype(np.int32)


def picture(size):
    """u8[size, size, 3], as smooth as photographs are."""
    y, x = np.mgrid[:size, :size]
    waves = [np.sin(x / 7 + y / 11), np.cos(x / 5), np.sin(y / 9)]
    noise = np.random.RandomState(5).randn(size, size, 3) * 12
    return np.clip(128 + 100 * np.stack(waves, -1) + noise, 0, 255).astype(np.uint8)
