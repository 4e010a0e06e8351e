"""Lists and elements in converted code: those of TensorArrays and tensors too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.ops.array import scattering
from stillflow.ops.strings import parts
from stillflow.ops.tensor_array.tensor_array import TensorArray


class GetItemOpts(NamedTuple):
    """What is known of an element that is read."""

    element_dtype: Any


class ListPopOpts(NamedTuple):
    """What is known of an element that is taken out of a list."""

    element_dtype: Any
    element_shape: Any = None


class ListStackOpts(NamedTuple):
    """What is known of the elements of a list, and what gives other objects' stack."""

    element_dtype: Any
    original_call: Callable[[Any], Any]


def new_list(iterable: Any = None) -> list:
    """A list of these elements."""
    return list(iterable or ())


def tf_tensor_array_new(
    elements: Any, element_dtype: Any = None, element_shape: Any = None
) -> TensorArray:
    """A TensorArray of these elements, which may grow.

    Raises:
      ValueError: they are of several types or shapes, or of others than what is said.
    """
    tensors = tuple(convert_to_tensor(element) for element in elements)
    kinds = {tensor.dtype for tensor in tensors}
    if len(kinds) > 1:
        raise ValueError(f"TensorArray requires all elements to have the same dtype: {tensors}")
    if not kinds and element_dtype is None:
        raise ValueError("dtype is required to create an empty TensorArray")
    if kinds and element_dtype not in (None, *kinds):
        raise ValueError(
            f"incompatible dtype; specified: {element_dtype}, inferred from {tensors}: "
            f"{next(iter(kinds))}"
        )
    shapes = {tuple(tensor.shape.as_list()) for tensor in tensors}
    if len(shapes) > 1:
        raise ValueError(f"TensorArray requires all elements to have the same shape: {tensors}")
    if shapes and element_shape is not None and element_shape not in shapes:
        raise ValueError(
            f"incompatible shape; specified: {element_shape}, inferred from {tensors}: "
            f"{next(iter(shapes))}"
        )
    shape = element_shape if element_shape is not None else next(iter(shapes), None)
    array = TensorArray(
        element_dtype if element_dtype is not None else next(iter(kinds)),
        size=len(tensors),
        dynamic_size=True,
        infer_shape=shape is None,
        element_shape=shape,
    )
    for place, tensor in enumerate(tensors):
        array = array.write(place, tensor)
    return array


def list_append(list_: Any, x: Any) -> Any:
    """The list after `list_.append(x)`; ValueError of a tensor."""
    if isinstance(list_, TensorArray):
        return list_.write(list_.size(), x)
    if is_tensor(list_):
        raise _no_list(list_)
    list_.append(x)
    return list_


def _no_list(tensor: Any) -> ValueError:
    return ValueError(
        "tensor lists are expected to be Tensors with dtype=tf.variant, instead found "
        f"{tensor}\n  Lists of tensors are tf.TensorArray in Stillflow."
    )


def list_pop(list_: Any, i: Any, opts: ListPopOpts) -> tuple[Any, Any]:
    """(the list without an element, the last one or that at `i`; the element)"""
    if isinstance(list_, TensorArray):
        raise ValueError("TensorArray does not support item removal")
    if is_tensor(list_):
        raise _no_list(list_)
    return list_, list_.pop() if i is None else list_.pop(i)


def list_stack(list_: Any, opts: ListStackOpts) -> Any:
    """A tensor of the elements of a list; a tensor itself."""
    if isinstance(list_, TensorArray):
        return list_.stack()
    return list_ if is_tensor(list_) else opts.original_call(list_)


def stack(list_or_tensor: Any, element_dtype: Any = None, strict: bool = True) -> Any:
    """A tensor of the elements of a TensorArray; a tensor itself.

    Raises:
      ValueError: it is something else, with `strict`; else that is returned.
    """

    def other(value: Any) -> Any:
        if strict:
            raise ValueError(f"{value} must be stackable when strict=True")
        return value

    return list_stack(list_or_tensor, ListStackOpts(element_dtype, other))


def match_staging_level(value: Any, like_value: Any) -> Any:
    """`value`, as a tensor where the other is one."""
    return convert_to_tensor(value) if is_tensor(like_value) else value


def tensor_list(
    elements: Any,
    element_dtype: Any = None,
    element_shape: Any = None,
    use_tensor_array: bool = False,
) -> TensorArray:
    """A list of tensors with these elements: a TensorArray."""
    del use_tensor_array
    known = element_dtype is not None and element_shape is not None
    if not known and not is_tensor(elements):
        if not isinstance(elements, (list, tuple)):
            raise ValueError(
                f"unknown type for elements: {type(elements)}; only Tensor, list and tuple are "
                "allowed"
            )
        if not elements:
            raise ValueError("element_dtype and element_shape are required when elements are empty")
    return tf_tensor_array_new(elements, element_dtype, element_shape)


def get_item(target: Any, i: Any, opts: GetItemOpts) -> Any:
    """`target[i]`: an element of a TensorArray, a byte of a string, a part of a tensor."""
    if isinstance(target, TensorArray):
        return target.read(i)
    is_text = is_tensor(target) and target.dtype == dtypes.string and target.shape.ndims == 0
    return parts.substr(target, i, 1) if is_text else target[i]


def set_item(target: Any, i: Any, x: Any) -> Any:
    """What `target` is after `target[i] = x`."""
    if isinstance(target, TensorArray):
        return target.write(i, x)
    if is_tensor(target):
        return scattering.tensor_scatter_update(target, ((i,),), (x,))
    target[i] = x
    return target
