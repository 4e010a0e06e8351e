"""Lists and elements in converted code: those of tensors, TensorArrays and lists of tensors too.

A list of tensors is a tensor of type variant, as `ops/tensor_list` has it. An empty one does not
know what it will hold: the first append makes it a list of such elements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import scattering, shape_of
from stillflow.ops.control.cond import cond
from stillflow.ops.strings import parts
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.ops.tensor_list import tensor_lists
from stillflow.ops.tensor_list.changing import tensor_list_push_back
from stillflow.ops.tensor_list.reading import tensor_list_length


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


def new_list(iterable: Any = None) -> Any:
    """Python's list of these elements; where there are none, an empty list of tensors."""
    elements = tuple(iterable or ())
    return list(elements) if elements else tf_tensor_list_new(elements)


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


def tf_tensor_list_new(
    elements: Any, element_dtype: Any = None, element_shape: Any = None
) -> Tensor:
    """A list of tensors, variant[], of these elements, which may differ; of a tensor, its rows.

    Raises:
      ValueError: they are of another type or shape than what is said, or that is said of a tensor.
    """
    if is_tensor(elements):
        if element_shape is not None:
            raise ValueError("element shape may not be specified when creating list from tensor")
        return tensor_lists.tensor_list_from_tensor(elements, shape_of.shape(elements)[1:])
    tensors = tuple(convert_to_tensor(element) for element in elements)
    kinds = {tensor.dtype for tensor in tensors}
    if kinds and element_dtype is not None and kinds != {element_dtype}:
        raise ValueError(
            f"incompatible dtype; specified: {element_dtype}, inferred from {tensors}: {kinds}"
        )
    shapes = {tuple(tensor.shape.as_list()) for tensor in tensors}
    if shapes and element_shape is not None and shapes != {element_shape}:
        raise ValueError(
            f"incompatible shape; specified: {element_shape}, inferred from {tensors}: {shapes}"
        )
    one_kind = next(iter(kinds)) if len(kinds) == 1 else dtypes.variant
    dtype = one_kind if element_dtype is None else element_dtype
    if element_shape is None:
        element_shape = shape_of.shape(tensors[0]) if len(shapes) == 1 else constant(-1)
    made = tensor_lists.empty_tensor_list(
        convert_to_tensor(element_shape, dtype=dtypes.int32), dtype
    )
    for tensor in tensors:
        made = tensor_list_push_back(made, tensor)
    return made


def is_tensor_list(value: Any) -> bool:
    """Whether something is a list of tensors; ValueError of another tensor."""
    if not is_tensor(value):
        return False
    if value.dtype != dtypes.variant:
        raise ValueError(
            "tensor lists are expected to be Tensors with dtype=tf.variant, instead found "
            f"{value}\n  tf.autograph's lists that grow are Python's lists, those of tensors "
            "(`l = []` with Feature.LISTS), and tf.TensorArray."
        )
    return True


def list_append(list_: Any, x: Any) -> Any:
    """The list after `list_.append(x)`; ValueError of a tensor that is none."""
    if isinstance(list_, TensorArray):
        return list_.write(list_.size(), x)
    if not is_tensor_list(list_):
        list_.append(x)
        return list_

    def of_such_elements() -> Tensor:
        element = convert_to_tensor(x)
        return tensor_lists.empty_tensor_list(shape_of.shape(element), element.dtype)

    typed = cond(tensor_list_length(list_) > 0, lambda: list_, of_such_elements)
    return tensor_list_push_back(typed, x)


def list_pop(list_: Any, i: Any, opts: ListPopOpts) -> tuple[Any, Any]:
    """(the list without an element, the last one or that at `i`; the element)

    Raises:
      ValueError: of a TensorArray, a tensor, or a list of tensors of which no type and shape is
        said.
      NotImplementedError: of a list of tensors, an element that is not the last.
    """
    if isinstance(list_, TensorArray):
        raise ValueError("TensorArray does not support item removal")
    if not is_tensor_list(list_):
        return list_, list_.pop() if i is None else list_.pop(i)
    if i is not None:
        raise NotImplementedError("tensor lists only support removing from the end")
    dtype = _said(opts.element_dtype, "pop from", "type")
    shape = _said(opts.element_shape, "pop from", "shape")
    rest, element = tensor_lists.tensor_list_pop_back(list_, dtype)
    element.set_shape(shape)
    return rest, element


def _said(value: Any, verb: str, what: str) -> Any:
    """What `set_element_type` says of the elements of a list."""
    if value is None:
        raise ValueError(
            f"cannot {verb} a list without knowing its element {what}; use set_element_type to "
            "annotate it"
        )
    return value


def list_stack(list_: Any, opts: ListStackOpts) -> Any:
    """A tensor of the elements of a list; another tensor itself.

    Raises:
      ValueError: of a list of tensors whose type is not said.
    """
    if isinstance(list_, TensorArray):
        return list_.stack()
    if not is_tensor(list_):
        return opts.original_call(list_)
    if list_.dtype != dtypes.variant:
        return list_
    return tensor_lists.tensor_list_stack(list_, _said(opts.element_dtype, "stack", "type"))


def stack(list_or_tensor: Any, element_dtype: Any = None, strict: bool = True) -> Any:
    """A tensor of the elements of a TensorArray or a list of tensors; another tensor itself.

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
) -> Any:
    """A list of tensors with these elements: a variant[], or a TensorArray.

    Raises:
      ValueError: there are none, and their type and shape are not said.
    """
    known = element_dtype is not None and element_shape is not None
    if not known and not is_tensor(elements):
        if not isinstance(elements, (list, tuple)):
            raise ValueError(
                f"unknown type for elements: {type(elements)}; only Tensor, list and tuple are "
                "allowed"
            )
        if not elements:
            raise ValueError("element_dtype and element_shape are required when elements are empty")
    new = tf_tensor_array_new if use_tensor_array else tf_tensor_list_new
    return new(elements, element_dtype, element_shape)


def get_item(target: Any, i: Any, opts: GetItemOpts) -> Any:
    """`target[i]`: an element of a list, a byte of a string, a part of a tensor.

    Raises:
      ValueError: of a list of tensors whose type is not said.
    """
    if isinstance(target, TensorArray):
        return target.read(i)
    if is_tensor(target) and target.dtype == dtypes.variant:
        dtype = _said(opts.element_dtype, "retrieve from", "type")
        return tensor_lists.tensor_list_get_item(target, i, dtype)
    is_text = is_tensor(target) and target.dtype == dtypes.string and target.shape.ndims == 0
    return parts.substr(target, i, 1) if is_text else target[i]


def set_item(target: Any, i: Any, x: Any) -> Any:
    """What `target` is after `target[i] = x`."""
    if isinstance(target, TensorArray):
        return target.write(i, x)
    if is_tensor(target):
        if target.dtype == dtypes.variant:
            return tensor_lists.tensor_list_set_item(target, i, x)
        return scattering.tensor_scatter_update(target, ((i,),), (x,))
    target[i] = x
    return target
