"""Batches of pictures that are in folders, one for each class."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.from_files import FilesIterator, pictures_below


class DirectoryIterator(FilesIterator):
    """Yields batches (pictures, labels) of the files in a folder's folders.

    Args:
      directory: the folder.
      image_data_generator: what changes the pictures.
      target_size: (height, width) that pictures are brought to.
      color_mode: "rgb", "rgba" or "grayscale".
      classes: the names of its folders that count; by default all.
      class_mode: what the labels are: "categorical" (rows of zeros with a one), "binary" or
        "sparse" (numbers), "input" (the pictures themselves), or None for no labels.
      batch_size, shuffle, seed: as for `Iterator`.
      data_format: where channels are; by default what `image_data_format` says.
      save_to_dir, save_prefix, save_format: where the changed pictures are written, if anywhere.
      follow_links: whether links to folders are followed.
      subset: "training" or "validation", by the generator's `validation_split`; None for all.
      interpolation: how the pixels of a picture of another size are found.
      dtype: of the pictures; by default what `floatx` says.

    Raises:
      ValueError: another colour mode, class mode or subset.
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "input", None)

    def __init__(
        self,
        directory: str,
        image_data_generator: Any,
        target_size: Any = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        dtype: Any = None,
    ):
        self.set_processing_attrs(
            image_data_generator,
            target_size,
            color_mode,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
            subset,
            interpolation,
            dtype,
        )
        self.directory = directory
        if class_mode not in self.allowed_class_modes:
            raise ValueError(
                f"Invalid class_mode: {class_mode}; expected one of: {self.allowed_class_modes}"
            )
        self.class_mode = class_mode
        names = list(classes) if classes else _folders(directory)
        self.num_classes = len(names)
        self.class_indices = {name: number for number, name in enumerate(names)}
        found = [self._found(name, follow_links) for name in names]
        self.filenames = [filename for filenames in found for filename in filenames]
        self.samples = len(self.filenames)
        counts = [len(filenames) for filenames in found]
        self.classes = np.repeat(np.arange(len(names), dtype="int32"), counts)
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        self._filepaths = [os.path.join(directory, name) for name in self.filenames]
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _found(self, name: str, follow_links: bool) -> list[str]:
        """The pictures of a class, by paths below `directory`."""
        folder = os.path.join(self.directory, name)
        found = list(pictures_below(folder, self.white_list_formats, follow_links))
        if self.split:
            first, end = (int(share * len(found)) for share in self.split)
            found = found[first:end]
        named = os.path.basename(folder)
        return [
            os.path.join(named, os.path.relpath(os.path.join(inside, filename), folder))
            for inside, filename in found
        ]

    @property
    def filepaths(self) -> list[str]:
        return self._filepaths

    @property
    def labels(self) -> Any:
        return self.classes


def _folders(directory: str) -> list[str]:
    names = sorted(os.listdir(directory))
    return [name for name in names if os.path.isdir(os.path.join(directory, name))]
