"""`tf.contrib.quantize`: graphs rebuilt so that they compute as if in integers of few bits."""
