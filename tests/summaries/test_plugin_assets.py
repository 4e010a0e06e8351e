"""Files of TensorBoard's plugins, messages for TensorBoard, writers that share a file."""

import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module

plugin_asset = internal_module("python.summary.plugin_asset")
tensorboard_logging = internal_module("python.training.tensorboard_logging")


class _Notes(plugin_asset.PluginAsset):
    plugin_name = "notes"

    def __init__(self):
        self.text = "none"

    def assets(self):
        return {"note.txt": self.text}


class _OtherNotes(_Notes):
    pass


def test_assets_are_written_with_the_graph(tmp_path):
    with tf.Graph().as_default() as graph:
        plugin_asset.get_plugin_asset(_Notes).text = "hello"
        assert plugin_asset.get_all_plugin_assets() == [plugin_asset.get_plugin_asset(_Notes)]
        with pytest.raises(ValueError, match="Plugin name collision"):
            plugin_asset.get_plugin_asset(_OtherNotes)
        tf.summary.FileWriter(str(tmp_path), graph=graph).close()
    assert (tmp_path / "plugins" / "notes" / "note.txt").read_text() == "hello"


def test_writers_of_a_session_share_a_file(tmp_path):
    with tf.Graph().as_default():
        tf.constant(1)
        with tf.Session() as session:
            for step in range(3):
                writer = tf.summary.FileWriter(str(tmp_path), session=session)
                writer.add_summary(tf.Summary(), step)
                writer.flush()
            writer.close()
    (path,) = tmp_path.glob("events*")
    assert [event.step for event in tf.train.summary_iterator(str(path))][1:] == [0, 1, 2]


def test_messages_of_a_level_are_events(tmp_path):
    tensorboard_logging._clear_summary_writer()
    with pytest.raises(RuntimeError, match="Must call set_summary_writer"):
        tensorboard_logging.warn("lost")
    events = []

    class Writer:
        add_event = staticmethod(events.append)

    tensorboard_logging.set_summary_writer(Writer)
    try:
        tensorboard_logging.info("quiet")
        tensorboard_logging.warn("%s is large", "x")
    finally:
        tensorboard_logging._clear_summary_writer()
    assert [event.log_message.message for event in events] == ["x is large"]
    with pytest.raises(ValueError, match="Level LOUD is not a valid tensorboard_logging level"):
        tensorboard_logging.set_verbosity("LOUD")
