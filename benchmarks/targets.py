"""The targets: ratios, round by round, that must be at least or at most some number."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.results import Results, Timings
from benchmarks.workloads import (
    COMPILED,
    FLOOR,
    JAX,
    NATIVE,
    OURS,
    PROGRAMS,
    STEPS,
    TF1,
    TF2,
    TORCH,
)

Values = Callable[[Results], list[float]]
_TITLES = {row.key: row.title for row in (*STEPS, *PROGRAMS)}


@dataclass(frozen=True)
class Target:
    """A ratio that must be at least, or at most, some number; `rows` are what it is made of."""

    rows: tuple[str, ...]
    asks: str
    values: Values
    at_least: float | None = None
    at_most: float | None = None

    @property
    def work(self) -> str:
        return _TITLES[self.rows[0]]

    def reached(self, results: Results) -> Reached | None:
        """What was reached; None where it was not measured."""
        values = self.values(results)
        return Reached(self, sorted(values)) if values else None


@dataclass(frozen=True)
class Reached:
    """The ratios of all rounds, in ascending order."""

    target: Target
    values: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.values)

    @property
    def met(self) -> bool:
        if self.target.at_least is not None:
            return self.ratio >= self.target.at_least
        assert self.target.at_most is not None
        return self.ratio <= self.target.at_most

    @property
    def spread(self) -> tuple[float, float]:
        """Between which nine tenths of the rounds lie."""
        out = len(self.values) // 20
        return self.values[out], self.values[-1 - out]


def _pairs(slower: list[float], faster: list[float]) -> list[float]:
    return [a / b for a, b in zip(slower, faster, strict=False)]


def _of(key: str, what: str, results: Results) -> Timings:
    if what == "steps":
        return results.steps.get(key, Timings())
    return getattr(results.processes[key], what) if key in results.processes else Timings()


def _faster(key: str, peer: str, factor: float, what: str = "steps", system: str = OURS) -> Target:
    """At least `factor` times as fast as `peer`."""

    def values(results: Results) -> list[float]:
        rounds = _of(key, what, results).rounds
        return _pairs(rounds.get(peer, []), rounds.get(system, []))

    asks = f"no slower than {peer}" if factor == 1 else f"{factor:g}x as fast as {peer}"
    return Target((key,), _asks(asks, system), values, at_least=factor)


def _asks(what: str, system: str) -> str:
    return f"{what}, with stillflow-native" if system == NATIVE else what


def _within(key: str, peer: str, factor: float, what: str = "steps", asks: str = "") -> Target:
    """At most `factor` times what `peer` takes."""

    def values(results: Results) -> list[float]:
        rounds = _of(key, what, results).rounds
        return _pairs(rounds.get(OURS, []), rounds.get(peer, []))

    return Target((key,), asks or f"within {factor:g}x of {peer}", values, at_most=factor)


def _memory(key: str, factor: float, asks: str) -> Target:
    return _within(key, TF1, factor, "memory", asks)


def _best_peer(key: str, system: str = OURS) -> Target:
    """As fast as the fastest of the others, in each round."""
    peers = (TF1, TF2, TORCH, COMPILED, JAX)

    def values(results: Results) -> list[float]:
        rounds = _of(key, "steps", results).rounds
        others = [rounds[peer] for peer in peers if peer in rounds]
        fastest = [min(times) for times in zip(*others, strict=False)]
        return _pairs(fastest, rounds.get(system, []))

    return Target((key,), _asks("no slower than the fastest peer", system), values, at_least=1.0)


def _growth_of_building(results: Results) -> list[float]:
    """Time per operation for 20,000 operations, against that for 1,000."""
    long, short = (_of(f"build {n}", "steps", results).rounds.get(OURS, []) for n in (20000, 1000))
    return [ratio / 20 for ratio in _pairs(long, short)]


def _prices(key: str, without: str, system: str, results: Results) -> Iterator[float]:
    """What a step takes longer than one without something, in each round."""
    slow, fast = (_of(name, "steps", results).rounds.get(system, []) for name in (key, without))
    return (a - b for a, b in zip(slow, fast, strict=False))


def _price_of_a_choice(results: Results) -> list[float]:
    return [seconds * 1e6 for seconds in _prices("choice", "no choice", OURS, results)]


def _price_of_a_function(results: Results) -> list[float]:
    return [seconds * 1e6 for seconds in _prices("function", "graph of function", OURS, results)]


def _price_of_hooks(results: Results) -> list[float]:
    """Of medians: the price of one round is a small difference of two large times."""
    ours, theirs = (list(_prices("hooks", "no hooks", name, results)) for name in (OURS, TF1))
    return [statistics.median(ours) / statistics.median(theirs)] if ours and theirs else []


def _first_to_later(results: Results) -> list[float]:
    first, later = (_of(key, "seconds", results).rounds for key in ("first steps", "later steps"))
    return _pairs(first.get(OURS, []), later.get(OURS, []))


def _most_memory(results: Results) -> list[float]:
    return _of("stream", "memory", results).rounds.get(OURS, [])


def _process(key: str, peer: str, factor: float, system: str = OURS) -> Target:
    return _faster(key, peer, factor, "seconds", system)


# Targets of convolutions, which stillflow-native has to meet where Stillflow alone does not.
_CONVOLUTIONS = [
    ("cnn step", TF1, 1.9),
    ("cnn step", TORCH, 1.05),
    ("cnn step", TF2, 1),
    ("cnn inference", TF1, 1.2),
    ("cnn inference", TF2, 0.9),
    ("cnn lengths", TF1, 1),
]

TARGETS = [
    _faster("small step", TF1, 15),
    _within("small step", JAX, 1.3),
    _faster("mnist step", TF1, 1.5),
    _faster("mnist step", TF1, 1.5, system=NATIVE),
    _faster("mnist step", TF2, 1),
    _faster("mnist step", TORCH, 1),
    _faster("mnist step", JAX, 1),
    _faster("mnist step", JAX, 1, system=NATIVE),
    _within("mnist step", FLOOR, 1.6),
    _best_peer("inference"),
    _best_peer("inference", NATIVE),
    *(
        _faster(key, peer, factor, system=system)
        for key, peer, factor in _CONVOLUTIONS
        for system in (OURS, NATIVE)
    ),
    _faster("loop", TF1, 100),
    _faster("loop gradient", TF1, 1.25),
    Target(("choice", "no choice"), "5 us more than without", _price_of_a_choice, at_most=5.0),
    _faster("eager matmul", TF1, 3),
    _faster("eager step", TF1, 3),
    Target(
        ("function", "graph of function"),
        "10 us more than the graph",
        _price_of_a_function,
        at_most=10.0,
    ),
    _faster("map rows", TF1, 10),
    _faster("lstm", TF1, 1.35),
    _within("lstm", JAX, 1.05),
    _faster("gru", TF1, 1.3),
    _within("gru", JAX, 1.1),
    _faster("resnet", TF1, 1),
    _faster("sampler", TF1, 2),
    _faster("bert", TF1, 1),
    Target(("hooks", "no hooks"), f"half of {TF1}'s price", _price_of_hooks, at_most=0.5),
    _faster("picture", TF1, 1),
    _faster("pipeline", TF1, 3),
    _faster("records", TF1, 1.5),
    _faster("lines", TF1, 1),
    _faster("queue", TF1, 1),
    _faster("variables", TF1, 20),
    _within("build", TF1, 0.15),
    _within("gradients", TF1, 0.15),
    Target(
        ("build", "build 20000", "build 1000"),
        "1.15x per operation from 1,000 to 20,000",
        _growth_of_building,
        at_most=1.15,
    ),
    _faster("chain", TF1, 1),
    _process("import", TF1, 8),
    _process("small process", TF1, 5),
    _process("small process", TF2, 8),
    _process("small process", TORCH, 8),
    _memory("small process", 0.5, f"half of {TF1}'s memory"),
    _process("regularize", TF1, 6),
    _process("estimator", TF1, 1.5),
    _process("tf.keras", TF1, 1.5),
    _process("tf.keras predict", TF1, 1.0),
    _process("tf.keras predict", TF1, 1.0, NATIVE),
    _process("cnn process", TF1, 1.2),
    _memory("cnn process", 1.0, f"no more memory than {TF1}"),
    _process("keras epoch", TF1, 1.3),
    _process("keras epoch", TF1, 1.3, NATIVE),
    _process("keras predict", TF1, 1),
    _process("keras predict", TF1, 1, NATIVE),
    Target(("first steps", "later steps"), "2x a later step", _first_to_later, at_most=2.0),
    Target(("stream",), "200 MiB", _most_memory, at_most=200.0),
    _process("lstm process", TF1, 1.2),
    _process("mnist process", TF1, 1.6),
]


def beside(keys: set[str]) -> set[str]:
    """What else is to be measured for the targets of the rows `keys`."""
    return {row for target in TARGETS if target.rows[0] in keys for row in target.rows}
