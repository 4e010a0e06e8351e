"""`tf.contrib.summary`: summaries that runs write themselves, each by an op, to a writer.

`conditions` says which writer, whether, and of which step; `writers` makes writers, `writing` what
writes to them, and `version_2` is what `tf.compat.v2.summary` has of its own.
"""
