"""`tf.test.Benchmark`: methods that time something, run by a flag of `tf.test.main`."""

import os
import subprocess
import sys

import pytest

import stillflow as tf

PROGRAM = """
import stillflow as tf
class Adding(tf.test.Benchmark):
    def benchmark_sum(self):
        with tf.Session() as session:
            told = self.run_op_benchmark(session, tf.constant(1.0) + 2.0, min_iters=3, mbs=1)
            print(told["iters"], told["wall_time"] > 0, self.evaluate(tf.constant(5.0)))
    def benchmark_other(self):
        print("not asked for")
tf.test.main()
"""


class Measuring(tf.test.Benchmark):
    def benchmark_nothing(self):
        self.report_benchmark(
            iters=2,
            wall_time=0.5,
            extras={"unit": "s"},
            metrics=[{"name": "accuracy", "value": 0.75, "max_value": 1.0}],
        )


def test_a_pattern_says_which_methods_run():
    asked = [sys.executable, "-c", PROGRAM, "--benchmarks=Adding.benchmark_s"]
    output = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert 'name: "Adding.benchmark_sum"' in output
    assert "iters: 3" in output
    assert "3 True 5.0" in output
    assert "not asked for" not in output


def test_a_report_is_text(monkeypatch, capsys):
    """As TensorFlow 1.15 was seen to print it."""
    monkeypatch.delenv("TEST_REPORT_FILE_PREFIX", raising=False)
    Measuring().benchmark_nothing()
    assert " ".join(capsys.readouterr().out.split()) == (
        'entry { name: "Measuring.benchmark_nothing" iters: 2 wall_time: 0.5 extras { key: "unit" '
        'value { string_value: "s" } } metrics { name: "accuracy" value: 0.75 max_value { value: '
        "1 } } }"
    )


def test_a_report_goes_to_a_file_once(monkeypatch, tmp_path):
    monkeypatch.setenv("TEST_REPORT_FILE_PREFIX", str(tmp_path / "report_"))
    Measuring().benchmark_nothing()
    assert os.listdir(tmp_path) == ["report_Measuring.benchmark_nothing"]
    with pytest.raises(OSError, match="File already exists"):
        Measuring().benchmark_nothing()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"extras": []}, "extras must be a dict"),
        ({"metrics": {}}, "metrics must be a list"),
        ({"metrics": [{"value": 1}]}, "metric must has a 'name' field"),
        ({"metrics": [{"name": "a"}]}, "metric must has a 'value' field"),
    ],
)
def test_reports_are_checked(arguments, message):
    with pytest.raises(TypeError, match=message):
        Measuring().report_benchmark(name="one", **arguments)


def test_the_class_itself_measures_nothing():
    assert (tf.test.Benchmark.is_abstract(), Measuring.is_abstract()) == (True, False)
    rewriting = tf.test.benchmark_config().graph_options.rewrite_options
    assert rewriting.dependency_optimization == rewriting.OFF
