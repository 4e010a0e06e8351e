"""The IPython extension of Stillflow's own kernel, where the name `tensorflow` is there already."""

from __future__ import annotations

from typing import Any

from stillflow.notebook.extension import equip

python2 = False  # whether cells are translated; the kernel's command line says so


def load_ipython_extension(shell: Any) -> None:
    """Is called by IPython."""
    equip(shell)
    if python2:
        from stillflow.notebook.python2 import translate_cells

        translate_cells(shell)
