"""What the programs with the keras package start from: seeds, made data, an order of steps.

Written for Python 3.7 too.
"""

import keras
import keras.backend as K
import numpy as np
import tensorflow as tf


def start(seed):
    """A new graph, with every random number seeded."""
    K.clear_session()
    tf.set_random_seed(seed)
    np.random.seed(seed)


def leave_nothing_to_chance():
    """Makes TensorFlow's numbers the same in every run, by what the programs start with.

    A gradient reads a weight before or after its update, as it happens, unless variables are
    resources. Adam and its kin read the number of steps before or after it is counted up with
    `K.update_add`; an update that is a pair is done once losses are computed. And the orthogonal
    matrices that recurrent layers start from have the signs that the machine's LAPACK gives them.
    """
    tf.enable_resource_variables()
    K.update_add = lambda x, increment: (x, x + increment)
    np.linalg.svd = _signed(np.linalg.svd)


def _signed(svd):
    def of_one_sign(a, full_matrices=True):
        """The same product, the first row of `u` positive."""
        u, s, v = svd(a, full_matrices)
        signs = np.sign(u[0])
        return u * signs, s, v * signs[: len(v), None]

    return of_one_sign


def pictures(count, classes=3, size=12):
    """f[count, size, size, 1] in [0, 1] and i[count]: a bright square at a place for each class."""
    rng = np.random.RandomState(count)
    labels = rng.randint(classes, size=count)
    images = 0.3 * rng.rand(count, size, size, 1)
    for image, label in zip(images, labels):  # noqa: B905
        at = 1 + label * (size - 5) // classes
        image[at : at + 4, at : at + 4] += 0.7
    return images.astype("float32"), labels


def one_hot(labels, classes=None):
    return keras.utils.to_categorical(labels, classes)


def totals(model):
    """The sum of each array of weights."""
    return [float(array.sum()) for array in model.get_weights()]
