"""Dask's tables, which are to be computed before they are fed."""

from __future__ import annotations

from typing import Any

from stillflow.platform.deprecation import deprecated

HAS_DASK = False
_NO_DASK = "Please feed input to tf.data to support dask."


@deprecated(None, _NO_DASK)
def extract_dask_data(data: Any) -> Any:
    """What is no table of Dask's as it is; TypeError for one that is."""
    return _not_dask(data)


@deprecated(None, _NO_DASK)
def extract_dask_labels(labels: Any) -> Any:
    """What is no table of Dask's as it is; TypeError for one that is."""
    return _not_dask(labels)


def _not_dask(data: Any) -> Any:
    if type(data).__module__.partition(".")[0].startswith("dask"):
        raise TypeError(
            "Tables of Dask's are not in Stillflow.\n  Feed what their compute() gives instead."
        )
    return data
