"""Which tier carries out runs: NumPy (host), XLA, or the one that the cost model chooses."""

from __future__ import annotations

import functools
import importlib
import os
import time
from types import ModuleType

from stillflow.platform import processes
from stillflow.platform.progress import long_work
from stillflow.runtime import accelerators, collecting, last_collection
from stillflow.runtime.recording.current import current
from stillflow.runtime.xla_flags import xla_flags

_TIERS = ("auto", "host", "xla")


def tier_setting() -> str:
    """The tier that STILLFLOW_TIER forces, or 'auto'.

    Where ranks feed parts of batches it is XLA's, for the host would see one part alone.

    Raises:
      ValueError: it names no tier.
    """
    tier = os.environ.get("STILLFLOW_TIER", "auto")
    if tier not in _TIERS:
        raise ValueError(f"STILLFLOW_TIER is {tier!r}; it may be {', '.join(_TIERS)}.")
    has_parts = processes.are_together() and processes.group().has_local_batches
    return "xla" if has_parts and tier == "auto" else tier


def tier_of_functions() -> str:
    """The tier of functions that kernels call, a pipeline's for example.

    Threads call them in no order that several devices could follow, which leave them to the host.
    """
    is_spread = accelerators.spread() is not None or processes.are_together()
    return "host" if is_spread else tier_setting()


@functools.cache
def xla() -> ModuleType:
    """The XLA tier's module, which imports jax.

    Importing jax draws numbers from NumPy's global stream. That stream is the program's: its
    batches must come in the same order whether or not we compile anything.
    """
    import numpy as np

    last_collection.spare_at_the_end()
    accelerators.prepare()
    strict = os.environ.get("STILLFLOW_STRICT") == "1"
    os.environ["XLA_FLAGS"] = xla_flags(os.environ.get("XLA_FLAGS", ""), strict)
    state = np.random.get_state()
    start = time.monotonic()
    with long_work("starting JAX"), collecting.put_off():
        module = importlib.import_module("stillflow.runtime.xla")
    if current.recorder is not None:
        current.recorder.starting += time.monotonic() - start
    np.random.set_state(state)
    return module
