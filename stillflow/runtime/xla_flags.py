"""The flags that XLA reads from the environment when it is loaded; knows no jax.

One that the user sets is left as it is.
"""

from __future__ import annotations

_LIBRARY = "--xla_cpu_experimental_ynn_fusion_type"


def xla_flags(given: str, strict: bool) -> str:
    """The value of XLA_FLAGS, which is `given` so far."""
    flags = given.split()
    if strict:
        # Without instructions for a product and a sum at once, each is rounded on its own.
        flags.append("--xla_cpu_max_isa=AVX")
    if _convolves_slowly() and _LIBRARY not in given:
        flags.append(f"{_LIBRARY}=-individual_convolution")
    return " ".join(flags)


def _convolves_slowly() -> bool:
    """Whether this XLA hands convolutions to a library (YNNPACK) that is slower than its own.

    With 0.10.2 it took 1.4 times as long over a step of a convolutional network; with 0.12 not.
    """
    from importlib.metadata import version  # a run that compiles nothing does without it

    major, minor, *_ = version("jaxlib").split(".")
    return (int(major), int(minor)) == (0, 10)
