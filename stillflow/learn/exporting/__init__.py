"""Models of `tf.contrib.learn` as SavedModels, and which of them are kept."""
