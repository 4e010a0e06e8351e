"""TensorFlow's checkpoint files, read and written without TensorFlow.

From the bytes up:
  varint.py              numbers in as few bytes as they need
  table.py               a sorted table of byte strings, in LevelDB's format
  snappy.py              blocks of such a table that Snappy compressed
  table_reader.py        the way back
  messages.py            the protocol buffers stored in the table, and `CheckpointState`
  slices.py              parts of a partitioned tensor: their specification and their keys
  files.py               atomic replacement of files; operating-system errors as `tf.errors`
The second format, a bundle:
  tensors.py             a tensor as bytes
  bundle.py              the names of its files, and the index
  bundle_writer.py       tensors -> `prefix.index` and `prefix.data-?????-of-?????`
  bundle_reader.py       the way back
The first format, a table:
  first_format_values.py a tensor as a proto
  first_format_writer.py tensors -> one file
  first_format.py        the way back
Either:
  stored.py              what the readers of the two have in common
  reader.py              `CheckpointReader`, over them
  management.py          the `checkpoint` file: which checkpoints there are, and which is the latest
  intact.py              the newest checkpoint that is whole, when the latest is not
"""
