"""What is found out of data part by part: the parts can be seen in any order, or apart."""

from __future__ import annotations

from typing import Any


class Combiner:
    """How a state is computed from batches. Subclasses override every method.

    All that is known so far is in an accumulator, an object of the subclass's choice; a Combiner
    itself holds no data. What comes out hangs neither on how data is cut into batches nor on their
    order.
    """

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def compute(self, batch_values: Any, accumulator: Any = None) -> Any:
        """Returns an accumulator of a batch, and of what `accumulator` has seen, if there is one.

        Args:
          batch_values: an array, or an element of a dataset.
        """

    def merge(self, accumulators: Any) -> Any:
        """Returns one accumulator of all that those of a list have seen."""

    def extract(self, accumulator: Any) -> Any:
        """Returns {name: array}, the values of the variables of a layer."""

    def restore(self, output: Any) -> Any:
        """Returns the accumulator of which `extract` made `output`."""

    def serialize(self, accumulator: Any) -> Any:
        """Returns an accumulator as bytes."""

    def deserialize(self, encoded_accumulator: Any) -> Any:
        """Returns the accumulator of which `serialize` made these bytes."""
