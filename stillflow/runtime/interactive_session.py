"""`tf.InteractiveSession`: the default session of a shell or a notebook."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Sequence
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.session import BaseSession, needed_for


class InteractiveSession(BaseSession):
    """A session that is the default one from its making to its close, for a shell or a notebook."""

    _active = 0
    _counting = threading.Lock()

    def _check_places(
        self, elements: Sequence[Tensor | Operation], feeds: Sequence[Tensor]
    ) -> None:
        """Looks at what a run needs alone."""
        ops = needed_for(elements, feeds)
        self._places.check(ops)
        if self._logs_places:
            self._log().print_places(ops)

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None):
        super().__init__(target, graph, config)
        self._count(1)
        self._blocks = [self.as_default()]
        if graph is not None:
            self._blocks.insert(0, graph.as_default())
        for block in self._blocks:
            block.__enter__()

    def close(self) -> None:
        if not self._closed:
            self._count(-1)
        super().close()
        while self._blocks:
            self._blocks.pop().__exit__(None, None, None)

    @staticmethod
    def _count(change: int) -> None:
        """Counts the active sessions; warns of one more."""
        with InteractiveSession._counting:
            before = InteractiveSession._active
            InteractiveSession._active += change
        if before and change > 0:
            warnings.warn(
                "An interactive session is already active. This can cause out-of-memory errors in "
                "some cases. You must explicitly call `InteractiveSession.close()` to release "
                "resources held by the other session(s).",
                stacklevel=3,
            )
