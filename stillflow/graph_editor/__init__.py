"""Graphs looked through and rebuilt: `tf.contrib.graph_editor`. Knows no op type."""
