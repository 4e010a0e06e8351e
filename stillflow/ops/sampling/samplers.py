"""Candidate samplers: classes drawn by a random stream, and how often each is to be expected.

All take `true_classes`, i64[b, num_true], and give the samples, i64[num_sampled], and the expected
counts of the true classes, f32[b, num_true], and of the samples, f32[num_sampled]: how often each
occurs in a batch on average, or if samples are unique, how likely it is to occur.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import is_within, refuse
from stillflow.graph.operation import Tensor
from stillflow.ops.random.common import op_seeds
from stillflow.ops.sampling import ranges
from stillflow.platform import files, processes

_RESERVED = 512  # blocks of the stream for each sample
_SIGNATURE = (
    "true_classes: int64 -> sampled_candidates: int64, true_expected_count: float, "
    "sampled_expected_count: float"
)
Sampled = tuple[Tensor, Tensor, Tensor]


def _sampled_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    batch, _ = shapes.with_rank(ctx.shape(0), 2)
    count = ctx.attrs["num_sampled"]
    return [(count,), (batch, ctx.attrs["num_true"]), (count,)]


def _reserved(sizes: tuple[int, ...]) -> int:
    return _RESERVED * sizes[0]


_LIMITS: dict[str, Any] = {"num_true": 1, "num_sampled": 1, "range_max": 1}
_SAMPLER: dict[str, Any] = {
    "shape": _sampled_shapes,
    "stream": _reserved,
    "host": True,
    "steady": ("true_classes",),
    "limits": _LIMITS,
}


def _sampled(
    distribution: ranges.Distribution,
    stream: np.ndarray,
    true: np.ndarray,
    num_true: int,
    num_sampled: int,
    unique: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    _check_true(true, num_true)
    if unique and num_sampled > distribution.size:
        refuse("Sampler's range is too small.")
    samples, tries = ranges.sample(distribution, stream, num_sampled, unique)
    expected = functools.partial(
        ranges.expected_count, distribution, count=num_sampled, tries=tries
    )
    return samples, expected(true), expected(samples)


def _check_true(true: np.ndarray, num_true: int) -> None:
    if true.ndim != 2:
        refuse("true_classes must be a matrix")
    if true.shape[1] != num_true:
        refuse(
            f"true_classes must have num_true columns, expected: {true.shape[1]} was: {num_true}"
        )


@op("UniformCandidateSampler", _SIGNATURE, **_SAMPLER)
def uniform_op(
    xp,
    stream,
    true,
    *,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int = 0,
    seed2: int = 0,
):
    """All classes in [0, range_max) are equally likely."""
    return _sampled(ranges.Uniform(range_max), stream, true, num_true, num_sampled, unique)


uniform_op.not_differentiable()


@op("LogUniformCandidateSampler", _SIGNATURE, **_SAMPLER)
def log_uniform_op(
    xp,
    stream,
    true,
    *,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int = 0,
    seed2: int = 0,
):
    """Zipf's law over [0, range_max): the smaller the class, the likelier."""
    return _sampled(ranges.LogUniform(range_max), stream, true, num_true, num_sampled, unique)


log_uniform_op.not_differentiable()


@op(
    "AllCandidateSampler",
    _SIGNATURE,
    **(_SAMPLER | {"limits": {"num_true": 1, "num_sampled": 1}}),
)
def all_op(
    xp,
    stream,
    true,
    *,
    num_true: int,
    num_sampled: int,
    unique: bool,
    seed: int = 0,
    seed2: int = 0,
):
    """Each class in [0, num_sampled), once."""
    _check_true(true, num_true)
    ones = np.ones(true.shape, np.float32)
    return np.arange(num_sampled), ones, np.ones(num_sampled, np.float32)


all_op.not_differentiable()


@op(
    "FixedUnigramCandidateSampler",
    _SIGNATURE,
    **(_SAMPLER | {"limits": _LIMITS | {"num_shards": 1, "shard": 0}}),
)
def fixed_unigram_op(
    xp,
    stream,
    true,
    *,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: list[float] = (),  # type: ignore[assignment]
    seed: int = 0,
    seed2: int = 0,
):
    """Weights of a file's last column, or given, to the power of `distortion`; reserved ones are
    zero. Only each `num_shards`-th class counts, from `shard` on."""
    weights = _weights(vocab_file, tuple(unigrams), distortion, num_reserved_ids, num_shards, shard)
    if weights.size != range_max:
        refuse(f"range_max is {range_max}, but there are weights for {weights.size} classes.")
    return _sampled(weights, stream, true, num_true, num_sampled, unique)


fixed_unigram_op.not_differentiable()


@functools.lru_cache(maxsize=16)
def _weights(
    vocab_file: str,
    unigrams: tuple[float, ...],
    distortion: float,
    reserved: int,
    num_shards: int,
    shard: int,
) -> ranges.Weighted:
    if not vocab_file and not unigrams:
        refuse("Must provide either vocab_file or unigrams.")
    if vocab_file and unigrams:
        refuse("Must only provide one of vocab_file and unigrams.")
    given = np.array(_read_weights(vocab_file) if vocab_file else unigrams, np.float32)
    weights = np.concatenate([np.zeros(reserved, np.float32), given ** np.float32(distortion)])
    return ranges.Weighted(weights[shard::num_shards])  # type: ignore[arg-type]


