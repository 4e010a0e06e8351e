"""How the plots look, and how they are saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BLUE, RED, GREY = "#2f6fb0", "#c8472f", "#8a8a8a"
FORMATS = ("png", "svg")
_DPI = 110
_LOOK: Any = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "font.size": 10,
    "legend.frameon": False,
    "svg.hashsalt": "stillflow",  # so that the same plot is the same file
}


class NoMatplotlib(Exception):
    """Plots are asked for and matplotlib is not installed."""

    def __init__(self) -> None:
        super().__init__("Plots need matplotlib:\n  pip install 'stillflow[plot]'")


def subplots(
    rows: int = 1, columns: int = 1, width: float = 6.4, height: float = 3.8, **options: Any
) -> Any:
    """(figure, its axes), for a file rather than a window.

    Raises:
      NoMatplotlib: it is not installed.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise NoMatplotlib from None
    with matplotlib.rc_context(_LOOK):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(rows, columns, **options)


def save(figure: Any, folder: str, name: str, formats: tuple[str, ...] = FORMATS) -> list[str]:
    """Writes the figure as `folder`/`name`.png, .svg; returns the paths."""
    import matplotlib

    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = [str(Path(folder, f"{name}.{kind}")) for kind in formats]
    with matplotlib.rc_context(_LOOK):
        for path in paths:
            metadata = {"Date": None} if path.endswith(".svg") else None
            figure.savefig(path, dpi=_DPI, metadata=metadata)
    return paths
