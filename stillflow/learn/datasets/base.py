"""Tables in CSV files as arrays, and files fetched once."""

from __future__ import annotations

import collections
import csv
import os
import random
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from stillflow.data.mnist import Datasets as Datasets  # one class under both names
from stillflow.platform import files
from stillflow.platform.deprecation import deprecated

_BY_DATA = "Use tf.data instead."
_TIMED_OUT = 110

Dataset = collections.namedtuple("Dataset", ["data", "target"])


@deprecated(None, _BY_DATA)
def load_csv_with_header(
    filename: str, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Dataset:
    """A table whose first line begins with the numbers of its rows and features.

    Returns:
      Dataset(data=[rows, features], target=[rows]).
    """
    with files.GFile(filename) as file:
        lines = csv.reader(file)
        rows, features = map(int, next(lines)[:2])
        data = np.zeros((rows, features), features_dtype)
        target = np.zeros((rows,), target_dtype)
        for place, line in enumerate(lines):
            target[place] = np.asarray(line.pop(target_column), target_dtype)
            data[place] = np.asarray(line, features_dtype)
    return Dataset(data=data, target=target)


@deprecated(None, _BY_DATA)
def load_csv_without_header(
    filename: str, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Dataset:
    """A table without a line of sizes: Dataset(data=[rows, features], target=[rows])."""
    data, target = [], []
    with files.GFile(filename) as file:
        for line in csv.reader(file):
            target.append(line.pop(target_column))
            data.append(np.asarray(line, features_dtype))
    return Dataset(data=np.array(data), target=np.array(target, target_dtype))


@deprecated(None, _BY_DATA)
def shrink_csv(filename: str, ratio: int) -> None:
    """Writes each `ratio`-th row of `x.csv` to `x_small.csv`."""
    with (
        files.GFile(filename.replace(".", "_small."), "w") as small,
        files.GFile(filename) as whole,
    ):
        writer = csv.writer(small)
        for place, row in enumerate(csv.reader(whole)):
            if place % ratio == 0:
                writer.writerow(row)


@deprecated(None, "Use scikits.learn.datasets.")
def load_iris(data_path: str | None = None) -> Dataset:
    """Fisher's 150 irises of 1936: four lengths of each, and which of three kinds it is."""
    return load_csv_with_header(data_path or _own("iris.csv"), int, float)


@deprecated(None, "Use scikits.learn.datasets.")
def load_boston(data_path: str | None = None) -> Dataset:
    """The prices of houses in 506 parts of Boston, by Harrison and Rubinfeld, 1978."""
    return load_csv_with_header(data_path or _own("boston_house_prices.csv"), float, float)


def _own(name: str) -> str:
    return os.path.join(os.path.dirname(__file__), "data", name)


@deprecated(None, "Use the retry module or similar alternatives.")
def retry(
    initial_delay: float,
    max_delay: float,
    factor: float = 2.0,
    jitter: float = 0.25,
    is_retriable: Callable[[Exception], bool] | None = None,
) -> Callable[[Callable], Callable]:
    """Decorator of a function that is called again while it fails.

    Args:
      initial_delay, max_delay, factor, jitter: how many seconds to wait, each time `factor` as
        long, give or take a share of `jitter`.
      is_retriable: of an error, whether to wait and try again; by default at once.

    Raises:
      ValueError: `factor` is below 1, or `jitter` not below 1.
    """
    return _retrying(initial_delay, max_delay, factor, jitter, is_retriable)


def _retrying(
    initial_delay: float,
    max_delay: float,
    factor: float = 2.0,
    jitter: float = 0.25,
    is_retriable: Callable[[Exception], bool] | None = None,
) -> Callable[[Callable], Callable]:
    if factor < 1:
        raise ValueError(f"factor must be >= 1; was {factor:f}")
    if jitter >= 1:
        raise ValueError(f"jitter must be < 1; was {jitter:f}")

    def delays() -> Iterator[float]:
        delay = initial_delay
        while delay <= max_delay:
            yield delay * random.uniform(1 - jitter, 1 + jitter)
            delay *= factor

    def wrap(fn: Callable) -> Callable:
        def wrapped_fn(*args: Any, **kwargs: Any) -> Any:
            for delay in delays():
                try:
                    return fn(*args, **kwargs)
                except Exception as error:
                    if is_retriable is None:
                        continue
                    if not is_retriable(error):
                        raise
                    time.sleep(delay)
            return fn(*args, **kwargs)

        return wrapped_fn

    return wrap


def _has_timed_out(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == _TIMED_OUT


@deprecated(None, "Please use urllib or similar directly.")
@_retrying(initial_delay=1.0, max_delay=16.0, is_retriable=_has_timed_out)
def urlretrieve_with_retry(url: str, filename: str | None = None) -> Any:
    """`urllib.request.urlretrieve`, again where the connection timed out."""
    return urllib.request.urlretrieve(url, filename)


@deprecated(None, "Please write your own downloading logic.")
def maybe_download(filename: str, work_directory: str, source_url: str) -> str:
    """The path of a file in a folder, fetched from a URL unless it is there."""
    if not files.Exists(work_directory):
        files.MakeDirs(work_directory)
    path = os.path.join(work_directory, filename)
    if not files.Exists(path):
        fetched, _ = urlretrieve_with_retry(source_url)
        files.Copy(fetched, path)
        with files.GFile(path) as file:
            print("Successfully downloaded", filename, file.size(), "bytes.")
    return path
