"""`tf.keras.applications`: networks that are known by name.

The package keras-applications builds them, as it did for TensorFlow 1.15: it is given what to build
of. Weights are files; where there is no network, it is said which one to put where.
"""
