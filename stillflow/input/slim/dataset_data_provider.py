"""The items of the examples of a data set in files."""

from __future__ import annotations

from typing import Any

from stillflow.input.slim.data_provider import DataProvider
from stillflow.input.slim.parallel_reader import parallel_read


class DatasetDataProvider(DataProvider):
    """Reads examples by several readers, in random order, and decodes them."""

    def __init__(
        self,
        dataset: Any,
        num_readers: int = 1,
        reader_kwargs: dict[str, Any] | None = None,
        shuffle: bool = True,
        num_epochs: int | None = None,
        common_queue_capacity: int = 256,
        common_queue_min: int = 128,
        record_key: str = "record_key",
        seed: int | None = None,
        scope: str | None = None,
    ):
        """A provider of the examples of a Dataset.

        Args:
          reader_kwargs: arguments of its readers.
          common_queue_min: how many records stay, so that they mix.
          record_key: the item that is the key of the record.
          num_readers, shuffle, ...: as for `parallel_read`.

        Raises:
          ValueError: the data set has an item of that name.
        """
        key, data = parallel_read(
            dataset.data_sources,
            reader_class=dataset.reader,
            num_epochs=num_epochs,
            num_readers=num_readers,
            reader_kwargs=reader_kwargs,
            shuffle=shuffle,
            capacity=common_queue_capacity,
            min_after_dequeue=common_queue_min,
            seed=seed,
            scope=scope,
        )
        names = dataset.decoder.list_items()
        items = dict(zip(names, dataset.decoder.decode(data, names), strict=True))
        if record_key in items:
            raise ValueError(
                "The item name used for `record_key` cannot also be used for a dataset item: "
                f"{record_key}"
            )
        items[record_key] = key
        super().__init__(items_to_tensors=items, num_samples=dataset.num_samples)
