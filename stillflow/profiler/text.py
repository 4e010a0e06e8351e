"""Numbers, times and sizes as a report has them, and what it says of its columns."""

from __future__ import annotations

from collections.abc import Sequence

_VIEWS = {
    "scope": (
        "scope: The nodes in the model graph are organized by their names, which is hierarchical "
        "like filesystem."
    ),
    "op": (
        "op: The nodes are operation kernel type, such as MatMul, Conv2D. Graph nodes belonging to "
        "the same type are aggregated together."
    ),
}
_VIEWS["code"] = "code: The nodes are lines of the program, with the operations that each made."
_VIEWS["graph"] = _VIEWS["scope"]  # as in TensorFlow
_ACCELERATOR = (
    "accelerator execution time: Time spent executing on the accelerator. This is normally "
    "measured by the actual hardware library."
)
_CPU = (
    "cpu execution time: The time from the start to the end of the operation. It's the sum of "
    "actual cpu run time plus the time that it spends waiting if part of computation is launched "
    "asynchronously."
)
_COLUMNS = {
    "bytes": "requested bytes: The memory requested by the operation, accumulatively.",
    "micros": (
        "total execution time: Sum of accelerator execution time and cpu execution time.\n"
        f"{_CPU}\n{_ACCELERATOR}"
    ),
    "params": "param: Number of parameters (in the Variable).",
    "float_ops": (
        "flops: Number of float operations. Note: Please read the implementation for the math "
        "behind it."
    ),
    "tensor_value": "tensor_value: Not supported now.",
    "device": "device: which device is placed on.",
    "op_types": (
        "op_types: The attributes of the operation, includes the Kernel name device placed on and "
        "user-defined strings."
    ),
    "occurrence": "occurrence: The number of times it occurs",
    "input_shapes": "input shape: The shape of input tensors",
    "accelerator_micros": _ACCELERATOR,
    "cpu_micros": _CPU,
    "peak_bytes": (
        "peak bytes: The peak amount of memory that the operation is holding at some point."
    ),
    "residual_bytes": "residual bytes: The memory not de-allocated after the operation finishes.",
    "output_bytes": (
        "output bytes: The memory that is output from the operation (not necessarilty allocated by "
        "the operation)"
    ),
}
# {what is selected: (the legend, the statistic)}
MEMORY = {
    "bytes": ("requested bytes", "requested_bytes"),
    "peak_bytes": ("peak bytes", "peak_bytes"),
    "residual_bytes": ("residual bytes", "residual_bytes"),
    "output_bytes": ("output bytes", "output_bytes"),
}
_TIMES = {
    "micros": ("total execution time", "exec_micros"),
    "accelerator_micros": ("accelerator execution time", "accelerator_exec_micros"),
    "cpu_micros": ("cpu execution time", "cpu_exec_micros"),
}


def times(select: Sequence[str]) -> list[tuple[str, str]]:
    """(the legend, the statistic) of the times to show; "micros" stands for all."""
    return [both for name, both in _TIMES.items() if name in select or "micros" in select]


def introduction(view: str, select: Sequence[str]) -> str:
    lines = [_COLUMNS.get(name, f"Unknown select: {name}") for name in select]
    return "\n".join(["", "Doc:", _VIEWS[view], *lines, "", "Profile:", ""])


def number(value: int) -> str:
    for size, unit in ((1_000_000_000, "b"), (1_000_000, "m"), (1000, "k")):
        if value >= size:
            return f"{value / size:.2f}{unit}"
    return str(value)


def memory(size: int) -> str:
    if size >= 1_000_000:
        return f"{size / 1_000_000:.2f}MB"
    return f"{size / 1000:.2f}KB" if size >= 1000 else f"{size}B"


def time(micros: int) -> str:
    if micros >= 1_000_000:
        return f"{micros / 1_000_000:.2f}sec"
    return f"{micros / 1000:.2f}ms" if micros >= 1000 else f"{micros}us"


def shape(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))
