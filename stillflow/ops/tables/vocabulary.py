"""Tables from words to numbers in which words that are not in the vocabulary share some buckets."""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.control.ordering import no_op
from stillflow.ops.math.arithmetic import add
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import not_equal
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.strings import hashing
from stillflow.ops.strings.numbers import as_string
from stillflow.ops.tables.interface import LookupInterface, like_keys
from stillflow.ops.tables.static import StaticHashTable
from stillflow.platform.deprecation import deprecated


class HasherSpec(NamedTuple):
    """Which function spreads words over the buckets, and its key.

    `hasher` is "fasthash", "stronghash", or "legacy".
    """

    hasher: str
    key: Any


FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """A function with a key of two numbers, for words that a stranger chooses."""

    __slots__ = ()

    def __new__(cls, key: Any):
        if len(key) != 2:
            raise ValueError(f"key must have size 2, got {len(key)}.")
        if not all(isinstance(part, numbers.Integral) for part in key):
            raise TypeError(f"Invalid key {key}. Must be unsigned integer values.")
        return super().__new__(cls, "stronghash", key)


class _VocabularyTable(LookupInterface):
    """What both have in common: a table of the vocabulary, or None, and buckets behind it."""

    def __init__(self, table: Any, num_oov_buckets: int, key_dtype: DType, name: str | None):
        if not key_dtype.is_integer and key_dtype is not dtypes.string:
            raise TypeError(f"Invalid key_dtype, expected integer or string, got {key_dtype}.")
        self._table = table
        self._num_oov_buckets = num_oov_buckets
        self._table_name = name.rsplit("/", 1)[-1] if name else None
        super().__init__(key_dtype, dtypes.int64)

    def _list_extra_dependencies_for_serialization(self, serialization_cache: Any) -> Any:
        return {} if self._table is None else {"_table": self._table}

    @property
    def initializer(self) -> Operation:
        """The operation that fills the vocabulary."""
        if self._table is not None:
            return self._table._init_op
        with name_scope(None, "init"):
            return no_op()

    @property
    def resource_handle(self) -> Any:
        return None if self._table is None else self._table.resource_handle

    @property
    def name(self) -> str | None:
        return self._table_name

    def size(self, name: str | None = None) -> Tensor:
        """Returns the number of words and buckets, i64[]."""
        with name_scope(name, f"{self.name}_Size"):
            words = (
                convert_to_tensor(0, dtypes.int64) if self._table is None else self._table.size()
            )
            return words + self._num_oov_buckets

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Returns the number of each of `keys`, a tensor or a SparseTensor: i64, of its shape.

        Those that are in no vocabulary have the number of a bucket, behind all words.

        Raises:
          TypeError: `keys` are of another type than the table's.
        """
        self._check_key_type(keys, keys.dtype.base_dtype)
        words = keys.values if isinstance(keys, SparseTensor) else keys
        if self._table is not None and self._table.key_dtype is dtypes.int64:
            words = cast(words, dtypes.int64)
        if self._num_oov_buckets == 0:
            return like_keys(keys, self._table.lookup(words, name=name))
        with name_scope(name, f"{self.name}_Lookup"):
            found = self._found(words)
        return like_keys(keys, found)

    def _found(self, words: Tensor) -> Tensor:
        buckets = self._bucket_of(words)
        if self._table is None:
            return buckets
        found = self._table.lookup(words)
        buckets = add(buckets, self._table.size())
        return where_v2(not_equal(found, self._table.default_value), found, buckets)

    def _bucket_of(self, words: Tensor) -> Tensor:
        text = words if words.dtype.base_dtype is dtypes.string else as_string(words)
        return self._hash(text, num_buckets=self._num_oov_buckets, name="hash_bucket")

    @property
    def _hash(self) -> Callable[..., Tensor]:
        return hashing.string_to_hash_bucket_fast


class IdTableWithHashBuckets(_VocabularyTable):
    """A table from words to numbers, with `num_oov_buckets` further numbers for other words."""

    def __init__(
        self,
        table: Any,
        num_oov_buckets: int,
        hasher_spec: Any = FastHashSpec,
        name: str | None = None,
        key_dtype: Any = None,
    ):
        """Adds buckets to `table`, or are all there is when it is None.

        Args:
          table: from strings or int64 to int64.
          hasher_spec: how words are spread over the buckets.
          key_dtype: what is looked up: strings, or integers of any kind where `table` has int64.

        Raises:
          ValueError: there are neither buckets nor a table.
          TypeError: a type is another.
        """
        name = name.rstrip("/") if name else name
        if table is None and num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0 if no table is supplied.")
        key_dtype = _key_dtype(table, key_dtype)
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError(f"hasher_spec must be of type HasherSpec, got {hasher_spec}")
        self._hasher_spec = hasher_spec
        default_name = "hash_bucket" if table is None else table.name
        super().__init__(table, num_oov_buckets, key_dtype, name or default_name)

    @property
    @deprecated("2018-12-15", "Use `initializer` instead.")
    def init(self) -> Operation:
        return self.initializer

    @property
    def _hash(self) -> Callable[..., Tensor]:
        hasher, key = self._hasher_spec
        if hasher == "fasthash":
            return hashing.string_to_hash_bucket_fast
        if hasher == "legacy":
            return hashing.string_to_hash_bucket
        if hasher == "stronghash":
            return functools.partial(hashing.string_to_hash_bucket_strong, key=key)
        raise ValueError(f"Unknown hasher {hasher}")


class StaticVocabularyTable(_VocabularyTable):
    """A table from words to numbers, with `num_oov_buckets` further numbers for other words."""

    def __init__(
        self,
        initializer: Any,
        num_oov_buckets: int,
        lookup_key_dtype: Any = None,
        name: str | None = None,
    ):
        """The words are those of `initializer`, from strings or int64 to int64, or none for None.

        Raises:
          ValueError: there is no bucket.
          TypeError: a type is another.
        """
        if num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0.")
        name = name.rstrip("/") if name else name
        key_dtype = (
            dtypes.string if initializer is None else _key_dtype(initializer, lookup_key_dtype)
        )
        table = None if initializer is None else StaticHashTable(initializer, default_value=-1)
        default_name = "hash_bucket" if table is None else table.name
        super().__init__(table, num_oov_buckets, key_dtype, name or default_name)


def _key_dtype(table: Any, key_dtype: Any) -> DType:
    """The type of what is looked up; TypeError unless `table` takes it and gives int64."""
    if table is None:
        return dtypes.string if key_dtype is None else dtypes.as_dtype(key_dtype)
    key_dtype = table.key_dtype if key_dtype is None else dtypes.as_dtype(key_dtype)
    supported = (dtypes.int64, dtypes.string)
    if table.key_dtype not in supported:
        raise TypeError(f"Invalid key dtype, expected one of {supported}, but got {key_dtype}.")
    if table.key_dtype.is_integer != key_dtype.is_integer:
        kind = "integer" if key_dtype.is_integer else "non-integer"
        raise TypeError(f"Invalid key dtype, expected {kind} but got {table.key_dtype}.")
    if table.value_dtype is not dtypes.int64:
        raise TypeError(
            f"Invalid value dtype, expected {dtypes.int64} but got {table.value_dtype}."
        )
    return key_dtype
