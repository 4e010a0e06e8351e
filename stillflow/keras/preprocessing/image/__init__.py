"""`tf.keras.preprocessing.image`: pictures from files and arrays, changed by chance, in batches."""
