"""Strings as characters, in any encoding. The ops run on the host."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.text import as_text
from stillflow.ops.strings import codecs, scripts
from stillflow.ops.strings.each import as_strings, each

_ERRORS = ("strict", "replace", "ignore")
_ERRORS_OF_CODES = ("ignore", "replace", "strict")
_ENCODINGS = ("UTF-8", "UTF-16-BE", "UTF-32-BE")
_LAST_CONTROL = 0x1F


@op("UnicodeScript", "input: int32 -> output: int32", shape=shapes.same, host=True)
def unicode_script(xp, codes):
    """i32[...] -> i32[...], ICU's number of the script of each character, -1 of what is none."""
    numbers = scripts.numbers()
    is_code = (codes >= 0) & (codes <= codecs.LAST)
    return np.where(is_code, numbers[np.where(is_code, codes, 0)], np.int32(-1))


# Decoding ---------------------------------------------------------------------------------------


class _Decoding:
    """How strings become characters: the encoding, and what becomes of what is none."""

    def __init__(self, encoding: str, errors: str, replacement: int, replaces_controls: bool):
        _check_replacement(replacement)
        self.encoding = codecs.known(as_text(encoding))
        self.errors = errors
        self.replacement = replacement
        self.replaces_controls = replaces_controls

    def of(self, text: bytes) -> tuple[np.ndarray, bool]:
        """i32[n], the characters, and whether any is replaced or left out."""
        codes, _, is_wrong = codecs.characters(text, self.encoding)
        settled, is_there = self.settled(codes, is_wrong)
        return settled[is_there], settled is not codes or not is_there.all()

    def settled(self, codes: np.ndarray, is_wrong: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The characters with what is none replaced; bool[n], which of them are left in."""
        if self.replaces_controls:
            is_wrong = is_wrong | (codes <= _LAST_CONTROL)
        if self.errors == "ignore" or not is_wrong.any():
            return codes, ~is_wrong
        return np.where(is_wrong, np.int32(self.replacement), codes), np.ones(len(codes), bool)


def _check_replacement(code: int) -> None:
    if not 0 <= code <= codecs.LAST:
        refuse("replacement_char out of unicode codepoint range")


def _of_characters(ctx: ShapeContext) -> list[Sizes]:
    count = shapes.num_elements(ctx.shape(0))
    return [(None if count is None else count + 1,), (None,)]


def _of_characters_and_starts(ctx: ShapeContext) -> list[Sizes]:
    return [*_of_characters(ctx), (None,)]


_DECODES: dict[str, Any] = {
    "types": {"Tsplits": INDEX},
    "limits": {"errors": _ERRORS},
    "host": True,
}


@op(
    "UnicodeDecode",
    "input: string -> row_splits: Tsplits, char_values: int32",
    shape=_of_characters,
    **_DECODES,
)
def unicode_decode_op(
    xp,
    strings,
    *,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    Tsplits: DType = dtypes.int64,
):
    """string[...] -> i[n + 1], where the characters of each of n strings begin and end, i32[m]"""
    decoding = _Decoding(input_encoding, errors, replacement_char, replace_control_characters)
    return _decoded(decoding, strings, Tsplits)[:2]


@op(
    "UnicodeDecodeWithOffsets",
    "input: string -> row_splits: Tsplits, char_values: int32, char_to_byte_starts: int64",
    shape=_of_characters_and_starts,
    **_DECODES,
)
def unicode_decode_with_offsets_op(
    xp,
    strings,
    *,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    Tsplits: DType = dtypes.int64,
):
    """The same, and i64[m], at which byte of its string each character begins."""
    decoding = _Decoding(input_encoding, errors, replacement_char, replace_control_characters)
    return _decoded(decoding, strings, Tsplits)


def _decoded(decoding: _Decoding, strings: np.ndarray, splits: DType) -> tuple[np.ndarray, ...]:
    codes, starts, is_wrong, rows = codecs.characters_of_all(
        strings.ravel().tolist(), decoding.encoding
    )
    if decoding.errors == "strict" and is_wrong.any():
        refuse("Invalid formatting on input string")
    codes, is_there = decoding.settled(codes, is_wrong)
    counts = np.bincount(rows[is_there], minlength=strings.size)
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(splits.as_numpy_dtype)
    return ends, codes[is_there], starts[is_there]


# Encoding ---------------------------------------------------------------------------------------


def _of_rows(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(0), 1)
    (splits,) = shapes.with_rank(ctx.shape(1), 1)
    return (None if splits is None else splits - 1,)


@op(
    "UnicodeEncode",
    "input_values: int32, input_splits: Tsplits -> output: string",
    shape=_of_rows,
    types={"Tsplits": INDEX},
    defaults={"Tsplits": dtypes.int64},
    limits={"errors": _ERRORS_OF_CODES, "output_encoding": _ENCODINGS},
    host=True,
)
def unicode_encode_op(
    xp,
    codes,
    splits,
    *,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
):
    """codes: i32[m], splits: i[n + 1] -> string[n], string i of the codes from splits[i] on."""
    _check_replacement(replacement_char)
    is_wrong = (codes < 0) | (codes > codecs.LAST)
    if is_wrong.any():
        if errors == "strict":
            refuse("Code point value out of valid Unicode range.")
        codes = np.where(is_wrong, np.int32(replacement_char), codes)
    ends = splits.tolist()
    rows = [slice(first, last) for first, last in itertools.pairwise(ends)]
    if errors == "ignore":
        parts = [codes[row][~is_wrong[row]] for row in rows]
    else:
        parts = [codes[row] for row in rows]
    return as_strings([codecs.encoded(part, output_encoding) for part in parts])


@op(
    "UnicodeTranscode",
    "input: string -> output: string",
    shape=shapes.same,
    limits={"errors": _ERRORS, "output_encoding": _ENCODINGS},
    host=True,
)
def unicode_transcode(
    xp,
    strings,
    *,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
):
    """string[...] -> string[...], from one encoding to another.

    Args:
      input_encoding: any that Python knows, by its name there.
      output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
      errors: what becomes of bytes that are no character: "replace" puts `replacement_char` in
        their place, "ignore" leaves them out, "strict" fails the run.
      replace_control_characters: whether U+0000 to U+001F count as no characters, too.

    Raises:
      InvalidArgumentError: in a run, by "strict", or the encoding is unknown.
    """
    decoding = _Decoding(input_encoding, errors, replacement_char, replace_control_characters)

    def transcoded(text: bytes) -> bytes:
        codes, is_changed = decoding.of(text)
        if is_changed and errors == "strict":
            refuse("Invalid formatting on input string")
        return codecs.encoded(codes, output_encoding)

    return each(transcoded, strings)
