"""`tf.contrib.eager.defun`: a Python function, traced once for each kind of arguments."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.keys import key_of
from stillflow.functions.quick import QuickCalls
from stillflow.functions.specification import (
    FunctionSpec,
    flat_specs,
    plain_function,
    validate_signature,
)
from stillflow.functions.standing_for import WeakMethod
from stillflow.functions.tracing import func_graph_from_py_func
from stillflow.graph.conversion import ControlStatusCtx, Status
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import init_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.platform.decorators import make_decorator


class FunctionCache:
    """The traces of a function.

    Attributes:
      primary: by the key of the arguments.
      arg_relaxed, arg_relaxed_shapes: by the key without sizes: a trace for shapes of which less is
        known, and these.
      missed: the surroundings of calls for which there was no trace.
    """

    def __init__(self) -> None:
        self.primary: dict[Any, ConcreteFunction] = {}
        self.arg_relaxed: dict[Any, ConcreteFunction] = {}
        self.arg_relaxed_shapes: dict[Any, list] = {}
        self.missed: set[Any] = set()

    def all_values(self) -> set[ConcreteFunction]:
        return {*self.primary.values(), *self.arg_relaxed.values()}


class OfPython:
    """What functions that are traced have in common: a Python function, and its parameters.

    A subclass has `_like(python_function)`, the same of another one.
    """

    _like: Callable[[Callable], Any]

    def __init__(self, python_function: Callable, name: str, input_signature: Any):
        self._python_function = python_function
        self._function_spec = FunctionSpec(python_function, input_signature)
        self._name = name
        #: For each object, the function of its methods.
        self._descriptor_cache: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()

    @property
    def python_function(self) -> Callable:
        return self._python_function

    @property
    def function_spec(self) -> FunctionSpec:
        return self._function_spec

    @property
    def input_signature(self) -> tuple | None:
        return self._function_spec.input_signature

    def __get__(self, instance: Any, owner: Any) -> Any:
        """The function of a method, which refers weakly to the object; one for each."""
        if instance is None:
            return self
        if instance not in self._descriptor_cache:
            self._descriptor_cache[instance] = bound(self, instance)
        return self._descriptor_cache[instance]


class Function(OfPython):
    """A Python function whose calls are calls of its traces.

    Args:
      python_function: takes tensors and other values, in nests, and returns tensors.
      name: of the functions in graphs.
      input_signature: TensorSpecs that all arguments fit; one trace serves all calls.
      attributes: what definitions say besides.
      autograph, autograph_options: whether, and how, AutoGraph converts it.
      experimental_relax_shapes: a second kind of shapes is traced with what shapes have in common.
      capture_by_value: whether a variable that is read counts as it is when the trace is made.
    """

    def __init__(
        self,
        python_function: Callable,
        name: str,
        input_signature: Any = None,
        attributes: dict[str, Any] | None = None,
        autograph: bool = True,
        autograph_options: Any = None,
        experimental_relax_shapes: bool = False,
        capture_by_value: bool | None = None,
    ):
        super().__init__(python_function, name, input_signature)
        self._autograph = autograph
        self._autograph_options = autograph_options
        self._experimental_relax_shapes = experimental_relax_shapes
        self._function_cache = FunctionCache()
        self._quick = QuickCalls()
        self._function_attributes = attributes or {}
        self._capture_by_value = capture_by_value
        self._lock = threading.RLock()

    @property
    def flat_input_signature(self) -> tuple:
        return self._function_spec.flat_input_signature

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        quick = self._quick.find(args, kwargs)
        if quick is not None:
            return quick(args)
        function, inputs, words = self._maybe_define_function(args, kwargs)
        result = function._filtered_call(inputs, words)
        self._quick.note(args, kwargs, function)
        return result

    def _like(self, python_function: Callable) -> Function:
        """The same of another Python function, without its traces."""
        return Function(
            python_function,
            self._name,
            self.input_signature,
            self._function_attributes,
            self._autograph,
            self._autograph_options,
            self._experimental_relax_shapes,
        )

    # Traces ---------------------------------------------------------------------------------------

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The trace for such arguments, in which TensorSpecs may stand for tensors.

        Raises:
          ValueError: they do not fit the signature.
        """
        given: Any = args
        words: Any = kwargs
        if self.input_signature is not None:
            self._function_spec.check_signature(args, kwargs)
            given = words = None
        function, _, _ = self._maybe_define_function(given, words)
        _name_arguments(function)
        return function

    def _get_concrete_function_internal(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The trace, without names for its arguments."""
        given: Any = args
        words: Any = kwargs
        if self.input_signature is not None:
            given = words = None
        return self._maybe_define_function(given, words)[0]

    _get_concrete_function_internal_garbage_collected = _get_concrete_function_internal

    def _maybe_define_function(self, args: Any, kwargs: Any) -> tuple[ConcreteFunction, Any, Any]:
        """(the trace for these arguments, perhaps a new one; the arguments in order)"""
        if self.input_signature is None or args is not None:
            args, kwargs = self._function_spec.canonicalize_function_inputs(*args, **kwargs)
        key = self._cache_key(args, kwargs)
        try:
            known = self._function_cache.primary.get(key)
        except TypeError as error:
            raise TypeError(
                "Arguments supplied to `defun`-generated functions must be hashable.  Original "
                f"error: {error}"
            ) from None
        if known is not None:
            return known, args, kwargs
        with self._lock, ControlStatusCtx(self._status(), self._autograph_options):
            return self._define(key, args, kwargs), args, kwargs

    def _status(self) -> Status:
        return Status.ENABLED if self._autograph else Status.DISABLED

    def _define(self, key: tuple, args: Any, kwargs: Any) -> ConcreteFunction:
        cache = self._function_cache
        surroundings = key[1:]
        may_relax = self._experimental_relax_shapes and self.input_signature is None
        if may_relax and surroundings in cache.missed:
            return self._relaxed(args, kwargs)
        cache.missed.add(surroundings)
        if key not in cache.primary:
            cache.primary[key] = self._create_graph_function(args, kwargs)
        return cache.primary[key]

    def _cache_key(self, args: Any, kwargs: Any, ranks_only: bool = False) -> tuple:
        """What decides which trace serves: the arguments, and the graph around."""
        given: Any
        if self.input_signature is not None:
            given = self.flat_input_signature
        else:
            given = tuple([key_of(arg, ranks_only) for arg in args])
            if kwargs:
                given = (given, key_of(kwargs, ranks_only))
        default = get_default_graph()
        if default.is_eager:
            return (given, None, ())
        with init_scope():
            around = get_default_graph()
        functions = tuple(d for d in default.stacks.devices if callable(d))
        return (given, around, functions)

    def _relaxed(self, args: Any, kwargs: Any) -> ConcreteFunction:
        """A trace for shapes that have in common what those of the calls before have."""
        cache = self._function_cache
        key = self._cache_key(args, kwargs, ranks_only=True)
        shapes = [_shape_of(part) for part in flat_specs((args, kwargs))]
        known = cache.arg_relaxed_shapes.get(key)
        function = cache.arg_relaxed.get(key)
        if function is not None and known is not None and _are_covered(known, shapes):
            return function
        if known is not None:
            shapes = [_common(*pair) for pair in zip(shapes, known, strict=True)]
        cache.arg_relaxed_shapes[key] = shapes
        cache.arg_relaxed[key] = self._create_graph_function(args, kwargs, shapes)
        return cache.arg_relaxed[key]

    def _create_graph_function(
        self, args: Any, kwargs: Any, shapes: list | None = None
    ) -> ConcreteFunction:
        signature = self.input_signature
        count = len(args) if signature is None else len(signature)
        graph = func_graph_from_py_func(
            self._name,
            self._python_function,
            args,
            kwargs,
            signature,
            autograph=self._autograph,
            autograph_options=self._autograph_options,
            arg_names=self._function_spec.names_for(count),
            override_flat_arg_shapes=shapes,
            capture_by_value=self._capture_by_value,
        )
        return ConcreteFunction(graph, self._function_attributes)


def _shape_of(part: Any) -> TensorShape | None:
    return part.shape if isinstance(part, (Tensor, TensorSpec)) else None


def _are_covered(known: list, shapes: list) -> bool:
    """Whether shapes are ones of which less is known."""
    for general, special in zip(known, shapes, strict=True):
        if (general is None) != (special is None):
            return False
        if general is not None and not general.is_compatible_with(special):
            return False
    return True


def _common(first: TensorShape | None, second: TensorShape | None) -> TensorShape | None:
    if first is None or second is None:
        return None
    return first.most_specific_compatible_shape(second)


def _name_arguments(function: ConcreteFunction) -> None:
    """Gives the arguments the names by which a call may name them, each its own."""
    captured = {id(argument) for argument in function.graph.internal_captures}
    names: list[str] = []
    numbers: dict[str, int] = {}
    for argument in function.graph.inputs:
        if id(argument) in captured:
            break
        own = argument.op.attrs["_user_specified_name"].decode()
        name = own
        while name in names:
            number = numbers.get(own, 1)
            name = f"{own}_{number}"
            numbers[own] = number + 1
        names.append(name)
    function._arg_keywords, function._num_positional_args = names, len(names)


def bound(function: Any, instance: Any) -> Any:
    """A Function like this one for the methods of one object."""
    own = function._like(WeakMethod(function._python_function, instance))
    return make_decorator(plain_function(function._python_function), own, "function")


# For programs ------------------------------------------------------------------------------------


def defun(
    func: Callable | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    experimental_autograph_options: Any = None,
    experimental_relax_shapes: bool = False,
) -> Any:
    """`func` as a function that is traced; without one, a decorator.

    The arguments are those of `tf.function`. Variables that the function makes are made anew by
    each trace, in the graph around.

    Raises:
      TypeError: `input_signature` holds something else than TensorSpecs.
      ValueError: the function takes keywords, and there is a signature.
    """
    return defun_with_attributes(
        func,
        input_signature,
        None,
        autograph,
        experimental_autograph_options,
        experimental_relax_shapes,
    )


def defun_with_attributes(
    func: Callable | None = None,
    input_signature: Any = None,
    attributes: dict[str, Any] | None = None,
    autograph: bool = True,
    experimental_autograph_options: Any = None,
    experimental_relax_shapes: bool = False,
) -> Any:
    """`defun`, with attributes for the definitions; `func_name` among them is their name."""
    if input_signature is not None:
        validate_signature(input_signature)

    def decorated(function: Callable) -> Any:
        further = dict(attributes or {})
        name = further.pop("func_name", None) or getattr(function, "__name__", "function")
        made = Function(
            function,
            name,
            input_signature,
            further,
            autograph,
            experimental_autograph_options,
            experimental_relax_shapes,
        )
        return make_decorator(function, made, "defun")

    return decorated if func is None else decorated(func)


def register(func: Any, *args: Any, **kwargs: Any) -> ConcreteFunction:
    """Makes the default graph hold the trace for these arguments; returns it."""
    if not isinstance(func, Function):
        raise ValueError(f"Only defun function is allowed to be registered. Got type: {type(func)}")
    function = func.get_concrete_function(*args, **kwargs)
    function.add_to_graph()
    function.add_gradient_functions_to_graph()
    return function
