"""The optimizers of `tensorflow.python.keras.optimizers`: those that `tf.keras` had first.

They have no slots: what they keep is made with each `get_updates`, whose operations a step runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.variables import zeros
from stillflow.keras.optimizers.first_base import Optimizer, zeros_like_each
from stillflow.layers import settings
from stillflow.layers.bounding import sqrt
from stillflow.ops.math import arithmetic, elementwise
from stillflow.ops.variables import state


class SGD(Optimizer):
    """variable += momentum * velocity - lr * g; with `nesterov`, of the velocity to come."""

    _variables = ("lr", "momentum", "decay")
    _described = (*_variables, "nesterov")

    def __init__(
        self,
        lr: Any = 0.01,
        momentum: Any = 0.0,
        decay: Any = 0.0,
        nesterov: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._make(iterations=0, lr=lr, momentum=momentum, decay=decay)
        self.initial_decay = decay
        self.nesterov = nesterov

    def get_updates(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        own: Any = self
        grads = self.get_gradients(loss, params)
        self.updates = [state.assign_add(own.iterations, 1)]
        rate = self._decayed(own.lr)
        velocities = zeros_like_each(params)
        self.weights = [own.iterations, *velocities]
        for param, grad, velocity in zip(params, grads, velocities, strict=True):
            new = own.momentum * velocity - rate * grad
            self.updates.append(state.assign(velocity, new))
            ahead = param + own.momentum * new - rate * grad if self.nesterov else param + new
            self._set(param, ahead)
        return self.updates


class RMSprop(Optimizer):
    """variable -= lr * g / (root of the running mean of g^2 + epsilon)"""

    _variables = ("lr", "rho", "decay")
    _described = (*_variables, "epsilon")

    def __init__(
        self,
        lr: Any = 0.001,
        rho: Any = 0.9,
        epsilon: Any = None,
        decay: Any = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._make(lr=lr, rho=rho, decay=decay, iterations=0)
        self.epsilon = settings.epsilon() if epsilon is None else epsilon
        self.initial_decay = decay

    def get_updates(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        own: Any = self
        grads = self.get_gradients(loss, params)
        self.weights = zeros_like_each(params, typed=True)
        self.updates = [state.assign_add(own.iterations, 1)]
        rate = self._decayed(own.lr)
        for param, grad, square in zip(params, grads, self.weights, strict=True):
            new = own.rho * square + (1.0 - own.rho) * elementwise.square(grad)
            self.updates.append(state.assign(square, new))
            self._set(param, param - rate * grad / (sqrt(new) + self.epsilon))
        return self.updates


class Adagrad(Optimizer):
    """variable -= lr * g / (root of the sum of g^2 + epsilon)"""

    _variables = ("lr", "decay")
    _described = (*_variables, "epsilon")

    def __init__(self, lr: Any = 0.01, epsilon: Any = None, decay: Any = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self._make(lr=lr, decay=decay, iterations=0)
        self.epsilon = settings.epsilon() if epsilon is None else epsilon
        self.initial_decay = decay

    def get_updates(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        own: Any = self
        grads = self.get_gradients(loss, params)
        self.weights = zeros_like_each(params)
        self.updates = [state.assign_add(own.iterations, 1)]
        rate = self._decayed(own.lr)
        for param, grad, square in zip(params, grads, self.weights, strict=True):
            new = square + elementwise.square(grad)
            self.updates.append(state.assign(square, new))
            self._set(param, param - rate * grad / (sqrt(new) + self.epsilon))
        return self.updates


class Adadelta(Optimizer):
    """variable -= lr * g * the ratio of the roots of running means: of steps and of gradients."""

    _variables = ("lr", "decay")
    _described = ("lr", "rho", "decay", "epsilon")

    def __init__(
        self,
        lr: Any = 1.0,
        rho: Any = 0.95,
        epsilon: Any = None,
        decay: Any = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._make(lr=lr, decay=decay, iterations=0)
        self.rho = rho
        self.epsilon = settings.epsilon() if epsilon is None else epsilon
        self.initial_decay = decay

    def get_updates(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        own: Any = self
        grads = self.get_gradients(loss, params)
        squares, steps = zeros_like_each(params), zeros_like_each(params)
        self.weights = squares + steps
        self.updates = [state.assign_add(own.iterations, 1)]
        rate = self._decayed(own.lr)
        for param, grad, square, step in zip(params, grads, squares, steps, strict=True):
            new = self.rho * square + (1.0 - self.rho) * elementwise.square(grad)
            self.updates.append(state.assign(square, new))
            update = grad * sqrt(step + self.epsilon) / sqrt(new + self.epsilon)
            self._set(param, param - rate * update)
            new = self.rho * step + (1 - self.rho) * elementwise.square(update)
            self.updates.append(state.assign(step, new))
        return self.updates


class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square."""

    _variables = ("lr", "beta_1", "beta_2", "decay")
    _described = (*_variables, "epsilon", "amsgrad")

    def __init__(
        self,
        lr: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = None,
        decay: Any = 0.0,
        amsgrad: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._make(iterations=0, lr=lr, beta_1=beta_1, beta_2=beta_2, decay=decay)
        self.epsilon = settings.epsilon() if epsilon is None else epsilon
        self.initial_decay = decay
        self.amsgrad = amsgrad

    def get_updates(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        own: Any = self
        grads = self.get_gradients(loss, params)
        self.updates = []
        rate = self._decayed(own.lr)
        t = self._counted()
        second = sqrt(1.0 - arithmetic.pow_(own.beta_2, t))
        rate = rate * (second / (1.0 - arithmetic.pow_(own.beta_1, t)))
        means, squares = zeros_like_each(params, typed=True), zeros_like_each(params, typed=True)
        greatest = (
            zeros_like_each(params, typed=True) if self.amsgrad else [zeros(1) for _ in params]
        )
        self.weights = [own.iterations, *means, *squares, *greatest]
        kept = zip(params, grads, means, squares, greatest, strict=True)
        for param, grad, mean, square, most in kept:
            new_mean = own.beta_1 * mean + (1.0 - own.beta_1) * grad
            new_square = own.beta_2 * square + (1.0 - own.beta_2) * elementwise.square(grad)
            divisor = arithmetic.maximum(most, new_square) if self.amsgrad else new_square
            new = param - rate * new_mean / (sqrt(divisor) + self.epsilon)
            if self.amsgrad:
                self.updates.append(state.assign(most, divisor))
            self.updates.append(state.assign(mean, new_mean))
            self.updates.append(state.assign(square, new_square))
            self._set(param, new)
        return self.updates


class Adamax(Optimizer):
    """Adam by the largest gradients."""

    _variables = ("lr", "beta_1", "beta_2", "decay")
    _described = (*_variables, "epsilon")

    def __init__(
        self,
        lr: Any = 0.002,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = None,
        decay: Any = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._make(iterations=0, lr=lr, beta_1=beta_1, beta_2=beta_2, decay=decay)
        self.epsilon = settings.epsilon() if epsilon is None else epsilon
        self.initial_decay = decay

    def get_updates(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        own: Any = self
        grads = self.get_gradients(loss, params)
        self.updates = []
        rate = self._decayed(own.lr)
        t = self._counted()
        rate = rate / (1.0 - arithmetic.pow_(own.beta_1, t))
        means, largest = zeros_like_each(params), zeros_like_each(params)
        self.weights = [own.iterations, *means, *largest]
        for param, grad, mean, most in zip(params, grads, means, largest, strict=True):
            new_mean = own.beta_1 * mean + (1.0 - own.beta_1) * grad
            new_most = arithmetic.maximum(own.beta_2 * most, elementwise.abs_(grad))
            new = param - rate * new_mean / (new_most + self.epsilon)
            self.updates.append(state.assign(mean, new_mean))
            self.updates.append(state.assign(most, new_most))
            self._set(param, new)
        return self.updates


class Nadam(Optimizer):
    """Adam with Nesterov's momentum, which grows with the steps."""

    _variables = ("lr", "beta_1", "beta_2")
    _described = (*_variables, "epsilon", "schedule_decay")

    def __init__(
        self,
        lr: Any = 0.002,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = None,
        schedule_decay: Any = 0.004,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._make(iterations=0, m_schedule=1.0, lr=lr, beta_1=beta_1, beta_2=beta_2)
        self.epsilon = settings.epsilon() if epsilon is None else epsilon
        self.schedule_decay = schedule_decay

    def _momentum(self, exponent: Tensor) -> Tensor:
        own: Any = self
        base = np.asarray(0.96, settings.floatx())
        return own.beta_1 * (1.0 - 0.5 * arithmetic.pow_(base, exponent))

    def get_updates(self, loss: Tensor, params: Sequence[Any]) -> list[Any]:
        own: Any = self
        grads = self.get_gradients(loss, params)
        self.updates = []
        t = self._counted()
        now = self._momentum(t * self.schedule_decay)
        then = self._momentum((t + 1) * self.schedule_decay)
        product = own.m_schedule * now
        next_product = own.m_schedule * now * then
        self.updates.append((own.m_schedule, product))
        means, squares = zeros_like_each(params), zeros_like_each(params)
        self.weights = [own.iterations, own.m_schedule, *means, *squares]
        for param, grad, mean, square in zip(params, grads, means, squares, strict=True):
            scaled = grad / (1.0 - product)
            new_mean = own.beta_1 * mean + (1.0 - own.beta_1) * grad
            ahead = new_mean / (1.0 - next_product)
            new_square = own.beta_2 * square + (1.0 - own.beta_2) * elementwise.square(grad)
            divisor = new_square / (1.0 - arithmetic.pow_(own.beta_2, t))
            ahead = (1.0 - now) * scaled + then * ahead
            self.updates.append(state.assign(mean, new_mean))
            self.updates.append(state.assign(square, new_square))
            self._set(param, param - own.lr * ahead / (sqrt(divisor) + self.epsilon))
        return self.updates
