"""Strings as rows of characters, words and bytes, which are ragged where strings are several."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of, stacking
from stillflow.ops.ragged.arranging import expand_dims
from stillflow.ops.ragged.ragged_tensor import RaggedTensor, convert_to_tensor_or_ragged_tensor
from stillflow.ops.strings import splitting, unicode


def bytes_split(input: Any, name: str | None = None) -> Any:
    """string[...] -> string[..., (bytes)], the bytes of each string, each as a string.

    Raises:
      ValueError: the rank of `input` is unknown.
    """
    with name_scope(name, "StringsByteSplit", [input]):
        strings = convert_to_tensor_or_ragged_tensor(input, name="input")
        if isinstance(strings, RaggedTensor):
            return strings.with_flat_values(bytes_split(strings.flat_values))
        rank = strings.shape.ndims
        if rank is None:
            raise ValueError("input must have a statically-known rank.")
        if rank == 0:
            return bytes_split(stacking.stack([strings]))[0]
        if rank > 1:
            return bytes_split(RaggedTensor.from_tensor(strings))
        indices, values, sizes = splitting.string_split_op(strings, "", skip_empty=False)
        return RaggedTensor.from_value_rowids(
            values=values, value_rowids=indices[:, 0], nrows=sizes[0], validate=False
        )


# Characters as numbers --------------------------------------------------------------------------


def unicode_decode(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Any:
    """string[...] -> i32[..., (characters)], the code points of each string.

    Args:
      input_encoding: "UTF-8", "UTF-16-BE", or another that Python knows.
      errors: what becomes of bytes that are no character: "replace" puts `replacement_char` in
        their place, "ignore" leaves them out, "strict" fails the run.
      replace_control_characters: whether U+0000 to U+001F count as no characters, too.

    Returns:
      A RaggedTensor; a Tensor, i32[n], for a single string.

    Raises:
      ValueError: the rank of `input` is unknown.
    """
    with name_scope(name, "UnicodeDecode", [input]):
        options = (input_encoding, errors, replacement_char, replace_control_characters)
        return _decoded(input, unicode.unicode_decode_op, *options)[0]


def unicode_decode_with_offsets(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> tuple[Any, Any]:
    """`tf.strings.unicode_decode`, and at which byte of its string each character begins, i64."""
    with name_scope(name, "UnicodeDecodeWithOffsets", [input]):
        options = (input_encoding, errors, replacement_char, replace_control_characters)
        codes, starts = _decoded(input, unicode.unicode_decode_with_offsets_op, *options)
        return codes, starts


def _decoded(
    input: Any,
    decode: Any,
    input_encoding: str,
    errors: str,
    replacement_char: int,
    replace_control_characters: bool = False,
) -> list[Any]:
    """What `decode` gives for characters, in rows."""
    strings = convert_to_tensor_or_ragged_tensor(input, name="input")
    rank = strings.shape.ndims
    if rank is None:
        raise ValueError("Rank of `input` must be statically known.")
    if rank > 1:
        strings = _all_ragged(strings, rank)
    is_ragged = isinstance(strings, RaggedTensor)
    flat = reshaping.reshape(strings.flat_values if is_ragged else strings, [-1])
    splits, *parts = decode(
        flat,
        input_encoding=input_encoding,
        errors=errors,
        replacement_char=replacement_char,
        replace_control_characters=replace_control_characters,
    )
    if rank == 0:
        return parts
    found = []
    for part in parts:
        rows = RaggedTensor.from_row_splits(part, splits, validate=False)
        found.append(strings.with_flat_values(rows) if rank > 1 else rows)
    return found


def _all_ragged(strings: Any, rank: int) -> Any:
    """The same with all axes but the outermost ragged."""
    if not isinstance(strings, RaggedTensor):
        return RaggedTensor.from_tensor(strings, ragged_rank=rank - 1)
    if strings.ragged_rank < rank - 1:
        flat = strings.flat_values
        inner = RaggedTensor.from_tensor(flat, ragged_rank=rank - strings.ragged_rank + 1)
        return strings.with_flat_values(inner)
    return strings


def unicode_encode(
    input: Any,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    name: str | None = None,
) -> Any:
    """i32[..., (characters)] -> string[...], strings of code points.

    Args:
      output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
      errors: what becomes of numbers that are no code point; see `tf.strings.unicode_decode`.

    Raises:
      ValueError: the rank of `input` is unknown, or 0.
    """
    options = (output_encoding, errors, replacement_char)
    with name_scope(name, "UnicodeEncode", [input]):
        codes = convert_to_tensor_or_ragged_tensor(input)
        rank = codes.shape.ndims
        if rank is None:
            raise ValueError("Rank of input_tensor must be statically known.")
        if isinstance(codes, RaggedTensor):
            return _encoded_rows(codes, *options)
        if rank == 0:
            raise ValueError("input_tensor's rank must be at least 1.")
        if rank == 1:
            sizes = shape_of.shape(codes, out_type=dtypes.int32)
            ends = stacking.stack([0, sizes[0]])
            one = RaggedTensor.from_row_splits(codes, ends, validate=False)
            return reshaping.reshape(unicode_encode(one, *options), [])
        if rank == 2:
            return unicode_encode(RaggedTensor.from_tensor(codes), *options)
        flat = reshaping.reshape(codes, stacking.stack([-1, shape_of.shape(codes)[-1]]))
        return reshaping.reshape(unicode_encode(flat, *options), codes.shape[:-1])


def _encoded_rows(codes: RaggedTensor, encoding: str, errors: str, replacement: int) -> Any:
    options = (encoding, errors, replacement)
    flat_rank = codes.flat_values.shape.ndims
    if flat_rank is not None and flat_rank > 1:
        return codes.with_flat_values(unicode_encode(codes.flat_values, *options))
    if codes.ragged_rank > 1:
        return codes.with_values(unicode_encode(codes.values, *options))
    return unicode.unicode_encode_op(
        codes.values,
        codes.row_splits,
        output_encoding=encoding,
        errors=errors,
        replacement_char=replacement,
    )


# Characters as strings --------------------------------------------------------------------------


def unicode_split(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    name: str | None = None,
) -> Any:
    """string[...] -> string[..., (characters)], each character as a string of its own.

    The arguments are those of `tf.strings.unicode_decode`.
    """
    with name_scope(name, "UnicodeSplit", [input]):
        codes = _decoded(
            input, unicode.unicode_decode_op, input_encoding, errors, replacement_char
        )[0]
        return unicode_encode(expand_dims(codes, -1), input_encoding, errors, replacement_char)


def unicode_split_with_offsets(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 0xFFFD,
    name: str | None = None,
) -> tuple[Any, Any]:
    """`tf.strings.unicode_split`, and at which byte of its string each character begins, i64."""
    with name_scope(name, "UnicodeSplitWithOffsets", [input]):
        decode = unicode.unicode_decode_with_offsets_op
        codes, starts = _decoded(input, decode, input_encoding, errors, replacement_char)
        letters = unicode_encode(expand_dims(codes, -1), input_encoding, errors, replacement_char)
        return letters, starts
