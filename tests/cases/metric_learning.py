"""The losses of `tf.contrib.losses.metric_learning`, and their gradients."""

import numpy as np

from .arrays import f32
from .suite import Suite

suite = Suite("metric_learning")

LABELS = np.array([0, 1, 0, 1, 2, 0], np.int32)


def loss(name, *embeddings, labels=LABELS, static=True):
    """Adds a loss of `embeddings`, and its gradients."""

    def program(tf, run):
        fed = [tf.placeholder(tf.float32, x.shape if static else [None, 3]) for x in embeddings]
        value = getattr(tf.contrib.losses.metric_learning, name)(tf.constant(labels), *fed)
        feeds = dict(zip(fed, embeddings))  # noqa: B905 (TensorFlow's Python has no `strict`)
        run([value, tf.gradients(value, fed)], feeds)

    suite.case(name if static else f"{name}_of_unknown_size", program, grad=False)


# Products, so that no two distances are the same but for rounding, which would decide gradients.
FIRST, SECOND = f32(6, 3) * f32(6, 3, at=3), f32(6, 3, at=1)
for static in (True, False):
    loss("triplet_semihard_loss", FIRST, static=static)
    loss("lifted_struct_loss", FIRST, static=static)
    loss("npairs_loss", FIRST, SECOND, static=static)
    loss("contrastive_loss", FIRST, SECOND, labels=LABELS % 2, static=static)
