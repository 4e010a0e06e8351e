"""Device names, `/job:worker/task:0/device:GPU:1`: recorded in graphs; the runtime ignores them."""

from __future__ import annotations

from typing import Any

_FIELDS = ("job", "replica", "task", "device_type", "device_index")


class DeviceSpec:
    """A device, or as much of its name as is given."""

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
        self.replica = None if replica is None else int(replica)
        self.task = None if task is None else int(task)
        self.device_type = None if device_type is None else device_type.upper()
        self.device_index = None if device_index is None else int(device_index)

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
        key, rest = words[0].lower(), words[1:]
        if key in ("job", "replica", "task") and len(rest) == 1:
            parsed[key] = rest[0] if key == "job" else int(rest[0])
            return
        words = rest if key == "device" else words
        if not words or words[0].upper() not in ("CPU", "GPU", "TPU", "XLA_CPU", "XLA_GPU"):
            raise ValueError(
                f"Unknown attribute: '{words[0] if words else key}' in '{spec}'\n"
                "  A device is written as '/job:NAME/replica:N/task:N/device:CPU:N'."
            )
        if "device_type" in parsed:
            raise ValueError(f"Cannot specify multiple device types: {spec}")
        parsed["device_type"] = words[0]
        if len(words) > 1 and words[1] != "*":
            parsed["device_index"] = int(words[1])

    def merge_from(self, dev: DeviceSpec) -> None:
        """Takes over the fields that `dev` has."""
        for field in _FIELDS:
            if getattr(dev, field) is not None:
                setattr(self, field, getattr(dev, field))

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
    spec = DeviceSpec()
    spec.merge_from(outer if isinstance(outer, DeviceSpec) else DeviceSpec.from_string(outer))
    spec.merge_from(DeviceSpec.from_string(inner))
    return spec.to_string()
