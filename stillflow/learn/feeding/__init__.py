"""Arrays, tables and iterators as what models are fed: `tf.contrib.learn.io`."""
