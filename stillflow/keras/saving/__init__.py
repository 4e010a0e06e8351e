"""Models in files: configurations as text, weights and whole models in HDF5 and in TensorFlow's
formats.
"""
