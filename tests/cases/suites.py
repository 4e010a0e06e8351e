"""The suites by name, and how each kind of case is observed."""

import collections
import functools
import importlib
import json

from . import graph_text, observe
from .arrays import fingerprint
from .suite import internal_module

#: Cases whose values, shapes, nodes and gradients are compared.
VALUES = (
    *("resizing", "arranging", "colours", "boxes"),
    *("math", "numbers", "reduce", "linalg", "array", "layout", "segment", "nn", "gradients"),
    *("composed", "imported", "tensor_arrays", "mapped", "image", "control"),
    *("windowed", "sorted", "signals", "matrices", "quantized", "operators", "warped"),
    "half_matrices",
    "recurrent_ops",
    "sparse",
    "quantising",
    "keras_backend",
)
#: Programs whose runs are compared.
RUNS = "runs"
#: Programs that print, call functions, and write files.
EFFECTS = "effects"
#: Networks of which TensorFlow runs the counterpart that it has on a CPU.
COUNTERPARTS = "cudnn_runs"
#: Programs about sessions, of which one run shows all.
SESSIONS = "sessions"
#: Programs that train networks.
TRAINED = "trained"
#: Programs in which TensorFlow leaves the order of a read and a write to chance.
RACES = "races"
#: Programs whose graphs are compared.
GRAPHS = "graphs"
#: Programs that train, of whose graphs every node is compared with everything that it has.
WHOLE_GRAPHS = "whole_graphs"
#: The same of the gradients of the cases in VALUES, by digest, as far as shapes are known.
GRADIENT_GRAPHS = "gradient_graphs"
#: Programs of which both the runs and every node of the graph are compared.
STORIES = (
    "corners",
    "picture_files",
    "sampled_boxes",
    "picture_errors",
    "created",
    "edited",
    "templates",
    "parts",
    "choices",
    "resource_variables",
    "functions",
    "loops",
    "rows",
    "queues",
    "tables",
    "queue_kinds",
    "queue_pipelines",
    "slim_data",
    "bucketing",
    "state_savers",
    "accumulators",
    "staging",
    "session_tensors",
    "critical_sections",
    "tensor_lists",
    "object_checkpoints",
    "recorded_summaries",
    "cudnn_graphs",
    "clusters_of_points",
    "predictors",
    "model_tools",
    "readers",
    "sequences",
    "composites",
    "rarities",
    "simulated_bits",
    "compiled",
    "sparse_programs",
    "sampling",
    "ctc",
    "parsing",
    "strings",
    "strings_hashed",
    "strings_unicode",
    "keras_sessions",
    "keras_preprocessing",
)
#: Programs of which the runs are compared, and the graphs, which are large, by digest.
DIGESTED = (
    "monitored",
    "clusters",
    "estimators",
    "canned",
    "heads",
    "contrib_learn",
    "public_heads",
    "remapped",
    "profiled",
    "traced",
    "strategies",
    "loss_scales",
    "sparse_embedding",
    "crossed",
    "feature_columns",
    "contrib_columns",
    "contrib_framework",
    "bijectors",
    "contrib_distributions",
    "vector_distributions",
    "vector_bijectors",
    "more_distributions",
    "contrib_metrics",
    "distributions",
    "contrib_layers",
    "contrib_training",
    "slim_nets",
    "metric_learning",
    "metrics",
    "optimizers_of_contrib",
    "flows",
    "averaging_workers",
    "rarer_optimizers",
    "composed_operators",
    "warpings",
    "exact_metrics",
    "rarer_distributions",
    "contrib_nn",
    "sounds",
    "ranked_metrics",
    "sets",
    "sampled_losses",
    "crf",
    "seq2seq",
    "legacy_seq2seq",
    "dense_ctc",
    "ragged",
    "version2",
    "keras_losses",
    "keras_metrics",
    "keras_terms",
)
#: The same of whole networks, which take their time.
WHOLE_NETWORKS = "slim_nets_whole"
#: The same of networks, which are run on either tier.
NETWORKS = (
    "cells",
    "described_layers",
    "contrib_cells",
    "layers",
    "recurrent",
    "keras_rnn",
    "keras_recurrent",
    "keras_engine",
    "keras_optimizers",
    "keras_layers",
)
#: The same of programs that choose among functions, whose names count through a process.
SWITCHES = "switches"
#: The same of input pipelines, with their functions by digest.
PIPELINES = ("datasets", "file_datasets", "further_input", "more_datasets", "sparse_datasets")
#: Random programs of which the runs are compared, and the graphs by digest.
NESTS = "nests"
#: Programs that fail.
ERRORS = "errors"
#: Trainings of Keras, compared as DIGESTED are; its session asks for variables in no certain order.
TRAININGS = (
    *("keras_training", "keras_callbacks", "keras_estimators", "keras_programs"),
    "keras_adapting",
)
#: Misused array ops.
ARRAY_ERRORS = "array_errors"
#: Expressions whose values, or failures, are compared.
CONVERSIONS = "conversions"
#: Ops that are fed what their kernels refuse, and what they take after all.
MISUSES = "misuses"
#: The same where shapes differ that NumPy would broadcast.
UNLIKE = "unlike"
#: What arrays of tensors and stacks refuse.
TENSOR_ARRAY_ERRORS = "tensor_array_errors"
#: Programs that run although they look wrong, or whose runs alone can tell what is.
LENIENCE = "lenience"
#: Expressions over numbers that overflow, vanish, or are none.
HOSTILE = "hostile"
#: Programs that run eagerly.
EAGER, EAGER_MODELS = "eager", "eager_models"
NAMES = (
    HOSTILE,
    *(EAGER, EAGER_MODELS),
    *(*VALUES, RUNS, EFFECTS, COUNTERPARTS, SESSIONS, TRAINED, RACES),
    *(GRAPHS, WHOLE_GRAPHS, GRADIENT_GRAPHS, *STORIES, *DIGESTED, *NETWORKS, SWITCHES, NESTS),
    *PIPELINES,
    *TRAININGS,
    WHOLE_NETWORKS,
    *(ERRORS, ARRAY_ERRORS, TENSOR_ARRAY_ERRORS, MISUSES, UNLIKE, LENIENCE, CONVERSIONS),
)

