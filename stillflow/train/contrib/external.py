"""Optimizers that are no ops: a library asks for the loss and its gradient until satisfied."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import numpy as np

from stillflow.gradients.walk import gradients
from stillflow.graph.context import get_default_session
from stillflow.ops.array import filling, joining, reshaping
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.variables.sets import trainable_variables
from stillflow.platform import logging


class ExternalOptimizerInterface:
    """Minimises a loss by a library; a class derived from it says by which, in `_minimize`.

    Args:
      loss: f[].
      var_list: the variables that may change; all trainable ones by default.
      equalities: tensors f[] that are to be 0 in the end.
      inequalities: tensors f[] that are to be 0 or more.
      var_to_bounds: (least, most) by variable, each broadcast to its shape.
      optimizer_kwargs: what the library takes.
    """

    def __init__(
        self,
        loss: Any,
        var_list: Any = None,
        equalities: Any = None,
        inequalities: Any = None,
        var_to_bounds: Any = None,
        **optimizer_kwargs: Any,
    ):
        self._loss = loss
        self._equalities = equalities or []
        self._inequalities = inequalities or []
        self._vars = trainable_variables() if var_list is None else list(var_list)
        self._packed_bounds = self._all_bounds(var_to_bounds)
        self._update_placeholders = [placeholder(var.dtype) for var in self._vars]
        self._var_updates = [
            var.assign(reshaping.reshape(fed, _shape(var)))
            for var, fed in zip(self._vars, self._update_placeholders, strict=True)
        ]
        of_loss = _gradients(loss, self._vars)
        of_equalities = [_gradients(value, self._vars) for value in self._equalities]
        of_inequalities = [_gradients(value, self._vars) for value in self._inequalities]
        self.optimizer_kwargs = optimizer_kwargs
        self._packed_var = self._pack(self._vars)
        self._packed_loss_grad = self._pack(of_loss)
        self._packed_equality_grads = [self._pack(grads) for grads in of_equalities]
        self._packed_inequality_grads = [self._pack(grads) for grads in of_inequalities]
        sizes = [math.prod(_shape(var)) for var in self._vars]
        ends = list(accumulate(sizes))
        self._packing_slices = [
            slice(end - size, end) for size, end in zip(sizes, ends, strict=True)
        ]

    def _all_bounds(self, var_to_bounds: Any) -> list[tuple[Any, Any]] | None:
        """The bounds of each element of each variable, in order."""
        if var_to_bounds is None:
            return None
        packed: list[tuple[Any, Any]] = []
        for var in self._vars:
            bounds = var_to_bounds.get(var, (-np.inf, np.inf))
            least, most = (np.broadcast_to(bound, _shape(var)).flat for bound in bounds)
            packed += zip(least, most, strict=True)
        return packed

    def minimize(
        self,
        session: Any = None,
        feed_dict: Any = None,
        fetches: Any = None,
        step_callback: Callable | None = None,
        loss_callback: Callable | None = None,
        **run_kwargs: Any,
    ) -> None:
        """Minimises the loss, and then assigns the variables.

        Args:
          session: the default one unless given.
          feed_dict: what the runs are fed.
          fetches: more tensors to fetch with the loss, for `loss_callback`.
          step_callback: called with all variables as one vector after each step.
          loss_callback: called with the values of `fetches` after each run.
          run_kwargs: what the last `Session.run` takes.
        """
        session = session or get_default_session()
        runs = _Runs(self, session, feed_dict or {}, fetches or [])
        found = self._minimize(
            initial_val=session.run(self._packed_var),
            loss_grad_func=runs.function(
                [self._loss, self._packed_loss_grad], loss_callback or (lambda *fetched: None)
            ),
            equality_funcs=runs.functions(self._equalities),
            equality_grad_funcs=runs.functions(self._packed_equality_grads),
            inequality_funcs=runs.functions(self._inequalities),
            inequality_grad_funcs=runs.functions(self._packed_inequality_grads),
            packed_bounds=self._packed_bounds,
            step_callback=step_callback or (lambda x: None),
            optimizer_kwargs=self.optimizer_kwargs,
        )
        values = [found[part] for part in self._packing_slices]
        feeds = dict(zip(self._update_placeholders, values, strict=True))
        session.run(self._var_updates, feed_dict=feeds, **run_kwargs)

    def _minimize(
        self,
        initial_val: Any,
        loss_grad_func: Callable,
        equality_funcs: list[Callable],
        equality_grad_funcs: list[Callable],
        inequality_funcs: list[Callable],
        inequality_grad_funcs: list[Callable],
        packed_bounds: Any,
        step_callback: Callable,
        optimizer_kwargs: dict[str, Any],
    ) -> Any:
        """Returns the best vector of all variables, starting from `initial_val`.

        Each function takes such a vector and gives a list of values: of the loss and its gradient,
        or of a constraint, or of a constraint's gradient.
        """
        raise NotImplementedError(
            "To use ExternalOptimizerInterface, subclass from it and implement the _minimize() "
            "method."
        )

    @classmethod
    def _pack(cls, tensors: list[Any]) -> Any:
        """All tensors as one vector; None when there is none."""
        if not tensors:
            return None
        flat = [reshaping.reshape(tensor, [-1]) for tensor in tensors]
        return flat[0] if len(flat) == 1 else joining.concat(flat, 0)


class _Runs:
    """Makes functions of vectors of tensors."""

    def __init__(self, owner: ExternalOptimizerInterface, session: Any, feeds: Any, fetches: Any):
        self._parts = list(zip(owner._vars, owner._packing_slices, strict=True))
        self._session, self._feeds, self._fetches = session, feeds, fetches

    def functions(self, tensors: list[Any]) -> list[Callable]:
        return [self.function([tensor]) for tensor in tensors]

    def function(self, tensors: list[Any], callback: Callable | None = None) -> Callable:
        def evaluate(x: Any) -> Any:
            feeds = {var: x[part].reshape(_shape(var)) for var, part in self._parts}
            feeds.update(self._feeds)
            values = self._session.run([*tensors, *self._fetches], feed_dict=feeds)
            if callback is not None:
                callback(*values[len(tensors) :])
            return values[: len(tensors)]

        return evaluate


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """Minimises by `scipy.optimize.minimize`, with method L-BFGS-B unless `method` is given.

    Raises:
      ModuleNotFoundError: SciPy is not installed.
      ValueError: an argument of SciPy's that is set here.
    """

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(
        self,
        initial_val: Any,
        loss_grad_func: Callable,
        equality_funcs: list[Callable],
        equality_grad_funcs: list[Callable],
        inequality_funcs: list[Callable],
        inequality_grad_funcs: list[Callable],
        packed_bounds: Any,
        step_callback: Callable,
        optimizer_kwargs: dict[str, Any],
    ) -> Any:
        from scipy import optimize

        def loss_and_gradient(x: Any) -> tuple[Any, Any]:
            loss, gradient = loss_grad_func(x)
            return np.float64(loss), gradient.astype(np.float64)

        given = dict(optimizer_kwargs)
        settings = {
            "jac": True,
            "callback": step_callback,
            "method": given.pop("method", self._DEFAULT_METHOD),
            "constraints": [
                *_constraints("eq", equality_funcs, equality_grad_funcs),
                *_constraints("ineq", inequality_funcs, inequality_grad_funcs),
            ],
            "bounds": packed_bounds,
        }
        if "bounds" in given:
            raise ValueError("Bounds must be set using the var_to_bounds argument")
        for name in settings.keys() & given.keys():
            raise ValueError(
                f"Optimizer keyword arg '{name}' is set automatically and cannot be injected "
                "manually"
            )
        start = initial_val.astype(np.float64)
        result = optimize.minimize(loss_and_gradient, start, **settings, **given)
        logging.info("\n".join(_report(result)))
        return result["x"]


def _constraints(kind: str, functions: list[Callable], of_gradients: list[Callable]) -> list[dict]:
    def first(function: Callable) -> Callable:
        """SciPy takes float64 alone."""
        return lambda x: np.asarray(function(x)[0], np.float64)

    return [
        {"type": kind, "fun": first(function), "jac": first(gradient)}
        for function, gradient in zip(functions, of_gradients, strict=True)
    ]


def _report(result: Any) -> list[str]:
    lines = [
        "Optimization terminated with:",
        f"  Message: {result.message}",
        f"  Objective function value: {result.fun:f}",
    ]
    if hasattr(result, "nit"):
        lines.append(f"  Number of iterations: {result.nit}")
    if hasattr(result, "nfev"):
        lines.append(f"  Number of functions evaluations: {result.nfev}")
    return lines


def _shape(var: Any) -> tuple[int, ...]:
    return tuple(var.get_shape().as_list())


def _gradients(tensor: Any, variables: list[Any]) -> list[Any]:
    found = gradients(tensor, variables)
    return [
        filling.zeros_like(var) if grad is None else grad
        for var, grad in zip(variables, found, strict=True)
    ]
