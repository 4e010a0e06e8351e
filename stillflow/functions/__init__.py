"""`tf.function` and `defun`: Python functions as functions of graphs, traced for their arguments.

A `Function` (`polymorphic.py`) traces its Python function (`tracing.py`) once for each kind of
arguments (`keys.py`) into a FuncGraph (`func_graph.py`). A ConcreteFunction (`concrete.py`) of it
makes calls: nodes in a graph, plans that run in eager mode (`running.py`, `quick.py`). `Derivative`
(`derivative.py`) is the gradient of a call. `tf.function` (`decorated.py`) is a Function whose
Python function may make variables when it is called first.
"""