def _read_weights(path: str) -> list[float]:
    """The last column of a file of comma-separated values."""
    found = []
    with files.GFile(path) as file:
        for line in file.read().splitlines():
            try:
                found.append(float(line.rsplit(",", 1)[-1]))
            except ValueError:
                refuse(f"Wrong vocabulary format at line: {line}")
    return found


class _Learned:
    """What a sampler has seen in a session, and how far it is in its random stream."""

    def __init__(self) -> None:
        self.counted: ranges.Counted | None = None
        self._key = self._high = 0
        self._position = 0

    def start(self, size: int, seed: int, seed2: int) -> ranges.Counted:
        if self.counted is None:
            self.counted = ranges.Counted(size)
            if seed == 0 and seed2 == 0:
                seed, seed2 = (int.from_bytes(processes.entropy(8), "little") for _ in range(2))
            self._key, self._high = seed, seed2
        return self.counted

    def stream(self, count: int) -> np.ndarray:
        """The stream for `count` samples; the next are taken behind them."""
        halves = self._key, self._position, self._high
        self._position += _RESERVED * count
        return np.array(
            [word for half in halves for word in (half & 0xFFFFFFFF, half >> 32 & 0xFFFFFFFF)],
            np.uint32,
        )


_LEARNED: dict[str, Any] = {
    "shape": _sampled_shapes,
    "kept": _Learned,
    "host": True,
    "steady": ("true_classes",),
    "limits": _LIMITS,
}


@op("LearnedUnigramCandidateSampler", _SIGNATURE, **_LEARNED)
def learned_unigram_op(
    xp,
    learned,
    true,
    *,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int = 0,
    seed2: int = 0,
):
    """A class is as likely as it was frequent among the true ones of earlier runs."""
    counted = learned.start(range_max, seed, seed2)
    _check_true(true, num_true)
    if not np.all(is_within(true, range_max)):
        refuse(f"true_classes must be in [0, {range_max})")
    results = _sampled(counted, learned.stream(num_sampled), true, num_true, num_sampled, unique)
    counted.see(true)
    return results


learned_unigram_op.not_differentiable()


@op("ThreadUnsafeUnigramCandidateSampler", _SIGNATURE, **_LEARNED)
def thread_unsafe_unigram_op(
    xp,
    learned,
    true,
    *,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int = 0,
    seed2: int = 0,
):
    """`learned_unigram_op` by the name under which TensorFlow takes no lock."""
    return learned_unigram_op.fn(
        xp,
        learned,
        true,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        seed=seed,
        seed2=seed2,
    )


thread_unsafe_unigram_op.not_differentiable()


# Public functions --------------------------------------------------------------------------------


def uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Sampled:
    """Returns samples of [0, range_max), all equally likely, and expected counts: see the module.

    Raises:
      InvalidArgumentError: in a run, `unique` and more samples than classes.
    """
    return uniform_op(  # type: ignore[return-value]
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        name=name,
        **op_seeds(seed),
    )


def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Sampled:
    """Returns samples of [0, range_max) by Zipf's law, and expected counts: see the module.

    P(k) = log((k + 2) / (k + 1)) / log(range_max + 1), which suits words by falling frequency.

    Raises:
      InvalidArgumentError: in a run, `unique` and more samples than classes.
    """
    return log_uniform_op(  # type: ignore[return-value]
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        name=name,
        **op_seeds(seed),
    )


def learned_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Sampled:
    """Returns samples of [0, range_max) as frequent as true classes were in the session so far.

    Each class counts once before it is seen. No checkpoint has the counts.

    Raises:
      InvalidArgumentError: in a run, `unique` and more samples than classes, or a true class that
        is out of range.
    """
    return learned_unigram_op(  # type: ignore[return-value]
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        name=name,
        **op_seeds(seed),
    )


def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Any = (),
    seed: int | None = None,
    name: str | None = None,
) -> Sampled:
    """Returns samples of [0, range_max) with given weights, and expected counts: see the module.

    Args:
      vocab_file: a file whose last comma-separated column has a weight for each class, or
      unigrams: the weights.
      distortion: the power to which they are raised; 0 makes all equal.
      num_reserved_ids: so many classes before those have no chance.
      num_shards: only every `num_shards`-th class counts, from `shard` on.

    Raises:
      InvalidArgumentError: in a run, not just one of `vocab_file` and `unigrams`, another number of
        weights than `range_max`, or `unique` and more samples than classes.
    """
    return fixed_unigram_op(  # type: ignore[return-value]
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        vocab_file=vocab_file,
        distortion=distortion,
        num_reserved_ids=num_reserved_ids,
        num_shards=num_shards,
        shard=shard,
        unigrams=list(unigrams),
        name=name,
        **op_seeds(seed),
    )


def all_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    seed: int | None = None,
    name: str | None = None,
) -> Sampled:
    """Returns every class in [0, num_sampled), and ones as expected counts; for tests."""
    return all_op(  # type: ignore[return-value]
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        name=name,
        **op_seeds(seed),
    )
