"""How many shards of a TPU a batch is split among: not said, for there are none."""

from __future__ import annotations


class TpuContext:
    """What libraries ask where they would sum over shards."""

    number_of_shards: int | None = None


_CONTEXT = TpuContext()


def get_tpu_context() -> TpuContext:
    return _CONTEXT
