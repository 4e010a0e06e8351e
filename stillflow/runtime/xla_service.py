"""A process that serves XLA's meeting of several: python -m stillflow.runtime.xla_service HOST SIZE

It says on standard output at which port, and ends a few seconds after its standard input does.
"""

from __future__ import annotations

import socket
import sys
import time

from jax._src.lib import _jax

_FOREVER = 10_000_000
_LONGER = 5.0  # seconds that those who lose their first rank have to end


def main(host: str, size: int) -> None:
    with socket.create_server((host, 0)) as found:
        port = found.getsockname()[1]
    service = _jax.get_distributed_runtime_service(
        f"{host}:{port}", size, heartbeat_timeout=_FOREVER, shutdown_timeout=5
    )
    print(port, flush=True)
    sys.stdin.read()
    time.sleep(_LONGER)
    del service


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
