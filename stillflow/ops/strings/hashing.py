"""Strings hashed into buckets, and data into fingerprints. The ops run on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.graph.operation import Tensor
from stillflow.ops.strings.hashes import farm, murmur, sip
from stillflow.platform.deprecation import deprecated_argument_lookup

_BUCKETS: dict[str, Any] = {"shape": shapes.same, "limits": {"num_buckets": 1}, "host": True}


@op("StringToHashBucketFast", "input: string -> output: int64", **_BUCKETS)
def string_to_hash_bucket_fast(xp, strings, *, num_buckets: int):
    """string[...] -> i64[...], FarmHash's fingerprint of each, modulo `num_buckets`.

    The function never changes. Who chooses the strings can make them fall into one bucket; see
    `tf.strings.to_hash_bucket_strong`.
    """
    return _buckets(farm.fingerprint(strings.ravel().tolist()), num_buckets, strings)


@op("StringToHashBucketStrong", "input: string -> output: int64", **_BUCKETS)
def string_to_hash_bucket_strong(xp, strings, *, num_buckets: int, key: list[int]):
    """string[...] -> i64[...], SipHash of each under `key`, two numbers, modulo `num_buckets`.

    Who does not know the key cannot choose strings that fall into one bucket.
    """
    if len(key) != 2:
        refuse("Key must have 2 elements")
    hashes = sip.keyed((key[0], key[1]), strings.ravel().tolist())
    return _buckets(hashes, num_buckets, strings)


@op("StringToHashBucket", "string_tensor: string -> output: int64", **_BUCKETS)
def string_to_hash_bucket_op(xp, strings, *, num_buckets: int):
    """string[...] -> i64[...], MurmurHash of each modulo `num_buckets`."""
    return _buckets(murmur.hashed(strings.ravel().tolist()), num_buckets, strings)


for _defn in (
    string_to_hash_bucket_fast,
    string_to_hash_bucket_strong,
    string_to_hash_bucket_op,
):
    _defn.not_differentiable()


def _buckets(hashes: np.ndarray, count: int, strings: np.ndarray) -> np.ndarray:
    return (hashes % np.uint64(count)).astype(np.int64).reshape(strings.shape)


@or_of_composites
def string_to_hash_bucket(
    string_tensor: Any = None,
    num_buckets: Any = None,
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """string[...] -> i64[...], a hash of each modulo `num_buckets`.

    It is MurmurHash, for which TensorFlow gives no promise; `tf.strings.to_hash_bucket_fast` has
    one. `input` is another name of `string_tensor`.
    """
    strings = deprecated_argument_lookup("input", input, "string_tensor", string_tensor)
    return string_to_hash_bucket_op(strings, num_buckets=num_buckets, name=name)


def string_to_hash_bucket_v2(input: Any, num_buckets: Any, name: str | None = None) -> Tensor:
    """`tf.strings.to_hash_bucket` of TensorFlow 2."""
    return string_to_hash_bucket_op(input, num_buckets=num_buckets, name=name)


# Fingerprints -----------------------------------------------------------------------------------

_METHOD = "farmhash64"
_SIZE = 8  # bytes


def _of_fingerprints(ctx: ShapeContext) -> Sizes:
    data = shapes.with_rank_at_least(ctx.shape(0), 1)
    shapes.with_rank(ctx.shape(1), 0)
    method = ctx.value(1)
    name: Any = _METHOD.encode() if method is None else method[()]
    if name != _METHOD.encode():
        raise ShapeError(f"Unsupported method: {name.decode('utf-8', 'replace')}")
    return (None if data is None else data[0]), (None if method is None else _SIZE)


@op(
    "Fingerprint",
    "data: T, method: string -> fingerprint: uint8",
    shape=_of_fingerprints,
    host=True,
)
def fingerprint_op(xp, data, method):
    """data: any[n, ...], method: string[] -> u8[n, 8], of each row, the lowest byte first"""
    if method.ndim:
        refuse(f"`method` should be a scalar string: {format_sizes(method.shape)}")
    if method[()] != _METHOD.encode():
        refuse(f"Unsupported fingerprint method: {method[()].decode('utf-8', 'replace')}")
    if not data.ndim:
        refuse(f"`data` should have at least one dimension: {format_sizes(data.shape)}")
    rows = data
    if data.dtype == np.object_:
        prints = farm.fingerprint(data.ravel().tolist())
        if data.size <= len(data):
            return _as_bytes(prints)
        rows = prints.reshape(len(data), -1)
    return _as_bytes(farm.fingerprint([row.tobytes() for row in rows]))


def _as_bytes(prints: np.ndarray) -> np.ndarray:
    return prints.view(np.uint8).reshape(-1, _SIZE)


def fingerprint(data: Any, method: Any = _METHOD, name: str | None = None) -> Tensor:
    """any[n, ...] -> u8[n, 8], a fingerprint of each row that never changes.

    Of a row of several strings it is that of their fingerprints. `method` is "farmhash64".
    """
    return fingerprint_op(data, method, name=name)
