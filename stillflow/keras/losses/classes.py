"""The losses of `functions` as objects; see there what each is of a sample."""

from __future__ import annotations

from typing import Any

from stillflow.keras.losses import functions
from stillflow.keras.losses.loss import LossFunctionWrapper
from stillflow.ops.losses.sample_weights import Reduction


class MeanSquaredError(LossFunctionWrapper):
    """The mean of squared errors."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "mean_squared_error"):
        super().__init__(functions.mean_squared_error, reduction, name)


class MeanAbsoluteError(LossFunctionWrapper):
    """The mean of absolute errors."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "mean_absolute_error"):
        super().__init__(functions.mean_absolute_error, reduction, name)


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """The mean of errors in per cent of the labels."""

    def __init__(
        self,
        reduction: str = Reduction.AUTO,
        name: str | None = "mean_absolute_percentage_error",
    ):
        super().__init__(functions.mean_absolute_percentage_error, reduction, name)


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """The mean of squared errors of logarithms."""

    def __init__(
        self,
        reduction: str = Reduction.AUTO,
        name: str | None = "mean_squared_logarithmic_error",
    ):
        super().__init__(functions.mean_squared_logarithmic_error, reduction, name)


class BinaryCrossentropy(LossFunctionWrapper):
    """Cross entropies of yes or no."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Any = 0,
        reduction: str = Reduction.AUTO,
        name: str | None = "binary_crossentropy",
    ):
        super().__init__(
            functions.binary_crossentropy,
            reduction,
            name,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )
        self.from_logits = from_logits


class CategoricalCrossentropy(LossFunctionWrapper):
    """Cross entropies of distributions over classes."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Any = 0,
        reduction: str = Reduction.AUTO,
        name: str | None = "categorical_crossentropy",
    ):
        super().__init__(
            functions.categorical_crossentropy,
            reduction,
            name,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Cross entropies of classes and distributions over them."""

    def __init__(
        self,
        from_logits: bool = False,
        reduction: str = Reduction.AUTO,
        name: str | None = "sparse_categorical_crossentropy",
    ):
        super().__init__(
            functions.sparse_categorical_crossentropy, reduction, name, from_logits=from_logits
        )


class Hinge(LossFunctionWrapper):
    """By how much labels of -1 and 1 are missed."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "hinge"):
        super().__init__(functions.hinge, reduction, name)


class SquaredHinge(LossFunctionWrapper):
    """The square of that."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "squared_hinge"):
        super().__init__(functions.squared_hinge, reduction, name)


class CategoricalHinge(LossFunctionWrapper):
    """By how much the best wrong class comes near."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "categorical_hinge"):
        super().__init__(functions.categorical_hinge, reduction, name)


class Poisson(LossFunctionWrapper):
    """That of counts and their expected values."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "poisson"):
        super().__init__(functions.poisson, reduction, name)


class LogCosh(LossFunctionWrapper):
    """Logarithms of the hyperbolic cosines of errors."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "logcosh"):
        super().__init__(functions.logcosh, reduction, name)


class KLDivergence(LossFunctionWrapper):
    """Divergences of distributions (Kullback and Leibler, 1951)."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "kullback_leibler_divergence"
    ):
        super().__init__(functions.kullback_leibler_divergence, reduction, name)


class Huber(LossFunctionWrapper):
    """Squares of errors up to `delta`, straight on from there (Huber, 1964)."""

    def __init__(
        self,
        delta: Any = 1.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "huber_loss",
    ):
        super().__init__(functions.huber_loss, reduction, name, delta=delta)


class CosineSimilarity(LossFunctionWrapper):
    """Cosines of the angles between labels and predictions along `axis`."""

    def __init__(
        self,
        axis: int = -1,
        reduction: str = Reduction.AUTO,
        name: str | None = "cosine_similarity",
    ):
        super().__init__(functions.cosine_proximity, reduction, name, axis=axis)
