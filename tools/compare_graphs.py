"""Compares the whole graph that a program builds with the one that it builds under TensorFlow 1.15.

    python tools/compare_graphs.py --oracle PYTHON (PROGRAM.py | SUITE:CASE[:MODE]) ...

PYTHON is a Python that has TensorFlow 1.15. A program builds its graph in the default graph, or may
run it too; a case is one of `tests/cases`, whose gradients are added if it has some, and MODE says
how it is fed: fed, partial or unranked.

It compares the GraphDefs: the order of the nodes, their names, types, inputs, control inputs,
devices and attributes, colocation included. What differs is printed as a diff, "-" TensorFlow's;
then the exit code is 1.
"""

import argparse
import difflib
import json
import logging
import os
import runpy
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--oracle", help="a Python with TensorFlow 1.15")
    parser.add_argument("--lines", metavar="MODULE", help=argparse.SUPPRESS)
    parser.add_argument("wanted", nargs="+", metavar="PROGRAM.py | SUITE:CASE[:MODE]")
    arguments = parser.parse_args()
    if arguments.lines:
        print("\n" + json.dumps(lines(arguments.lines, arguments.wanted[0])))
    elif not arguments.oracle:
        parser.error("--oracle is missing: a Python that has TensorFlow 1.15")
    else:
        same = [compare(arguments.oracle, wanted) for wanted in arguments.wanted]
        sys.exit(not all(same))


def compare(oracle, wanted):
    """Prints how the graphs of one program differ. Returns whether they agree."""
    theirs = lines_from(oracle, "tensorflow", wanted)
    ours = lines_from(sys.executable, "stillflow", wanted)
    diff = list(difflib.unified_diff(theirs, ours, "TensorFlow", "Stillflow", lineterm="", n=2))
    verdict = "differ" if diff else "agree"
    print(f"{wanted}: {len(theirs)} nodes under TensorFlow, {len(ours)} here: they {verdict}")
    print("\n".join(diff), end="\n" if diff else "")
    return not diff


def lines_from(python, module, wanted):
    """The lines of the graph as `python` builds it with `module`."""
    command = [python, os.path.abspath(__file__), "--lines", module, wanted]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.decode().rsplit("\n", 2)[-2])


def lines(module, wanted):
    """The lines of a program's graph, in this Python."""
    sys.path[:0] = [os.path.join(ROOT, "tests"), ROOT]
    from cases import graph_text

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of every name's age
    if wanted.endswith(".py"):
        if module == "stillflow":
            from stillflow.environment.alias import as_tensorflow

            as_tensorflow()
        import tensorflow.compat.v1 as tf

        runpy.run_path(wanted, run_name="__main__")
        return graph_text.lines(tf.get_default_graph().as_graph_def())
    tf = __import__(module)
    return case_lines(tf, *wanted.split(":"))


def case_lines(tf, name, id, mode="fed"):
    """The lines of a case's graph."""
    from cases import observe, suites

    case = next(case for case in suites.load(name) if case.id == id)
    if name not in suites.VALUES:
        return suites.whole_graph(tf, case)
    values = observe.run(tf, observe.build(tf, case, observe.FED)) if case.grad else None
    return suites.gradient_lines(tf, case, mode, values)


if __name__ == "__main__":
    main()
