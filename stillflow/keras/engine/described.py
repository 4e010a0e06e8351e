"""The part of a network that tells of itself: configurations, JSON, YAML, a table of layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.keras.engine import network_config, summary
from stillflow.keras.engine.base_layer import Layer


class Described(Layer):
    """Methods of `Network` whose work other modules do."""

    _is_graph_network: bool

    def get_config(self) -> dict[str, Any]:
        """Of a functional network, what makes one like it. NotImplementedError of a subclass."""
        if not self._is_graph_network:
            raise NotImplementedError(
                "A model of a subclass has no configuration: override `get_config`, or save its "
                "weights."
            )
        return network_config.config_of(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Makes a network like the one that `get_config` tells.

        Args:
          custom_objects: {name: object}, a program's own classes and functions.

        Raises:
          ValueError: it tells of none.
        """
        return network_config.network_of(cls, config, custom_objects)

    def _updated_config(self) -> dict[str, Any]:
        """The configuration with what made it, as files hold it."""
        from stillflow.keras.saving.versions import BACKEND, KERAS_VERSION

        return {
            "class_name": type(self).__name__,
            "config": self.get_config(),
            "keras_version": KERAS_VERSION,
            "backend": BACKEND,
        }

    def to_json(self, **kwargs: Any) -> str:
        """Returns the configuration as JSON; keywords are those of `json.dumps`."""
        from stillflow.keras.saving.model_config import to_json

        return to_json(self._updated_config(), **kwargs)

    def to_yaml(self, **kwargs: Any) -> str:
        """Returns the configuration as YAML; keywords are those of `yaml.dump`."""
        from stillflow.keras.saving.model_config import to_yaml

        return to_yaml(self._updated_config(), **kwargs)

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
    ) -> None:
        """Prints a table of the layers, with their shapes and numbers of weights.

        Args:
          line_length: the width of the table.
          positions: where columns end, as parts of the width or absolute.
          print_fn: takes each line, in place of `print`.

        Raises:
          ValueError: the model is not built.
        """
        if not self.built:
            raise ValueError(
                "This model has not yet been built. Build the model first by calling `build()` or "
                "calling `fit()` with some data, or specify an `input_shape` argument in the first "
                "layer(s) for automatic build."
            )
        summary.print_summary(self, line_length, positions, print_fn)
