"""Towers of a program on a mesh: one a device, with the numbers of one device."""

import numpy as np
import pytest
from started import HERE, losses

import stillflow.api as tf
from stillflow.runtime import towers
from stillflow.runtime.plan import make_plan

TOWERS = str(HERE / "tower_losses.py")
MIRRORED = str(HERE / "mirrored_losses.py")


@pytest.mark.parametrize(
    ("program", "count", "flags"),
    [
        (TOWERS, "2", ("run", "--devices", "2")),
        (MIRRORED, "2", ("run", "--devices", "2")),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [
                (TOWERS, "4", ("run", "--devices", "4")),
                (TOWERS, "2", ("run", "--devices", "4")),  # devices are left over
                (TOWERS, "8", ("run", "--devices", "4")),  # two towers a device
                (TOWERS, "2", ("launch", "--processes", "2")),
                (MIRRORED, "4", ("run", "--devices", "4")),
            ]
        ),
    ],
)
def test_towers_give_on_a_mesh_what_they_give_on_one_device(program, count, flags):
    found = losses(*flags, program, count)
    np.testing.assert_allclose(found, losses("run", program, count), rtol=1e-5)


def arranged(*fetches) -> list:
    steps = make_plan([fetch.op for fetch in fetches], []).steps
    return [
        [[step.op.name for step in part] for part in step.region.parts]
        if isinstance(step.region, towers.Towers)
        else step.op.name
        for step in towers.with_towers(steps, set())
    ]


def on_gpus(count, build):
    results = []
    for number in range(count):
        with tf.device(f"/gpu:{number}"):
            results.append(build(number))
    return results


def test_what_several_gpus_do_is_side_by_side():
    x = tf.random_uniform([4], name="x")
    ends = on_gpus(2, lambda n: tf.exp(tf.sin(x, name=f"sin{n}"), name=f"exp{n}"))
    total = tf.add_n(ends, name="total")
    assert arranged(total)[-2:] == [[["sin0", "exp0"], ["sin1", "exp1"]], "total"]


def test_what_needs_another_tower_goes_behind_them():
    x = tf.random_uniform([4], name="x")
    first, second = on_gpus(2, lambda n: tf.sin(x, name=f"sin{n}"))
    with tf.device("/gpu:1"):
        late = tf.multiply(first, second, name="late")
    assert arranged(late)[-2:] == [[["sin0"], ["sin1"]], "late"]


def test_what_is_written_is_read_before_by_towers_that_did_so():
    v = tf.Variable(tf.ones([4]), name="v")
    ends = on_gpus(2, lambda n: tf.sin(v.read_value(), name=f"sin{n}"))
    with tf.control_dependencies(ends):
        written = v.assign(tf.zeros([4]), name="written")
    found = arranged(written, *ends)
    assert found.index("written") > [type(step) for step in found].index(list)


def test_one_gpu_has_no_towers():
    x = tf.random_uniform([4])
    (end,) = on_gpus(1, lambda n: tf.exp(tf.sin(x)))
    assert all(isinstance(step, str) for step in arranged(end))
