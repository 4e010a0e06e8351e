"""Orders of axes, as convolutions get them: channels go last where no GPU is in use."""

from __future__ import annotations

from typing import Any

from stillflow.graph.device import DeviceSpec
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.layers.default_session import get_session
from stillflow.ops.array.transposing import transpose

_LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}
_FIRST = {1: "NCW", 2: "NCHW", 3: "NCDHW"}
_gpus: list[str] | None = None


def has_nchw_support() -> bool:
    """Whether channels may stand first: there is a GPU, and no device scope says CPU."""
    return not is_current_explicit_device("CPU") and bool(get_available_gpus())


def get_available_gpus() -> list[str]:
    """The names of GPUs, as the session had them when this was first asked."""
    global _gpus
    if _gpus is None:
        devices = get_session().list_devices()
        _gpus = [device.name for device in devices if device.device_type == "GPU"]
    return _gpus


def is_current_explicit_device(device_type: str) -> bool:
    """Whether the open device scope says "CPU", or "GPU". ValueError for another kind."""
    kind = device_type.upper()
    if kind not in ("CPU", "GPU"):
        raise ValueError('`device_type` should be either "CPU" or "GPU".')
    return current_device().device_type == kind


def current_device() -> DeviceSpec:
    """What the open device scopes say of a new node."""
    return DeviceSpec.from_string(get_default_graph()._current_device())


def with_supported_format(
    x: Any, data_format: str, axes: int, transposes: bool = False
) -> tuple[Any, str]:
    """Returns `x` in an order of axes that convolutions take, and the name of that order.

    Args:
      axes: how many axes there are besides those of the batch and of channels.
      transposes: whether channels are to go last in any case.
    """
    if data_format != "channels_first":
        return x, _LAST[axes]
    if has_nchw_support() and not transposes:
        return x, _FIRST[axes]
    return transpose(x, (0, *range(2, axes + 2), 1)), _LAST[axes]


def in_given_format(x: Any, data_format: str, axes: int, order: str) -> Tensor:
    """Returns what `with_supported_format` may have transposed, in the order as it was."""
    if data_format == "channels_first" and order == _LAST[axes]:
        return transpose(x, (0, axes + 1, *range(1, axes + 1)))
    return x


def with_batch_and_channels(sizes: Any, order: str) -> tuple[Any, ...]:
    """Sizes for all axes of which some are given, with 1 for the batch and for channels."""
    return (1, *sizes, 1) if order in _LAST.values() else (1, 1, *sizes)


def padding_of_op(padding: str) -> str:
    """The name that operations give to a padding. ValueError for another than same and valid."""
    if padding not in ("same", "valid"):
        raise ValueError(f'Invalid padding: {padding}\n  It is "same" or "valid".')
    return padding.upper()
