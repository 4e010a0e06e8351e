"""Event files, read back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from stillflow.platform import records


def summary_iterator(path: str | os.PathLike) -> Iterator[Any]:
    """Yields the Events of the event file `path`.

    Raises:
      tf.errors.NotFoundError: there is no such file.
      tf.errors.DataLossError: it is damaged or cut off within a record.
    """
    from tensorboard.compat.proto.event_pb2 import Event

    with records.RecordReader(path) as reader:
        for record in reader:
            yield Event.FromString(record)
