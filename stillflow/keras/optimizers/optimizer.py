"""`tf.keras.optimizers.Optimizer`: computes gradients and applies them. Knows no update rule.

An optimizer says what numbers it has (`_set_hyper`), which slots it keeps for a variable
(`_create_slots`), what tensors an update is given (`_prepare_local`), and builds the update of a
variable (`_resource_apply_dense`, `_resource_apply_sparse`). These hooks are TensorFlow 1.15's, so
that programs can write their own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.gradients.gradient_tape import GradientTape
from stillflow.gradients.walk import gradients
from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.distribution import for_all_replicas, strategy_around
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies, init_scope, name_scope
from stillflow.keras.optimizers import schedules
from stillflow.keras.optimizers.hyper import BY_HANDLES, Hyper
from stillflow.layers import names
from stillflow.layers.autocast import uncast
from stillflow.layers.values import get_value
from stillflow.ops.array.gathering import unsorted_segment_sum
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.unique import unique
from stillflow.ops.math import clip
from stillflow.ops.variables.reference_variable import RefVariable
from stillflow.ops.variables.resource_scatter import (
    resource_scatter_add,
    resource_scatter_update,
)
from stillflow.platform import logging
from stillflow.platform.decorators import getfullargspec
from stillflow.train.repeated_updates import is_plain, numbers_of, repeated

Gradient = Tensor | IndexedSlices
Pair = tuple[Any, Any]
_OPTIONS = ("clipnorm", "clipvalue", "lr", "decay")


class OptimizerV2(Hyper):
    """The base of the optimizers of `tf.keras`. Variables are such behind handles.

    Args:
      name: of the scope in which updates are built.
      clipnorm: the norm of each gradient that is scaled down to it.
      clipvalue: what bounds each element of a gradient.
      decay: the rate is divided by 1 + decay * iterations.
      lr: an older name of `learning_rate`.

    Raises:
      TypeError: an argument is unknown.
      ValueError: one of these is less than 0.
    """

    # See `train.optimizer`; numbers that have become variables may change.
    _decided_by: tuple[str, ...] | None = None

    def __init__(self, name: str | None, **kwargs: Any):
        for key, value in kwargs.items():
            if key not in _OPTIONS:
                raise TypeError(
                    f"Unexpected keyword argument passed to optimizer: {key}\n"
                    f"  Besides its own, one takes {', '.join(_OPTIONS)}."
                )
            if value < 0:
                raise ValueError(f"Expected {key} >= 0, received: {value}")
        super().__init__()
        self._use_locking = True
        self._name = name or names.unique_object_name(
            names.to_snake_case(type(self).__name__), zero_based=True
        )
        self._initial_decay = kwargs.pop("decay", 0.0)
        for option in ("clipnorm", "clipvalue"):
            if option in kwargs:
                setattr(self, option, kwargs[option])

    @property
    def _object_identifier(self) -> str:
        return "optimizer"

    # Computing and applying gradients -------------------------------------------------------------

    def minimize(
        self,
        loss: Callable[[], Any],
        var_list: Any,
        grad_loss: Any = None,
        name: str | None = None,
    ) -> Operation:
        """Returns an operation that takes one step.

        Args:
          loss: a function without arguments that builds the loss.
          var_list: the variables, or a function that returns them, called after `loss`.
          grad_loss: the gradient of the loss; ones by default.
          name: of the scope of the updates; the optimizer's name by default.
        """
        grads_and_vars = self._compute_gradients(loss, var_list, grad_loss)
        return self.apply_gradients(grads_and_vars, name=name)

    def _compute_gradients(
        self, loss: Callable[[], Any], var_list: Any, grad_loss: Any = None
    ) -> list[Pair]:
        """Returns (gradient, variable) for each variable; None where `loss` does not depend on it.

        Raises:
          TypeError: `loss` is no function.
          ValueError: a variable is of a type that cannot be optimized.
        """
        if not callable(loss):
            raise TypeError(
                f"{type(loss).__name__!r} object is not callable\n"
                "  minimize takes a function that builds the loss; of a tensor that is built, "
                "get_updates(loss, variables) gives the operations of a step."
            )
        with GradientTape() if executing_eagerly() else nullcontext() as tape:
            if tape is not None and not callable(var_list):
                tape.watch(var_list)
            value = loss()
        variables = nest.flatten(var_list() if callable(var_list) else var_list)
        with name_scope(f"{self._name}/gradients"):
            if tape is None:
                grads = gradients(value, variables, grad_ys=grad_loss)
            else:
                grads = tape.gradient(value, variables, grad_loss)
            grads = self._clipped(grads)
        pairs = list(zip(grads, variables, strict=True))
        self._assert_valid_dtypes([v for grad, v in pairs if grad is not None])
        return pairs

    def get_gradients(self, loss: Tensor, params: Any) -> list[Gradient]:
        """Returns the gradients of `loss` with respect to `params`, variables.

        Raises:
          ValueError: it does not depend on one of them.
        """
        variables = nest.flatten(params)
        with name_scope(f"{self._name}/gradients"):
            grads = gradients(loss, variables)
            for grad, variable in zip(grads, variables, strict=True):
                if grad is None:
                    raise ValueError(
                        f"Variable {variable} has `None` for gradient. Please make sure that all "
                        "of your ops have a gradient defined (i.e. are differentiable). Common ops "
                        "without gradient: K.argmax, K.round, K.eval."
                    )
            return self._clipped(grads)

    def _clipped(self, grads: Iterable[Any]) -> list[Any]:
        clipped = list(grads)
        if hasattr(self, "clipnorm"):
            clipped = [clip.clip_by_norm(grad, self.clipnorm) for grad in clipped]
        if hasattr(self, "clipvalue"):
            bound = self.clipvalue
            clipped = [clip.clip_by_value(grad, -bound, bound) for grad in clipped]
        return clipped

    def apply_gradients(
        self, grads_and_vars: Iterable[Pair], name: str | None = None
    ) -> Operation | Any:
        """Returns an operation that updates each variable by its gradient and counts the step.

        Args:
          grads_and_vars: variables with a gradient of None are left alone.
          name: of the scope of the updates; the optimizer's name by default.

        Raises:
          ValueError: no variable has a gradient.
        """
        given = with_gradients(grads_and_vars)
        if strategy_around() is None and repeated(self, given):
            return None  # as in eager mode always
        return self._build_update(given, None, name)

    def _deciding(self) -> list[Any] | None:
        """What decides about an update of eager mode; None where anything may."""
        numbers = numbers_of(self)
        own = [self._iterations, *self._hyper.values()]
        if numbers is None or not all(map(is_plain, own)):
            return None
        return [*numbers, *(variable._unique_id for variable in own)]

    def _build_update(self, given: Sequence[Pair], global_step: Any, name: str | None) -> Any:
        """Builds what updates variables by their gradients, and counts the step."""
        assert global_step is None  # it has a count of its own
        variables = [variable for _, variable in given]
        with name_scope(self._name):
            with init_scope():
                _ = self.iterations
                self._create_hypers()
                self._create_slots(variables)
            state = self._prepare(variables)

            def apply(strategy: Any, pairs: Sequence[Pair]) -> Any:
                return self._distributed_apply(strategy, pairs, name, state)

            return for_all_replicas(apply, given)

    def _distributed_apply(
        self, distribution: Any, grads_and_vars: Sequence[Pair], name: str | None, apply_state: Any
    ) -> Operation:
        """`apply_gradients` outside of replicas; `distribution` is their strategy, if any."""
        updates: list[Any] = []
        with name_scope(name or self._name):
            for grad, variable in _reduced(distribution, grads_and_vars):
                with name_scope(f"update_{_node_name(variable)}"):
                    updates += self._update(distribution, grad, variable, apply_state)
            with control_dependencies(updates):
                counted: Operation = self.iterations.assign_add(1).op
            return counted

    def _update(self, distribution: Any, grad: Any, variable: Any, apply_state: Any) -> list[Any]:
        def apply(var: Any, gradient: Any) -> Any:
            return self._updated(gradient, var, apply_state)

        if distribution is None:
            with colocate_with(variable):
                return [apply(variable, grad)]
        extended = distribution.extended
        with extended.colocate_vars_with(variable):
            done: list[Any] = extended.update(variable, apply, args=(grad,), group=False)
            return done

    def _updated(self, grad: Gradient, var: Any, apply_state: Any) -> Any:
        """Builds what updates one variable, which its constraint may change afterwards."""
        if isinstance(var, Tensor):
            raise NotImplementedError("Trying to update a Tensor ", var)
        if isinstance(var, RefVariable):
            raise AttributeError(f"'RefVariable' object has no attribute 'handle'{BY_HANDLES}")
        if isinstance(grad, IndexedSlices):
            if var.constraint is not None:
                raise RuntimeError("Cannot use a constraint function on a sparse variable.")
            options = _taken(self._resource_apply_sparse, apply_state)
            return self._resource_apply_sparse_duplicate_indices(
                grad.values, var, grad.indices, **options
            )
        options = _taken(self._resource_apply_dense, apply_state)
        updated = self._resource_apply_dense(grad, var, **options)
        if var.constraint is None:
            return updated
        with control_dependencies([updated]):
            return var.assign(var.constraint(var))

    def get_updates(self, loss: Tensor, params: Any) -> list[Operation]:
        """Returns the operations of a step that lowers `loss` by changing `params`, variables."""
        grads = self.get_gradients(loss, params)
        self._assert_valid_dtypes(params)
        return [self.apply_gradients(list(zip(grads, params, strict=True)))]

    # What an optimizer says -----------------------------------------------------------------------

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        """Makes the slots of each variable."""

    def _prepare(self, var_list: Sequence[Any]) -> dict[tuple[str, DType], dict[str, Any]]:
        """Makes the tensors that updates are given, for each device and type of variables."""
        places: dict[tuple[str, DType], None] = {}
        for var in var_list:
            for device in getattr(var, "devices", None) or [var.device]:
                places[device, var.dtype.base_dtype] = None
        state: dict[tuple[str, DType], dict[str, Any]] = {}
        for place in places:
            state[place] = {}
            with get_default_graph().device(place[0]):
                self._prepare_local(*place, state)
        return state

    def _fallback_apply_state(self, var_device: str, var_dtype: DType) -> dict[str, Any]:
        """What `_prepare` makes, for an update that was not given it."""
        state: dict[tuple[str, DType], dict[str, Any]] = {(var_device, var_dtype): {}}
        self._prepare_local(var_device, var_dtype, state)
        return state[var_device, var_dtype]

    def _coefficients(self, var: Any, apply_state: Any) -> dict[str, Any]:
        """What `_prepare` has made for a variable."""
        place = var.device, var.dtype.base_dtype
        return (apply_state or {}).get(place) or self._fallback_apply_state(*place)

    def _resource_apply_dense(self, grad: Tensor, handle: Any, apply_state: Any) -> Any:
        """Returns what updates a variable by a gradient of its shape."""
        raise NotImplementedError

    def _resource_apply_sparse(
        self, grad: Tensor, handle: Any, indices: Tensor, apply_state: Any
    ) -> Any:
        """Returns what updates a variable by a gradient for some rows, no row twice."""
        raise NotImplementedError

    def _resource_apply_sparse_duplicate_indices(
        self, grad: Tensor, handle: Any, indices: Tensor, **kwargs: Any
    ) -> Any:
        """`_resource_apply_sparse` for rows of which some may occur several times."""
        rows, positions = unique(indices)
        total = unsorted_segment_sum(grad, positions, shape(rows)[0])
        return self._resource_apply_sparse(total, handle, rows, **kwargs)

    def _resource_scatter_add(self, x: Any, i: Tensor, v: Tensor) -> Tensor:
        """The value of a variable after `v` is added to its rows `i`."""
        with control_dependencies([resource_scatter_add(x.handle, i, v)]):
            return x.value()

    def _resource_scatter_update(self, x: Any, i: Tensor, v: Tensor) -> Tensor:
        """The value of a variable after its rows `i` are set to `v`."""
        with control_dependencies([resource_scatter_update(x.handle, i, v)]):
            return x.value()

    def _assert_valid_dtypes(self, tensors: Iterable[Any]) -> None:
        valid = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in valid:
                raise ValueError(
                    f"Invalid type {dtype!r} for {tensor.name}, expected: {list(valid)}."
                )

    def _valid_dtypes(self) -> set[DType]:
        """The element types of variables that it can optimize."""
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _with_loss_scale(self, loss_scale: Any) -> Any:
        """What optimizes in its place a loss that is scaled."""
        from stillflow.keras.optimizers.loss_scaling import LossScaleOptimizer  # one of these

        return LossScaleOptimizer(self, loss_scale)

    # As plain data --------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal one, without its state."""
        config = {"name": self._name}
        for option in ("clipnorm", "clipvalue"):
            if hasattr(self, option):
                config[option] = getattr(self, option)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Makes an optimizer as `get_config` tells it.

        Args:
          config: is changed where it is of an older kind, as TensorFlow does and programs look at.
          custom_objects: {name: object}: classes of schedules of a program's own.
        """
        if "lr" in config:
            config["learning_rate"] = config.pop("lr")
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = schedules.deserialize(
                config["learning_rate"], custom_objects=custom_objects
            )
        return cls(**config)

    def _serialize_hyperparameter(self, hyperparameter_name: str) -> Any:
        """A number of the optimizer as plain data."""
        value = self._hyper[hyperparameter_name]
        if isinstance(value, schedules.LearningRateSchedule):
            return schedules.serialize(value)
        if callable(value):
            return value()
        return get_value(value) if is_tensor(value) else value


def with_gradients(grads_and_vars: Iterable[Pair]) -> list[Pair]:
    """Those pairs that have a gradient. ValueError where none has."""
    pairs = list(grads_and_vars)
    given = [(grad, variable) for grad, variable in pairs if grad is not None]
    if pairs and not given:
        raise ValueError(
            f"No gradients provided for any variable: {[v.name for _, v in pairs]}.\n"
            "  The loss depends on none of them, or on the way there is an op without a gradient."
        )
    without = [variable.name for grad, variable in pairs if grad is None]
    if without:
        logging.warning(
            "Gradients do not exist for variables %s when minimizing the loss.", without
        )
    return given


def _reduced(strategy: Any, grads_and_vars: Sequence[Pair]) -> Iterable[Pair]:
    """The gradients of all replicas as one, with their variables."""
    if strategy is None:
        return grads_and_vars
    # A strategy knows the variables that it makes, not what layers read in another type.
    own = [(grad, uncast(variable)) for grad, variable in grads_and_vars]
    grads = strategy.extended.batch_reduce_to("SUM", own)
    return zip(grads, (variable for _, variable in own), strict=True)


def _taken(hook: Callable[..., Any], apply_state: Any) -> dict[str, Any]:
    """What a hook is given besides its inputs; a program's own may take nothing."""
    return {"apply_state": apply_state} if _takes_state(getattr(hook, "__func__", hook)) else {}


@functools.lru_cache(maxsize=256)
def _takes_state(hook: Callable[..., Any]) -> bool:
    return "apply_state" in getfullargspec(hook).args


def _node_name(variable: Any) -> str:
    """The name of the node of a variable, or of what is taken for one; eager mode has none."""
    has_node = getattr(variable, "_in_graph_mode", not getattr(variable, "_is_eager", False))
    return variable.op.name if has_node else ""
