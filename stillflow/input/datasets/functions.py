"""Functions that a pipeline calls for its elements, built of Python functions of elements."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from stillflow.autograph.calling import tf_convert
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef
from stillflow.graph.conversion import control_status_ctx
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.input.datasets import structure
from stillflow.ops.functions.callable import GraphFunction
from stillflow.ops.functions.defun import Defun
from stillflow.ops.functions.tracing import traced
from stillflow.platform.decorators import get_func_name


class StructuredFunctionWrapper:
    """The function of the graph that a Python function of elements defines.

    A tuple is given to it as several arguments, anything else as one.

    Args:
      func: the Python function.
      transformation_name: what it is for, such as "Dataset.map()".
      input_structure: the type of the elements.
      add_to_graph: makes the default graph hold it.
      use_legacy_function: builds it as `Defun` does.

    Raises:
      TypeError: it returns what has no type.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        transformation_name: str,
        input_structure: Any,
        add_to_graph: bool = True,
        use_legacy_function: bool = False,
        defun_kwargs: dict[str, Any] | None = None,
    ):
        self._func = tf_convert(func, control_status_ctx())
        self._transformation_name = transformation_name
        self._input_structure = input_structure
        self.output_structure: Any = None
        self._makes_resources = False
        readable = transformation_name.replace(".", "_")[:-2]
        own = func.__name__ if isinstance(func, OpDef) else get_func_name(func)
        name = f"{readable}_{own}"
        build = self._legacy if use_legacy_function else self._traced
        self.function: Any = build(name, defun_kwargs or {})
        if add_to_graph:
            self.function.add_to_graph(get_default_graph())
        else:
            self.function.body  # noqa: B018  what it returns is known when it is built
        if self._makes_resources:
            warnings.warn(
                f"Creating resources inside a function passed to {transformation_name} is not "
                "supported. Create each resource outside the function, and capture it inside the "
                "function to use it.",
                stacklevel=5,
            )

    def _called(self, *tensors: Any) -> list[Any]:
        """What the Python function gives for these components, as tensors."""
        arguments = structure.from_compatible_tensor_list(self._input_structure, tensors)
        if type(arguments) is not tuple:
            arguments = (arguments,)
        tables = _tables()
        returned = self._func(*arguments)
        self._makes_resources = _tables() > tables
        if isinstance(returned, list):
            returned = tuple(returned)
        try:
            self.output_structure = structure.type_spec_from_value(returned)
        except (ValueError, TypeError):
            raise TypeError(
                f"Unsupported return value from function passed to {self._transformation_name}: "
                f"{returned}."
            ) from None
        return structure.to_tensor_list(self.output_structure, returned)

    def _traced(self, name: str, attributes: dict[str, Any]) -> GraphFunction:
        def body(*tensors: Any) -> list[Any]:
            return [convert_to_tensor(tensor) for tensor in self._called(*tensors)]

        specs = structure.get_flat_tensor_specs(self._input_structure)
        function = traced(body, name, specs, attributes)
        seed = get_default_graph().seed
        if seed and function.graph.seed == seed and function.graph._seed_used:
            warnings.warn(
                f"Seed {seed} from outer graph might be getting used by function {name}, if the "
                "random op has not been provided any seed. Explicitly set the seed in the function "
                "if this is not the intended behavior.",
                stacklevel=6,
            )
        return function

    def _legacy(self, name: str, options: dict[str, Any]) -> GraphFunction:
        types = structure.get_flat_tensor_types(self._input_structure)
        number = next(get_default_graph()._function_numbers)
        named = Defun(*types, func_name=f"{name}_{number}", **options)
        return named(lambda *tensors: self._called(*tensors))

    @property
    def output_classes(self) -> Any:
        return structure.legacy_output_classes(self.output_structure)

    @property
    def output_shapes(self) -> Any:
        return structure.legacy_output_shapes(self.output_structure)

    @property
    def output_types(self) -> Any:
        return structure.legacy_output_types(self.output_structure)


def _tables() -> int:
    """How many tables of the graph that is being built are to be initialised."""
    return len(get_default_graph().get_collection(GraphKeys.TABLE_INITIALIZERS))
