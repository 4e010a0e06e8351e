"""Turns sparse gradients into dense ones, and joins several. The class is in `graph`."""

from __future__ import annotations

from collections.abc import Sequence

from stillflow.graph.indexed_slices import IndexedSlices


def concat_slices(parts: Sequence[IndexedSlices]) -> IndexedSlices:
    """The sum of sparse gradients of one tensor: the rows of all of them."""
    raise NotImplementedError