#: How often a program is run on one thread, and on four, before it is taken to be deterministic.
REPETITIONS = 10


def load(name):
    """The Suite that module `cases.<name>` defines."""
    return importlib.import_module("." + name, __package__).suite


def observations(name):
    """(id, function of `tf` that returns what is to be recorded) for each case of a suite."""
    kinds = {
        RUNS: run_case,
        SESSIONS: functools.partial(run_case, repetitions=1),
        EFFECTS: functools.partial(run_case, repetitions=1),
        COUNTERPARTS: functools.partial(run_case, repetitions=1),
        TRAINED: functools.partial(run_case, repetitions=1),
        RACES: run_case,
        GRAPHS: graph_case,
        WHOLE_GRAPHS: whole_graph,
        ERRORS: observe.failure_of,
        ARRAY_ERRORS: observe.failure_of,
        TENSOR_ARRAY_ERRORS: observe.failure_of,
        CONVERSIONS: observe.outcome_of,
        MISUSES: observe.ending_of,
        UNLIKE: observe.ending_of,
        LENIENCE: observe.ending_of,
        HOSTILE: observe.hostile_values,
        **dict.fromkeys(STORIES, story),
        **dict.fromkeys((*DIGESTED, *NETWORKS, WHOLE_NETWORKS, NESTS), digested_story),
        **dict.fromkeys(TRAININGS, training_story),
        SWITCHES: switch_story,
        **dict.fromkeys((EAGER, EAGER_MODELS), eager_log),
        **dict.fromkeys(PIPELINES, pipeline),
    }
    if name == GRADIENT_GRAPHS:
        yield from gradient_graphs()
        return
    observe_case = kinds.get(name, value_case)
    for case in load(name):
        yield case.id, lambda tf, case=case: observe_case(tf, case)


def value_case(tf, case):
    """All that is compared of a Case."""
    fed = observe.build(tf, case, observe.FED)
    built = observe.graph_of(fed.graph)
    values = observe.run(tf, fed)
    return {
        "inputs": fingerprint(case.inputs),
        "shapes": static_shapes(in_each_mode(tf, case)),
        "graph": built,
        "values": values,
        "gradients": attempt(lambda: gradients(tf, fed, values)) if case.grad else None,
    }


def in_each_mode(tf, case):
    """{mode: its Built, or the error of building} of a Case in the three fed modes."""
    return {
        mode: attempt(lambda mode=mode: observe.build(tf, case, mode))
        for mode in (observe.FED, observe.PARTIAL, observe.UNRANKED)
    }


def of_each(builts, look):
    """{mode: what `look` gives of the Built, or its error} of what `in_each_mode` returned."""
    return {
        mode: built if isinstance(built, dict) else attempt(lambda built=built: look(built))
        for mode, built in builts.items()
    }


def static_shapes(builts):
    """{mode: the outputs' static shapes, or the error of building}."""
    return of_each(builts, observe.static_shapes)


