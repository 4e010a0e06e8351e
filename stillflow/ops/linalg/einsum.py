"""`tf.einsum`: sums of products, named by letters for axes, carried out as matrix products."""

from __future__ import annotations

import functools
import operator
import re
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of, transposing
from stillflow.ops.linalg.norms import trace
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import arithmetic
from stillflow.ops.reduce import reductions

_EQUATION = re.compile(r"[a-zA-Z,.]*(->[a-zA-Z.]*)?")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """Returns the sum that `equation` names: "ij,jk->ik" for a matrix product.

    Every letter names an axis; a letter that the result lacks is summed over. Without "->" the
    result has the letters that occur once, in alphabetical order.

    Raises:
      ValueError: the equation is malformed, or does not fit the inputs.
      TypeError: an unknown keyword; `name` is the only one.
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"invalid keyword arguments for this function: {', '.join(kwargs)}")
    with name_scope(name, "einsum", [equation, *inputs]):
        # A variable behind a handle is read where it is used.
        tensors = [x if hasattr(x, "sparse_read") else convert_to_tensor(x) for x in inputs]
        labels, result = _parsed(equation, tensors)
        if len(labels) == 1 and "->" not in equation and _is_trace(labels[0]):
            return trace(tensors[0])
        for letters in labels:
            if len(set(letters)) < len(letters):
                raise ValueError(
                    f"Subscript not supported: an axis appears more than once: {letters}"
                )
        together = "".join(labels)
        if any(together.count(letter) > 2 and letter not in result for letter in set(together)):
            return _summed_product(tensors, labels, result)
        total, letters = tensors[0], labels[0]
        for tensor, others in zip(tensors[1:], labels[1:], strict=True):
            summed = (set(letters) & set(others)) - set(result)
            total, letters = _contracted(total, letters, tensor, others, summed)
        gone = [axis for axis, letter in enumerate(letters) if letter not in result]
        if gone:
            total = reductions.reduce_sum(total, axis=gone)
            letters = "".join(letter for letter in letters if letter in result)
        if sorted(letters) != sorted(result):
            raise ValueError(f"Invalid equation: {equation}")
        return _in_order(total, letters, result)


# Reading an equation ----------------------------------------------------------------------------


def _parsed(equation: str, tensors: list[Tensor]) -> tuple[list[str], str]:
    """The letters of each input's axes, and those of the result."""
    text = equation.replace(" ", "")
    if not _EQUATION.fullmatch(text):
        raise ValueError(f"Indices have incorrect format: {equation}")
    left, arrow, result = text.partition("->")
    labels = left.split(",")
    if len(labels) != len(tensors):
        raise ValueError(
            f'Got {len(tensors)} arguments for equation "{equation}", expecting {len(labels)}'
        )
    if "..." in text:
        labels, ellipsis = _without_ellipses(labels, tensors, equation)
        result = result.replace("...", ellipsis)
    else:
        ellipsis = ""
    if "." in "".join(labels) + result:
        raise ValueError(f"Indices have incorrect format: {equation}")
    if not arrow:
        together = "".join(labels).replace(ellipsis, "") if ellipsis else "".join(labels)
        result = ellipsis + "".join(sorted(c for c in set(together) if together.count(c) == 1))
    return labels, result


def _without_ellipses(
    labels: list[str], tensors: list[Tensor], equation: str
) -> tuple[list[str], str]:
    """`labels` with letters of their own for the axes that "..." stands for, and these letters."""
    free = [letter for letter in _LETTERS if letter not in equation]
    counts = [
        _rank_of(tensor) - len(letters.replace("...", "")) if "..." in letters else 0
        for letters, tensor in zip(labels, tensors, strict=True)
    ]
    longest = "".join(free[: max(counts)])
    # Axes are lined up from the last one, as in broadcasting.
    filled = [
        letters.replace("...", longest[len(longest) - count :])
        for letters, count in zip(labels, counts, strict=True)
    ]
    return filled, longest


def _rank_of(tensor: Tensor) -> int:
    if tensor.shape.ndims is None:
        raise ValueError(
            "Cannot take the length of shape with unknown rank.\n"
            f"  tf.einsum needs the rank of {tensor}; give it with set_shape."
        )
    return tensor.shape.ndims


