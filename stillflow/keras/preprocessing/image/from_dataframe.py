"""Batches of pictures that a table of pandas' lists."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.from_files import FilesIterator, is_picture

_WITHOUT_CLASSES = ("input", "multi_output", "raw", None)
_SEVERAL = (list, tuple)


class DataFrameIterator(FilesIterator):
    """Yields batches (pictures, labels, weights) of the files that a table lists.

    Args:
      dataframe: the table.
      directory: the folder that paths are relative to.
      image_data_generator: what changes the pictures.
      x_col, y_col, weight_col: the columns of paths, of labels (several for "multi_output"), and of
        weights, if there are any.
      class_mode: as for `DirectoryIterator`; or "raw" for what the column holds, "multi_output" for
        a list of columns.
      validate_filenames: whether rows whose file is no picture are left out.
      target_size, color_mode, classes, batch_size, shuffle, seed, data_format, save_to_dir,
        save_prefix, save_format, subset, interpolation, dtype: as for `DirectoryIterator`.

    Raises:
      ValueError: another colour mode, class mode or subset; not two classes for "binary".
      TypeError: a column holds something else than the class mode takes.
    """

    allowed_class_modes = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)

    def __init__(
        self,
        dataframe: Any,
        directory: str | None = None,
        image_data_generator: Any = None,
        x_col: str = "filename",
        y_col: Any = "class",
        weight_col: str | None = None,
        target_size: Any = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = "channels_last",
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        dtype: Any = "float32",
        validate_filenames: bool = True,
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
        table = dataframe.copy()
        self.directory = directory or ""
        self.class_mode = class_mode
        self._check(table, x_col, y_col, weight_col, classes)
        if validate_filenames:
            table = self._with_pictures(table, x_col)
        if class_mode not in _WITHOUT_CLASSES:
            table, names = _with_known_classes(table, y_col, classes)
            self.class_indices = {name: number for number, name in enumerate(names)}
        if self.split:
            first, end = (int(share * len(table)) for share in self.split)
            table = table.iloc[first:end, :]
        self._take(table, x_col, y_col, weight_col)
        self._tell(validate_filenames)
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _take(self, table: Any, x_col: str, y_col: Any, weight_col: str | None) -> None:
        if self.class_mode not in _WITHOUT_CLASSES:
            self.classes = [self._number(label) for label in table[y_col]]
        self._targets: Any = None
        if self.class_mode == "multi_output":
            self._targets = [np.array(table[column].tolist()) for column in y_col]
        elif self.class_mode == "raw":
            self._targets = table[y_col].values
        self.sample_weight = table[weight_col].values if weight_col else None
        self.filenames = table[x_col].tolist()
        self.samples = len(self.filenames)
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]

    def _number(self, label: Any) -> Any:
        if isinstance(label, _SEVERAL):
            return [self.class_indices[each] for each in label]
        return self.class_indices[label]

    def _tell(self, validated: bool) -> None:
        text = f"Found {self.samples} {'' if validated else 'non-'}validated image filenames"
        if self.class_mode in _WITHOUT_CLASSES:
            print(f"{text}.")
        else:
            print(f"{text} belonging to {len(self.class_indices)} classes.")

    def _check(self, table: Any, x_col: str, y_col: Any, weight_col: Any, classes: Any) -> None:
        mode = self.class_mode
        if mode not in self.allowed_class_modes:
            raise ValueError(
                f"Invalid class_mode: {mode}; expected one of: {self.allowed_class_modes}"
            )
        if mode == "multi_output" and not isinstance(y_col, list):
            raise TypeError(
                f'If class_mode="{mode}", y_col must be a list. Received {type(y_col).__name__}.'
            )
        if not _all_of(table[x_col], (str,)):
            raise TypeError(f"All values in column x_col={x_col} must be strings.")
        if mode in ("binary", "sparse") and not _all_of(table[y_col], (str,)):
            raise TypeError(
                f'If class_mode="{mode}", y_col="{y_col}" column values must be strings.'
            )
        if mode == "categorical" and not _all_of(table[y_col], (str, *_SEVERAL)):
            raise TypeError(
                f'If class_mode="{mode}", y_col="{y_col}" column values must be type string, list '
                "or tuple."
            )
        if mode == "binary":
            _check_two(table[y_col], classes)
        if classes and mode in _WITHOUT_CLASSES:
            warnings.warn(f'`classes` will be ignored given the class_mode="{mode}"', stacklevel=3)
        if weight_col and not issubclass(table[weight_col].dtype.type, np.number):
            raise TypeError(f"Column weight_col={weight_col} must be numeric.")

    def _with_pictures(self, table: Any, x_col: str) -> Any:
        paths = (os.path.join(self.directory, name) for name in table[x_col])
        there = np.array([is_picture(path, self.white_list_formats) for path in paths], bool)
        absent = int((~there).sum())
        if absent:
            warnings.warn(
                f'Found {absent} invalid image filename(s) in x_col="{x_col}". These filename(s) '
                "will be ignored.",
                stacklevel=3,
            )
        return table[there]

    @property
    def filepaths(self) -> list[str]:
        return self._filepaths

    @property
    def labels(self) -> Any:
        return self.classes if self._targets is None else self._targets


def _all_of(column: Iterable[Any], kinds: tuple[type, ...]) -> bool:
    return all(isinstance(value, kinds) for value in column)


def _check_two(column: Any, classes: Any) -> None:
    given = 'If class_mode="binary" there must be 2 classes.'
    if classes and len(set(classes)) != 2:
        raise ValueError(f"{given} {len(set(classes))} class/es were given.")
    if not classes and column.nunique() != 2:
        raise ValueError(f"{given} Found {column.nunique()} classes.")


def _with_known_classes(table: Any, y_col: str, classes: Any) -> tuple[Any, list[Any]]:
    """The rows of which a class counts, and the names of the classes in order."""
    table = table.copy()
    if classes:
        known = set(classes)
        table[y_col] = table[y_col].apply(lambda label: _known_of(label, known))
    else:
        parts = (each if isinstance(each, _SEVERAL) else [each] for each in table[y_col])
        known = {label for labels in parts for label in labels}
    return table.dropna(subset=[y_col]), sorted(known)


def _known_of(label: Any, known: set[Any]) -> Any:
    if isinstance(label, _SEVERAL):
        return [each for each in label if each in known] or None
    return label if label in known else None
