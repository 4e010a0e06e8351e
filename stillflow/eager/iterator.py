"""`tf.contrib.eager.Iterator`."""

from __future__ import annotations

from stillflow.input.datasets.iterator_v2 import IteratorV2


class Iterator(IteratorV2):
    """Gives the elements of a dataset from the first one on, to Python; see `IteratorV2`."""
