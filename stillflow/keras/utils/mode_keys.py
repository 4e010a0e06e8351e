"""What a loop over batches is for."""

from __future__ import annotations


class ModeKeys:
    """The names of the modes, as callbacks' methods and estimators spell them."""

    TRAIN = "train"
    TEST = "test"
    PREDICT = "predict"
