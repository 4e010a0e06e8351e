"""Steps preconditioned by a window of past gradients (Agarwal et al., 2018)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.distribution import strategy_around
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, init_scope, name_scope
from stillflow.ops.array import diagonals, filling, reshaping
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group
from stillflow.ops.linalg.decompositions import svd
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import add, minimum, pow_
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater
from stillflow.ops.math.division import divide, floormod
from stillflow.ops.math.elementwise import sqrt
from stillflow.ops.reduce.reductions import reduce_min
from stillflow.ops.variables import scattered_updates, state
from stillflow.ops.variables.variable import Variable
from stillflow.train import slot_creator
from stillflow.train.optimizer import Optimizer, _collected, _counted, _graph_of


class _Part(NamedTuple):
    """Where a variable lies in the vector of all."""

    start: int
    end: int


class GGTOptimizer(Optimizer):
    """Adagrad with a whole matrix, that of the last mean gradients.

    With g = all gradients as one vector and B = the last `window` values of m, as columns:
    m = beta1 * m + (1 - beta1) * g; M = B / sqrt(min(t, window));
    U, sigma = SVD(M'M + svd_eps * I); head = M U (sqrt(sigma) + sigma_eps)^-3 U' M' m;
    tail = (m - M U sigma^-1 U' M' m) / min(sqrt(sigma)), where that minimum is above `eps`, else 0;
    variables -= learning_rate * (head + tail).

    Args:
      learning_rate, beta1, window, eps, svd_eps, sigma_eps: numbers, tensors or functions of none.
      use_locking: has no effect.
      name: of the scope of an update.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        use_locking: bool = False,
        name: str = "GGT",
        window: Any = 10,
        eps: Any = 1e-4,
        svd_eps: Any = 1e-6,
        sigma_eps: Any = 1e-2,
    ):
        super().__init__(use_locking, name)
        self._given = {
            "beta1": beta1,
            "eps": eps,
            "lr": learning_rate,
            "sigma_eps": sigma_eps,
            "svd_eps": svd_eps,
            "window": window,
        }
        self._tensors: dict[str, Tensor] = {}
        self._own: dict[str, Any] = {}

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Operation:
        """Returns an operation that updates all variables together.

        Raises:
          NotImplementedError: a gradient is of rows, or it is a strategy's program.
          ValueError: no gradient at all.
        """
        if strategy_around() is not None:
            raise NotImplementedError(
                "GGTOptimizer has no update for replicas.\n  Minimize outside of the strategy."
            )
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("No variables provided.")
        given = [(grad, variable) for grad, variable in pairs if grad is not None]
        if not given:
            raise ValueError(
                f"No gradients provided for any variable: {[str(v) for _, v in pairs]}."
            )
        if any(isinstance(grad, IndexedSlices) for grad, _ in given):
            raise NotImplementedError(
                "Sparse gradient updates are not supported.\n"
                "  Give tf.convert_to_tensor(gradient), which has every row."
            )
        with name_scope(name, self._name) as scope:
            self._tensors = dict(zip(self._given, self._hyper(**self._given), strict=True))
        variables = [variable for _, variable in given]
        parts, size = _laid_out(variables)
        with init_scope():
            self._create_own(variables, size)
        with name_scope(scope):
            updates = group(*[self._take_in(grad, v, parts[v.name]) for grad, v in given])
            with control_dependencies([updates]):
                step = self._step(size)
                moved = group(*[self._move(v, step, parts[v.name]) for v in variables])
            if global_step is None:
                return _collected(group(moved, name=scope))
            with control_dependencies([moved]):
                return _collected(_counted(global_step, scope))

    def _get_global_step(self) -> Any:
        return self._own["global_step"]

    def _get_moment1(self) -> Any:
        return self._own["moment1"]

    def _get_grad_buffer(self) -> Any:
        return self._own["grad_buffer"]

    def _get_flat_grad(self) -> Any:
        return self._own["flat_grad"]

    def _create_own(self, variables: Sequence[Any], size: int) -> None:
        """The vectors and the window, which all variables share."""
        if self._own and _graph_of(self._own["flat_grad"]) is _graph_of(variables[0]):
            return
        dtype = variables[0].dtype.base_dtype
        beside = min(variables, key=lambda v: v.name)
        makers = {
            "global_step": lambda: cast(0.0, dtype),
            "grad_buffer": lambda: filling.zeros([self._tensors["window"], size], dtype),
            "moment1": lambda: filling.zeros((size,), dtype),
            "flat_grad": lambda: filling.zeros((size,), dtype),
        }
        for name, make in makers.items():
            value = make()
            with slot_creator.beside(beside):
                self._own[name] = Variable(value, name=name, trainable=False)
            self._non_slot_dict[name, _graph_of(beside)] = self._own[name]

    def _take_in(self, grad: Tensor, variable: Any, part: _Part) -> Tensor:
        with name_scope(f"update_{slot_creator.name_of(variable)}"):
            flat = reshaping.reshape(grad, [-1])
            rows = range_(part.start, part.end)
            return scattered_updates.scatter_update(self._own["flat_grad"], rows, flat)

    def _step(self, size: int) -> Tensor:
        """f[size, 1], along which the variables go."""
        tensors, own = self._tensors, self._own
        dtype = own["flat_grad"].dtype.base_dtype
        beta1, eps, svd_eps, sigma_eps = (
            cast(tensors[name], dtype) for name in ("beta1", "eps", "svd_eps", "sigma_eps")
        )
        window = tensors["window"]
        count = state.assign_add(own["global_step"], 1.0)
        mean = own["moment1"].assign(beta1 * own["moment1"] + (1.0 - beta1) * own["flat_grad"])
        row = floormod(cast(count - 1.0, dtypes.int32), window)
        buffer = scattered_updates.scatter_update(own["grad_buffer"], row, mean)
        filled = sqrt(minimum(convert_to_tensor(count), cast(window, dtype)))
        column = reshaping.expand_dims(mean, -1)
        m = transpose(divide(buffer, filled))
        inner = matmul(m, m, transpose_a=True)
        sigma, u, _ = svd(inner + cast(diagonals.eye(window), dtype) * svd_eps)
        root = sqrt(sigma)
        least = reduce_min(root)
        powers = divide(cast(1.0, dtype), pow_(root + sigma_eps, 3))
        nothing = reshaping.expand_dims(filling.zeros((size,), dtype), -1)
        head = _along(m, u, powers, column)
        tail = column - _along(m, u, divide(cast(1.0, dtype), sigma), column)
        scaled = divide(tail, least)
        return cond(greater(least, eps), lambda: add(head, scaled), lambda: add(nothing, head))

    def _move(self, variable: Any, step: Tensor, part: _Part) -> Any:
        along = reshaping.reshape(step[part.start : part.end], variable.shape)
        rate = cast(self._tensors["lr"], variable.dtype.base_dtype)
        return state.assign_sub(variable, rate * along)


def _along(m: Tensor, u: Tensor, weights: Tensor, vector: Tensor) -> Tensor:
    """m: f[n, w], u: f[w, w], weights: f[w], vector: f[n, 1] -> m u diag(weights) u' m' vector."""
    weighing = diagonals.diag(weights)
    inside = matmul(u, matmul(m, vector, transpose_a=True), transpose_a=True)
    return matmul(m, matmul(u, matmul(weighing, inside)))


def _laid_out(variables: Sequence[Any]) -> tuple[dict[str, _Part], int]:
    """(where each variable lies, by name, in the order of names; how many numbers there are)"""
    parts, start = {}, 0
    for variable in sorted(variables, key=lambda v: v.name):
        end = start + math.prod(variable.shape.as_list())
        parts[variable.name] = _Part(start, end)
        start = end
    return parts, start
