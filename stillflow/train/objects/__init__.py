"""Checkpoints of objects: `tf.train.Checkpoint`, its files, and what restores them.

From the bottom up: `saveables` (what an object has to save), `nodes` (which save and restore),
`object_graph` (who is in a checkpoint, by which keys), `positions` (a restore under way),
`statuses` (what a restore tells and runs), `object_saver` and `checkpoint`.
"""
