"""What a graph looks like: its scopes, and what flows between them."""

import xml.etree.ElementTree as ElementTree

import stillflow.api as tf
from stillflow.notebook.drawing import drawn
from stillflow.notebook.scopes import groups_of, rows

SVG = "{http://www.w3.org/2000/svg}"


def network():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    hidden = tf.layers.dense(x, 3, name="hidden")
    out = tf.layers.dense(hidden * 2.0, 1, name="out")
    loss = tf.reduce_mean(tf.square(out), name="loss")
    return tf.train.GradientDescentOptimizer(0.1).minimize(loss)


def drawing(graph):
    text = drawn(graph)
    return ElementTree.fromstring(text[text.index("<svg") :])


def test_scopes_are_boxes_below_what_they_take():
    tf.layers.dense(tf.placeholder(tf.float32, [None, 2], name="x"), 3, name="hidden")
    graph = tf.get_default_graph()
    found = [[group.name for group in row] for row in rows(groups_of(graph.get_operations()))]
    assert found == [["x"], ["hidden"]]


def test_a_graph_is_drawn_with_its_types():
    train = network()
    svg = drawing(train.graph)
    titles = [title.text for title in svg.iter(f"{SVG}title")]
    assert titles[0] == "x: 1 Placeholder"
    assert any(title.startswith("hidden: ") and "1 MatMul" in title for title in titles)
    aside = [group for group in groups_of(train.graph.get_operations()) if group.is_aside]
    assert [group.name for group in aside] == ["gradients", "GradientDescent"]
    assert len(list(svg.iterfind(f".//{SVG}rect[@class='aside']"))) == 2
    assert len(list(svg.iterfind(f"{SVG}path"))) >= 4


def test_constants_of_nobody_go_with_what_they_are_for():
    _ = tf.placeholder(tf.float32, name="x") * 2.0
    names = [group.name for group in groups_of(tf.get_default_graph().get_operations())]
    assert names == ["x", "mul"]


def test_the_only_scope_is_opened():
    with tf.name_scope("tower"):
        tf.square(tf.placeholder(tf.float32, name="x"), name="y")
    names = [group.name for group in groups_of(tf.get_default_graph().get_operations())]
    assert names == ["tower/x", "tower/y"]


def test_loops_end():
    """A way round is no reason to go round for ever."""
    with tf.name_scope("a"):
        x = tf.placeholder(tf.float32)
    with tf.name_scope("b"):
        y = x + 1.0
    with tf.name_scope("a/"):
        tf.square(y)
    assert [len(row) for row in rows(groups_of(tf.get_default_graph().get_operations()))] == [1, 1]


def test_a_large_graph_is_counted():
    for _ in range(70):
        tf.placeholder(tf.float32)
    text = drawn(tf.get_default_graph())
    assert "70 scopes: too many to draw" in text
    assert ">Placeholder</td>" in text


def test_an_empty_graph_says_so():
    assert drawn(tf.Graph()) == "<p>Graph of 0 operations</p>"
