"""SavedModels of objects: `tf.saved_model.save` and `tf.saved_model.load` of TensorFlow 2.

library      the functions of a library as ConcreteFunctions
restored     functions of Python, of which only the traces are left
revived      objects of a SavedObjectGraph
loading      `load`: objects, their functions, and values of variables
of_sessions  what was written for sessions: signatures as functions
functions_of the functions of an object, their traces
signing      signatures
view         what a root holds: objects, functions, what these capture
exporting    the graph that sessions and servers run
saving       `save`
"""
