"""`tf.app.run`: parses the flags, then runs the program's main function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from stillflow.platform.flags import FLAGS
from stillflow.platform.logging import get_logger


def run(main: Callable[[list[str]], Any] | None = None, argv: list[str] | None = None) -> None:
    """Runs `main`, by default the program's own, with the arguments that are no flags, and exits.

    `argv` is the command line, by default `sys.argv`. Flags that nothing defines are left to it.
    """
    from absl import app  # its import takes longer than the flags' alone

    # TensorFlow's logger is there before absl's: a program that uses both gets each line from both.
    get_logger()
    main = main or sys.modules["__main__"].main
    app.run(main, argv=argv, flags_parser=_known_flags)


def _known_flags(argv: list[str] | None) -> list[str]:
    return FLAGS(sys.argv if argv is None else argv, known_only=True)
