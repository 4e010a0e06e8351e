"""Items of tf.train.Examples: which features make each, and how."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor as GraphTensor
from stillflow.input.slim.data_decoder import DataDecoder
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.shape_of import shape as shape_of
from stillflow.ops.array.slicing import slice_
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.case import case
from stillflow.ops.control.cond import cond
from stillflow.ops.image.decoding import decode_jpeg
from stillflow.ops.image.files import decode_image, is_jpeg
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal, logical_or
from stillflow.ops.parsing.features import FixedLenFeature
from stillflow.ops.parsing.parse_example import parse_single_example
from stillflow.ops.parsing.raw import decode_raw
from stillflow.ops.reduce.reductions import reduce_prod
from stillflow.ops.sparse import sparse_tensor
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense
from stillflow.ops.sparse.rearranging import sparse_reshape
from stillflow.ops.tensor_array.mapping import map_fn

Features = Mapping[str, Any]


class ItemHandler(metaclass=abc.ABCMeta):
    """Base of what makes an item of the features `keys`."""

    def __init__(self, keys: Any):
        self._keys = keys if isinstance(keys, (tuple, list)) else [keys]

    @property
    def keys(self) -> Sequence[str]:
        return self._keys

    @abc.abstractmethod
    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """Returns the item, of {the name of a feature: its tensor}."""


class ItemHandlerCallback(ItemHandler):
    """Calls a function with the features."""

    def __init__(self, keys: Any, func: Callable[[Features], Any]):
        super().__init__(keys)
        self._func = func

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        return self._func(keys_to_tensors)


class BoundingBox(ItemHandler):
    """Boxes, f32[n, 4], of features that hold a side of each."""

    def __init__(self, keys: Sequence[str] | None = None, prefix: str = ""):
        """keys: of the least y and x and the greatest; each is `prefix` and then the key."""
        if keys is None:
            keys = ["ymin", "xmin", "ymax", "xmax"]
        elif len(keys) != 4:
            raise ValueError(f"BoundingBox expects 4 keys but got {len(keys)}")
        super().__init__([prefix + key for key in keys])

    def tensors_to_item(self, keys_to_tensors: Features) -> GraphTensor:
        sides = []
        for key in self._keys:
            side = keys_to_tensors[key]
            if isinstance(side, sparse_tensor.SparseTensor):
                side = side.values
            sides.append(expand_dims(side, 0))
        return transpose(concat(sides, 0))


class Tensor(ItemHandler):
    """A feature, in a shape that is given or in other features."""

    def __init__(
        self, tensor_key: str, shape_keys: Any = None, shape: Any = None, default_value: Any = 0
    ):
        """default_value: for what a sparse feature does not have; ValueError for two shapes."""
        if shape_keys and shape is not None:
            raise ValueError("Cannot specify both shape_keys and shape parameters.")
        if shape_keys and not isinstance(shape_keys, list):
            shape_keys = [shape_keys]
        self._tensor_key = tensor_key
        self._shape_keys = shape_keys
        self._shape = shape
        self._default_value = default_value
        super().__init__([tensor_key, *(shape_keys or ())])

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        tensor, shape = keys_to_tensors[self._tensor_key], self._shape
        if self._shape_keys:
            sizes = [_dense(keys_to_tensors[key]) for key in self._shape_keys]
            shape = reshape(stack(sizes), [-1])
        if isinstance(tensor, sparse_tensor.SparseTensor):
            if shape is not None:
                tensor = sparse_reshape(tensor, shape)
            return sparse_tensor_to_dense(tensor, self._default_value)
        return tensor if shape is None else reshape(tensor, shape)


class LookupTensor(Tensor):
    """What a table has for a feature."""

    def __init__(
        self,
        tensor_key: str,
        table: Any,
        shape_keys: Any = None,
        shape: Any = None,
        default_value: Any = "",
    ):
        self._table = table
        super().__init__(tensor_key, shape_keys, shape, default_value)

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        return self._table.lookup(super().tensors_to_item(keys_to_tensors))


class BackupHandler(ItemHandler):
    """One handler, or another where the first one's item is empty."""

    def __init__(self, handler: ItemHandler, backup: ItemHandler):
        for what, given in (("Primary", handler), ("Backup", backup)):
            if not isinstance(given, ItemHandler):
                raise ValueError(f"{what} handler is of type {type(given)} instead of ItemHandler")
        self._handler = handler
        self._backup = backup
        super().__init__([*handler.keys, *backup.keys])

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        item = self._handler.tensors_to_item(keys_to_tensors)
        return cond(
            pred=equal(reduce_prod(shape_of(item)), 0),
            true_fn=lambda: self._backup.tensors_to_item(keys_to_tensors),
            false_fn=lambda: item,
        )


