"""Models as JSON and YAML, and back."""

from __future__ import annotations

import json
from typing import Any

from stillflow.keras.layers.serialization import deserialize
from stillflow.keras.saving.json_types import json_type, plain


def to_json(config: dict[str, Any], **kwargs: Any) -> str:
    """A configuration as JSON; keywords are those of `json.dumps`."""
    return json.dumps(plain(config), default=json_type, **kwargs)


def to_yaml(config: dict[str, Any], **kwargs: Any) -> str:
    """A configuration as YAML; keywords are those of `yaml.dump`. ImportError without PyYAML."""
    text: str = _yaml().dump(plain(config), **kwargs)
    return text


def model_from_config(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """Returns the model that `get_config` told with its class's name, not yet compiled.

    Raises:
      TypeError: `config` is a list, as the configuration of a Sequential alone once was.
    """
    if isinstance(config, list):
        raise TypeError(
            "`model_from_config` expects a dictionary, not a list. Maybe you meant to use "
            "`Sequential.from_config(config)`?"
        )
    return deserialize(config, custom_objects=custom_objects)


def model_from_json(json_string: str, custom_objects: Any = None) -> Any:
    """Returns the model that `to_json` told, not yet compiled.

    Args:
      custom_objects: {name: object}, a program's own classes and functions.
    """
    return deserialize(json.loads(json_string), custom_objects=custom_objects)


def model_from_yaml(yaml_string: str, custom_objects: Any = None) -> Any:
    """Returns the model that `to_yaml` told; see `model_from_json`.

    Only plain data is read, and tuples: a file can make no other object.
    """
    yaml = _yaml()

    class Loader(yaml.SafeLoader):  # type: ignore[name-defined]
        pass

    Loader.add_constructor(
        "tag:yaml.org,2002:python/tuple",
        lambda loader, node: tuple(loader.construct_sequence(node, deep=True)),
    )
    return deserialize(yaml.load(yaml_string, Loader), custom_objects=custom_objects)


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise ImportError("Requires yaml module installed (`pip install pyyaml`).") from None
    return yaml
