"""`HParams`: named values of fixed types, which a command line or a file may override."""

from __future__ import annotations

import json
import numbers
from typing import TYPE_CHECKING, Any

from stillflow.platform.deprecation import deprecated
from stillflow.train.hparams.message import hparam_def_class
from stillflow.train.hparams.parsing import parse_values


class HParams:
    """Hyper-parameters, each an attribute; its first value fixes its type.

    Args:
      hparam_def: an HParamDef proto, instead of names and values.
      model_structure: anything, which `get_model_structure` gives back.
      kwargs: the names and their values: numbers, strings, bools, or lists of one of them.

    Raises:
      ValueError: a name that is taken, an empty list, or both a proto and values.
    """

    _HAS_DYNAMIC_ATTRIBUTES = True  # for type checkers, as the next line is

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any):
        self._hparam_types: dict[str, tuple[type, bool]] = {}
        self._model_structure = model_structure
        if hparam_def and kwargs:
            raise ValueError("hparam_def and initialization values are mutually exclusive")
        for name, value in (_values_of(hparam_def) if hparam_def else kwargs).items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Adds a hyper-parameter of the type of `value`, or of lists of its elements' type."""
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        is_list = isinstance(value, (list, tuple))
        if is_list and not value:
            raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
        self._hparam_types[name] = (type(value[0] if is_list else value), is_list)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Changes a hyper-parameter to `value`, converted to its type.

        Raises:
          KeyError: there is none of this name.
          ValueError: `value` is a list and the hyper-parameter is none, or the other way round; or
            it is of a type that would lose something.
        """
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list) != is_list:
            if is_list:
                raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
            raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
        if is_list:
            setattr(self, name, [_converted(name, kind, element) for element in value])
        else:
            setattr(self, name, _converted(name, kind, value))

    def del_hparam(self, name: str) -> None:
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> HParams:
        """Changes what a text like "rate=0.1,layers=[1,2]" assigns, and returns the object.

        Raises:
          ValueError: as of `parse_values`.
        """
        kinds: dict[str, Any] = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, kinds))

    def parse_json(self, values_json: str) -> HParams:
        """Changes what a JSON object holds, and returns the object."""
        return self.override_from_dict(json.loads(values_json))

    def override_from_dict(self, values_dict: dict[str, Any]) -> HParams:
        """Changes what a dict holds, and returns the object."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    @deprecated(None, "Use `override_from_dict`.")
    def set_from_map(self, values_map: dict[str, Any]) -> HParams:
        return self.override_from_dict(values_map)

    def set_model_structure(self, model_structure: Any) -> None:
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        return self._model_structure

    def to_json(self, indent: Any = None, separators: Any = None, sort_keys: bool = False) -> str:
        """The values as a JSON object; the arguments are those of `json.dumps`."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def values(self) -> dict[str, Any]:
        """The values by name."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """The value called `key`, or `default` when there is none.

        Raises:
          ValueError: `default` is not of the type of the hyper-parameter that is there.
        """
        if key not in self._hparam_types:
            return default
        if default is not None:
            self._check_default(key, default)
        return getattr(self, key)

    def _check_default(self, key: str, default: Any) -> None:
        kind, is_list = self._hparam_types[key]
        shown = f"list<{kind}>" if is_list else str(kind)
        refusal = f"Hparam '{key}' of type '{shown}' is incompatible with default={default}"
        if is_list != isinstance(default, list):
            raise ValueError(refusal)
        try:
            for value in default if is_list else [default]:
                _converted(key, kind, value)
        except ValueError as error:
            raise ValueError(f"{refusal}. {error}") from None

    def __contains__(self, key: str) -> bool:
        return key in self._hparam_types

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self.values().items())})"

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The values as an HParamDef.

        Raises:
          ValueError: a value of a type that has no place in a proto.
        """
        proto = hparam_def_class()()
        for name, (kind, is_list) in self._hparam_types.items():
            value = getattr(self, name)
            field = self._get_kind_name(kind, is_list)
            if is_list:
                getattr(proto.hparam[name], field).value.extend(map(_stored, value))
            else:
                setattr(proto.hparam[name], field, _stored(value))
        return proto

    @staticmethod
    def _get_kind_name(kind: type, is_list: bool) -> str:
        """The field of an HParamDef's value that holds this type."""
        kinds = {bool: "bool", int: "int64", (str, bytes): "bytes", float: "float"}
        for types, name in kinds.items():
            if issubclass(kind, types):  # type: ignore[arg-type]
                return f"{name}_{'list' if is_list else 'value'}"
        raise ValueError(f"Unsupported parameter type: {kind}")

    @staticmethod
    def from_proto(hparam_def: Any, import_scope: str | None = None) -> HParams:
        return HParams(hparam_def=hparam_def)


def _stored(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _values_of(hparam_def: Any) -> dict[str, Any]:
    """The values of an HParamDef by name; AssertionError when it is something else."""
    assert isinstance(hparam_def, hparam_def_class())
    values = {}
    for name, either in hparam_def.hparam.items():
        field = either.WhichOneof("kind")
        value = getattr(either, field)
        values[name] = list(map(_read, value.value)) if field.endswith("_list") else _read(value)
    return values


def _read(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def _converted(name: str, kind: type, value: Any) -> Any:
    """`value` as `kind`, where that loses nothing."""
    if type(value) is kind or kind is type(None):
        return value
    loses = (
        (issubclass(kind, (str, bytes)) and not isinstance(value, (str, bytes)))
        or issubclass(kind, bool) != isinstance(value, bool)
        or (issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral))
        or (issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number))
    )
    if loses:
        raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    return kind(value)
