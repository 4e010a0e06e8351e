"""Files that are downloaded once and then kept: `tf.keras.utils.get_file`."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError, URLError

from stillflow.keras.utils.progbar import Progbar

_CHUNK = 65535


def get_file(
    fname: str,
    origin: str,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | None = None,
) -> str:
    """Returns the path of a file in the cache, which is downloaded first where it is not there.

    Args:
      fname: its name; a path that is not relative to the cache stays what it is.
      origin: the URL that it comes from.
      untar: whether it is a tar archive, `fname` being what that holds: "fname.tar.gz".
      md5_hash, file_hash: what its content is to have; one that has another is downloaded anew.
      cache_subdir: the folder within the cache.
      hash_algorithm: "md5", "sha256", or "auto" to tell by the hash's length.
      extract: whether it is to be unpacked beside.
      archive_format: "tar", "zip", a list of these, "auto" for both, None for none.
      cache_dir: the cache; by default `~/.keras`, or a temporary folder where that is not writable.

    Raises:
      Exception: it cannot be downloaded.
    """
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    folder = cached_folder(cache_subdir, cache_dir)
    unpacked = os.path.join(folder, fname)
    path = f"{unpacked}.tar.gz" if untar else unpacked
    if not _is_cached(path, file_hash, hash_algorithm):
        _download(origin, path)
    if untar:
        if not os.path.exists(unpacked):
            extract_archive(path, folder, "tar")
        return unpacked
    if extract:
        extract_archive(path, folder, archive_format)
    return path


def cached_folder(cache_subdir: str, cache_dir: str | None = None) -> str:
    """Returns the path of a folder in the cache, which is made where it is not there."""
    base = os.path.expanduser(cache_dir or os.path.join("~", ".keras"))
    there = base if os.path.exists(base) else os.path.dirname(os.path.abspath(base))
    if not os.access(there, os.W_OK):
        base = os.path.join(tempfile.gettempdir(), ".keras")
    folder = os.path.join(base, cache_subdir)
    os.makedirs(folder, exist_ok=True)
    return folder


def validate_file(
    fpath: str, file_hash: str, algorithm: str = "auto", chunk_size: int = _CHUNK
) -> bool:
    """Returns whether the content of a file has a hash."""
    is_sha = algorithm == "sha256" or (algorithm == "auto" and len(file_hash) == 64)
    return hash_of_file(fpath, "sha256" if is_sha else "md5", chunk_size) == str(file_hash)


def hash_of_file(fpath: str, algorithm: str = "sha256", chunk_size: int = _CHUNK) -> str:
    """Returns the hash of a file's content: sha256, or md5 for every other algorithm."""
    hasher = hashlib.sha256() if algorithm in ("sha256", "auto") else hashlib.md5()
    with open(fpath, "rb") as file:
        while chunk := file.read(chunk_size):
            hasher.update(chunk)
    return hasher.hexdigest()


def _is_cached(path: str, file_hash: str | None, algorithm: str) -> bool:
    if not os.path.exists(path):
        return False
    if file_hash is None or validate_file(path, file_hash, algorithm):
        return True
    print(
        "A local file was found, but it seems to be incomplete or outdated because the "
        f"{algorithm} file hash does not match the original value of {file_hash} so we will "
        "re-download the data."
    )
    return False


def _download(origin: str, path: str) -> None:
    """Puts what a URL gives at `path`; nothing is there when that fails."""
    print("Downloading data from", origin)
    try:
        urllib.request.urlretrieve(origin, path, _progress())
    except BaseException as error:
        if os.path.exists(path):
            os.remove(path)
        if isinstance(error, HTTPError):
            raise _refusal(origin, path, error.code, error.msg) from error
        if isinstance(error, URLError):
            raise _refusal(origin, path, error.errno, error.reason) from error
        raise


def _refusal(origin: str, path: str, number: Any, reason: Any) -> Exception:
    return Exception(
        f"URL fetch failure on {origin}: {number} -- {reason}\n"
        f"  Without a network, put the file there by hand: {path}"
    )


def _progress() -> Callable[[int, int, int], None]:
    bars: list[Progbar] = []

    def show(count: int, block_size: int, total_size: int) -> None:
        if bars:
            bars[0].update(count * block_size)
        else:
            bars.append(Progbar(None if total_size == -1 else total_size))

    return show


def extract_archive(file_path: str, path: str = ".", archive_format: Any = "auto") -> bool:
    """Unpacks an archive into a folder; returns whether it is one of the formats."""
    if archive_format is None:
        return False
    formats: Iterable[str] = archive_format
    if archive_format == "auto":
        formats = ("tar", "zip")
    elif isinstance(archive_format, str):
        formats = (archive_format,)
    for each in formats:
        if each == "tar" and tarfile.is_tarfile(file_path):
            with tarfile.open(file_path) as tar, _whole(path) as folder:
                tar.extractall(folder, filter="data")
            return True
        if each == "zip" and zipfile.is_zipfile(file_path):
            with zipfile.ZipFile(file_path) as archive, _whole(path) as folder:
                archive.extractall(folder)
            return True
    return False


@contextmanager
def _whole(path: str) -> Iterator[str]:
    """A folder of which all goes to `path` once the block ends well, and nothing before."""
    with tempfile.TemporaryDirectory(dir=path) as folder:
        yield folder
        shutil.copytree(folder, path, dirs_exist_ok=True)
