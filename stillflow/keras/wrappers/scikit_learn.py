"""`tf.keras.wrappers.scikit_learn`: models by the interface of scikit-learn's estimators."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.keras.engine.sequential import Sequential
from stillflow.keras.losses.naming import is_categorical_crossentropy
from stillflow.keras.utils.arrays import to_categorical
from stillflow.platform.decorators import has_arg

_ACCURACIES = ("accuracy", "acc")
_USERS = (Sequential.fit, Sequential.predict, Sequential.predict_classes, Sequential.evaluate)


class BaseWrapper:
    """What both wrappers do.

    Args:
      build_fn: returns a compiled model; by default the method `__call__` of a subclass.
      sk_params: arguments of `build_fn`, and of the model's `fit`, `predict` and `evaluate`.

    Raises:
      ValueError: none of these takes an argument of that name.
    """

    model: Any

    def __init__(self, build_fn: Any = None, **sk_params: Any):
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def check_params(self, params: dict[str, Any]) -> None:
        """Raises ValueError where none of the functions takes an argument."""
        for name in params:
            taken = any(has_arg(function, name) for function in (*_USERS, self._builder()[1]))
            if not taken and name != "nb_epoch":
                raise ValueError(
                    f"{name} is not a legal parameter. It is an argument of neither build_fn, fit, "
                    "predict, predict_classes nor evaluate."
                )

    def _builder(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """(what builds the model, what tells the arguments of that)"""
        build: Any = self if self.build_fn is None else self.build_fn
        if isinstance(build, (types.FunctionType, types.MethodType)):
            return build, build
        return build, build.__call__

    def get_params(self, **params: Any) -> dict[str, Any]:
        """Returns all parameters, as scikit-learn asks for them; `params` are not looked at."""
        del params
        return copy.deepcopy(self.sk_params) | {"build_fn": self.build_fn}

    def set_params(self, **params: Any) -> Any:
        """Sets parameters, and returns the wrapper."""
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Builds a model, trains it, and returns its history.

        Args:
          kwargs: arguments of the model's `fit`, before those among the parameters.
        """
        build, described = self._builder()
        self.model = build(**self.filter_sk_params(described))
        if is_categorical_crossentropy(self.model.loss) and len(y.shape) != 2:
            y = to_categorical(y)
        options = copy.deepcopy(self.filter_sk_params(Sequential.fit)) | kwargs
        return self.model.fit(x, y, **options)

    def filter_sk_params(
        self, fn: Callable[..., Any], override: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Returns those parameters that are arguments of a function, then `override`'s."""
        taken = {name: value for name, value in self.sk_params.items() if has_arg(fn, name)}
        return taken | (override or {})


class KerasClassifier(BaseWrapper):
    """A classifier of scikit-learn's interface; the model's output is a probability by class."""

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Trains a new model, and returns its history.

        Args:
          y: labels [n] or [n, 1], or rows of ones and zeros [n, classes].
        """
        y = np.array(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim in (1, 2):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError(f"Invalid shape for y: {y.shape}. It is [n], or [n, classes].")
        self.n_classes_ = len(self.classes_)
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """Returns the most likely label of each sample."""
        options = self.filter_sk_params(Sequential.predict_classes, kwargs)
        return self.classes_[self.model.predict_classes(x, **options)]

    def predict_proba(self, x: Any, **kwargs: Any) -> Any:
        """Returns the probabilities of the classes, [n, classes]."""
        options = self.filter_sk_params(Sequential.predict_proba, kwargs)
        probabilities = self.model.predict_proba(x, **options)
        if probabilities.shape[1] == 1:
            return np.hstack([1 - probabilities, probabilities])
        return probabilities

    def score(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Returns the accuracy. ValueError unless the model was compiled with it."""
        y = np.searchsorted(self.classes_, y)
        loss = getattr(self.model.loss, "__name__", self.model.loss)
        if loss == "categorical_crossentropy" and len(y.shape) != 2:
            y = to_categorical(y)
        options = self.filter_sk_params(Sequential.evaluate, kwargs)
        results = self.model.evaluate(x, y, **options)
        results = results if isinstance(results, list) else [results]
        for name, value in zip(self.model.metrics_names, results, strict=False):
            if name in _ACCURACIES:
                return value
        raise ValueError(
            "The model is not configured to compute accuracy. You should pass "
            '`metrics=["accuracy"]` to the `model.compile()` method.'
        )


class KerasRegressor(BaseWrapper):
    """A regressor of scikit-learn's interface."""

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """Returns the output for each sample, [n]."""
        options = self.filter_sk_params(Sequential.predict, kwargs)
        return np.squeeze(self.model.predict(x, **options))

    def score(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Returns the negative loss: the greater, the better."""
        options = self.filter_sk_params(Sequential.evaluate, kwargs)
        results = self.model.evaluate(x, y, **options)
        return -results[0] if isinstance(results, list) else -results
