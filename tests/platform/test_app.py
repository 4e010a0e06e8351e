"""tf.app.run and tf.flags, each in a process of its own, as a program uses them."""

import subprocess
import sys

import pytest

FLAGS = """
import stillflow as tf
tf.app.flags.DEFINE_string("data_dir", "/tmp/data", "Where it is.")
tf.flags.DEFINE_integer("steps", default_value=10, docstring="How many.")
tf.app.flags.DEFINE_float("rate", 0.5, "How fast.")
tf.flags.DEFINE_boolean("fake", False, "Not for real.")
tf.flags.DEFINE_bool("log", True, "Aloud.")
FLAGS = tf.app.flags.FLAGS
def show():
    print(FLAGS.data_dir, FLAGS.steps, FLAGS.rate, FLAGS.fake, FLAGS.log)
"""
RUN = (
    FLAGS
    + """
def main(argv):
    show()
    print(argv[1:])
    return {code}
if __name__ == "__main__":
    tf.app.run()
"""
)


def run(tmp_path, program, *arguments):
    script = tmp_path / "program.py"
    script.write_text(program)
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_defaults(tmp_path):
    done = run(tmp_path, RUN.format(code=None))
    assert (done.stdout, done.returncode) == ("/tmp/data 10 0.5 False True\n[]\n", 0)


def test_flags_and_other_arguments(tmp_path):
    """main gets what is no flag; a flag that nothing defines is one of those."""
    arguments = ["--data_dir=d", "--steps", "3", "a", "--fake", "--nolog", "--unknown=1", "b"]
    done = run(tmp_path, RUN.format(code=3), *arguments)
    assert done.stdout == "d 3 0.5 True False\n['a', '--unknown=1', 'b']\n"
    assert done.returncode == 3


def test_a_bad_value(tmp_path):
    done = run(tmp_path, RUN.format(code=None), "--steps=many")
    assert done.returncode == 1
    assert "flag --steps=many: invalid literal for int()" in done.stderr


def test_help(tmp_path):
    done = run(tmp_path, RUN.format(code=None), "--help")
    assert "--data_dir: Where it is." in done.stdout
    assert done.returncode == 1


def test_reading_a_flag_parses_the_command_line(tmp_path):
    done = run(tmp_path, FLAGS + "show(); FLAGS.steps = 5; show()", "--rate=2")
    assert done.stdout == "/tmp/data 10 2.0 False True\n/tmp/data 5 2.0 False True\n"
    assert "deprecated" in done.stderr  # default_value= and docstring=


def test_reading_a_flag_refuses_unknown_ones(tmp_path):
    done = run(tmp_path, FLAGS + "show()", "--unknown=1")
    assert "UnrecognizedFlagError: Unknown command line flag 'unknown'" in done.stderr


@pytest.mark.parametrize(
    "expression",
    [
        "sorted(set(FLAGS) & {'steps', 'rate'}) == ['rate', 'steps']",
        "'steps' in FLAGS",
        "FLAGS['steps'].value == 10",
        "FLAGS.flag_values_dict()['rate'] == 0.5",
        "FLAGS.is_parsed()",
        "tf.app.flags is tf.flags",
        "tf.flags.FLAGS is FLAGS",
    ],
)
def test_the_flags_object(expression, tmp_path):
    assert run(tmp_path, FLAGS + f"print({expression})").stdout == "True\n"


def test_main_and_argv_may_be_given(tmp_path):
    program = FLAGS + "tf.app.run(lambda argv: print(FLAGS.steps, argv), ['p', '--steps=4', 'x'])"
    assert run(tmp_path, program).stdout == "4 ['p', 'x']\n"


def test_tensorflows_logger_is_there_beside_absls(tmp_path):
    """A program that imports absl's logging, too, gets each line from both, as in TensorFlow."""
    program = """
import stillflow as tf
import absl.logging
def main(argv):
    tf.logging.set_verbosity(tf.logging.INFO)
    tf.logging.info("step 1")
tf.app.run()
"""
    lines = run(tmp_path, program).stderr.splitlines()
    assert lines[0] == "INFO:tensorflow:step 1"
    assert lines[1].endswith("program.py:6] step 1")
