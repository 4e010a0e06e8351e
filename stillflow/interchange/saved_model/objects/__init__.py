"""SavedModels of objects: `tf.saved_model.save` and `tf.saved_model.load` of TensorFlow 2.

library      the functions of a library as ConcreteFunctions
restored     functions of Python, of which only the traces are left
revived      objects of a SavedObjectGraph
loading      `load`: objects, their functions, and values of variables
"""
