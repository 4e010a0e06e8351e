"""Every op type that Stillflow declares is run by a case whose outcome TensorFlow 1.15 recorded."""

import functools
import sys
from pathlib import Path

import pytest
from cases import observe, suites
from google.protobuf import text_format
from oracle import recorded

import stillflow as tf
from stillflow.ops.families import all_ops
from stillflow.runtime import calling, session

# The other recorded cases lie beside the tests of their families.
for folder in ("random", "train", "variables", "summaries", "interchange"):
    sys.path.append(str(Path(__file__).parent / folder))

import control_flow  # noqa: E402
import recorded_graphs  # noqa: E402
from stream_cases import STREAMS  # noqa: E402
from summary_cases import CASES as SUMMARIES  # noqa: E402
from summary_observing import observed as observed_summary  # noqa: E402
from update_cases import CASES as UPDATES  # noqa: E402
from variable_programs import PROGRAMS  # noqa: E402
from variable_programs import observed as observed_program  # noqa: E402


def types_behind(outputs):
    """The types of the ops that run when `outputs`, a flat list as `observe.build` gives, do."""
    parts = [part for out in outputs for part in parts_of(out)]
    found, left = set(), [tensor.op for tensor in parts if hasattr(tensor, "op")]
    while left:
        op = left.pop()
        if op not in found:
            found.add(op)
            left += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
    return {op.type for op in found}


def parts_of(out):
    return [out.values, out.indices] if hasattr(out, "dense_shape") else [out]


def value_types(name):
    """The types in the values and gradients of suite `name`, which test_oracle_values compares."""
    found = set()
    for case in suites.load(name):
        built = observe.build(tf, case, observe.FED)
        found |= types_behind(built.outputs)
        observed = recorded_of(name)[case.id]
        if isinstance(observed["gradients"], list):
            found |= types_behind(observe.add_gradients(tf, built, observed["values"]).outputs)
    return found


recorded_of = functools.cache(recorded)


def stream_types():
    """The types in the random streams."""
    found = set()
    for case in STREAMS:
        with tf.Graph().as_default():
            found |= types_behind([case.fn(tf)])
    return found


@pytest.fixture
def run_types(monkeypatch):
    """A set to which every run adds the types of the ops that it runs."""
    found, make_plan = set(), session.make_plan

    def noting(fetches, feeds, *named, **options):
        plan = make_plan(fetches, feeds, *named, **options)
        # What forwards a value is no step.
        found.update(fetch.op.type for fetch in fetches if hasattr(fetch, "op"))
        found.update(op.type for step in plan.steps for op in step.ops)
        found.update((v._original_op or v).type for v in plan.variables)  # or that it stands for
        return plan

    monkeypatch.setattr(session, "make_plan", noting)
    monkeypatch.setattr(calling, "make_plan", noting)  # of functions that kernels call
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    return found


# Suites that take long and have no op to themselves: they run last, if anything is left by then.
LAST = (
    *("heads", "canned", "contrib_learn", "estimators", "public_heads", "monitored", "slim_nets"),
    *("distributions", "rarer_distributions", "vector_bijectors", "rarer_optimizers"),
    *("exact_metrics", "sampled_losses", "legacy_seq2seq", "simulated_bits"),
)


def test_every_op_has_a_case(run_types):
    """What each case builds and runs here is what its own test compares with the recording."""
    without = set(all_ops()) - {case.type for case in UPDATES} - stream_types()
    without.remove("Abort")  # no recording ends with it
    without.remove("CrossReplicaSum")  # TensorFlow runs it on TPUs only
    # Of eager programs: tests/eager/test_iterating.py and tests/cases/eager.py.
    without -= {"AnonymousIteratorV2", "EagerPyFunc", "EagerPyFuncGradient"}
    for name in suites.VALUES:
        without -= value_types(name)
    for run in every_run():
        if without <= run_types:
            return
        run()
    assert ", ".join(sorted(without - run_types)) == ""


def every_run():
    """Yields all cases but those of values, as functions that run one."""
    for name in PROGRAMS:
        yield functools.partial(observed_program, tf, name)
    for name in control_flow.RUN:
        yield functools.partial(run_imported, name)
    for build in SUMMARIES.values():
        yield functools.partial(observed_summary, tf, build)
    programs = [
        *suites.PIPELINES,
        suites.RUNS,
        suites.EFFECTS,
        suites.COUNTERPARTS,
        *suites.STORIES,
        *suites.DIGESTED,
        suites.SWITCHES,
    ]
    for name in sorted(programs, key=lambda name: name in LAST):
        for case in suites.load(name):
            yield functools.partial(observe.log_of, tf, case.fn)


def run_imported(name):
    graph_def = text_format.Parse(
        recorded_graphs.load("control_flow")[name]["graph"], tf.GraphDef()
    )
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        control_flow.results(tf, graph)
