"""A data set in files: where it is, how it is read and decoded."""

from __future__ import annotations

from typing import Any


class Dataset:
    """What tells a provider of a data set all that it needs; further arguments are kept too."""

    def __init__(
        self,
        data_sources: Any,
        reader: Any,
        decoder: Any,
        num_samples: int | None,
        items_to_descriptions: Any,
        **kwargs: Any,
    ):
        """A data set.

        Args:
          data_sources: names of files, or patterns of them.
          reader: a class of readers, such as tf.TFRecordReader.
          decoder: a DataDecoder of the records.
          num_samples: how many there are.
          items_to_descriptions: {the name of an item: what it is}.
        """
        own = {"data_sources": data_sources, "reader": reader, "decoder": decoder}
        told = {"num_samples": num_samples, "items_to_descriptions": items_to_descriptions}
        vars(self).update(kwargs, **own, **told)
