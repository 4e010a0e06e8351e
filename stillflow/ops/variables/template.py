"""`tf.make_template`: a function whose variables its first call makes and all others share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from stillflow.graph.context import executing_eagerly
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import get_collection, get_collection_ref
from stillflow.graph.source import user_line
from stillflow.ops.variables.capturing import capture_dependencies
from stillflow.ops.variables.eager_store import EagerVariableStore
from stillflow.ops.variables.scope import (
    VariableScope,
    pure_variable_scope,
    unique_scope_name,
    variable_scope,
)
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.tracking.trackable import Trackable


def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Callable | None = None,
    **kwargs: Any,
) -> Template:
    """Returns `func_` as a function that makes variables when it is first called, then reuses them.

    `func_` is to make them by `tf.get_variable`, under names that do not depend on its arguments.

    Args:
      name_: the variable scope that each call is in, made unique; or the very scope that is
        `unique_name_`.
      create_scope_now_: takes the variable scope that is open now, not the one of the first call.
      custom_getter_: what `get_variable` asks in the scope; see `tf.get_variable`.
      kwargs: keyword arguments that every call of `func_` gets.

    Raises:
      ValueError: `name_` is None; a later call makes a trainable variable, or lacks one.
    """
    if kwargs:
        func_ = functools.wraps(func_, updated=())(functools.partial(func_, **kwargs))
    return Template(name_, func_, create_scope_now_, unique_name_, custom_getter_)


class Template(Trackable):
    """A function and the variable scope of its calls; `make_template` makes it."""

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        create_scope_now: bool = False,
        unique_name: str | None = None,
        custom_getter: Callable | None = None,
    ):
        if name is None:
            raise ValueError("name cannot be None.")
        self._name = name
        self._func = func
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._made_at = user_line()
        self._variable_scope: VariableScope | None = None
        self._has_started = False  # a call of it, perhaps on another thread
        self._variables_created = False
        # Eager variables are found again only in a store that keeps them.
        self._kept = EagerVariableStore() if executing_eagerly() else None
        if create_scope_now:
            with pure_variable_scope(
                unique_name or unique_scope_name(name), custom_getter
            ) as scope:
                self._variable_scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with nullcontext() if self._kept is None else self._kept.as_default():
            return self._in_scope(args, kwargs)

    def _in_scope(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        if self._variable_scope is not None:
            with variable_scope(self._variable_scope, reuse=self._has_started):
                return self._called(args, kwargs)
        with variable_scope(
            self._unique_name, self._name, custom_getter=self._custom_getter
        ) as self._variable_scope:
            return self._called(args, kwargs)

    def _called(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        with self._explaining():
            if self._variables_created:
                with _no_new_variables():
                    return self._func(*args, **kwargs)
            if self._has_started:  # on another thread
                return self._func(*args, **kwargs)
            with self._starting(), capture_dependencies(template=self):
                return self._func(*args, **kwargs)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """The first call, after which the variables are there unless it fails."""
        self._has_started = True
        try:
            yield
        except BaseException:
            self._has_started = False
            raise
        self._variables_created = True

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Adds to an error where the template was made."""
        try:
            yield
        except Exception as error:
            first, *rest = error.args or ("",)
            error.args = (f"{first}\n\noriginally defined at:\n  {self._made_at}", *rest)
            raise

    @property
    def name(self) -> str:
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        return self._func

    @property
    def variable_scope(self) -> VariableScope | None:
        """The scope of the calls; None before the first one."""
        return self._variable_scope

    @property
    @deprecated(
        "2017-02-21",
        "The .var_scope property is deprecated. Please change your code to use the .variable_scope "
        "property",
    )
    def var_scope(self) -> VariableScope | None:
        return self._variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The name of the scope, with a slash at its end; None before the first call."""
        if self._variable_scope is None:
            return None
        name = self._variable_scope.name
        return name if not name or name.endswith("/") else f"{name}/"

    # Variables, of which there are none before the first call -----------------------------------

    def _of_collection(self, key: str) -> list:
        if self._kept is not None:
            kept = {
                GraphKeys.GLOBAL_VARIABLES: self._kept.variables,
                GraphKeys.TRAINABLE_VARIABLES: self._kept.trainable_variables,
            }
            return list(kept[key]()) if key in kept else []
        return get_collection(key, self.variable_scope_name) if self._variables_created else []

    @property
    def global_variables(self) -> list:
        return self._of_collection(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list:
        return self._of_collection(GraphKeys.LOCAL_VARIABLES)

    @property
    def variables(self) -> list:
        """The global and the local ones."""
        return self.global_variables + self.local_variables

    @property
    def trainable_variables(self) -> list:
        return self._of_collection(GraphKeys.TRAINABLE_VARIABLES)

    @property
    def non_trainable_variables(self) -> list:
        """The global ones that are not trained."""
        trainable = {id(variable) for variable in self.trainable_variables}
        return [variable for variable in self.global_variables if id(variable) not in trainable]

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables


@contextmanager
def _no_new_variables() -> Iterator[None]:
    """A block that makes no trainable variable; others are logged."""
    trainable = get_collection_ref(GraphKeys.TRAINABLE_VARIABLES)
    variables = get_collection_ref(GraphKeys.GLOBAL_VARIABLES)
    trainable_before, before = len(trainable), len(variables)
    yield
    if len(trainable) != trainable_before:
        raise ValueError(
            "Trainable variable created when calling a template after the first time, perhaps you "
            f"used tf.Variable when you meant tf.get_variable: {trainable[trainable_before:]}"
        )
    if len(variables) != before:
        logging.info(
            "New variables created when calling a template after the first time, perhaps you used "
            "tf.Variable when you meant tf.get_variable: %s",
            variables[before:],
        )
