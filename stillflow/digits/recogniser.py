"""A trained network that answers for images."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import stillflow as tf
from stillflow.digits import forward, model


class Predictions(NamedTuple):
    """What the network says about n images.

    probabilities: f32[n, 10], each row sums to 1; hidden: f32[n, h], the first layer after ReLU.
    """

    probabilities: np.ndarray
    hidden: np.ndarray

    @property
    def digits(self) -> np.ndarray:
        """The likeliest digit of each image, i64[n]."""
        return self.probabilities.argmax(axis=1)


class Recogniser:
    """The averaged weights of one checkpoint, ready to run. Threads may share it.

    Attributes:
      checkpoint: the checkpoint that it was read from.
      step: how many training steps made it.
      hidden_sizes: the sizes of the network's hidden layers.
      hidden_weights: f32[784, h], the first layer's weights: a column is what one unit looks for.
    """

    def __init__(self, checkpoint: str):
        """Reads `checkpoint`.

        Raises:
          ModelError: it holds no digit recogniser.
          tf.errors.DataLossError, tf.errors.NotFoundError: it is damaged or not there.
        """
        self.checkpoint = checkpoint
        self.hidden_sizes = model.hidden_sizes(checkpoint)
        self.step = model.step_of(checkpoint)
        with tf.Graph().as_default() as graph:
            self._images = tf.placeholder(tf.float32, [None, forward.PIXELS], name="images")
            layers = forward.forward(self._images, self.hidden_sizes)
            probabilities = tf.nn.softmax(layers.scores, name="probabilities")
            first = layers.hidden[0] if layers.hidden else layers.scores
            tensors: Any = (probabilities, first)  # a run gives arrays in their place
            self._fetches = Predictions(*tensors)
            # The decay matters when averaging; reading needs the averages' names only.
            averages = tf.train.ExponentialMovingAverage(0.99)
            saver = tf.train.Saver(averages.variables_to_restore())
            weights: Any = tf.trainable_variables()[0]
        self._session = tf.Session(graph=graph)
        saver.restore(self._session, checkpoint)
        self.hidden_weights: np.ndarray = self._session.run(weights)

    @classmethod
    def open(cls, folder: str = model.FOLDER) -> Recogniser:
        """The newest intact checkpoint of a model folder.

        Raises:
          NoModel: the folder has none.
          ModelError: its newest checkpoint is of another program.
        """
        opened: list[Recogniser] = []
        if model.restore_newest(folder, lambda path: opened.append(cls(path))) is None:
            raise model.NoModel(folder)
        return opened[0]

    def run(self, images: np.ndarray) -> Predictions:
        """images: f32[n, 784], 0 for paper and 1 for ink -> Predictions of n images.

        Raises:
          ValueError: the images have another shape.
        """
        return self._session.run(self._fetches, {self._images: images})

    def close(self) -> None:
        """Frees the weights."""
        self._session.close()
