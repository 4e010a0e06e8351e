"""Device names, `/job:worker/task:0/device:GPU:1`.

Graphs record them; a run asks no more of one than that it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

HOST_MEMORY_LIMIT = 1 << 28  # bytes; what TensorFlow says of every host
_FIELDS = ("job", "replica", "task", "device_type", "device_index")


def _type_name(device_type: Any) -> str:
    """The two types that everybody has are written in capitals, others as they are given."""
    name = str(device_type)
    return name.upper() if name.upper() in ("CPU", "GPU") else name


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "job": str,
    "replica": int,
    "task": int,
    "device_type": _type_name,
    "device_index": int,
}


class DeviceSpec:
    """A device, or as much of its name as is given. Its fields can be set; None is not given.

    Raises:
      ValueError: a replica, task or index is no number.
    """

    __slots__ = _FIELDS

    def __init__(
        self,
        job: str | None = None,
        replica: int | None = None,
        task: int | None = None,
        device_type: str | None = None,
        device_index: int | None = None,
    ):
        self.job = job
        self.replica = replica
        self.task = task
        self.device_type = device_type
        self.device_index = device_index

    def __setattr__(self, field: str, value: Any) -> None:
        convert = _CONVERTERS.get(field)
        super().__setattr__(field, value if value is None or convert is None else convert(value))

    @staticmethod
    def from_string(spec: str) -> DeviceSpec:
        """Reads a name such as `/job:ps/cpu:0`; ValueError when it is none."""
        return DeviceSpec().parse_from_string(spec)

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """Replaces all fields by those of a name."""
        parsed: dict[str, Any] = {}
        for part in filter(None, spec.split("/")):
            self._read(part.split(":"), parsed, spec)
        self.__init__(**parsed)  # type: ignore[misc]
        return self

    @staticmethod
    def _read(words: list[str], parsed: dict[str, Any], spec: str) -> None:
        key = words[0]
        if key in ("job", "replica", "task") and len(words) == 2:
            parsed[key] = words[1]
            return
        if key == "device" and len(words) == 3:
            words = words[1:]
        elif key.upper() not in ("CPU", "GPU") or len(words) > 2:
            raise ValueError(
                f"Unknown attribute: '{key}' in '{spec}'\n"
                "  A device is written as '/job:NAME/replica:N/task:N/device:CPU:N'."
            )
        if "device_type" in parsed:
            raise ValueError(f"Cannot specify multiple device types: {spec}")
        parsed["device_type"] = words[0]
        if len(words) > 1 and words[1] != "*":
            parsed["device_index"] = words[1]

    def merge_from(self, dev: DeviceSpec) -> None:
        """Takes over the fields that `dev` has."""
        for field in _FIELDS:
            if getattr(dev, field) is not None:
                setattr(self, field, getattr(dev, field))

    def make_merged_spec(self, dev: DeviceSpec) -> DeviceSpec:
        """A new spec: this one with the fields that `dev` has."""
        merged = self.replace()
        merged.merge_from(dev)
        return merged

    def replace(self, **kwargs: Any) -> DeviceSpec:
        """A new spec: this one with some fields set anew."""
        return type(self)(**{field: getattr(self, field) for field in _FIELDS} | kwargs)

    def to_string(self) -> str:
        """The full name; a device type without an index gets '*'."""
        parts = [("job", self.job), ("replica", self.replica), ("task", self.task)]
        name = "".join(f"/{key}:{value}" for key, value in parts if value is not None)
        if self.device_type is None:
            return name
        index = "*" if self.device_index is None else self.device_index
        return f"{name}/device:{self.device_type}:{index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSpec) and self.to_string() == other.to_string()

    def __hash__(self) -> int:
        return hash(self.to_string())


def within(outer: Any, inner: str) -> str:
    """The device of an op that is on `inner`, in a scope of the device `outer`."""
    return _within(outer.to_string() if isinstance(outer, DeviceSpec) else outer, inner)


@lru_cache(maxsize=256)
def _within(outer: str, inner: str) -> str:
    return DeviceSpec.from_string(outer).make_merged_spec(DeviceSpec.from_string(inner)).to_string()


# As TensorFlow's module `device` has them -------------------------------------------------------


def check_valid(spec: str) -> None:
    """Raises ValueError unless `spec` is a device's name."""
    DeviceSpec.from_string(spec)


def is_device_spec(obj: Any) -> bool:
    """Whether `obj` is a DeviceSpec."""
    return isinstance(obj, DeviceSpec)


def canonical_name(device: Any) -> str:
    """The full name of a device, of a name or a DeviceSpec; empty for None."""
    return "" if device is None else within(device, "")


def merge_device(spec: Any) -> Callable[[Any], str]:
    """A function for `tf.device`: an operation is on `spec`, as far as it says not otherwise."""
    outer = canonical_name(spec)
    return lambda op: within(outer, op.device)