class SparseTensor(ItemHandler):
    """A sparse tensor of a feature of indices and one of values."""

    def __init__(
        self,
        indices_key: str | None = None,
        values_key: str | None = None,
        shape_key: str | None = None,
        shape: Any = None,
        densify: bool = False,
        default_value: Any = 0,
    ):
        """densify: makes it dense, with `default_value` for what it does not have."""
        self._indices_key = indices_key or "indices"
        self._values_key = values_key or "values"
        self._shape_key = shape_key
        self._shape = shape
        self._densify = densify
        self._default_value = default_value
        keys = [self._indices_key, self._values_key]
        super().__init__([*keys, shape_key] if shape_key else keys)

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        indices, values = (keys_to_tensors[key] for key in (self._indices_key, self._values_key))
        shape = self._shape or indices.dense_shape
        if self._shape_key:
            shape = _dense(keys_to_tensors[self._shape_key])
        rank = shape_of(indices.indices)[1]
        ids = cast(indices.values, dtypes.int64)
        before = slice_(indices.indices, [0, 0], stack([-1, rank - 1]))
        places = concat([before, reshape(ids, [-1, 1])], 1)
        tensor = sparse_tensor.SparseTensor(places, values.values, shape)
        if self._densify:
            return sparse_tensor_to_dense(tensor, self._default_value)
        return tensor


class Image(ItemHandler):
    """A picture, [height, width, channels], of a file or of plain bytes."""

    def __init__(
        self,
        image_key: str | None = None,
        format_key: str | None = None,
        shape: Any = None,
        channels: int = 3,
        dtype: Any = dtypes.uint8,
        repeated: bool = False,
        dct_method: str = "",
    ):
        """A handler of pictures.

        Args:
          format_key: the feature that says "raw" where the bytes are the picture itself.
          shape: that of the picture, where it is known.
          repeated: there are several.
          dct_method: as for `tf.image.decode_jpeg`.
        """
        self._image_key = image_key or "image/encoded"
        self._format_key = format_key or "image/format"
        self._shape = shape
        self._channels = channels
        self._dtype = dtype
        self._repeated = repeated
        self._dct_method = dct_method
        super().__init__([self._image_key, self._format_key])

    def tensors_to_item(self, keys_to_tensors: Features) -> GraphTensor:
        content, kind = keys_to_tensors[self._image_key], keys_to_tensors[self._format_key]
        if self._repeated:
            return map_fn(lambda each: self._decode(each, kind), content, dtype=self._dtype)
        return self._decode(content, kind)

    def _decode(self, content: GraphTensor, kind: GraphTensor) -> GraphTensor:
        def any_kind() -> Any:
            return cast(decode_image(content, channels=self._channels), self._dtype)

        def jpeg() -> Any:
            decoded = decode_jpeg(content, channels=self._channels, dct_method=self._dct_method)
            return cast(decoded, self._dtype)

        is_raw = logical_or(equal(kind, "raw"), equal(kind, "RAW"))
        image = case(
            [(is_raw, lambda: decode_raw(content, out_type=self._dtype))],
            default=lambda: cond(is_jpeg(content), jpeg, any_kind, name="cond_jpeg"),
            exclusive=True,
        )
        image.set_shape([None, None, self._channels])
        return image if self._shape is None else reshape(image, self._shape)


class TFExampleDecoder(DataDecoder):
    """Parses a tf.train.Example, and has handlers make items of its features."""

    def __init__(
        self, keys_to_features: Mapping[str, Any], items_to_handlers: Mapping[str, ItemHandler]
    ):
        """keys_to_features: as for `tf.parse_single_example`."""
        self._keys_to_features = keys_to_features
        self._items_to_handlers = items_to_handlers

    def list_items(self) -> list[str]:
        return list(self._items_to_handlers)

    def decode(self, data: Any, items: Iterable[str] | None = None) -> list[Any]:
        """Returns a tensor for each of `items`, or for all, of a serialized Example, string[]."""
        example = parse_single_example(data, self._keys_to_features)
        for key in sorted(self._keys_to_features):
            feature = self._keys_to_features[key]
            if isinstance(feature, FixedLenFeature):
                example[key] = reshape(example[key], feature.shape)
        outputs = []
        for item in items or self._items_to_handlers:
            handler = self._items_to_handlers[item]
            outputs.append(handler.tensors_to_item({key: example[key] for key in handler.keys}))
        return outputs


def _dense(tensor: Any) -> Any:
    is_sparse = isinstance(tensor, sparse_tensor.SparseTensor)
    return sparse_tensor_to_dense(tensor) if is_sparse else tensor
