"""`tf.test.assert_equal_graph_def` says in TensorFlow 1.15's words what differs."""

import pytest
from google.protobuf import text_format

import stillflow.api as tf


def graph_def(*nodes):
    """A GraphDef of nodes (name, op, rest as text)."""
    text = "".join(f'node {{ name: "{name}" op: "{op}" {rest} }}' for name, op, rest in nodes)
    return text_format.Parse(text, tf.GraphDef())


def attr(value):
    return f'attr {{ key: "k" value {{ {value} }} }}'


def node(rest, op="Add"):
    return graph_def(("a", op, rest))


MATCH = "that does not match expected: "
FLOAT = "tensor {{ dtype: DT_FLOAT tensor_shape {{ }} float_val: {} }}"


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        (node(""), node("", "Sub"), "has op 'Add' that is not expected 'Sub'"),
        (node('device: "x"'), node('device: "y"'), "has device 'x' that is not expected 'y'"),
        (node('input: "x"'), node(""), "has inputs 'x' that don't match expected ''"),
        (node('input: "x"'), node('input: "y"'), "has input 0 'x' that doesn't match expected 'y'"),
        (node('input: "^c"'), node('input: "^d"'), "missing expected control input '^d'"),
        (node(attr("i: 1")), node(""), "has unexpected attr 'k' with value: 1"),
        (node(""), node(attr("i: 1")), "missing expected attr 'k' with value: 1"),
        *(
            (node(attr(a)), node(attr(b)), f"has attr 'k' with value: {shown} {MATCH}{other}")
            for a, b, shown, other in [
                ("i: 1", "i: 2", "1", "2"),
                ("type: DT_FLOAT", "type: DT_INT32", "DT_FLOAT", "DT_INT32"),
                ('s: "a"', 's: "b"', '"a"', '"b"'),
                ("b: true", "b: false", "true", "false"),
                ("f: 0.1", "f: 0.2", "0.1", "0.2"),
                ("shape { dim { size: 1 } }", "shape { }", "[1]", "[]"),
                ("list { i: 1 i: 2 }", "list { i: 1 }", "[1, 2]", "[1]"),
                ("shape { unknown_rank: true }", "shape { dim { size: -1 } }", "<unknown>", "[?]"),
                (
                    FLOAT.format(1),
                    FLOAT.format(2),
                    "Tensor<type: float shape: [] values: 1>",
                    "Tensor<type: float shape: [] values: 2>",
                ),
            ]
        ),
    ],
)
def test_says_what_differs(actual, expected, message):
    with pytest.raises(AssertionError) as error:
        tf.test.assert_equal_graph_def(actual, expected)
    assert str(error.value) == f"Node named 'a' {message}"


def test_says_which_node_is_too_many_or_too_few():
    both = graph_def(("a", "Add", ""), ("b", "Add", f'input: "a" {attr("i: 1")}'))
    with pytest.raises(AssertionError) as error:
        tf.test.assert_equal_graph_def(both, node(""))
    assert str(error.value) == "Found unexpected node '{{node b}} = Add[k=1](a)'"
    with pytest.raises(AssertionError) as error:
        tf.test.assert_equal_graph_def(node(""), both)
    assert str(error.value) == "Did not find expected node '{{node b}} = Add[k=1](a)'"


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (graph_def(("a", "A", ""), ("b", "B", "")), graph_def(("b", "B", ""), ("a", "A", ""))),
        (node('input: "x:0"'), node('input: "x"')),
        (node('input: "^c" input: "^d"'), node('input: "^d" input: "^c"')),
        (node(attr("i: 1").replace('"k"', '"_k"')), node("")),
    ],
)
def test_what_does_not_matter(actual, expected):
    tf.test.assert_equal_graph_def(actual, expected)


def test_random_names_may_not_matter():
    saved = [
        node(attr(f'tensor {{ dtype: DT_STRING string_val: "_temp_{c * 32}/part" }}')) for c in "ab"
    ]
    with pytest.raises(AssertionError):
        tf.test.assert_equal_graph_def(*saved)
    tf.test.assert_equal_graph_def(*saved, checkpoint_v2=True)
    tables = [node(attr(f's: "hash_table_{c}"')) for c in "ab"]
    tf.test.assert_equal_graph_def(*tables, hash_table_shared_name=True)


def test_refuses_what_is_no_graph():
    with pytest.raises(TypeError, match=r"Expected tf.GraphDef for actual, got int"):
        tf.test.assert_equal_graph_def(1, node(""))
    with pytest.raises(TypeError, match=r"Expected tf.GraphDef for expected, got int"):
        tf.test.assert_equal_graph_def(node(""), 1)
