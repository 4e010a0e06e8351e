"""Checkpoints that TensorFlow 1.15 wrote, and what it said of damaged ones."""

import json
from pathlib import Path

import numpy as np

from stillflow.checkpoint import slices
from stillflow.checkpoint.bundle_writer import BundleWriter
from stillflow.graph import dtypes

FOLDER = Path(__file__).parent.parent / "golden" / "checkpoint"
BUNDLES = json.loads((FOLDER / "bundles.json").read_text())


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def key_of(entry):
    return entry["name"].encode(errors="surrogateescape")


def array_of(entry):
    """Returns the value of an entry of `bundles.json`."""
    if entry["dtype"] == "string":
        array = np.empty(len(entry["strings"]), np.object_)
        array[:] = [bytes.fromhex(element) for element in entry["strings"]]
    else:
        numpy_dtype = dtypes.as_dtype(entry["dtype"]).stored_as
        array = np.frombuffer(bytes.fromhex(entry["bytes"]), numpy_dtype)
    return array.reshape(entry["shape"])


def write(prefix, entries):
    """Writes entries as TensorFlow did."""
    with BundleWriter(str(prefix)) as writer:
        for entry in entries:
            dtype = dtypes.as_dtype(entry["dtype"])
            if "slice" in entry:
                shape, part = slices.parse(entry["slice"])
                writer.add_slice(key_of(entry), shape, part, array_of(entry), dtype)
            else:
                writer.add(key_of(entry), array_of(entry), dtype)


def assert_identical(got, want):
    """Same type, shape and bits."""
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    if got.dtype == np.object_:
        assert got.tolist() == want.tolist()
    else:
        assert got.tobytes() == want.tobytes()


def contents(folder):
    """Returns the bytes of each file of a folder, by name."""
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}
