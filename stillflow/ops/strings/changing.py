"""Strings made into others, one by one. The ops run on the host."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.text import as_text
from stillflow.ops.strings.each import each

_SPACES = b" \t\n\v\f\r"


@op("StringLower", "input: string -> output: string", shape=shapes.same, host=True)
def string_lower(xp, strings, *, encoding: str = ""):
    """string[...] -> string[...], in lower case: ASCII letters, or all with `encoding` "utf-8"."""
    return each(_cased(bytes.lower, str.lower, encoding), strings)


@op("StringUpper", "input: string -> output: string", shape=shapes.same, host=True)
def string_upper(xp, strings, *, encoding: str = ""):
    """string[...] -> string[...], in upper case: ASCII letters, or all with `encoding` "utf-8"."""
    return each(_cased(bytes.upper, str.upper, encoding), strings)


def _cased(
    of_bytes: Callable[[bytes], bytes], of_text: Callable[[str], str], encoding: str
) -> Callable[[bytes], bytes]:
    encoding = as_text(encoding)
    if encoding not in ("", "utf-8"):
        refuse(f"only utf-8 or '' (no encoding) is supported, received {encoding}")
    if not encoding:
        return of_bytes
    return lambda text: of_text(text.decode("utf-8", "replace")).encode()


@op("StringStrip", "input: string -> output: string", shape=shapes.same, host=True)
def string_strip(xp, strings):
    """string[...] -> string[...], without white space at both ends."""
    return each(lambda text: text.strip(_SPACES), strings)


_FOR_URLS = bytes.maketrans(b"+/", b"-_")


@op("EncodeBase64", "input: string -> output: string", shape=shapes.same, host=True)
def encode_base64(xp, strings, *, pad: bool = False):
    """string[...] -> string[...], in the letters of Base64 that URLs may hold; `pad` adds "="."""

    encode, translate = binascii.b2a_base64, bytes.translate

    def encoded(text: bytes) -> bytes:
        letters = translate(encode(text, newline=False), _FOR_URLS)
        return letters if pad else letters.rstrip(b"=")

    return each(encoded, strings)


@op("DecodeBase64", "input: string -> output: string", shape=shapes.same, host=True)
def decode_base64(xp, strings):
    """string[...] -> string[...], what `encode_base64` made strings of, padded or not.

    Raises:
      InvalidArgumentError: in a run, one is no such encoding.
    """
    return each(_decoded, strings)


def _decoded(text: bytes) -> bytes:
    letters = text
    if len(text) % 4 == 0:
        letters = text.removesuffix(b"==") if text[-2:] == b"==" else text.removesuffix(b"=")
    whole = len(letters) // 4 * 4
    if len(letters) - whole == 1 and _is_base64(letters[:whole]):
        refuse("Base64 string length cannot be 1 modulo 4.")
    if not _is_base64(letters):
        refuse("Invalid character found in base64.")
    return base64.urlsafe_b64decode(letters + b"=" * (-len(letters) % 4))


def _is_base64(letters: bytes) -> bool:
    return not letters.translate(None, _LETTERS)


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

for _defn in (encode_base64, decode_base64):
    _defn.not_differentiable()
