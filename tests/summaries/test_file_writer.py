"""Event files: what FileWriter writes, who can read it, and what happens to damaged ones."""

import threading
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import stillflow as tf

TENSORFLOWS = Path(__file__).parents[1] / "golden" / "summaries" / "events.tensorflow"


def events_in(folder):
    """The Events of every file in a folder, by file name."""
    return [e for path in sorted(Path(folder).iterdir()) for e in tf.train.summary_iterator(path)]


def scalar(tag, value):
    return tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value)])


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "made" / "logs")


def test_tensorboard_reads_all_that_is_written(folder):
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        value = tf.placeholder(tf.float32, [4])
        tf.summary.scalar("average", tf.reduce_mean(value))
        tf.summary.histogram("values", value)
        tf.summary.image("picture", tf.reshape(value, [1, 2, 2, 1]))
        tf.summary.text("note", tf.constant("hello"))
        merged = tf.summary.merge_all()
        with tf.summary.FileWriter(folder, graph) as writer:
            for step in range(3):
                writer.add_summary(sess.run(merged, {value: np.arange(4) + step}), step)
            writer.add_run_metadata(tf.RunMetadata(), "run")
    shown = EventAccumulator(folder, {"histograms": 0})
    shown.Reload()
    scalars = [(event.step, event.value) for event in shown.Scalars("average")]
    assert scalars == [(0, 1.5), (1, 2.5), (2, 3.5)]
    assert [event.histogram_value.num for event in shown.Histograms("values")] == [4.0] * 3
    assert shown.Images("picture/image/0")[0].width == 2
    assert [tf.make_ndarray(event.tensor_proto) for event in shown.Tensors("note")] == [
        b"hello"
    ] * 3
    assert shown.Tags()["run_metadata"] == ["run"]
    assert [node.name for node in shown.Graph().node] == [op.name for op in graph.get_operations()]
    assert shown.MetaGraph().graph_def == shown.Graph()


def test_a_file_of_tensorflows_is_read():
    events = list(tf.train.summary_iterator(str(TENSORFLOWS)))
    assert events[0].file_version == "brain.Event:2"
    losses = [
        (event.step, value.simple_value)
        for event in events
        for value in event.summary.value
        if value.tag == "loss"
    ]
    assert losses == [(0, 0.0), (1, 0.25), (2, 0.5)]
    graph = next(tf.GraphDef.FromString(e.graph_def) for e in events if e.graph_def)
    assert "note" in [node.name for node in graph.node]


def test_metadata_are_written_with_a_tags_first_summary_only(folder):
    note = tf.Summary(value=[tf.Summary.Value(tag="note")])
    note.value[0].metadata.display_name = "Note"
    with tf.summary.FileWriter(folder) as writer:
        writer.add_summary(note, 1)
        writer.add_summary(note.SerializeToString(), 2)
    first, second = (event.summary.value[0] for event in events_in(folder)[1:])
    assert (first.metadata.display_name, second.HasField("metadata")) == ("Note", False)
    assert note.value[0].HasField("metadata"), "the caller's own message is not changed"


def test_kinds_of_events(folder):
    with tf.summary.FileWriter(folder) as writer:
        assert writer.get_logdir() == folder
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 7)
        writer.add_graph(tf.GraphDef(), global_step=8)
        writer.add_event(tf.Event(wall_time=5, step=9))
    kinds = [(event.WhichOneof("what"), event.step) for event in events_in(folder)]
    assert kinds == [("file_version", 0), ("session_log", 7), ("graph_def", 8), (None, 9)]


def test_refusals(folder):
    writer = tf.summary.FileWriter(folder)
    with pytest.raises(TypeError, match="must be an instance of `Graph` or the deprecated"):
        writer.add_graph("graph")
    with pytest.raises(ValueError, match="not both"):
        writer.add_graph(tf.Graph(), graph_def=tf.GraphDef())
    with pytest.raises(TypeError, match="meta_graph_def must be type MetaGraphDef, saw type"):
        writer.add_meta_graph(1)
    writer.add_run_metadata(tf.RunMetadata(), "tag")
    with pytest.raises(ValueError, match="The provided tag was already used"):
        writer.add_run_metadata(tf.RunMetadata(), "tag")
    writer.close()


def test_closing_and_reopening(folder):
    tf.summary.FileWriter(folder)
    assert list(Path(folder).iterdir()) == [], "a file is made with its first event"
    writer = tf.summary.FileWriter(folder, filename_suffix=".mine")
    assert len(list(Path(folder).iterdir())) == 1, "one with a suffix is made at once"
    writer.add_summary(scalar("a", 1.0), 1)
    writer.close()
    with pytest.warns(UserWarning, match="Attempting to use a closed FileWriter"):
        writer.add_summary(scalar("a", 2.0), 2)
    writer.reopen()
    writer.add_summary(scalar("a", 3.0), 3)
    writer.close()
    names = [path.name for path in Path(folder).iterdir()]
    assert len(names) == 2
    assert all(n.startswith("events.out.tfevents.") and n.endswith(".mine") for n in names)
    steps = [event.step for event in events_in(folder) if event.summary.value]
    assert sorted(steps) == [1, 3]


def test_what_was_flushed_can_be_read(folder):
    writer = tf.summary.FileWriter(folder)
    writer.add_summary(scalar("a", 1.0), 1)
    writer.flush()
    assert [event.step for event in events_in(folder)] == [0, 1]
    writer.close()


def test_threads_may_share_a_writer(folder):
    with tf.summary.FileWriter(folder) as writer:
        threads = [
            threading.Thread(
                target=lambda n=n: [writer.add_summary(scalar("a", i), n) for i in range(50)]
            )
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(events_in(folder)) == 1 + 4 * 50


def test_the_cache_gives_one_writer_for_a_folder(folder):
    with tf.Graph().as_default():
        tf.constant(1)
        writer = tf.summary.FileWriterCache.get(folder)
        assert tf.summary.FileWriterCache.get(folder) is writer
        tf.summary.FileWriterCache.clear()
        assert tf.summary.FileWriterCache.get(folder) is not writer
        tf.summary.FileWriterCache.clear()
    assert any(event.graph_def for event in events_in(folder))


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda data: data[:-3], "truncated record at"),
        (lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:], "corrupted record at 52"),
        (lambda data: data[:40] + b"\xff" + data[41:], "corrupted record at 40"),
    ],
    ids=["cut off", "changed", "changed length"],
)
def test_damage_is_found(tmp_path, damage, expected):
    """In TensorFlow's words, at TensorFlow's positions."""
    path = tmp_path / "damaged"
    path.write_bytes(damage(TENSORFLOWS.read_bytes()))
    with pytest.raises(tf.errors.DataLossError, match=expected):
        list(tf.train.summary_iterator(str(path)))


def test_an_empty_file_has_no_events_and_a_missing_one_is_not_found(tmp_path):
    (tmp_path / "empty").touch()
    assert list(tf.train.summary_iterator(str(tmp_path / "empty"))) == []
    with pytest.raises(tf.errors.NotFoundError, match="No such file or directory"):
        list(tf.train.summary_iterator(str(tmp_path / "none")))


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(tf.errors.OpError, match="file"):
        tf.summary.FileWriter(str(tmp_path / "file" / "logs"))
