"""Regular expressions, RE2's, over strings. The ops run on the host."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph.operation import Tensor
from stillflow.graph.text import as_bytes
from stillflow.ops.strings.each import each
from stillflow.ops.strings.patterns.pattern import Pattern, PatternError, compiled
from stillflow.platform.forward_compatibility import forward_compatible


def _beside_scalars(ctx: ShapeContext) -> Sizes:
    for index in range(1, len(ctx.inputs)):
        shapes.with_rank(ctx.shape(index), 0)
    return ctx.shape(0)


def _pattern(text: str | bytes) -> Pattern:
    try:
        return compiled(as_bytes(text))
    except PatternError as error:
        shown = as_bytes(text).decode("utf-8", "replace")
        refuse(f"Invalid pattern: {shown}, error: {error}")


def _scalar(what: str, value: Any) -> bytes:
    if value.ndim:
        refuse(f"{what} must be scalar, but received {format_sizes(value.shape)}")
    return value[()]


# Matching ---------------------------------------------------------------------------------------


@op(
    "RegexFullMatch",
    "input: string, pattern: string -> output: bool",
    shape=_beside_scalars,
    host=True,
)
def regex_full_match_op(xp, strings, pattern):
    """strings: string[...], pattern: string[] -> bool[...]"""
    return each(_pattern(_scalar("Pattern", pattern)).matches, strings, bool)


_STATIC_SINCE = 2018, 11, 10


@op("StaticRegexFullMatch", "input: string -> output: bool", shape=shapes.same, host=True)
def static_regex_full_match_op(xp, strings, *, pattern: str):
    """string[...] -> bool[...]"""
    return each(_pattern(pattern).matches, strings, bool)


@or_of_composites
def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """string[...] -> bool[...], whether the whole of each string matches.

    Args:
      pattern: a regular expression as RE2 takes it, or a tensor of one, string[].

    Raises:
      InvalidArgumentError: in a run, RE2 does not take it.
    """
    if isinstance(pattern, (str, bytes)) and forward_compatible(*_STATIC_SINCE):
        return static_regex_full_match_op(input, pattern=pattern, name=name)
    return regex_full_match_op(input, pattern, name=name)


# Replacing --------------------------------------------------------------------------------------


@op(
    "RegexReplace",
    "input: string, pattern: string, rewrite: string -> output: string",
    shape=_beside_scalars,
    host=True,
)
def regex_replace_op(xp, strings, pattern, rewrite, *, replace_global: bool = True):
    """strings: string[...], pattern, rewrite: string[] -> string[...]"""
    pattern = _pattern(_scalar("Pattern", pattern))
    rewrite = _scalar("Rewrite", rewrite)
    return each(pattern.replacing(rewrite, replace_global), strings)


regex_replace_op.not_differentiable()


@op("StaticRegexReplace", "input: string -> output: string", shape=shapes.same, host=True)
def static_regex_replace_op(
    xp, strings, *, pattern: str, rewrite: str, replace_global: bool = True
):
    """string[...] -> string[...]"""
    return each(_pattern(pattern).replacing(as_bytes(rewrite), replace_global), strings)


@or_of_composites
def regex_replace(
    input: Any,
    pattern: Any,
    rewrite: Any,
    replace_global: bool = True,
    name: str | None = None,
) -> Tensor:
    r"""string[...] -> string[...], with `rewrite` in place of what matches `pattern`.

    Args:
      pattern: a regular expression as RE2 takes it, or a tensor of one, string[].
      rewrite: text in which `\1` to `\9` are what the groups of the pattern matched, and `\0` the
        whole; or a tensor of it, string[].
      replace_global: whether all matches are replaced, or the first.

    Raises:
      InvalidArgumentError: in a run, RE2 does not take the pattern.
    """
    if isinstance(pattern, (str, bytes)) and isinstance(rewrite, (str, bytes)):
        return static_regex_replace_op(
            input, pattern=pattern, rewrite=rewrite, replace_global=replace_global, name=name
        )
    return regex_replace_op(input, pattern, rewrite, replace_global=replace_global, name=name)
