"""tf.Print and tf.print: the text is what TensorFlow 1.15 was seen to print."""

import re
import sys

import numpy as np
import pytest

import stillflow.api as tf


def run(fetch):
    return tf.Session().run(fetch)


# tf.Print ---------------------------------------------------------------------------------------


def test_print_passes_its_input_on(capsys, tier):
    data = [tf.constant([1, 2, 3, 4]), "s", tf.constant(1.5), tf.constant([[1, 2], [3, 4]])]
    y = tf.Print(tf.constant([1.0, 2]), data, message="hello ", summarize=2)
    assert run(y).tolist() == [1, 2]
    assert capsys.readouterr().err == "hello [1 2...][s][1.5][[1 2]...]\n"


def test_strings_are_escaped_as_in_c(capsys):
    texts = [b"a\tb\\c\"d'\r\n", b"\x00\x7f\xff", "\u00e9".encode()]
    run(tf.Print(tf.constant(1.0), [tf.constant(text) for text in texts]))
    run(tf.print(tf.constant(texts)))
    escaped = [r"a\tb\\c\"d\'\r\n", r"\000\177\377", r"\303\251"]
    printed = "".join(f"[{text}]" for text in escaped), " ".join(f'"{text}"' for text in escaped)
    assert capsys.readouterr().err == f"{printed[0]}\n[{printed[1]}]\n"


def test_print_a_few_times(capsys):
    y = tf.Print(tf.constant(1.0), [tf.constant(1)], first_n=2)
    with tf.Session() as session:
        for _ in range(4):
            session.run(y)
    assert capsys.readouterr().err == "[1]\n" * 2


def test_each_session_counts_what_it_prints(capsys, tier):
    y = tf.Print(tf.constant(1.0), [tf.constant(1)], first_n=1)
    for _ in range(2):
        with tf.Session() as session:
            session.run(y)
            session.run(y)
    assert capsys.readouterr().err == "[1]\n" * 2


def test_a_printing_graph_is_read_back(capsys):
    tf.Print(tf.constant(1.0), [tf.constant(1)], first_n=1, name="shown")
    graph_def = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default(), tf.Session() as session:
        (shown,) = tf.import_graph_def(graph_def, return_elements=["shown:0"], name="")
        assert [session.run(shown), session.run(shown)] == [1, 1]
    assert capsys.readouterr().err == "[1]\n"


def test_print_node():
    x = tf.placeholder(tf.float32, [3])
    y = tf.Print(x, [1, "s"], message="m", first_n=3)
    assert y.shape == [3]
    assert [t.name for t in y.op.inputs] == ["Placeholder:0", "Print/data_0:0", "Print/data_1:0"]
    assert {k: y.op.node_def.attr[k].i for k in ("first_n", "summarize")} == {
        "first_n": 3,
        "summarize": 3,
    }


def test_gradient_of_print():
    """It flows through the input, and not to what is printed."""
    x, shown = tf.constant(1.0), tf.constant(2.0)
    dx, none = tf.gradients(tf.Print(3 * x, [shown]), [x, shown])
    assert run(dx) == 3
    assert none is None


# tf.print ---------------------------------------------------------------------------------------

PRINTED = [
    (["hello"], {}, "hello"),
    (["x:", np.float32([1, 2, 3]), "y", 4.5, [1, 2]], {}, "x: [1 2 3] y 4.5 [1, 2]"),
    (
        [np.float32([1.5, 2.25, 1 / 3]), np.arange(4.0).reshape(2, 2)],
        {},
        "[1.5 2.25 0.333333343] [[0 1]\n [2 3]]",
    ),
    ([np.arange(20)], {}, "[0 1 2 ... 17 18 19]"),
    ([np.arange(20)], {"summarize": 2}, "[0 1 ... 18 19]"),
    ([np.arange(8)], {"summarize": -1}, "[0 1 2 3 4 5 6 7]"),
    (
        [np.arange(7), np.arange(6)],
        {"sep": "|", "end": "!\n"},
        "[0 1 2 ... 4 5 6]|[0 1 2 3 4 5]!",
    ),
    (
        [np.arange(200).reshape(10, 20)],
        {"summarize": 1},
        "[[0 ... 19]\n ...\n [180 ... 199]]",
    ),
    (
        [np.arange(8).reshape(2, 2, 2)],
        {},
        "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]",
    ),
    ([np.array(["a", "b"]), np.array(True), np.array([True, False])], {}, '["a" "b"] 1 [1 0]'),
    (
        [np.float32(v) for v in (1e-7, 1e20, 1 / 3, 2, np.nan, np.inf)],
        {},
        "1e-07 1e+20 0.333333343 2 nan inf",
    ),
    ([np.float64(0.1), np.float64(1 / 3)], {}, "0.1 0.33333333333333331"),
]


@pytest.mark.parametrize(("values", "options", "text"), PRINTED)
def test_printed(values, options, text, capsys):
    shown = [tf.constant(v) if isinstance(v, (np.ndarray, np.generic)) else v for v in values]
    run(tf.print(*shown, output_stream=sys.stdout, **options))
    assert capsys.readouterr().out == text + "\n"


def test_nests(capsys):
    """Tensors stand where they are within other values."""
    a = tf.constant(1)
    run(tf.print({"k": a, "j": [a, 2]}, (a, "t"), "{}"))
    assert capsys.readouterr().err == "{'j': [1, 2], 'k': 1} (1, 't') {}\n"


def test_a_string_alone(capsys):
    """It is printed as it is, without quotation marks."""
    run(tf.print(tf.constant("text")))
    assert capsys.readouterr().err == "text\n"


def test_nodes():
    operation = tf.print("x", tf.constant(1))
    assert [op.type for op in tf.get_default_graph().get_operations()] == [
        "Const",
        "StringFormat",
        "PrintV2",
    ]
    assert operation.node_def.attr["output_stream"].s == b"stderr"
    assert operation.inputs[0].op.node_def.attr["template"].s == b"x {}"


def test_streams(tmp_path):
    path = tmp_path / "printed.txt"
    for _ in range(2):
        run(tf.print("to a file", output_stream=f"file://{path}"))
    assert path.read_text() == "to a file\n" * 2
    with pytest.raises(ValueError, match="Unsupported output stream, logging level, or file"):
        tf.print("nowhere", output_stream="x")


@pytest.mark.parametrize(("least", "shown"), [("", "IWE"), ("1", "WE"), ("3", ""), ("x", "IWE")])
def test_the_log_is_that_of_the_cpp_side(least, shown, monkeypatch, capsys):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", least)
    for function in (tf.logging.info, tf.logging.warning, tf.logging.error):
        run(tf.print("said", tf.constant(3.0), output_stream=function))
    lines = [line for line in capsys.readouterr().err.splitlines() if line]
    pattern = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}: ([IWE]) tf\.print\] said 3"
    assert "".join(re.fullmatch(pattern, line)[1] for line in lines) == shown


def test_unknown_arguments():
    with pytest.raises(ValueError, match=r"Unrecognized keyword arguments for tf.print"):
        tf.print("x", colour="red")


def test_format():
    x = tf.constant([1, 2])
    assert run(tf.strings.format("a {} b {}", (x, tf.constant(1.0)))) == b"a [1 2] b 1"
    assert run(tf.strings.format("x{}", tf.constant("s"))) == b'x"s"'
    with pytest.raises(ValueError, match="placeholder"):
        tf.strings.format("{} {}", x)
