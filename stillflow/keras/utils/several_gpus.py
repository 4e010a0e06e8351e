"""A model on several GPUs of a machine, each of which gets a part of the batch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from stillflow.graph.scopes import device
from stillflow.keras.engine.model import Model
from stillflow.keras.layers.concatenating import concatenate
from stillflow.keras.layers.function_layer import Lambda
from stillflow.layers.default_session import get_session
from stillflow.ops.array import joining, shape_of, slicing
from stillflow.ops.version2.arrays import name_scope_v2


def multi_gpu_model(
    model: Any, gpus: Any, cpu_merge: bool = True, cpu_relocation: bool = False
) -> Model:
    """Returns a model that runs `model` on GPUs side by side, each on a part of the batch.

    Args:
      gpus: how many there are, or their numbers.
      cpu_merge: whether their results are put together on the host.
      cpu_relocation: whether the model is made anew with its weights on the host.

    Raises:
      ValueError: there are less than two, or not as many in this machine.
    """
    numbers = _numbers(gpus)
    _check_there(gpus, numbers)
    if cpu_relocation:
        from stillflow.keras.engine.cloning import clone_model  # it stands on models

        with device("/cpu:0"):
            model = clone_model(model)
    made: defaultdict[int, list[Any]] = defaultdict(list)
    for place, number in enumerate(numbers):
        with device(f"/gpu:{number}"), name_scope_v2(f"replica_{number}"):
            parts = [_part_of(x, place, len(numbers)) for x in model.inputs]
            outputs = model(parts)
            for index, output in enumerate(outputs if isinstance(outputs, list) else [outputs]):
                made[index].append(output)
    names = _distinct(model.output_names)
    with device("/cpu:0" if cpu_merge else f"/gpu:{numbers[0]}"):
        merged = [
            concatenate(outputs, axis=0, name=name)
            for name, outputs in zip(names, made.values(), strict=True)
        ]
        return Model(model.inputs, merged)


def available_devices() -> list[str]:
    """The names of the devices that Keras' session has."""
    return [each.name for each in get_session().list_devices()]


def short_name(name: str) -> str:
    """/job:localhost/replica:0/task:0/device:GPU:0 -> /gpu:0"""
    return f"/{name.lower().split('device:')[1]}"


def _numbers(gpus: Any) -> Sequence[int]:
    is_listed = isinstance(gpus, (list, tuple))
    if (len(gpus) if is_listed else gpus) <= 1:
        wanted = "len(gpus) >= 2" if is_listed else "gpus >= 2"
        raise ValueError(
            f"For multi-gpu usage to be effective, call `multi_gpu_model` with `{wanted}`. "
            f"Received: `gpus={gpus}`"
        )
    return gpus if is_listed else range(gpus)


def _check_there(gpus: Any, numbers: Iterable[int]) -> None:
    there = [short_name(name) for name in available_devices()]
    wanted = ["/cpu:0", *(f"/gpu:{number}" for number in numbers)]
    if not set(wanted) <= set(there):
        raise ValueError(
            f"To call `multi_gpu_model` with `gpus={gpus}`, we expect the following devices to be "
            f"available: {wanted}. However this machine only has: {there}. Try reducing `gpus`."
        )


def _part_of(x: Any, place: int, parts: int) -> Any:
    """The part of a batch that the GPU of a place gets; the last one gets what is left."""

    def part(data: Any, i: int, parts: int) -> Any:
        shape = shape_of.shape(data)
        count, rest = shape[:1], shape[1:]
        step = count // parts
        rows = count - step * i if i == parts - 1 else step
        size = joining.concat([rows, rest], axis=0)
        start = joining.concat([step, rest * 0], axis=0) * i
        return slicing.slice_(data, start, size)

    shape = tuple(x.shape.as_list())[1:]
    return Lambda(part, output_shape=shape, arguments={"i": place, "parts": parts})(x)


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of outputs; those that are there several times get numbers."""
    often, seen = Counter(names), Counter[str]()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(f"{name}_{seen[name]}" if often[name] > 1 else name)
    return distinct
