"""Every op that Stillflow declares is one of TensorFlow 1.15's, with its inputs and attributes."""

import json

import numpy as np
import pytest
from at_once import for_each
from oracle import GOLDEN

import stillflow  # noqa: F401  declares every op
from stillflow.ops.families import all_ops

TENSORFLOW = json.loads((GOLDEN / "opdefs.json").read_text())["ops"]
#: TensorFlow stores these, Stillflow derives them: they say nothing that types and shapes do not.
DERIVED = {"type", "list(type)", "shape", "list(shape)"}


def spell(arg):
    """An argument as `opdefs.json` writes its type."""
    kind = arg.type_list_attr or arg.type_attr or arg.dtype.name
    if arg.number_attr:
        kind = f"{arg.number_attr}*{kind}"
    return f"Ref({kind})" if arg.is_ref else kind


def types_of(side):
    return [part.split(": ")[1] for part in side.split(", ") if part.strip()]


def names_of(side):
    return [part.split(": ")[0] for part in side.split(", ") if part.strip()]


every_op = for_each(dict(sorted(all_ops().items())))


@every_op
def test_op_exists(declared):
    assert declared.type in TENSORFLOW


@every_op
def test_inputs(declared):
    """Names, types and order."""
    inputs, _ = TENSORFLOW[declared.type]["signature"].split("->")
    assert [arg.name for arg in declared.signature.inputs] == names_of(inputs.strip())
    assert [spell(arg) for arg in declared.signature.inputs] == types_of(inputs.strip())


@every_op
def test_outputs(declared):
    """Types and order."""
    _, outputs = TENSORFLOW[declared.type]["signature"].split("->")
    assert [spell(arg) for arg in declared.signature.outputs] == types_of(outputs.strip())


@every_op
def test_attributes(declared):
    """Each attribute is TensorFlow's, and of its kind."""
    known = TENSORFLOW[declared.type]["attributes"]
    assert declared.attr_kinds == {name: known[name][0] for name in declared.attr_kinds}


@every_op
def test_types(declared):
    """A type attribute is checked where TensorFlow's is, and allows no more."""
    for name, (kind, _, allowed) in TENSORFLOW[declared.type]["attributes"].items():
        if kind == "type" and allowed is not None and not declared.writes:
            assert {t.name for t in declared.types[name]} <= set(allowed), name


@every_op
def test_limits(declared):
    """The strings that an attribute may be, and its least number or length, are TensorFlow's."""
    known = TENSORFLOW[declared.type]
    lists = {arg.number_attr for arg in declared.signature.inputs if arg.number_attr}
    wanted = {
        name: limit
        for name, limit in known.get("least", {}).items()
        if name in declared.attr_names or (name in lists and limit != 1)
    }
    for name, (kind, _, allowed) in known["attributes"].items():
        if kind == "string" and allowed and name in declared.attr_names:
            wanted[name] = tuple(allowed)
    wanted = {n: w for n, w in wanted.items() if w or known["attributes"][n][0][0] != "l"}
    assert dict(declared.limits) == wanted


@every_op
def test_attribute_defaults(declared):
    """A default, where it is given, is TensorFlow's."""
    known = TENSORFLOW[declared.type]["attributes"]
    for name, value in declared.attr_defaults.items():
        if name in known and known[name][0] not in DERIVED:
            assert plain(value) == pytest.approx(known[name][1]), name


@every_op
def test_type_defaults(declared):
    """What a type attribute is by default, which plain values then take, is TensorFlow's."""
    for name, (kind, default, _) in TENSORFLOW[declared.type]["attributes"].items():
        if kind == "type" and name in declared.attr_kinds:
            own = declared.attr_defaults.get(name) or declared.defaults.get(name)
            assert (own and own.name) == default, name


def plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.decode() if isinstance(value, bytes) else value


@every_op
def test_state(declared):
    """What TensorFlow never folds is not folded here either."""
    if TENSORFLOW[declared.type]["stateful"]:
        assert not declared.is_pure
