"""Files of TensorBoard's plugins: written beside the events when a FileWriter gets the graph."""

from __future__ import annotations

import abc
import os
from typing import Any

from stillflow.graph.graph import Graph, get_default_graph
from stillflow.platform import processes
from stillflow.platform.os_errors import os_errors_as_tf

PLUGINS_DIR = "plugins"
_KEY = "__tensorboard_plugin_asset__"  # of a collection: the plugins' names; with one, its asset


class PluginAsset(abc.ABC):
    """Base of what a plugin has written. There is one of a class in a graph."""

    plugin_name: str | None = None

    @abc.abstractmethod
    def assets(self) -> dict[str, str]:
        """Returns the contents of files by their names."""
        raise NotImplementedError()


def get_plugin_asset(plugin_asset_cls: type[PluginAsset], graph: Graph | None = None) -> Any:
    """Returns the asset of this class in the graph, which is made when first asked for.

    Raises:
      ValueError: the class has no name, or one of another class has it.
    """
    graph = graph or get_default_graph()
    name = plugin_asset_cls.plugin_name
    if not name:
        raise ValueError(f"Class {plugin_asset_cls.__name__} has no plugin_name")
    if not graph.get_collection(_KEY + name):
        graph.add_to_collection(_KEY + name, plugin_asset_cls())
        graph.add_to_collection(_KEY, name)
    asset = _only(graph, name)
    if not isinstance(asset, plugin_asset_cls):
        raise ValueError(
            f"Plugin name collision between classes {plugin_asset_cls.__name__} and "
            f"{type(asset).__name__}"
        )
    return asset


def get_all_plugin_assets(graph: Graph | None = None) -> list[PluginAsset]:
    """Returns the assets of a graph."""
    graph = graph or get_default_graph()
    return [_only(graph, name) for name in graph.get_collection(_KEY)]


def write_plugin_assets(graph: Graph, folder: str) -> None:
    """Writes the assets of a graph to `folder/plugins/NAME`."""
    for asset in get_all_plugin_assets(graph) if processes.writes_files() else ():
        place = os.path.join(folder, PLUGINS_DIR, str(asset.plugin_name))
        with os_errors_as_tf(place):
            os.makedirs(place, exist_ok=True)
        for name, content in asset.assets().items():
            path = os.path.join(place, name)
            with os_errors_as_tf(path), open(path, "w", encoding="utf-8") as file:
                file.write(content)


def _only(graph: Graph, name: str) -> PluginAsset:
    found: list[PluginAsset] = graph.get_collection(_KEY + name)
    if len(found) != 1:
        raise ValueError(f"Collection for {name} had {len(found)} items, expected 1")
    return found[0]
