"""What `tf.contrib.eager` has of its own: metrics, savers, callbacks after operations."""
