"""Models as networks of layers.

base_layer    the base of layers, which knows Keras' metrics
input_layer   where a network starts
topology      which layers and calls are between inputs and outputs
network       layers as one layer: functional and subclassed
sequential    a stack of layers
model         a network that is trained
"""
