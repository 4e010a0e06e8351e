"""What Jupyter shows of Stillflow's objects. Those that TensorFlow prints are left as they are."""

from __future__ import annotations

from typing import Any

from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph.graph import Graph
from stillflow.notebook import drawing, tables

_SHOWN = {Graph: drawing.drawn, CheckpointReader: tables.checkpoint_table}


def install(formatter: Any) -> None:
    """Tells an IPython display formatter of them."""
    html = formatter.formatters["text/html"]
    for kind, shown in _SHOWN.items():
        html.for_type(kind, shown)
