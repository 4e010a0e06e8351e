"""Runs test files of TensorFlow 1.15, which are not here, on Stillflow and on TensorFlow 1.15."""
