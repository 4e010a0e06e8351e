"""The update ops compute what TensorFlow 1.15's kernels were seen to compute."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import update_cases
from update_cases import CASES, case_id

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.ops.families import all_ops
from stillflow.ops.training import dense, resource, sparse

RECORDED = json.loads(
    (Path(__file__).parent.parent / "golden" / "training" / "updates.json").read_text()
)
TOLERANCE = {"float16": 4e-3, "float32": 2e-6, "float64": 1e-13}
every_case = pytest.mark.parametrize("case", CASES, ids=case_id)


def on_host(fn, inputs):
    return fn(NUMPY, *inputs)


def on_xla(fn, inputs):
    import jax

    from stillflow.runtime.xla_namespace import JaxNamespace

    # Op by op, as compiling each update whole would take minutes.
    with jax.enable_x64(True):
        return fn(JaxNamespace(), *map(jax.numpy.asarray, inputs))


def updated(case, run, inputs):
    outputs = run(partial(all_ops()[case.type].fn, **case.attrs), inputs)
    return outputs if isinstance(outputs, tuple) else (outputs,)


@pytest.mark.parametrize("run", [on_host, on_xla])
@every_case
def test_update(case, run):
    """The variable and its slots after one update, on either tier."""
    got = updated(case, run, update_cases.arrays(case))
    for value, (dtype, shape, flat) in zip(got, RECORDED[case_id(case)], strict=True):
        assert (value.dtype, value.shape) == (dtype, tuple(shape))
        want = np.reshape(flat, shape)
        np.testing.assert_allclose(value, want, TOLERANCE[dtype], TOLERANCE[dtype])


@every_case
def test_inputs_are_left_alone(case):
    """A run that fails later must find the old values."""
    inputs = update_cases.arrays(case)
    updated(case, on_host, inputs)
    for value, before in zip(inputs, update_cases.arrays(case), strict=True):
        np.testing.assert_array_equal(value, before)


def test_every_update_has_a_case():
    declared = {
        name
        for name, defn in all_ops().items()
        if defn.fn.__module__ in (dense.__name__, sparse.__name__, resource.__name__)
    }
    assert declared == {case.type for case in CASES}
