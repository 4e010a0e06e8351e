"""`tf.custom_gradient`: a function of tensors that brings its own derivative."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.rules import RegisterGradient
from stillflow.gradients import eager_custom
from stillflow.gradients import tape as tapes
from stillflow.gradients.tape import Tape
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.ops.array.passing import identity_n
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables.scope import get_variable_scope

_numbers = itertools.count()


def custom_gradient(f: Callable) -> Callable:
    """Decorator for `f(*tensors)` that returns its result, a tensor or several, and `grad_fn`.

    `grad_fn` takes one gradient per result and returns one per argument of `f`. Where it has an
    argument `variables`, that is given the trainable variables that `f` reads, and `grad_fn`
    returns a second list, of one gradient for each of them.

    Raises:
      ValueError: the decorated function is called with keyword arguments.
      TypeError: it makes a variable that is not behind a handle; `grad_fn` takes variables where
        there are none, outside of a scope with `use_resource`, or takes none where there are.
    """

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if executing_eagerly():
            return eager_custom.call(f, args, kwargs)
        if kwargs:
            raise ValueError(
                "The custom_gradient decorator currently supports keywords arguments only when "
                "eager execution is enabled.\n  Pass what is constant by functools.partial or a "
                f"closure: got {', '.join(kwargs)}."
            )
        inputs = [convert_to_tensor(arg) for arg in args]
        graph = get_default_graph()
        before, known = graph._last_id, set(map(id, _variables(graph)))
        watching = Tape()
        tapes.push(watching)
        try:
            result, grad_fn = f(*inputs)
        finally:
            tapes.pop(watching)
        _check_behind_handles(v for v in _variables(graph) if id(v) not in known)
        outputs = list(result) if isinstance(result, (list, tuple)) else [result]
        variables = variables_read(graph, before)
        # Those of eager mode, which functions read, are in no collection.
        variables += [v for v in watching.watched_variables() if not v._in_graph_mode]
        for output in outputs:
            identity(output)  # unused, as in TensorFlow, where it counts among the nodes
        if not _takes_variables(grad_fn):
            _check_none_behind_handles(variables)
            variables = []
        elif not variables and not get_variable_scope().use_resource:
            raise TypeError(
                "If using @custom_gradient with a function that uses variables, the enclosing "
                "variable scope must have use_resource=True."
            )
        replaced = _with_gradient(graph, outputs, inputs, variables, grad_fn)
        return type(result)(replaced) if isinstance(result, (list, tuple)) else replaced[0]

    return decorated


def grad_pass_through(f: Callable) -> Callable:
    """A function that gives what `f` gives, and whose gradient is the identity's."""

    @custom_gradient
    def passing(*args: Any, **kwargs: Any) -> tuple[Any, Callable]:
        def gradient(*grads: Any, variables: Any = None) -> Any:
            return grads if variables is None else (grads, [None] * len(variables))

        return f(*args, **kwargs), gradient

    return functools.wraps(f)(passing)


def _variables(graph: Graph) -> list:
    keys = GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES
    return [variable for key in keys for variable in graph.get_collection(key)]


def _is_behind_handle(variable: Any) -> bool:
    return hasattr(variable, "_should_act_as_resource_variable")


def _check_none_behind_handles(variables: list) -> None:
    if any(map(_is_behind_handle, variables)):
        raise TypeError(
            "If using @custom_gradient with a function that uses variables, then grad_fn must "
            "accept a keyword argument 'variables'."
        )


def _check_behind_handles(variables: Iterable[Any]) -> None:
    if not all(map(_is_behind_handle, variables)):
        raise TypeError(
            "All variables used by a function wrapped with @custom_gradient must be "
            "`ResourceVariable`s. Ensure that no `variable_scope` is created with "
            "`use_resource=False`."
        )


def _with_gradient(
    graph: Graph, outputs: list, inputs: list[Tensor], variables: list, grad_fn: Callable
) -> list[Tensor]:
    """`outputs` as the first outputs of one operation whose gradient is `grad_fn`.

    The operation takes `inputs` and the variables' values as well, for gradients to flow to.
    """
    name = f"CustomGradient-{next(_numbers)}"

    def rule(op: Any, *grads: Any) -> list:
        given = grads[: len(outputs)]
        own = grad_fn(*given, variables=variables) if variables else grad_fn(*given)
        by_input, by_variable = own if variables else (own, [])
        return [None] * len(outputs) + _as_list(by_input) + _as_list(by_variable)

    RegisterGradient(name)(rule)
    with graph.gradient_override_map({"IdentityN": name}):
        passed = identity_n([*outputs, *inputs, *variables])
    for variable in variables:
        convert_to_tensor(variable)  # unused, as in TensorFlow
    return passed[: len(outputs)]


def _as_list(value: Any) -> list:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _takes_variables(grad_fn: Callable) -> bool:
    parameters = inspect.signature(grad_fn).parameters
    return "variables" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def variables_read(graph: Graph, after: int) -> list:
    """The trainable variables whose values operations built after number `after` take."""
    trainable = graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)
    taken = {t for op in graph.get_operations() if op._id > after for t in op.inputs}
    return [
        v for v in trainable if any(_source(part) in taken for part in eager_custom.parts_of(v))
    ]


def _source(variable: Any) -> Any:
    return variable.handle if hasattr(variable, "handle") else variable.value()
