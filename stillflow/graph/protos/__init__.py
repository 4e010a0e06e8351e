"""Graphs, attributes, tensors and variables as TensorFlow's protocol buffers."""
