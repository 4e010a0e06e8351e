"""`tf.contrib.slim`'s data: data sets in files, read by several readers and decoded."""
