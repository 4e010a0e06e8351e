"""Records what TensorFlow 1.15's optimizers, schedules and averages do.

Run it with TensorFlow 1.15's own Python, from anywhere:

    python tools/record_training.py

It rewrites `tests/golden/training/`.
"""

import json
import os
import sys

import tensorflow as tf

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
GOLDEN = os.path.join(TESTS, "golden", "training")
sys.path[:0] = [TESTS, os.path.join(TESTS, "train")]

import training_programs  # noqa: E402
import update_cases  # noqa: E402
from cases import observe  # noqa: E402


def record_updates():
    return {update_cases.case_id(case): updated(case) for case in update_cases.CASES}


def updated(case):
    """The variable and its slots after one update, encoded."""
    inputs = update_cases.arrays(case)
    with tf.Graph().as_default(), tf.Session() as session:
        on_handles = case.type.startswith("Resource")
        refs = {
            i: tf.Variable(inputs[i], use_resource=on_handles)
            for i in update_cases.references(case)
        }
        session.run(tf.global_variables_initializer())
        apply = getattr(tf.raw_ops, case.type)
        names = [arg.name for arg in op_def(case.type).input_arg]
        values = {
            names[i]: referred_to(refs[i]) if i in refs else tf.constant(inputs[i])
            for i in range(len(inputs))
        }
        updated = apply(**values, **case.attrs)
        session.run(updated if on_handles else updated.op)
        return [observe.encode(session.run(refs[i])) for i in sorted(refs)]


def referred_to(variable):
    """What an op takes for a variable that it changes."""
    return variable.handle if hasattr(variable, "handle") else variable._ref()


def record_programs():
    graphs = {name: observed(fn, True) for name, fn in training_programs.GRAPHS.items()}
    values = {name: observed(fn, False) for name, fn in training_programs.VALUES.items()}
    return {**graphs, **values}


def observed(program, with_graph):
    """What the runs of a program gave, and the nodes that it built."""
    with tf.Graph().as_default() as graph:
        run = observe.Run(tf)
        with run.session:
            program(tf, run)
        nodes = {"nodes": training_programs.nodes(graph, observe)} if with_graph else {}
    return {"log": run.log, **nodes}


def op_def(type_name):
    from tensorflow.python.framework import op_def_registry

    return op_def_registry.get_registered_ops()[type_name]


def write(name, observed):
    """Writes one case to a line, so that a change to it is one line of a diff."""
    lines = [
        json.dumps(id) + ": " + json.dumps(observed[id], separators=(",", ":")) for id in observed
    ]
    with open(os.path.join(GOLDEN, name + ".json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    tf.get_logger().setLevel("ERROR")
    write("updates", record_updates())
    write("programs", record_programs())
