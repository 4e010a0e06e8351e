"""The suites by name, and how each kind of case is observed."""

import importlib

from . import observe
from .arrays import fingerprint

#: Cases whose values, shapes, nodes and gradients are compared.
VALUES = ("math", "reduce", "linalg", "array", "segment", "nn", "gradients")
NAMES = VALUES


def load(name):
    """The Suite that module `cases.<name>` defines."""
    return importlib.import_module("." + name, __package__).suite


def observations(name):
    """(id, function of `tf` that returns what is to be recorded) for each case of a suite."""
    for case in load(name):
        yield case.id, lambda tf, case=case: value_case(tf, case)


def value_case(tf, case):
    """All that is compared of a Case."""
    fed = observe.build(tf, case, observe.FED)
    nodes, attributes = observe.nodes(fed.graph), observe.attributes(fed.graph)
    values = observe.run(tf, fed)
    return {
        "inputs": fingerprint(case.inputs),
        "shapes": static_shapes(tf, case),
        "nodes": nodes,
        "attributes": attributes,
        "values": values,
        "gradients": attempt(lambda: gradients(tf, fed, values)) if case.grad else None,
    }


def static_shapes(tf, case):
    """{mode: the outputs' static shapes, or the error of building} in the three fed modes."""
    return {
        mode: attempt(lambda mode=mode: observe.static_shapes(observe.build(tf, case, mode)))
        for mode in (observe.FED, observe.PARTIAL, observe.UNRANKED)
    }


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
