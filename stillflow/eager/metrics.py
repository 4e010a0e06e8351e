"""`tf.contrib.eager.metrics`: objects that gather the numbers of an evaluation in variables.

Eagerly a call updates the variables; in a graph it gives what a run updates them by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.functions.polymorphic import defun
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.eager_graph import eager_mode
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array.shape_of import size
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.control.smart import smart_cond
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.math.casts import cast
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, variable_scope
from stillflow.tracking.trackable import Trackable
from stillflow.train.recording.writing import scalar


class Metric(Trackable):
    """Base of metrics. A subclass makes its variables in `build` and updates them in `call`.

    Args:
      name: the scope of its variables, and the tag of its summary; by default the class's name.
      use_global_variables: in a graph, has them be global variables instead of local ones.
    """

    def __init__(self, name: str | None = None, use_global_variables: bool = False):
        self._built = False
        self._vars: list[Any] = []
        self._initial_values: list[Tensor] = []
        self._use_global_variables = use_global_variables
        self._name = name or type(self).__name__
        in_scope = re.sub("[^A-Za-z0-9.]", "_", self._name)
        with variable_scope(in_scope, use_resource=True, reuse=False) as scope:
            self._scope = scope
        self._build_once = self.build
        self.build = self._built_by  # type: ignore[method-assign]
        if executing_eagerly():
            self._entered: Any = eager_mode
        else:
            self._entered = get_default_graph().as_default
            self.call = defun(self.call)  # type: ignore[method-assign]

    def _built_by(self, *args: Any, **kwargs: Any) -> None:
        self._build_once(*args, **kwargs)
        self._built = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Updates the variables; returns what `call` returns.

        In a graph, a run of what it returns updates them.
        """
        if not self._built:
            with variable_scope(self._scope), self._entered():
                self.build(*args, **kwargs)
        return self.call(*args, **kwargs)

    @property
    def name(self) -> str:
        return self._name

    @property
    def variables(self) -> list[Any]:
        return self._vars

    def init_variables(self) -> Operation | None:
        """Sets the variables to their first values, eagerly; in a graph, returns what does so."""
        if not executing_eagerly():
            return group(*[variable.initializer for variable in self._vars])
        for variable, value in zip(self._vars, self._initial_values, strict=True):
            variable.assign(value)
        return None

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Makes the variables, by `add_variable`; gets the arguments of the first call."""
        raise NotImplementedError("Metrics must define a build() member function")

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Updates the variables."""
        raise NotImplementedError("Metrics must define a call() member function")

    def result(self) -> Any:
        """Returns what the variables amount to."""
        raise NotImplementedError("Metrics must define a result() member function")

    def value(self) -> Any:
        """In a graph, the result; eagerly, the function that gives it."""
        return self.result if executing_eagerly() else self.result()

    def aggregate(self, metrics: Sequence[Metric]) -> None:
        """Adds what other metrics of this kind have gathered.

        Raises:
          TypeError: one is of another kind.
          ValueError: the variables of one are others.
        """
        for metric in metrics:
            if type(self) is not type(metric):
                raise TypeError(
                    f"All metrics must be the same type, '{type(self)}' != '{type(metric)}'."
                )
        for index, variable in enumerate(self._vars):
            others = [metric._vars[index] for metric in metrics]
            if any(other.name != variable.name for other in others):
                raise ValueError("All metrics must have variables in the same order.")
            variable.assign_add(add_n(others))

    def add_variable(
        self, name: str, shape: Any = None, dtype: Any = None, initializer: Any = None
    ) -> Any:
        """Returns a new variable of this metric; RuntimeError outside of `build`."""
        if self._built:
            raise RuntimeError("Can't call add_variable() except in build().")
        collections = None
        if not executing_eagerly():
            is_global = self._use_global_variables
            kind = GraphKeys.GLOBAL_VARIABLES if is_global else GraphKeys.LOCAL_VARIABLES
            collections = [kind, GraphKeys.METRIC_VARIABLES]
        variable = self._add_variable_with_custom_getter(
            name=name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            trainable=False,
            collections=collections,
            use_resource=True,
            getter=get_variable,
            overwrite=True,
        )
        self._vars.append(variable)
        if executing_eagerly():
            self._initial_values.append(variable.value())
        return variable


class Mean(Metric):
    """The mean of all values so far, each weighted.

    Args:
      dtype: that of the sums and of the result.
    """

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = dtypes.float64,
        use_global_variables: bool = False,
    ):
        super().__init__(name=name, use_global_variables=use_global_variables)
        self.dtype = dtype

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Makes the sum of the values, and that of their weights."""
        del args, kwargs
        self.numer = self.add_variable("numer", (), self.dtype, Zeros)
        self.denom = self.add_variable("denom", (), self.dtype, Zeros)

    def call(self, values: Any, weights: Any = None) -> Any:
        """Adds values, n[...]; the weight of each is 1, or that of `weights`.

        Returns:
          The sum of the values; or with weights, the weighted values and the weights.
        """
        if weights is None:
            self.denom.assign_add(cast(identity(size(values)), self.dtype))
            total = reduce_sum(values)
            self.numer.assign_add(cast(total, self.dtype))
            return total
        weights = cast(weights, self.dtype)
        self.denom.assign_add(reduce_sum(weights))
        weighted = cast(values, self.dtype) * weights
        self.numer.assign_add(reduce_sum(weighted))
        return weighted, weights

    def result(self, write_summary: Any = True) -> Tensor:
        """Returns the mean, f[], nan without a value.

        Args:
          write_summary: bool[], whether it goes to the default writer of `tf.contrib.summary`.
        """
        is_written = convert_to_tensor(write_summary)
        mean = self.numer / self.denom

        def written() -> Tensor:
            scalar(name=self.name, tensor=mean)
            return mean

        smart_cond(is_written, written, lambda: mean, name="")
        return mean
