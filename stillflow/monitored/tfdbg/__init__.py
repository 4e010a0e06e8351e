"""TensorFlow's debugger, `tensorflow.python.debug`: dumps of the tensors of runs, looked through."""
