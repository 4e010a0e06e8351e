"""Variables that a function makes, as the dependencies of who calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.ops.variables.creators import variable_creator_scope


@contextmanager
def capture_dependencies(template: Any) -> Iterator[None]:
    """A block in which `template` depends on each variable that is made in its variable scope.

    The names are those of the variables below the scope. Of a template that is called within it
    depends on the template itself.
    """
    prefix = template.variable_scope.name

    def create(
        next_creator: Callable[..., Any],
        name: str | None,
        initial_value: Any,
        trackable_parent: tuple[Any, str] | None = None,
        **kwargs: Any,
    ) -> Any:
        parent = template, prefix
        if name is not None and name.startswith(prefix):
            if trackable_parent is None:

                def make(
                    initializer: Any, name: str, shape: Any, dtype: Any, **options: Any
                ) -> Any:
                    del name  # which is that in the template
                    return next_creator(
                        initial_value=initializer,
                        name=full_name,
                        dtype=dtype,
                        shape=shape,
                        **options,
                    )

                full_name = name
                return template._add_variable_with_custom_getter(
                    name=name[len(prefix) + 1 :],
                    initializer=initial_value,
                    getter=make,
                    overwrite=True,
                    trackable_parent=parent,
                    **kwargs,
                )
            inner, inner_prefix = trackable_parent
            template._track_trackable(inner, inner_prefix[len(prefix) + 1 :], overwrite=True)
        return next_creator(
            name=name, initial_value=initial_value, trackable_parent=parent, **kwargs
        )

    with variable_creator_scope(create):
        yield
