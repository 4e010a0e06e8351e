"""The losses of `tf.keras`: functions of labels and predictions, and objects that reduce them."""
