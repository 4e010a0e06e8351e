"""Hyper-parameters as people write them: "rate=0.1,layers=[10, 20],use[2]=true"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

_ASSIGNMENT = re.compile(
    r"""
    (?P<name>[a-zA-Z][\w.]*)
    (\[\s*(?P<index>\d+)\s*\])?
    \s*=\s*
    ((?P<scalar>[^,\[]*) | \[(?P<elements>[^\]]*)\])
    ($|,\s*)
    """,
    re.VERBOSE,
)


def parse_values(
    values: str, type_map: dict[str, Callable[[str], Any]], ignore_unknown: bool = False
) -> dict[str, Any]:
    """Returns the values that a text assigns, by name.

    A value in brackets is a list; `name[index]=value` gives a dict of indices.

    Args:
      values: assignments with commas between them.
      type_map: what makes a value of its text, by name; bool takes true, false and numbers.
      ignore_unknown: whether names that are not in `type_map` are left out, instead of refused.

    Raises:
      ValueError: a text that is no assignment, a value of another type, an unknown name, or a name
        that is assigned twice.
    """
    parsed: dict[str, Any] = {}
    position = 0
    while position < len(values):
        match = _ASSIGNMENT.match(values, position)
        if match is None:
            raise ValueError(f"Malformed hyperparameter value: {values[position:]}")
        position = match.end()
        name = match["name"]
        if name in type_map:
            _assign(parsed, match, type_map[name], values)
        elif not ignore_unknown:
            raise ValueError(f"Unknown hyperparameter type for {name}")
    return parsed


def _assign(
    parsed: dict[str, Any], match: re.Match[str], kind: Callable[[str], Any], values: str
) -> None:
    name, index = match["name"], match["index"]
    if match["elements"] is not None:
        if index is not None:
            raise ValueError("Assignment of a list to a list index.")
        texts = re.split("[ ,]", match["elements"])
        elements = [_value(name, text, kind, values) for text in texts if text]
        _put(parsed, name, elements, name, values)
        return
    value = _value(name, match["scalar"], kind, values)
    if index is None:
        _put(parsed, name, value, name, values)
        return
    by_index = parsed.setdefault(name, {})
    if not isinstance(by_index, dict):
        _refuse_second(name, values)
    _put(by_index, int(index), value, f"{name}[{index}]", values)


def _put(into: dict, key: Any, value: Any, shown: str, values: str) -> None:
    if key in into:
        _refuse_second(shown, values)
    into[key] = value


def _refuse_second(name: str, values: str) -> NoReturn:
    raise ValueError(f"Multiple assignments to variable '{name}' in {values}")


def _value(name: str, text: str, kind: Any, values: str) -> Any:
    try:
        return _truth(text) if kind is bool else kind(text)
    except ValueError:
        raise ValueError(
            f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}' "
            f"in {values}"
        ) from None


def _truth(text: str) -> bool:
    if text in ("true", "True"):
        return True
    return text not in ("false", "False") and bool(int(text))
