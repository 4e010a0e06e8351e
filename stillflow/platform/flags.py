"""`tf.flags`: absl's flags, which parse the command line when the first one is read.

Importing this module imports absl.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

from absl import flags as absl_flags

from stillflow.platform.logging import warning

absl_flags.disclaim_key_flags()  # a flag belongs to the module that calls a function of this one

_OLD_NAMES = {"flag_name": "name", "default_value": "default", "docstring": "help"}


def _with_old_names(define: Callable[..., Any]) -> Callable[..., Any]:
    """`define` with the argument names that TensorFlow had before it used absl."""

    @functools.wraps(define)
    def define_flag(*args: Any, **kwargs: Any) -> Any:
        if _OLD_NAMES.keys() & kwargs.keys():
            warning(
                "Use of the keyword argument names (flag_name, default_value, docstring) is "
                "deprecated, please use (name, default, help) instead."
            )
        return define(*args, **{_OLD_NAMES.get(key, key): kwargs[key] for key in kwargs})

    return define_flag


DEFINE_string = _with_old_names(absl_flags.DEFINE_string)
DEFINE_integer = _with_old_names(absl_flags.DEFINE_integer)
DEFINE_float = _with_old_names(absl_flags.DEFINE_float)
DEFINE_boolean = _with_old_names(absl_flags.DEFINE_boolean)
DEFINE_bool = DEFINE_boolean


class Flags:
    """absl's FlagValues; reading a flag parses `sys.argv` if nothing has parsed it yet."""

    def __init__(self, values: Any):
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        if not self._values.is_parsed() and not name.startswith("__"):
            self._values(sys.argv)
        return getattr(self._values, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._values, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._values, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._values(*args, **kwargs)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, flag: Any) -> None:
        self._values[name] = flag

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __dir__(self) -> list[str]:
        return dir(self._values)

    def __str__(self) -> str:
        return str(self._values)


FLAGS = Flags(absl_flags.FLAGS)