def gradients(tf, built, values):
    """The gradients of a Built, encoded, or None when nothing in it is differentiable."""
    differentiated = observe.add_gradients(tf, built, values)
    return differentiated and observe.run(tf, differentiated)


def attempt(call):
    """What `call()` returns, or {"error": class name}."""
    try:
        return call()
    except Exception as error:
        return {"error": type(error).__name__}


def run_case(tf, case, repetitions=REPETITIONS):
    """What a program's runs were seen to give: the distinct outcomes, most frequent first."""
    configs = [tf.ConfigProto(inter_op_parallelism_threads=n) for n in (1, 4)]
    outcomes = collections.Counter(
        json.dumps(observe.log_of(tf, case.fn, config), sort_keys=True)
        for config in configs
        for _ in range(repetitions)
    )
    return {"outcomes": [json.loads(text) for text, _ in outcomes.most_common()]}


def graph_case(tf, case):
    """The nodes that a program builds, and what it returns."""
    graph = tf.Graph()
    with graph.as_default():
        returned = case.fn(tf)
    return {"graph": observe.graph_of(graph), "returned": returned}


def whole_graph(tf, case):
    """The whole graph that a program builds, a line for each node."""
    graph = tf.Graph()
    with graph.as_default():
        case.fn(tf)
    return graph_text.lines(graph.as_graph_def())


def story(tf, case):
    """What a program's runs gave, and the whole graph that it built, a line for each node."""
    graph = tf.Graph()
    with graph.as_default():
        run = observe.Run(tf)
        with run.session:
            case.fn(tf, run)
    graph_def = graph.as_graph_def()
    told = {"log": run.log, "graph": graph_text.lines(graph_def)}
    if graph_def.library.function:
        told["functions"] = graph_text.library_lines(graph_def.library)
    return told


def eager_log(tf, case):
    """What an eager program told."""
    tell = observe.Telling()
    context = internal_module(tf, "python.eager.context")
    with tf.Graph().as_default(), context.eager_mode():
        tf.set_random_seed(87654321)
        case.fn(tf, tell)
    return tell.log


def switch_story(tf, case):
    """`story` without the functions."""
    told = story(tf, case)
    return {"log": told["log"], "graph": told["graph"]}


def pipeline(tf, case):
    """`story` with a digest of each function, whose name counts through a process."""
    told = story(tf, case)
    functions = told.get("functions", {"functions": {}})["functions"]
    return {
        "log": told["log"],
        "graph": told["graph"],
        "functions": sorted(
            f"{graph_text.numberless(name)} {graph_text.digest(lines)}"
            for name, lines in functions.items()
        ),
    }


def digested_story(tf, case):
    """`story` with a digest of the graph."""
    told = story(tf, case)
    return {"log": told["log"], "graph": graph_text.digest(told["graph"])}


def training_story(tf, case):
    """`digested_story` without the order in which variables are asked whether they have a value."""
    told = story(tf, case)
    asked = "VarIsInitializedOp VarIsInitializedOp"
    graph = [
        " ".join(line.split()[:2]) if line.startswith(asked) else line for line in told["graph"]
    ]
    return {"log": told["log"], "graph": graph_text.digest(graph)}


def gradient_graphs():
    """`observations` of the graphs of all gradients, where there is a digest in some mode."""
    for name in VALUES:
        for case in load(name):
            yield f"{name}:{case.id}", functools.partial(observed_gradient_digests, case=case)


def observed_gradient_digests(tf, case):
    """`gradient_digests` of a Case."""
    values = None
    if case.grad:
        values = attempt(lambda: observe.run(tf, observe.build(tf, case, observe.FED)))
    return gradient_digests(with_gradients(tf, case, in_each_mode(tf, case), values))


def with_gradients(tf, case, builts, values):
    """{mode: a Built of the gradients, in the same graph, or the error of building them}.

    `values` are the encoded outputs. What has no gradients stays what it was.
    """

    def differentiated(built):
        return (case.grad and observe.add_gradients(tf, built, values)) or built

    return of_each(builts, differentiated)


def gradient_digests(builts):
    """{mode: the digest of the whole graph, or the error of building} of `with_gradients`."""
    lines = lambda built: graph_text.lines(built.graph.as_graph_def())
    return of_each(builts, lambda built: graph_text.digest(lines(built)))


def gradient_lines(tf, case, mode, values):
    """The whole graph of a case and, if it is of interest, of its gradients."""
    built = observe.build(tf, case, mode)
    if case.grad:
        observe.add_gradients(tf, built, values)
    return graph_text.lines(built.graph.as_graph_def())
