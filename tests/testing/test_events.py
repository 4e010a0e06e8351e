"""`tf.contrib.testing`: what was written for TensorBoard."""

import pytest

import stillflow as tf

testing = tf.contrib.testing


def test_the_newest_events_are_read(tmp_path):
    assert testing.latest_events(str(tmp_path)) == []
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        for step, number in enumerate([1.0, 2.0]):
            value = tf.Summary.Value(tag="loss", simple_value=number)
            writer.add_summary(tf.Summary(value=[value]), step)
    events = testing.latest_summaries(str(tmp_path))
    assert [event.step for event in events] == [0, 1]
    assert testing.simple_values_from_events(events, ["loss"]) == {"loss": 2.0}
    summary = testing.to_summary_proto(events[1].summary.SerializeToString())
    testing.assert_summary(["loss"], {"loss": 2.001}, summary)
    with pytest.raises(ValueError, match="Expected tags"):
        testing.assert_summary(["other"], {}, summary)


def test_a_fake_writer_stands_for_all_of_the_cache(tmp_path):
    fake = testing.FakeSummaryWriter
    fake.install()
    try:
        writer = tf.summary.FileWriterCache.get(str(tmp_path / "fake"))
        assert isinstance(writer, fake)
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.0)]), 3)
        with pytest.raises(ValueError, match="already installed"):
            fake.install()
    finally:
        fake.uninstall()
        tf.summary.FileWriterCache.clear()
    assert list(writer.summaries) == [3]
    assert not list(tmp_path.iterdir())


def test_a_writer_without_a_folder_writes_where_the_program_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with tf.summary.FileWriter("") as writer:
        writer.add_summary(tf.Summary(), 1)
    assert [event.step for event in testing.latest_events(str(tmp_path))] == [0, 1]
