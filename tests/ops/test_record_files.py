"""Pipelines over files: batches are parsed at once, states are saved, files are closed."""

import stillflow.api as tf
from stillflow.ops.parsing import wire
from stillflow.platform import records

FEATURES = {"x": tf.FixedLenFeature([2], tf.float32), "n": tf.FixedLenFeature([], tf.int64)}


def example(number):
    message = tf.train.Example()
    message.features.feature["x"].float_list.value.extend([number, number + 0.5])
    message.features.feature["n"].int64_list.value.append(number)
    return message.SerializeToString()


def written(path, count):
    with tf.python_io.TFRecordWriter(str(path)) as writer:
        for number in range(count):
            writer.write(example(number))
    return str(path)


def numbers_of(session, following):
    found = []
    while True:
        try:
            found += session.run(following)["n"].tolist()
        except tf.errors.OutOfRangeError:
            return found


def test_a_batch_of_examples_is_parsed_as_one_by_one(tmp_path):
    """A Python function in the pipeline makes it go one by one."""
    path = written(tmp_path / "a", 10)
    found = {}
    for keeps_rows in (True, False):
        with tf.Graph().as_default():
            dataset = tf.data.TFRecordDataset(path).repeat(2)
            dataset = dataset.map(lambda record: tf.parse_single_example(record, FEATURES))
            if not keeps_rows:
                dataset = dataset.map(lambda each: {"n": tf.py_func(abs, [each["n"]], tf.int64)})
            following = tf.compat.v1.data.make_one_shot_iterator(dataset.batch(4)).get_next()
            with tf.Session() as session:
                found[keeps_rows] = numbers_of(session, following)
    assert found[True] == found[False] == [*range(10), *range(10)]


def test_the_state_of_an_iterator_within_a_file(tmp_path):
    path = written(tmp_path / "a", 7)
    iterator = tf.data.TFRecordDataset([path, path]).batch(2).make_initializable_iterator()
    following = iterator.get_next()
    saver = tf.train.Saver([tf.data.experimental.make_saveable_from_iterator(iterator)])
    with tf.Session() as session:
        session.run(iterator.initializer)
        before = [session.run(following).tolist() for _ in range(4)]
        prefix = saver.save(session, str(tmp_path / "state"))
        after = [session.run(following).tolist() for _ in range(3)]
    taken = [each for batch in before + after for each in batch]
    assert taken == [example(number) for number in [*range(7)] * 2]
    with tf.Session() as session:
        session.run(iterator.initializer)
        saver.restore(session, prefix)
        assert [session.run(following).tolist() for _ in range(3)] == after


def test_integers_of_any_length():
    message = tf.train.Example()
    numbers = [0, 1, 127, 128, -1, 1 << 62, -(1 << 63), 300] * 5
    message.features.feature["n"].int64_list.value.extend(numbers)
    data = message.SerializeToString()
    (found,) = wire.maps(data)
    assert wire.values(data, found[b"n"], tf.int64).tolist() == numbers


def test_what_parses_is_read_from_a_graph_def():
    """Lists of types are checked, and numbers of features may be 0."""
    with tf.Graph().as_default() as graph:
        lines = tf.placeholder(tf.string, [None], name="lines")
        tf.decode_csv(lines, [[0.0], [""]], name="columns")
        tf.parse_example(lines, FEATURES)
        one = tf.placeholder(tf.string, [])
        tf.parse_single_example(one, {"x": tf.VarLenFeature(tf.string)})
        tf.parse_single_sequence_example(one, FEATURES)
        tf.io.parse_sequence_example(lines, None, {"x": tf.VarLenFeature(tf.int64)})
        written = graph.as_graph_def()
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(written, name="")
        assert graph.as_graph_def() == written
        with tf.Session() as session:
            columns = session.run(["columns:0", "columns:1"], {"lines:0": ["1,a", ",b"]})
    assert [column.tolist() for column in columns] == [[1.0, 0.0], [b"a", b"b"]]


def test_a_file_that_is_larger_than_its_buffer_is_never_held_whole(tmp_path):
    path = tmp_path / "large"
    content = [bytes([number]) * 5000 for number in range(50)]
    with tf.python_io.TFRecordWriter(str(path)) as writer:
        for record in content:
            writer.write(record)
    largest = 0

    class Watched(records.RecordReader):
        def _more(self, rest, needed, exactly=False):
            nonlocal largest
            found = super()._more(rest, needed, exactly)
            largest = max(largest, len(found))
            return found

    with Watched(str(path), buffer_size=8000) as reader:
        assert list(reader) == content
    assert largest < 16000
