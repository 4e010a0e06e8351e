"""Small runs in a process of their own, which may fail, crash or hang. Prints a line per event.

Each line is JSON: `{"starts": NAME}`, then `{"ends": NAME, "seconds": ..., "said": ...}`, where
`said` is None or what was raised, and `{"devices": [...]}`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any


def _say(**event: Any) -> None:
    print(json.dumps(event), flush=True)


def _trained(tier: str) -> None:
    """A step of training, whose result is known: the gradient of (3w)^2 at 2 is 36."""
    os.environ["STILLFLOW_TIER"] = tier
    import stillflow as tf

    with tf.Graph().as_default(), tf.Session() as session:
        weight = tf.Variable([[2.0]])
        loss = tf.reduce_sum(tf.square(tf.matmul([[3.0]], weight)))
        step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
        session.run(tf.global_variables_initializer())
        session.run(step)
        found = session.run(weight).item()
    if found != -16.0:
        raise ArithmeticError(f"A step of training gave {found} and not -16.")


def _on_numpy() -> None:
    _trained("host")


def _written() -> None:
    """A graph as a protobuf message, and back."""
    import stillflow as tf

    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="one")
        text = graph.as_graph_def().SerializeToString()
    if tf.GraphDef.FromString(text).node[0].name != "one":
        raise ValueError("A graph that was written does not read back.")


def _jax() -> None:
    from stillflow.runtime.tiers import xla

    xla()
    jax = sys.modules["jax"]
    _say(
        devices=[
            {
                "name": str(device),
                "platform": device.platform,
                "kind": device.device_kind,
                "memory": (device.memory_stats() or {}).get("bytes_limit"),
            }
            for device in jax.devices()
        ]
    )


def _on_xla() -> None:
    _trained("xla")


def _native() -> None:
    """A convolution by the optional library, on both tiers."""
    from stillflow.runtime.native import sums_of_four_ones

    found = sums_of_four_ones()
    if found != [4.0, 4.0]:
        raise ArithmeticError(f"Convolutions gave {found} and not 4.")


def _has_native() -> bool:
    from stillflow.runtime.native import is_to_work

    try:
        return is_to_work()
    except ValueError:  # what STILLFLOW_NATIVE says is told elsewhere
        return False


CHECKS: dict[str, Callable[[], None]] = {
    "a step of training in NumPy": _on_numpy,
    "a graph as protobuf": _written,
    "JAX and its devices": _jax,
    "a step of training in XLA": _on_xla,
    **({"a convolution by stillflow-native": _native} if _has_native() else {}),
}


def main() -> None:
    """Makes the checks one after the other; what one raises does not keep the others from it."""
    for name, check in CHECKS.items():
        _say(starts=name)
        began, said = time.monotonic(), None
        try:
            check()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        _say(ends=name, seconds=round(time.monotonic() - began, 3), said=said)


if __name__ == "__main__":
    main()
