"""TensorFlow's debugger, `tensorflow.python.debug`: what runs computed, looked through later."""
