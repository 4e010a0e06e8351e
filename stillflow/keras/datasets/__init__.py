"""`tf.keras.datasets`: data sets that programs of those years learn from.

MNIST is embedded. The others are files in the user's cache, `~/.keras/datasets`, which `get_file`
downloads; without a network it says which file to put where.
"""

from __future__ import annotations

import numpy as np

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
Pair = tuple[np.ndarray, np.ndarray]
