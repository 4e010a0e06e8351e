"""`Abort`, which ends the process."""

from __future__ import annotations

import os
import sys

from stillflow.declare.opdef import op


@op("Abort", "->", host=True, stateful=True)
def abort_op(xp, *, error_msg: str = "", exit_without_error: bool = False):
    """Ends the process at once: by a signal, or as one that succeeded."""
    if not exit_without_error:
        print(f"Abort_op intentional failure; {error_msg}", file=sys.stderr, flush=True)
        os.abort()
    sys.stdout.flush()
    os._exit(0)
