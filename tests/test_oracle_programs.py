"""Whole programs build the graphs, run and fail as they were seen to under TensorFlow 1.15."""

import pytest
from cases import gaps, observe, suites
from cases.compare import difference
from cases.races import EXPECTED
from oracle import assert_agree, assert_all_recorded, each_case

import stillflow as tf


def test_every_case_is_recorded():
    """The golden files hold exactly these cases."""
    runs = [suites.RUNS, suites.EFFECTS, suites.SESSIONS, suites.TRAINED, suites.RACES]
    runs.append(suites.COUNTERPARTS)
    others = [suites.GRAPHS, suites.ERRORS, suites.CONVERSIONS, *suites.STORIES]
    others += [*suites.DIGESTED, *suites.NETWORKS, suites.WHOLE_NETWORKS]
    others += [suites.SWITCHES, suites.NESTS, *suites.PIPELINES, *suites.TRAININGS]
    assert_all_recorded([*runs, *others])


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.GRAPHS, gaps=gaps.GRAPHS))
def test_graph(case, recorded):
    """A graph agrees with TensorFlow's, node for node outside `gradients`.

    That is types, names, inputs and control inputs, in order; attributes; and what the program
    returns, such as names.
    """
    assert_agree(suites.graph_case(tf, case), recorded)


@pytest.mark.parametrize(("case", "recorded"), each_case(*suites.STORIES))
def test_story(case, recorded):
    """A program's runs and refusals are TensorFlow's, and so is each node of its graph."""
    got = suites.story(tf, case)
    assert_agree(got["log"], recorded["log"], case.rtol, case.atol)
    assert got["graph"] == recorded["graph"]
    assert got.get("functions") == recorded.get("functions")


def unless(slow, parameters):
    """`parameters`, marked slow if so."""
    marks = [*parameters.marks, *([pytest.mark.slow] if slow else [])]
    return pytest.param(*parameters.values, id=parameters.id, marks=marks)


#: Models whose layers and whose head are each among the quick tests with another.
CROSSED = ("wide_and_deep_classifier", "dnn_classifier", "linear_regressor_of_two")
#: Programs that add nothing but size to others of their suite, which are among the quick tests.
LARGER = {
    *("canned-wide_and_deep_classifier_whole", "canned-linear_classifier_whole"),
    *("canned-dnn_classifier_of_three_whole", "canned-dnn_regressor_whole"),
    "canned-weighted_linear_classifier_of_three_whole",
    *(f"canned-{name}_{part}" for name in CROSSED for part in ("train", "eval")),
    *("contrib_cells-grid_both", "contrib_cells-grid_joined", "contrib_cells-grid_both_offset"),
    *("contrib_cells-grid_coupled", "contrib_cells-grid_shared", "contrib_cells-grouped"),
    *("contrib_cells-coupled_whole", "contrib_cells-layer_norm_whole"),
    "contrib_cells-weight_norm_whole",
    *("keras_recurrent-dropout_by_phase", "keras_recurrent-bidirectional_of_two"),
    "keras_recurrent-stacked_in_reverse",
}
DIGESTED = [unless(each.id in LARGER, each) for each in each_case(*suites.DIGESTED)]


def test_what_is_larger_is_there():
    assert {each.id for each in each_case(*suites.DIGESTED, *suites.NETWORKS)} >= LARGER


@pytest.mark.parametrize(("case", "recorded"), DIGESTED)
def test_digested_story(case, recorded):
    """A program's runs and refusals are TensorFlow's, and so is its graph, node for node."""
    got = suites.digested_story(tf, case)
    assert_agree(got["log"], recorded["log"], case.rtol, case.atol)
    assert (got["graph"] != recorded["graph"]) == (case.id in gaps.DIGESTED)


@pytest.mark.parametrize(("case", "recorded"), each_case(*suites.TRAININGS))
def test_training(case, recorded):
    """A training of Keras gives TensorFlow's numbers, text and refusals, and builds its graph."""
    got = suites.training_story(tf, case)
    assert_agree(got["log"], recorded["log"], case.rtol, case.atol)
    assert got["graph"] == recorded["graph"]


@pytest.mark.slow
@pytest.mark.parametrize(("case", "recorded"), each_case(suites.WHOLE_NETWORKS))
def test_whole_network(case, recorded):
    """A network that is known by name is TensorFlow's, node for node, and gives its logits."""
    test_digested_story(case, recorded)


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.SWITCHES))
def test_switch(case, recorded, tier):
    """A choice among functions runs, is differentiated and refuses as TensorFlow's."""
    got = suites.switch_story(tf, case)
    assert_agree(got["log"], recorded["log"], case.rtol, case.atol)
    assert (got["graph"] != recorded["graph"]) == (case.id in gaps.SWITCHES)


#: What reads files and what draws or chooses among datasets is on the host on either tier.
ON_HOST = ("file_datasets", "sparse_datasets", "more_datasets-resampled", "more_datasets-chosen")


