"""What a model function is called for."""

from __future__ import annotations


class ModeKeys:
    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"
