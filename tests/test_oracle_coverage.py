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


def build_value(case, observed, found):
    """Adds the types in a case's values and gradients, which test_oracle_values compares."""
    built = observe.build(tf, case, observe.FED)
    found |= types_behind(built.outputs)
    if isinstance(observed["gradients"], list):
        found |= types_behind(observe.add_gradients(tf, built, observed["values"]).outputs)


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


#: Suites of large programs that have ops to themselves.
WITH_OWN = (
    *("remapped", "strategies", "feature_columns", "contrib_columns", "sounds"),
    *("ranked_metrics", "seq2seq", "ragged"),
)
#: Programs of which what is recorded does not name all types.
UNNAMED = (
    *suites.PIPELINES,
    *(suites.RUNS, suites.EFFECTS, suites.COUNTERPARTS, suites.SWITCHES),
    *(name for name in suites.DIGESTED if name in WITH_OWN),
    *(name for name in suites.DIGESTED if name not in WITH_OWN),
)

#: Of these the ones that have all types which nothing else has, so that the others need not run.
RICH = {
    "datasets": (
        "batched counted feedable interleaved optional_elements padded reduced rows_of_elements "
        "with_options"
    ),
    "more_datasets": (
        "by_length by_reducers mapped_and_batched optional_values ragged_elements random_numbers "
        "sliding sparse_batches up_to"
    ),
    "strategies": "memory_of_the_host optimizers_of_replicas_rmsprop trained_mirrored",
    "contrib_nn": "kin",
    "further_input": (
        "elements_for_devices impossible_padding matching_files pools_of_threads "
        "records_at_random statistics turns_of_a_list"
    ),
    "sounds": "features written",
    "file_datasets": (
        "csv_files databases elements_written features_of_files lines pieces_of_older_graphs "
        "raw_in_batches records"
    ),
    "effects": "a_slice_restored old_print prints_to_a_file saved_v1_sharded",
    "runs": (
        "optimizer_on_rows_adadelta optimizer_on_rows_ftrl optimizer_on_rows_proximal_adagrad "
        "optimizer_on_rows_proximal_gradient_descent optimizer_on_rows_rmsprop "
        "optimizer_on_rows_rmsprop_centered optimizer_rate_fed_adadelta optimizer_rate_fed_ftrl "
        "optimizer_rate_fed_proximal_adagrad optimizer_rate_fed_proximal_gradient_descent "
        "optimizer_rate_fed_rmsprop optimizer_rate_fed_rmsprop_centered random_kinds"
    ),
    "cudnn_runs": "gru projected skipping",
    "sets": "operations",
    "contrib_framework": "functions_of_structures",
    "seq2seq": "trees",
    "feature_columns": "intervals",
    "rarer_optimizers": "reg_adagrad",
    "optimizers_of_contrib": (
        "ada_max ada_max_behind_handles add_sign add_sign_behind_handles averaged_behind_handles "
        "decays_of_signs extended_behind_handles momentum_w momentum_w_behind_handles "
        "power_sign_behind_handles"
    ),
    "remapped": "initial_values_for_other_words lines_found_again",
    "contrib_columns": "older_crosses",
    "switches": "in_a_loop",
    "version2": "datasets",
    "ragged": "partitioned split",
    "keras_terms": "initializers_of_version_2",
    "canned": "linear_regressor_of_two_train",
    "more_distributions": "gradients",
}


def test_every_op_has_a_case(run_types):
    """What each case builds and runs here is what its own test compares with the recording."""
    without = set(all_ops()) - {case.type for case in UPDATES} - stream_types()
    without.remove("Abort")  # no recording ends with it
    without.remove("CrossReplicaSum")  # TensorFlow runs it on TPUs only
    # Of eager programs: tests/eager/test_iterating.py, tests/cases/eager.py and eager_models.py.
    without -= {"AnonymousIteratorV2", "EagerPyFunc", "EagerPyFuncGradient", "TensorSummary"}
    without -= {"AnonymousRandomSeedGenerator", "ShuffleDatasetV2"}
    for types, run in every_case(run_types):
        left = without - run_types
        if not left:
            return
        if types is None or types & left:
            run()
    assert ", ".join(sorted(without - run_types)) == ""


def every_case(run_types):
    """Yields (types that it has, None if it may have others, function that runs it) of all cases.

    Those that take long come last.
    """
    yield from every_value(run_types)
    yield from every_story()
    for name in PROGRAMS:
        yield None, functools.partial(observed_program, tf, name)
    for name in control_flow.RUN:
        yield None, functools.partial(run_imported, name)
    for build in SUMMARIES.values():
        yield None, functools.partial(observed_summary, tf, build)
    for is_rich in (True, False):
        for name in UNNAMED:
            for case in suites.load(name):
                if (case.id in RICH.get(name, "").split()) == is_rich:
                    yield None, functools.partial(observe.log_of, tf, case.fn)
    for _, run in every_value(run_types):
        yield None, run


def every_value(run_types):
    """`every_case` of VALUES; made of the same types, gradients mostly are too."""
    made = set()
    for name in suites.VALUES:
        told = recorded(name)
        for case in suites.load(name):
            types = frozenset(node[0] for node in told[case.id]["graph"]["nodes"])
            run = functools.partial(build_value, case, told[case.id], run_types)
            yield types if types in made else None, run
            made.add(types)


def every_story():
    """`every_case` of STORIES."""
    for name in suites.STORIES:
        told = recorded(name)
        for case in suites.load(name):
            functions = told[case.id].get("functions", {"functions": {}})["functions"]
            graphs = [told[case.id]["graph"], *functions.values()]
            types = {line.split(" ")[0] for lines in graphs for line in lines}
            yield types, functools.partial(observe.log_of, tf, case.fn)


def run_imported(name):
    graph_def = text_format.Parse(
        recorded_graphs.load("control_flow")[name]["graph"], tf.GraphDef()
    )
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        control_flow.results(tf, graph)
