"""`tf.function`: a traced function that may make variables when it is called first."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.lifting import UnliftableError, lifted
from stillflow.functions.polymorphic import Function as Defun
from stillflow.functions.polymorphic import OfPython
from stillflow.functions.specification import FunctionSpec, validate_signature
from stillflow.functions.standing_for import WithCreator
from stillflow.functions.tracing import UnknownArgument
from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import init_scope
from stillflow.ops.array import filling
from stillflow.platform.decorators import make_decorator

_NOT_FIRST = "Creating variables on a non-first call to a function decorated with tf.function."


class _Mode:
    runs_python = False


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Has calls of functions be calls of their Python functions, to look for faults."""
    _Mode.runs_python = bool(run_eagerly)


def functions_run_eagerly() -> bool:
    """Whether `run_functions_eagerly` has said so."""
    return _Mode.runs_python


class _Made:
    """What the first call of a function makes.

    Attributes:
      variables: references to the variables; weak ones, as they are the program's.
      sets_inside: what it sets some to depends on its arguments.
    """

    def __init__(self) -> None:
        self.variables: list[weakref.ref] = []
        self.sets_inside = False


class Function(OfPython):
    """A Python function, traced for its arguments: see `tf.function`.

    The first call is traced twice where it makes variables: then by a trace that may, and from
    there on by traces that may not.
    """

    def __init__(
        self,
        python_function: Callable,
        name: str,
        input_signature: Any = None,
        autograph: bool = True,
        experimental_autograph_options: Any = None,
        experimental_relax_shapes: bool = False,
        experimental_compile: bool | None = None,
    ):
        super().__init__(python_function, name, input_signature)
        self._autograph = autograph
        self._autograph_options = experimental_autograph_options
        self.experimental_relax_shapes = experimental_relax_shapes
        self._experimental_compile = experimental_compile
        self._made = _Made()
        self._stateful_fn: Defun | None = None
        self._stateless_fn: Defun | None = None

    def _like(self, python_function: Callable) -> Function:
        """The same of another Python function, without its traces."""
        return Function(
            python_function,
            self._name,
            self.input_signature,
            self._autograph,
            self._autograph_options,
            self.experimental_relax_shapes,
            self._experimental_compile,
        )

    def _decorate(self, decorator: Callable) -> None:
        """Puts a decorator around the Python function; ValueError once it was traced."""
        if self._stateful_fn is not None:
            raise ValueError("Functions cannot be decorated after they have been traced.")
        self._python_function = decorator(self._python_function)
        self._function_spec = FunctionSpec(self._python_function, self.input_signature)

    # Calls ----------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._stateless_fn is not None and self._made.variables:
            return self._stateless_fn(*args, **kwargs)
        if _Mode.runs_python:
            return self._python_function(*args, **kwargs)
        if self._stateful_fn is not None:
            result = self._stateful_fn(*args, **kwargs)
            if self._made.variables:
                raise ValueError(_NOT_FIRST)
            return result
        first = self._initialize(args, kwargs)
        if self._made.variables and not self._made.sets_inside:
            return self._stateless_fn(*args, **kwargs)  # type: ignore[misc]
        spec = self._stateful_fn.function_spec  # type: ignore[attr-defined]
        return first._filtered_call(*spec.canonicalize_function_inputs(*args, **kwargs))

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The trace for such arguments, in which TensorSpecs may stand for tensors.

        Its arguments have the names of the parameters, or those that the TensorSpecs have.

        Raises:
          ValueError: they do not fit the signature, or variables are made although it was called.
        """
        is_first = self._stateful_fn is None
        if is_first:
            self._initialize(args, kwargs)
        if self._made.variables and (is_first or self._stateless_fn is not None):
            return self._stateless_fn.get_concrete_function(*args, **kwargs)  # type: ignore
        function = self._stateful_fn.get_concrete_function(*args, **kwargs)  # type: ignore
        if self._made.variables:
            raise ValueError(_NOT_FIRST)
        return function

    def get_initialization_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """A function that gives the variables that the first call makes their first values.

        Raises:
          RuntimeError: it was called before.
        """
        if self._stateful_fn is not None:
            raise RuntimeError(
                "get_initialization_function cannot be called after the function has been used"
            )
        self._initialize(args, kwargs)
        variables = [reference() for reference in self._made.variables]

        def initialize_variables() -> None:
            for variable, value in zip(variables, values, strict=True):
                if variable is not None:
                    variable.assign(value)

        with init_scope():
            values = [variable.read_value() for variable in variables if variable is not None]
        return Defun(initialize_variables, "initialize_variables").get_concrete_function()

    def _list_all_concrete_functions_for_serialization(self) -> list[ConcreteFunction]:
        """The traces that have a signature of their own."""
        if self.input_signature is not None:
            self.get_concrete_function()
        traces: list[ConcreteFunction] = []
        for function in (self._stateful_fn, self._stateless_fn):
            if function is not None:
                traces += function._function_cache.all_values()
        signatures: list[Any] = []
        for trace in traces:
            signature = trace.structured_input_signature
            is_known = not any(
                isinstance(part, UnknownArgument) for part in nest.flatten(signature)
            )
            if is_known and signature not in signatures:
                signatures.append(signature)
        return [self.get_concrete_function(*args, **words) for args, words in signatures]

    def _initialize(self, args: tuple, kwargs: dict[str, Any]) -> ConcreteFunction:
        """Traces for the first call, which may make variables; makes the function of others."""
        made = _Made()

        def creator(next_creator: Callable, **settings: Any) -> Any:
            try:
                variable = next_creator(**with_lifted_value(settings))
            except UnliftableError:
                if not executing_eagerly_outside_functions():
                    raise
                variable = _set_inside(next_creator, settings)
                made.sets_inside = True
            made.variables.append(weakref.ref(variable))
            return variable

        def refusing(next_creator: Callable, **settings: Any) -> Any:
            raise ValueError(
                "tf.function-decorated function tried to create variables on non-first call."
            )

        stateful, stateless = self._defun(creator), self._defun(refusing)
        self._made = made
        self._stateful_fn = stateful
        try:
            return stateful._get_concrete_function_internal(*args, **kwargs)
        except BaseException:
            self._stateful_fn, self._made = None, _Made()
            raise
        finally:
            self._stateless_fn = stateless if made.variables else None

    def _defun(self, creator: Callable) -> Defun:
        compiled = self._experimental_compile
        return Defun(
            WithCreator(self._python_function, creator),
            self._name,
            self.input_signature,
            None if compiled is None else {"_XlaCompile": bool(compiled)},
            self._autograph,
            self._autograph_options,
            self.experimental_relax_shapes,
        )


def _set_inside(next_creator: Callable, settings: dict[str, Any]) -> Any:
    """A new variable that the body itself gives its first value, which depends on arguments."""
    value = settings["initial_value"]
    value = value() if callable(value) else value
    sizes = [size or 0 for size in value.shape.as_list()]
    with init_scope():
        zeros = filling.zeros(sizes, value.dtype)
    shape = settings.get("shape")
    settings.update(
        initial_value=zeros, use_resource=True, shape=value.shape if shape is None else shape
    )
    variable = next_creator(**settings)
    variable.assign(value)
    return variable


def with_lifted_value(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of a new variable, whose first value does not come from the body."""
    settings["use_resource"] = True
    value: Any = settings.get("initial_value")
    graph: Any = get_default_graph()
    if callable(value):
        value = value()
        settings["dtype"] = settings.get("dtype") or getattr(value, "dtype", None)
    is_inside = isinstance(value, Tensor) and not value._is_eager and value.graph is graph
    settings["initial_value"] = lifted(value, graph.inputs) if is_inside else value
    return settings


