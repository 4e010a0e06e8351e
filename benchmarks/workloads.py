"""What is measured: steps in a warm process, and whole processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OURS, JAX, TF1, TF2, TORCH = "Stillflow", "JAX", "TensorFlow 1.15", "TensorFlow 2", "PyTorch"
COMPILED = "torch.compile"
NATIVE = "Stillflow, native"  # with stillflow-native; for the rows that gain by it
FLOOR = "GEMM floor"


@dataclass(frozen=True)
class Step:
    """One `sess.run`, or its like, again and again in one warm process.

    Args:
        rounds, seconds: how often, and how long at a time, each system takes its turn.
        beside: the key of another step, in whose rounds this one is measured too.
        series: what of it grows, and how large it is here, for the tables of growth.
        systems: the only ones that are compared; all that have the workload where it is empty.
        floor: whether the matrix products alone are measured too.
        operations: how many a run builds or computes, where a time is told per operation.
        gains: whether it is measured with stillflow-native, too.
    """

    key: str
    title: str
    workload: str
    params: dict[str, Any] = field(default_factory=dict)
    rounds: int = 11
    seconds: float = 0.2
    beside: str = ""
    series: tuple[str, int] | None = None
    systems: tuple[str, ...] = ()
    floor: bool = False
    operations: int = 1
    gains: bool = False


@dataclass(frozen=True)
class Program:
    """A process from its start to its end.

    Args:
        tells: it is not the process that is timed, but what its last line says, in seconds.
        warm: it is run once before, uncounted, so that what is kept on disk is there.
        beside: the key of another program, in whose rounds this one is measured too.
        gains: whether it is measured with stillflow-native, too.
    """

    key: str
    title: str
    program: str
    arguments: tuple[str, ...] = ()
    rounds: int = 5
    tells: bool = False
    warm: bool = False
    beside: str = ""
    gains: bool = False


def _growth(series: str, workload: str, sizes: tuple[int, ...], **given: Any) -> list[Step]:
    return [
        Step(
            f"{series} {size}",
            f"{series} {size}",
            workload,
            {series if workload == "mnist_step" else "length": size},
            series=(series, size),
            **given,
        )
        for size in sizes
    ]


_GRAPHS = (OURS, TF1)
_EAGER = (OURS, TF1, TF2, TORCH)  # JAX and torch.compile take minutes to compile long chains
_ALL = (*_EAGER, JAX)
STEPS = [
    Step("small step", "small network 2-3-1, batch 8: one step", "small_step", {}, 31, 0.1),
    Step(
        "mnist step",
        "MNIST 784-500-10, batch 200: one step",
        "mnist_step",
        {},
        25,
        0.3,
        floor=True,
        gains=True,
    ),
    Step("inference", "inference on 10,000 images", "inference", {}, 5, 0.8, gains=True),
    Step(
        "cnn step",
        "CNN on 28x28, batch 128, Adam: one step",
        "cnn_step",
        {},
        7,
        0.8,
        gains=True,
    ),
    Step(
        "cnn inference",
        "CNN on 28x28, batch 128: inference",
        "cnn_inference",
        {},
        7,
        0.4,
        gains=True,
    ),
    Step(
        "cnn lengths",
        "CNN, 50 lengths of batch in turn: all steps",
        "cnn_lengths",
        {},
        3,
        0.1,
        systems=(OURS, NATIVE, TF1, TF2, TORCH),
        gains=True,
    ),
    Step("loop", "while_loop of 1,000 turns over 10 numbers", "loop_turns"),
    Step(
        "loop gradient",
        "gradient of a while_loop of 100 products, 64x128 by 128x128",
        "loop_gradient",
        seconds=0.3,
    ),
    Step("choice", "a step with a choice in it", "choice_step", {"chooses": True}, seconds=0.1),
    Step(
        "no choice",
        "the same step without",
        "choice_step",
        {"chooses": False},
        beside="choice",
    ),
    Step(
        "eager matmul",
        "100 products and 100 sums of 2x2, called eagerly",
        "eager_products",
        seconds=0.1,
        systems=(OURS, TF1),
        operations=200,
    ),
    Step(
        "eager step",
        "two layers of 32 and 10, batch 64, tape and Adam, eagerly: one step",
        "eager_step",
        systems=(OURS, TF1),
    ),
    Step(
        "function",
        "a tf.function of 8x8, called eagerly",
        "function_call",
        {"calls": True},
        seconds=0.1,
        systems=(OURS, TF1),
    ),
    Step(
        "graph of function",
        "the same as a step of a session",
        "function_call",
        {"calls": False},
        seconds=0.1,
        systems=(OURS, TF1),
        beside="function",
    ),
    Step("map rows", "map_fn over 1,000 rows", "map_rows"),
    Step("lstm", "LSTM of 128, 28 rows of 28, batch 128, Adam: one step", "lstm_step", {}, 11, 0.5),
    Step("gru", "GRU of 64 both ways, 100 steps, lengths: one step", "gru_step", {}, 11, 0.5),
    Step(
        "resnet",
        "ResNet-v1-50 of slim, 8 of 64x64: one step",
        "resnet_step",
        {},
        3,
        2.0,
        gains=True,
    ),
    Step("words", "sampled softmax of 128 of 200,000 words of 64, Adagrad: one step", "words_step"),
    Step("sampler", "64 words of a Transformer of 4 layers of 128", "sampler_step", {}, 7, 0.5),
    Step("bert", "BERT of 2 layers of 128, 8 of 128: one step", "pretraining_step", {}, 5, 1.0),
    Step("hooks", "a monitored step with three hooks", "hooked_step", {"hooks": True}, seconds=0.1),
    Step(
        "no hooks",
        "the same step of a plain session",
        "hooked_step",
        {"hooks": False},
        beside="hooks",
    ),
    Step("picture", "JPEG of 256x256: decode, crop, flip, resize", "picture_step"),
    Step("pipeline", "100 of 784 from memory: shuffle, map, batch", "pipeline_step", {}, 7, 0.3),
    Step("records", "100 Examples of 1 kB: read, parse, batch", "records_step", {}, 7, 0.3),
    Step("lines", "100 lines of ten numbers: read, decode_csv, batch", "lines_step", {}, 7, 0.3),
    Step("queue", "32 rows of 784 through queues, two threads", "queue_step", {}, 7, 0.3),
    Step(
        "variables",
        "2,000 variables: built, initialised, 100 steps, saved, restored",
        "many_variables",
        {"count": 2000},
        2,
        0.1,
        systems=_GRAPHS,
    ),
    Step(
        "gradients",
        "a graph of 2,000 operations and their gradients (per operation)",
        "build",
        {"length": 2000, "gradients": True},
        3,
        0.1,
        systems=_GRAPHS,
        operations=2000,
    ),
    Step(
        "build",
        "a graph of 10,000 operations (per operation)",
        "build",
        {"length": 10000},
        3,
        0.1,
        systems=_GRAPHS,
        series=("build", 10000),
        operations=10000,
    ),
    *_growth("build", "build", (1000, 20000), beside="build", systems=_GRAPHS),
    Step(
        "chain",
        "a chain of 5,000 small operations (per operation)",
        "chain",
        {"length": 5000},
        5,
        0.3,
        systems=_EAGER,
        series=("length", 5000),
        operations=5000,
    ),
    *_growth("length", "chain", (10, 100, 1000), rounds=3, systems=_ALL),
    *_growth("width", "mnist_step", (100, 500, 1000, 2000, 4000), rounds=3, systems=_ALL),
    *_growth("batch", "mnist_step", (1, 10, 100, 1000, 10000), rounds=3, systems=_ALL),
]
MNIST = "{mnist}"  # becomes the folder of the data set
PROGRAMS = [
    Program("import", "import", "import"),
    Program("names", "import, and one name of each part of the library", "names"),
    Program("small process", "small network, 3,000 steps", "small"),
    Program("first loss", "MNIST: start to first loss", "mnist", (MNIST, "1"), 3),
    Program("regularize", "two classes with L2, 80,000 steps", "regularize", (), 2),
    Program("estimator", "an Estimator of the small network, 1,000 steps", "estimator", (), 3),
    Program(
        "tf.keras",
        "tf.keras: a perceptron on MNIST, one epoch",
        "tf_keras",
        (MNIST,),
        3,
        gains=True,
    ),
    Program(
        "tf.keras predict",
        "tf.keras: predictions for 10,000 images",
        "tf_keras",
        (MNIST, "predict"),
        3,
        tells=True,
        gains=True,
    ),
    Program("cnn process", "CNN, batch 128, 100 steps", "cnn", ("100",), 3, warm=True, gains=True),
    Program(
        "keras epoch",
        "Keras 2.2.4: CNN on 60,000 of 28x28, batch 128, one epoch",
        "keras",
        ("epoch",),
        1,
        warm=True,
        gains=True,
    ),
    Program(
        "keras predict",
        "Keras 2.2.4: that CNN's predictions for 10,000",
        "keras",
        ("predict",),
        3,
        tells=True,
        warm=True,
        gains=True,
    ),
    Program(
        "first steps",
        "deep network: the first ten steps, each",
        "deep",
        ("0",),
        2,
        tells=True,
        warm=True,
        gains=True,
    ),
    Program(
        "later steps",
        "deep network: steps 40 to 50, each",
        "deep",
        ("40",),
        tells=True,
        warm=True,
        beside="first steps",
        gains=True,
    ),
    Program("stream", "2 GB of records, written and read", "stream", (), 1),
    Program("lstm process", "LSTM of 128, 500 steps", "lstm", (), 2),
    Program("mnist process", "MNIST, 5,000 steps with next_batch", "mnist", (MNIST, "5000"), 2),
]
