"""Attributes that everything built in a block gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class AttrScopes:
    """The part of a graph that knows them."""

    def __init__(self) -> None:
        super().__init__()
        self._attr_scope_map: dict[str, Any] = {}

    @contextmanager
    def _attr_scope(self, attr_map: dict[str, Any]) -> Iterator[None]:
        """Within the block, each operation gets these attributes, unless it has one of the name.

        Args:
          attr_map: AttrValues, or functions that give one, or None, for a NodeDef; None ends what a
            block around gives.

        Raises:
          TypeError: it is none of this.
        """
        wanted = "attr_map must be a dictionary mapping strings to AttrValue protocol buffers"
        if not isinstance(attr_map, dict):
            raise TypeError(wanted)
        for name, value in attr_map.items():
            if not isinstance(name, str) or not (
                value is None or callable(value) or _is_proto(value)
            ):
                raise TypeError(f"{wanted} or callables that emit AttrValue protocol buffers")
        outer = self._attr_scope_map
        within = {**outer, **attr_map}
        self._attr_scope_map = {name: value for name, value in within.items() if value is not None}
        try:
            yield
        finally:
            self._attr_scope_map = outer

    def _give_attributes(self, op: Any) -> None:
        """Gives a new operation what the open blocks say."""
        for name, value in self._attr_scope_map.items():
            if name not in op.attrs:
                given = value(op.node_def) if callable(value) else value
                if given is not None and not _is_proto(given):
                    raise TypeError(
                        f"Callable for scope map key '{name}' must return either None or an "
                        f"AttrValue protocol buffer; but it returned: {given}"
                    )
                if given is not None:
                    op._set_attr(name, given)


def _is_proto(value: Any) -> bool:
    return hasattr(value, "WhichOneof")