def _is_trace(letters: str) -> bool:
    return len(letters) == 2 and letters[0] == letters[1]


# Carrying it out --------------------------------------------------------------------------------


def _contracted(
    x: Tensor, x_letters: str, y: Tensor, y_letters: str, summed: set[str]
) -> tuple[Tensor, str]:
    """The product of two tensors summed over the axes `summed`, and the letters of its axes."""
    for index, (tensor, letters) in enumerate(((x, x_letters), (y, y_letters))):
        if _rank_of(tensor) != len(letters):
            raise ValueError(
                f"Tensor t{index} of rank {tensor.shape.ndims} does not match einsum reduction "
                f"of length {len(letters)}"
            )
    shared = "".join(sorted((set(x_letters) & set(y_letters)) - summed))
    own_x = "".join(sorted(set(x_letters) - set(y_letters)))
    own_y = "".join(sorted(set(y_letters) - set(x_letters)))
    gone = "".join(sorted(summed))
    if not summed:
        x = _in_order(x, x_letters, shared + own_x)
        y = _in_order(y, y_letters, shared + own_y)
        for _ in own_y:
            x = reshaping.expand_dims(x, -1)
        for _ in own_x:
            y = reshaping.expand_dims(y, len(shared))
        return arithmetic.multiply(x, y), shared + own_x + own_y
    x = _in_order(x, x_letters, shared + own_x + gone)
    y = _in_order(y, y_letters, shared + gone + own_y)
    kept, middle = len(shared), len(shared) + len(own_x)
    x_sizes = _sizes(x)
    rows = _product(x_sizes[kept:middle])
    inner = _product(x_sizes[middle:])
    x = _reshaped(x, [*x_sizes[:kept], rows, inner])
    y_sizes = _sizes(y)
    columns = y_sizes[kept + len(gone) :]
    y = _reshaped(y, [*y_sizes[:kept], inner, _product(columns)])
    return _reshaped(matmul(x, y), x_sizes[:middle] + columns), shared + own_x + own_y


def _summed_product(tensors: list[Tensor], labels: list[str], result: str) -> Tensor:
    """The sum of products of all inputs at once, each repeated along the axes that it lacks."""
    unranked = [tensor for tensor in tensors if tensor.shape.ndims is None]
    if unranked:
        raise TypeError(f"tf.einsum needs the rank of {unranked[0]}; give it with set_shape.")
    order = result + "".join(sorted(set("".join(labels)) - set(result)))
    sorted_labels = ["".join(c for c in order if c in letters) for letters in labels]
    moved = [_in_order(*three) for three in zip(tensors, labels, sorted_labels, strict=True)]
    factors = []
    for tensor, letters in zip(moved, sorted_labels, strict=True):
        known: list[Any] = tensor.shape.as_list()
        if known.count(None) == 1:  # which Reshape finds
            known = [-1 if size is None else size for size in known]
        elif None in known:
            known = _sizes(tensor)
        sizes = dict(zip(letters, known, strict=True))
        factors.append(reshaping.reshape(tensor, [sizes.get(letter, 1) for letter in order]))
    return reductions.reduce_sum(
        functools.reduce(operator.mul, factors, 1), axis=list(range(len(result), len(order)))
    )


def _in_order(x: Tensor, letters: str, wanted: str) -> Tensor:
    """`x` with its axes, `letters`, in the order `wanted`."""
    if letters == wanted:
        return x
    return transposing.transpose(x, perm=[letters.index(letter) for letter in wanted])


def _sizes(x: Tensor) -> list[Any]:
    """The sizes of `x`, ints where they are known and else tensors."""
    sizes: list[Any] = x.shape.as_list()
    if None not in sizes:
        return sizes
    now = shape_of.shape(x)
    return [now[axis] if size is None else size for axis, size in enumerate(sizes)]


def _product(sizes: list[Any]) -> Any:
    return functools.reduce(operator.mul, sizes, 1)


def _reshaped(x: Tensor, sizes: list[Any]) -> Tensor:
    known = x.shape.as_list()
    if len(known) == len(sizes) and all(
        not isinstance(size, Tensor) and size == own for size, own in zip(sizes, known, strict=True)
    ):
        return x
    return reshaping.reshape(x, sizes)
