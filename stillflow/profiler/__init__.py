"""Reports of what a graph holds and what its runs took: `tf.profiler`."""
