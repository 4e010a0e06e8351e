"""MNIST for the systems that have no reader of their own: IDX files, shuffled anew each epoch."""

import gzip
import os

import numpy as np


def _read(folder, name, header):
    with gzip.open(os.path.join(folder, name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


class Batches:
    """`next_batch(n)` gives f32[n, 784] in [0, 1] and one-hot f32[n, 10]."""

    def __init__(self, folder):
        pixels = _read(folder, "train-images-idx3-ubyte.gz", 16).reshape(-1, 784)[5000:]
        labels = _read(folder, "train-labels-idx1-ubyte.gz", 8)[5000:]
        self.images = pixels.astype(np.float32) / np.float32(255)
        self.labels = np.eye(10, dtype=np.float32)[labels]
        self.order = np.random.permutation(len(labels))
        self.start = 0

    def next_batch(self, size):
        if self.start + size > len(self.order):
            self.order = np.random.permutation(len(self.order))
            self.start = 0
        chosen = self.order[self.start : self.start + size]
        self.start += size
        return self.images[chosen], self.labels[chosen]