def on_both(parameters):
    """`parameters` for each tier, on XLA marked slow for what is on the host on either."""
    for tier in ("host", "xla"):
        marked = unless(tier == "xla" and parameters.id.startswith(ON_HOST), parameters)
        yield pytest.param(*marked.values, tier, id=f"{tier}-{marked.id}", marks=marked.marks)


@pytest.mark.parametrize(
    ("case", "recorded", "tier"),
    [each for case in each_case(*suites.PIPELINES) for each in on_both(case)],
)
def test_pipeline(case, recorded, tier, monkeypatch):
    """An input pipeline gives TensorFlow's elements in its order, and has its nodes."""
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    got = suites.pipeline(tf, case)
    assert_agree(got["log"], recorded["log"], case.rtol, case.atol)
    assert got["graph"] == recorded["graph"]
    assert (got["functions"] != recorded["functions"]) == (case.id in gaps.PIPELINES)


#: Programs of NESTS that are among the quick tests.
FEW = 6


def on_each_tier(parameters):
    """`parameters`, marked slow for all but the first programs."""
    return unless(int(parameters.values[0].id.rpartition("_")[2]) >= FEW, parameters)


@pytest.mark.parametrize(("case", "recorded"), list(map(on_each_tier, each_case(suites.NESTS))))
def test_nest(case, recorded, tier):
    """Random choices and loops in each other give TensorFlow's values and gradients."""
    got = suites.digested_story(tf, case)
    assert_agree(got["log"], recorded["log"], case.rtol, case.atol)
    assert got["graph"] == recorded["graph"]


#: Programs of NETWORKS that are among the quick tests on XLA, where each run compiles.
QUICK_ON_XLA = ("recurrent-dynamic_lengths", "cells-dropout", "layers-dense")


def on_host_first(parameters):
    """`parameters` for each tier, on XLA marked slow but for few."""
    id = parameters.id
    for tier in ("host", "xla"):
        slow = id.endswith("_20") or id in LARGER or (tier == "xla" and id not in QUICK_ON_XLA)
        marks = [*parameters.marks, *([pytest.mark.slow] if slow else [])]
        yield pytest.param(*parameters.values, tier, id=f"{parameters.id}-{tier}", marks=marks)


@pytest.mark.parametrize(
    ("case", "recorded", "tier"),
    [each for case in each_case(*suites.NETWORKS) for each in on_host_first(case)],
)
def test_network(case, recorded, tier, monkeypatch):
    """A network's runs, gradients and training give TensorFlow's numbers, its graph the nodes."""
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    got = suites.digested_story(tf, case)
    assert_agree(got["log"], recorded["log"], case.rtol, case.atol)
    assert got["graph"] == recorded["graph"]


def assert_an_outcome(case, recorded):
    """A program's runs give what they gave, or one of the outcomes where TensorFlow had several."""
    log = observe.log_of(tf, case.fn)
    differences = [
        difference(log, outcome, case.rtol, case.atol) for outcome in recorded["outcomes"]
    ]
    assert "" in differences, differences[0]


RUNS = each_case(suites.RUNS, suites.EFFECTS, suites.SESSIONS, suites.TRAINED, suites.COUNTERPARTS)


#: On XLA each run compiles, so of programs that differ in little, few are among the quick tests.
VARIANTS = (
    *("optimizer_with_slots_fetched_", "optimizer_rate_fed_", "schedule_", "program_"),
    "random_initial_weights",
)
SIZES = ("_scalar", "_matrix")


def on_xla(parameters):
    """`parameters`, marked slow if the program is a variant of another."""
    id = parameters.values[0].id
    return unless(id.startswith(VARIANTS) or id.endswith(SIZES), parameters)


@pytest.mark.parametrize(("case", "recorded"), RUNS)
def test_run_on_host(case, recorded, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    assert_an_outcome(case, recorded)


@pytest.mark.parametrize(("case", "recorded"), list(map(on_xla, RUNS)))
def test_run_on_xla(case, recorded, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    assert_an_outcome(case, recorded)


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.RACES))
def test_race(case, recorded, tier):
    """Where TensorFlow leaves the order to chance, reads come first; its outcomes are on record."""
    assert recorded["outcomes"]
    expected = [observe.encode(value) for value in EXPECTED[case.id]]
    assert_agree(observe.log_of(tf, case.fn), expected)


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.ERRORS, gaps=gaps.ERRORS))
def test_error(case, recorded):
    """The exception's class, whether building or running raises it, and its first sentence."""
    assert_agree(observe.failure_of(tf, case), recorded)


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.CONVERSIONS, gaps=gaps.CONVERSIONS))
def test_conversion(case, recorded):
    """An expression has TensorFlow's value, or fails with its exception and first sentence."""
    assert_agree(observe.outcome_of(tf, case), recorded)
