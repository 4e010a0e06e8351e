"""`tf.train.Scaffold`: the operations that a monitored session needs of a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import add_to_collection, get_collection
from stillflow.ops.array.joining import concat
from stillflow.ops.control.ordering import group
from stillflow.ops.summaries.merging import merge_all
from stillflow.ops.variables import resource_sets, sets
from stillflow.platform import logging
from stillflow.train.saver import saver_or_default


class Scaffold:
    """What initialises, checks, summarises and saves a graph; what is not given is built.

    Args:
      init_op: initialises variables; fed with `init_feed_dict`.
      init_fn: called as `init_fn(scaffold, session)` after `init_op`.
      ready_op: string[n], the variables that are not initialised.
      ready_for_local_init_op: string[n], the global ones, which `local_init_op` may need.
      local_init_op: initialises local variables and tables.
      summary_op: string[], the merged summaries.
      saver: a Saver.
      copy_from_scaffold: another one, of which the rest is taken.

    Raises:
      TypeError: `copy_from_scaffold` is none.
    """

    def __init__(
        self,
        init_op: Any = None,
        init_feed_dict: dict[Any, Any] | None = None,
        init_fn: Callable[[Scaffold, Any], Any] | None = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        local_init_op: Any = None,
        summary_op: Any = None,
        saver: Any = None,
        copy_from_scaffold: Scaffold | None = None,
    ):
        if copy_from_scaffold is not None and not isinstance(copy_from_scaffold, Scaffold):
            raise TypeError("copy_from_scaffold is not a Scaffold instance.")
        other = copy_from_scaffold

        def own(given: Any, name: str) -> Any:
            return getattr(other, name, None) if given is None else given

        self._user_init_fn = own(init_fn, "_user_init_fn")
        self.init_op = own(init_op, "init_op")
        self.init_feed_dict = own(init_feed_dict, "init_feed_dict")
        self.ready_op = own(ready_op, "ready_op")
        self.ready_for_local_init_op = own(ready_for_local_init_op, "ready_for_local_init_op")
        self.local_init_op = own(local_init_op, "local_init_op")
        self.summary_op = own(summary_op, "summary_op")
        self.saver = own(saver, "saver")

    @property
    def init_fn(self) -> Callable[[Any], Any] | None:
        """`init_fn` as a function of the session alone."""
        function = self._user_init_fn
        return function and (lambda session: function(self, session))

    def finalize(self) -> Scaffold:
        """Takes from collections, or builds, what is not there, and makes the graph read-only."""
        for name, key, default in _DEFAULTS:
            if getattr(self, name) is None:
                setattr(self, name, self.get_or_default(name, key, default))
        if self.saver is None:
            self.saver = saver_or_default()
        self.saver.build()
        get_default_graph().finalize()
        logging.info("Graph was finalized.")
        return self

    @staticmethod
    def get_or_default(
        arg_name: str, collection_key: str, default_constructor: Callable[[], Any]
    ) -> Any:
        """The only item of a collection, or what the constructor makes, which is put there.

        Raises:
          RuntimeError: there are several.
        """
        items = get_collection(collection_key)
        if len(items) > 1:
            raise RuntimeError(
                f'More than one item in the collection "{collection_key}". Please indicate which '
                f"one to use by passing it to the tf.Scaffold constructor as:  tf.Scaffold("
                f"{arg_name}=item to use)"
            )
        if items:
            return items[0]
        made = default_constructor()
        if made is not None:
            add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op() -> Any:
        """Initialises local variables, tables and the resources of this task."""
        return group(
            sets.local_variables_initializer(),
            sets.tables_initializer(),
            resource_sets.initialize_resources(resource_sets.local_resources()),
        )


def _init_op() -> Any:
    return group(
        sets.global_variables_initializer(),
        resource_sets.initialize_resources(resource_sets.shared_resources()),
    )


def _ready_op() -> Any:
    return concat(
        [
            sets.report_uninitialized_variables(),
            resource_sets.report_uninitialized_resources(),
        ],
        0,
    )


def _ready_for_local_init_op() -> Any:
    return concat(
        [
            sets.report_uninitialized_variables(sets.global_variables()),
            resource_sets.report_uninitialized_resources(resource_sets.shared_resources()),
        ],
        0,
    )


# In the order in which they are built.
_DEFAULTS: tuple[tuple[str, str, Callable[[], Any]], ...] = (
    ("init_op", GraphKeys.INIT_OP, _init_op),
    ("ready_op", GraphKeys.READY_OP, _ready_op),
    (
        "ready_for_local_init_op",
        GraphKeys.READY_FOR_LOCAL_INIT_OP,
        _ready_for_local_init_op,
    ),
    ("local_init_op", GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op),
    ("summary_op", GraphKeys.SUMMARY_OP, merge_all),
)


def ready_for_local_init_op(scaffold: Scaffold) -> Any:
    """That of a scaffold; else the one of the graph, which is made if there is none."""
    if scaffold.ready_for_local_init_op is not None:
        return scaffold.ready_for_local_init_op
    return Scaffold.get_or_default(
        "ready_for_local_init_op",
        GraphKeys.READY_FOR_LOCAL_INIT_OP,
        lambda: sets.report_uninitialized_variables(sets.global_variables()),
    )
