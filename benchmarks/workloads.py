"""What is measured, and the targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Processes, Timings

OURS, JAX, TF1, TF2, TORCH = "Stillflow", "JAX", "TensorFlow 1.15", "TensorFlow 2", "PyTorch"
FLOOR = "GEMM floor"


@dataclass(frozen=True)
class Step:
    """One `sess.run`, or its like, again and again in one warm process."""

    key: str
    title: str
    workload: str
    params: dict[str, Any]
    rounds: int
    seconds: float


@dataclass(frozen=True)
class Program:
    """A process from its start to its end."""

    key: str
    title: str
    program: str
    arguments: tuple[str, ...] = ()
    rounds: int = 5


STEPS = [
    Step("small step", "small network 2-3-1, batch 8: one step", "small_step", {}, 31, 0.1),
    Step("mnist step", "MNIST 784-500-10, batch 200: one step", "mnist_step", {}, 25, 0.3),
    Step("inference", "inference on 10,000 images", "inference", {}, 5, 0.8),
    Step("loop", "while_loop of 1,000 turns over 10 numbers", "loop_turns", {}, 11, 0.2),
    Step(
        "loop gradient",
        "gradient of a while_loop of 100 products, 64x128 by 128x128",
        "loop_gradient",
        {},
        11,
        0.3,
    ),
    Step("choice", "a step with a choice in it", "choice_step", {"chooses": True}, 11, 0.1),
    Step("no choice", "the same step without", "choice_step", {"chooses": False}, 11, 0.1),
    Step("map rows", "map_fn over 1,000 rows", "map_rows", {}, 11, 0.2),
    Step("lstm", "LSTM of 128, 28 rows of 28, batch 128, Adam: one step", "lstm_step", {}, 11, 0.5),
    Step("gru", "GRU of 64 both ways, 100 steps, lengths: one step", "gru_step", {}, 11, 0.5),
    Step(
        "resnet", "ResNet-v1-50 of slim, 8 pictures of 64x64: one step", "resnet_step", {}, 3, 2.0
    ),
    Step("sampler", "64 words of a Transformer of 4 layers of 128", "sampler_step", {}, 7, 0.5),
    Step(
        "bert", "BERT of 2 layers of 128, 8 texts of 128: one step", "pretraining_step", {}, 5, 1.0
    ),
    Step("hooks", "a monitored step with three hooks", "hooked_step", {"hooks": True}, 11, 0.1),
    Step("no hooks", "the same step of a plain session", "hooked_step", {"hooks": False}, 11, 0.1),
    Step("picture", "JPEG of 256x256: decode, crop, flip, resize", "picture_step", {}, 11, 0.2),
    Step("pipeline", "100 of 784 from memory: shuffle, map, batch", "pipeline_step", {}, 7, 0.3),
    Step("records", "100 Examples of 1 kB: read, parse, batch", "records_step", {}, 7, 0.3),
    Step("lines", "100 lines of ten numbers: read, decode_csv, batch", "lines_step", {}, 7, 0.3),
    Step("queue", "32 rows of 784 through queues, two threads", "queue_step", {}, 7, 0.3),
    Step("build", "building a graph, 10,000 operations", "build", {"length": 10000}, 3, 0.1),
]
MNIST = "{mnist}"  # becomes the folder of the data set
PROGRAMS = [
    Program("import", "import", "import"),
    Program("names", "import, and one name of each part of the library", "names"),
    Program("small process", "small network, 3,000 steps: the process", "small"),
    Program("first loss", "MNIST: process start to first loss", "mnist", (MNIST, "1"), 3),
    Program("regularize", "two classes with L2, 80,000 steps", "regularize", (), 2),
    Program("estimator", "an Estimator of the small network, 1,000 steps", "estimator", (), 3),
    Program("stream", "2 GB of records, written and read", "stream", (), 1),
    Program("lstm process", "LSTM of 128, 500 steps: the process", "lstm", (), 2),
    Program("mnist process", "MNIST, 5,000 steps with next_batch", "mnist", (MNIST, "5000"), 2),
]
WIDTHS, BATCHES = (100, 500, 1000, 2000, 4000), (1, 10, 100, 1000, 10000)
LENGTHS, BUILDS = (10, 100, 1000, 5000), (1000, 5000, 20000)
GROWTH = {
    "width": [Step(f"width {n}", f"width {n}", "mnist_step", {"width": n}, 3, 0.4) for n in WIDTHS],
    "batch": [
        Step(f"batch {n}", f"batch {n}", "mnist_step", {"batch": n}, 3, 0.4) for n in BATCHES
    ],
    "length": [
        Step(f"ops {n}", f"{n} operations", "chain", {"length": n}, 3, 0.3) for n in LENGTHS
    ],
    "build": [Step(f"build {n}", f"{n} built", "build", {"length": n}, 3, 0.05) for n in BUILDS],
}


@dataclass
class Results:
    steps: dict[str, Timings]
    programs: dict[str, Processes]
    growth: dict[str, dict[int, Timings]]


@dataclass(frozen=True)
class Target:
    """A ratio that must be at least, or at most, some number."""

    work: str
    asks: str
    ratio: Callable[[Results], float | None]
    at_least: float | None = None
    at_most: float | None = None

    def met(self, ratio: float) -> bool:
        if self.at_least is not None:
            return ratio >= self.at_least
        assert self.at_most is not None
        return ratio <= self.at_most


def _step(key: str, slower: str, faster: str) -> Callable[[Results], float | None]:
    return lambda results: (
        results.steps[key].ratio(slower, faster) if key in results.steps else None
    )


def _process(key: str, slower: str, faster: str) -> Callable[[Results], float | None]:
    def ratio(results: Results) -> float | None:
        found = results.programs.get(key)
        return found.seconds.ratio(slower, faster) if found else None

    return ratio


def _memory(results: Results) -> float | None:
    found = results.programs.get("small process")
    return found.memory.ratio(OURS, TF1) if found else None


def _memory_of(key: str) -> Callable[[Results], float | None]:
    """The most MiB that Stillflow's process held at a time."""
    return lambda results: (
        results.programs[key].memory.median(OURS) if key in results.programs else None
    )


