"""`stillflow.explain`: what a run would do, without running it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from stillflow.runtime.fetches import FetchStructure
from stillflow.runtime.recording.current import current
from stillflow.runtime.recording.report import plan_of
from stillflow.runtime.recording.text import of_plan
from stillflow.runtime.session import BaseSession


class Explanation(Mapping[str, Any]):
    """Where a run goes and why; printed for people, a table in a notebook, a mapping for programs.

    `steps`: how many operations it carries out. `tiers`: why it is where it is, a sentence for each
    stage. `on_host`, `on_xla`: how many runs there were. `stays`: what stays on the host if it is
    compiled: a mapping each with `type`, `name`, `line` and `why`.
    """

    def __init__(self, plan: Mapping[str, Any]):
        self._plan = plan

    def __getitem__(self, key: str) -> Any:
        return self._plan[key]

    def __iter__(self) -> Any:
        return iter(self._plan)

    def __len__(self) -> int:
        return len(self._plan)

    def __repr__(self) -> str:
        return "\n".join(of_plan(self._plan))

    def _repr_html_(self) -> str:
        stays = self._plan["stays"]
        said = [line for line in of_plan({**self._plan, "stays": []})]
        text = "<br>".join(escape(line.strip()) for line in said)
        if not stays:
            return f"<p>{text}</p>"
        names = ("type", "name", "line", "why")
        head = "".join(f"<th>{name}</th>" for name in names)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(row[name])}</td>' for name in names)}</tr>"
            for row in stays
        )
        return f"<p>{text}</p><table><tr>{head}</tr>{rows}</table>"


def explain(session: BaseSession, fetches: Any, feed_dict: Any = None) -> Explanation:
    """What `session.run(fetches, feed_dict)` does, on which tier and why; it is not run.

    Args:
      fetches: as `run` takes them.
      feed_dict: what is fed; a list or tuple of the tensors will do, for values do not matter.

    Raises:
      TypeError, ValueError, RuntimeError: as `run` does for such fetches and feeds.
    """
    if not isinstance(session, BaseSession):
        raise TypeError(f"session must be a tf.Session, but got {type(session)}")
    feeds = list(feed_dict or ())
    executor = session._prepare(fetches, feeds, session._executor).executor
    refusals = {} if current.recorder is None else current.recorder.refusals
    elements = FetchStructure(session.graph, fetches).elements
    named = {
        "fetches": [element.name for element in elements],
        "feeds": [getattr(feed, "name", str(feed)) for feed in feeds],
    }
    return Explanation({**named, **plan_of(executor, refusals)})
