"""TensorFlow's checkpoint files, read and written without TensorFlow.

From the bytes up:
  varint.py, crc32c.py   the two primitives that every layer uses
  table.py               a sorted table of byte strings, in LevelDB's format
  table_reader.py        the way back
  messages.py            the protocol buffers stored in the table, and `CheckpointState`
  slices.py              parts of a partitioned tensor: their specification and their keys
  tensors.py             a tensor as bytes
  files.py               atomic replacement of files; operating-system errors as `tf.errors`
  bundle.py              what the next two share: the names of the files, and the index
  bundle_writer.py       tensors -> `prefix.index` and `prefix.data-?????-of-?????`
  bundle_reader.py       the way back: `CheckpointReader`
  management.py          the `checkpoint` file: which checkpoints there are, and which is the latest
"""