def _linearity(results: Results) -> float | None:
    """Stillflow's time per operation for the longest graph, against that for the shortest."""
    built = results.growth.get("build", {})
    if len(built) < 2:
        return None
    short, long = min(built), max(built)
    slow, fast = built[long].median(OURS), built[short].median(OURS)
    return (slow / long) / (fast / short) if slow and fast else None


def _price_of_a_choice(results: Results) -> float | None:
    """Microseconds that a step with a choice takes longer than one without."""
    if not {"choice", "no choice"} <= results.steps.keys():
        return None
    slow, fast = results.steps["choice"].median(OURS), results.steps["no choice"].median(OURS)
    return (slow - fast) * 1e6 if slow and fast else None


def _price_of_hooks(results: Results) -> float | None:
    """How much longer a step with hooks takes than one without: ours as a part of TensorFlow's."""
    if not {"hooks", "no hooks"} <= results.steps.keys():
        return None
    with_hooks, without = results.steps["hooks"], results.steps["no hooks"]
    times = [found.median(name) for name in (OURS, TF1) for found in (with_hooks, without)]
    if None in times:
        return None
    ours, own, theirs, plain = times
    return (ours - own) / (theirs - plain)  # type: ignore[operator]  # None is left out above


TARGETS = [
    Target("small network, one step", f"10x faster than {TF1}", _step("small step", TF1, OURS), 10),
    Target(
        "small network, one step",
        "within 1.3x of hand-written JAX",
        _step("small step", OURS, JAX),
        at_most=1.3,
    ),
    Target(
        "small network, process", f"5x faster than {TF1}", _process("small process", TF1, OURS), 5
    ),
    Target(
        "small network, process", f"8x faster than {TF2}", _process("small process", TF2, OURS), 8
    ),
    Target(
        "small network, process",
        f"8x faster than {TORCH}",
        _process("small process", TORCH, OURS),
        8,
    ),
    Target(
        "regularisation, 80,000 steps",
        f"6x faster than {TF1}",
        _process("regularize", TF1, OURS),
        6,
    ),
    Target("MNIST step", f"1.6x faster than {TF1}", _step("mnist step", TF1, OURS), 1.6),
    Target("MNIST step", f"2x faster than {TORCH}", _step("mnist step", TORCH, OURS), 2),
    Target(
        "MNIST step", "no slower than hand-written JAX", _step("mnist step", OURS, JAX), at_most=1.0
    ),
    Target(
        "MNIST step",
        "within 1.35x of the GEMM floor",
        _step("mnist step", OURS, FLOOR),
        at_most=1.35,
    ),
    Target(
        "MNIST, 5,000 steps", f"1.8x faster than {TF1}", _process("mnist process", TF1, OURS), 1.8
    ),
    Target("while_loop, 1,000 turns", f"100x faster than {TF1}", _step("loop", TF1, OURS), 100),
    Target(
        "gradient of a while_loop",
        f"1.25x faster than {TF1}",
        _step("loop gradient", TF1, OURS),
        1.25,
    ),
    Target("a choice in a step", "5 us", _price_of_a_choice, at_most=5.0),
    Target("map_fn over 1,000 rows", f"10x faster than {TF1}", _step("map rows", TF1, OURS), 10),
    Target(
        "ResNet-v1-50, one step", f"no slower than {TF1}", _step("resnet", OURS, TF1), at_most=1.0
    ),
    Target("LSTM, one step", f"1.35x faster than {TF1}", _step("lstm", TF1, OURS), 1.35),
    Target(
        "LSTM, one step", "within 1.05x of hand-written JAX", _step("lstm", OURS, JAX), at_most=1.05
    ),
    Target("LSTM, 500 steps", f"1.2x faster than {TF1}", _process("lstm process", TF1, OURS), 1.2),
    Target("GRU both ways, one step", f"1.3x faster than {TF1}", _step("gru", TF1, OURS), 1.3),
    Target(
        "GRU both ways, one step",
        "within 1.1x of hand-written JAX",
        _step("gru", OURS, JAX),
        at_most=1.1,
    ),
    Target("words of a sampler", f"2x as many as {TF1}", _step("sampler", TF1, OURS), 2),
    Target("BERT of 2 layers", f"no slower than {TF1}", _step("bert", OURS, TF1), at_most=1.0),
    Target("three hooks of a step", f"half of {TF1}'s cost", _price_of_hooks, at_most=0.5),
    Target(
        "Estimator, 1,000 steps", f"1.5x faster than {TF1}", _process("estimator", TF1, OURS), 1.5
    ),
    Target("a picture read", f"no slower than {TF1}", _step("picture", OURS, TF1), at_most=1.0),
    Target("elements of a pipeline", f"3x as many as {TF1}", _step("pipeline", TF1, OURS), 3),
    Target("Examples of a file", f"1.5x as many as {TF1}", _step("records", TF1, OURS), 1.5),
    Target("lines of a file", f"as many as {TF1}", _step("lines", TF1, OURS), 1.0),
    Target("rows through queues", f"as many as {TF1}", _step("queue", TF1, OURS), 1.0),
    Target("2 GB of records", "in 200 MiB", _memory_of("stream"), at_most=200),
    Target("import", f"8x faster than {TF1}", _process("import", TF1, OURS), 8),
    Target(
        "graph building", f"no slower than {TF1} per op", _step("build", OURS, TF1), at_most=1.0
    ),
    Target("graph building", "linear in length", _linearity, at_most=1.3),
    Target("memory, small process", f"half of {TF1}'s", _memory, at_most=0.5),
]
