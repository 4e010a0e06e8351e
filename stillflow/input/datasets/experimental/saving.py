"""Iterators in checkpoints: where a pipeline goes on."""

from __future__ import annotations

from stillflow.input.datasets.iterator import Iterator
from stillflow.input.datasets.saveable import IteratorSaveable


def make_saveable_from_iterator(iterator: Iterator) -> IteratorSaveable:
    """What a Saver saves of an iterator, so that another process goes on where this one was.

    The iterator must have been initialised, with the same pipeline, where it is saved and where it
    is restored.
    """
    resource = iterator._iterator_resource
    return IteratorSaveable(resource, resource.name, f"{resource.name}-state")
