"""Checkpoints of `tf.contrib.eager.Network`, in which names of variables are within the network."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stillflow.checkpoint.management import list_variables, load_checkpoint
from stillflow.graph.context import executing_eagerly, get_default_session
from stillflow.train.saver import Saver
from stillflow.train.training_util import get_global_step

MapFunc = Callable[[str], str]


def save_network_checkpoint(
    network: Any, save_path: str, global_step: Any = None, map_func: MapFunc | None = None
) -> str | None:
    """Writes the variables of a network that was called; returns the checkpoint's prefix.

    Args:
      save_path: a prefix, or a directory, in which the network's name is the prefix.
      global_step: appended to the prefix; by default the graph's, if there is one.
      map_func: gives the name in the checkpoint of a variable's name; by default that without the
        name of the network's scope.

    Raises:
      ValueError: the network was not called, or two variables get one name.
    """
    if not network.built:
        raise ValueError(
            "Attempt to save the Network before it was first called. This means variables have not "
            "yet been created, so there is nothing to save."
        )
    network._set_scope()
    naming = _Naming(network, map_func, "save_network_checkpoint")
    step = get_global_step() if global_step is None else global_step
    return Saver(naming.of_variables()).save(
        _session(), _prefix(network, save_path), write_meta_graph=False, global_step=step
    )


def restore_network_checkpoint(
    network: Any, save_path: str, map_func: MapFunc | None = None
) -> None:
    """Sets a network's variables to what a checkpoint holds, those that are yet to be made too.

    Args:
      save_path: what `save_network_checkpoint` gave, or its directory.
      map_func: as for `save_network_checkpoint`.

    Raises:
      ValueError: two variables get one name; of one that is made later, then.
    """
    network._settle(None)
    network._set_scope()
    path = _prefix(network, save_path)
    naming = _Naming(network, map_func, "restore_network_checkpoint")
    existing = naming.of_variables()
    if existing:
        Saver(existing).restore(_session(), path)
    reader = load_checkpoint(path)
    left = {
        name: reader.get_tensor(name) for name, _ in list_variables(path) if name not in existing
    }
    if left:
        _restore_when_made(network, _Values(naming.map_func, left, naming.clash, _session()))


def _session() -> Any:
    return None if executing_eagerly() else get_default_session()


def _prefix(network: Any, path: str) -> str:
    return os.path.join(path, network.name.replace("/", "_")) if os.path.isdir(path) else path


# Names ------------------------------------------------------------------------------------------


class _Naming:
    """The names that a network's variables have in its checkpoint."""

    def __init__(self, network: Any, map_func: MapFunc | None, caller: str):
        prefix = f"{network.scope_name}/"
        self.map_func = map_func or (lambda name: name.removeprefix(prefix))
        self._variables = network.variables
        described = f"for the Network '{network.name}'"
        if map_func is None:
            described = f"'{network.name}'"
        self.clash = _Clash(map_func is None, described, network.scope_name, caller)

    def of_variables(self) -> dict[str, Any]:
        """{name in the checkpoint: variable}"""
        found: dict[str, Any] = {}
        for variable in self._variables:
            name = self.map_func(variable._shared_name)
            if found.setdefault(name, variable) is not variable:
                raise self.clash.error(name, found[name], variable)
        return found


@dataclass(frozen=True)
class _Clash:
    """What is said of two variables of one name."""

    is_default: bool
    network: str
    scope: str
    caller: str

    def error(self, name: str, first: Any, second: Any) -> ValueError:
        names = f"('{first._shared_name}' and '{second._shared_name}')"
        if self.is_default:
            return ValueError(
                "The default checkpoint variable name mapping strategy for Network "
                f"{self.network} resulted in a naming conflict. Without the prefix of its scope, "
                f"'{self.scope}', two variables are named '{name}' {names}: a layer of it was "
                "tracked by another network first.\n  Pass `map_func=lambda n: n` to save and to "
                "restore, or another function that tells them apart."
            )
        return ValueError(
            f"The map_func passed to {self.caller} {self.network} resulted in two variables named "
            f"'{name}' {names}.\n  Have it strip less; variables of its own layers begin with "
            f"'{self.scope}'."
        )


# Variables that are made later ------------------------------------------------------------------


@dataclass
class _Values:
    """What a checkpoint holds for variables that are yet to be made: each once."""

    map_func: MapFunc
    values: dict[str, Any]
    clash: _Clash
    session: Any
    given: dict[str, Any] = field(default_factory=dict)


class _Getter:
    """Makes variables of a scope, with values of checkpoints where there are some."""

    def __init__(self) -> None:
        self.checkpoints: list[_Values] = []  # the last one goes first

    def __call__(
        self,
        getter: Callable[..., Any],
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        *args: Any,
        **settings: Any,
    ) -> Any:
        holders = [held for held in self.checkpoints if held.map_func(name) in held.values]
        held = holders[-1] if holders else None
        stored = None if held is None else held.values[held.map_func(name)]
        if stored is not None:
            initializer, shape = stored, None
        made = getter(name, shape=shape, dtype=dtype, initializer=initializer, *args, **settings)  # noqa: B026
        if held is None:
            return made
        within = held.map_func(name)
        if stored is not None:
            held.values[within] = None
            if not executing_eagerly():
                held.session.run(made.initializer)
        if held.given.setdefault(within, made) is not made:
            raise held.clash.error(within, held.given[within], made)
        return made


def _restore_when_made(layer: Any, values: _Values) -> None:
    """Has a layer and those that it holds make variables with these values."""
    layer._set_scope()
    getter = vars(layer).setdefault("_getter_of_checkpoints", _Getter())
    layer._scope.set_custom_getter(getter)
    getter.checkpoints.append(values)
    for inner in getattr(layer, "layers", ()):
        if hasattr(inner, "_give_scope"):
            inner._set_scope()
        else:
            layer._give_scope(inner)
        _restore_when_made(inner, values)