def function(
    func: Callable | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    experimental_autograph_options: Any = None,
    experimental_relax_shapes: bool = False,
    experimental_compile: bool | None = None,
) -> Any:
    """`func` as a function that is traced; without one, a decorator.

    Called with tensors, it traces `func` once for each kind of arguments (the types and shapes of
    tensors, the values of what is no tensor) into a graph, and then calls that: a node in a graph,
    a plan in eager mode. What `func` does besides building operations is done while it is traced.

    Args:
      func: takes tensors and other values, in nests, and returns tensors, in a nest, or None.
      input_signature: a list of TensorSpecs, or nests of such, one for each parameter: all calls
        share one trace.
      autograph: whether Python's control flow of tensors becomes the graph's.
      experimental_autograph_options: a `tf.autograph.experimental.Feature`, or several.
      experimental_relax_shapes: another shape is traced with sizes left open that differ.
      experimental_compile: recorded: what is hot is compiled in any case.

    Raises:
      TypeError: `input_signature` holds something else than TensorSpecs.
      ValueError: the function takes keywords, and there is a signature.
    """
    if input_signature is not None:
        validate_signature(input_signature)

    def decorated(inner: Callable) -> Any:
        made = Function(
            inner,
            getattr(inner, "__name__", "function"),
            input_signature,
            autograph,
            experimental_autograph_options,
            experimental_relax_shapes,
            experimental_compile,
        )
        return make_decorator(inner, made, "tf.function")

    return decorated if func is None else decorated(func)
